"""What is printed of an event: what stands on it, for whom it opens, what it costs."""

import io
import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from events import codes, qr
from events.documents import papers
from events.models import CheckIn, Rsvp
from people.models import Person
from tests import factories
from tests.councils.test_documents import pdf_text, tags

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG = "Ļoti garš nosaukums par ceļiem un ietvēm " * 5


def link(event, name):
    return reverse(f"events:{name}", args=[event.pk, event.slug])


def text_of(paper):
    return " ".join(pdf_text(paper.pdf()).replace("\u200b", "").split())


def going(event, name, **fields):
    return factories.rsvp(event, factories.person(name), **({"name_on_list": True} | fields))


def pages(paper):
    return PdfReader(io.BytesIO(paper.pdf())).pages


def visitors(event, count):
    people = Person.objects.bulk_create(
        Person(given_name="Līga", family_name=f"Šķēle {n:03}", settings_token=f"t{n}") for n in range(count)
    )
    now = timezone.now()
    Rsvp.objects.bulk_create(
        Rsvp(
            event=event, person=person, number=n, state="going", rsvped_at=now, confirmed_at=now, name_on_list=True,
            token=f"r{n}",
        )
        for n, person in enumerate(people, 1)
    )  # fmt: skip


@pytest.fixture
def event():
    return factories.event(
        "Saruna par ceļiem un žogiem",
        [factories.neighbourhood("Ķekava")],
        kind="discussion",
        description="Runāsim par ziemu.",
        directions="No pieturas pa kreisi.",
        accessibility="Ieeja bez sliekšņa",
        venue="Kultūras nams",
    )


# --- the short address ------------------------------------------------------------------------------------------------


def test_short_address_leads_to_the_page_for_good(client, event):
    answer = client.get(f"/e/{event.pk}/")
    assert (answer.status_code, answer["Location"]) == (301, event.get_absolute_url())


def test_short_address_tells_nothing_of_a_draft(client):
    draft = factories.event("Slepens nodoms", published=False)
    assert client.get(f"/e/{draft.pk}/").status_code == 404
    assert client.post(f"/e/{draft.pk}/").status_code == 405


# --- the poster -------------------------------------------------------------------------------------------------------


def test_poster_says_what_when_where_and_how_to_sign_up(event, now):
    event.starts_at, event.ends_at = now, now + 2 * HOUR
    event.services.create(kind="sign")
    said = text_of(papers.poster(event))
    for words in (
        "Diskusija",
        "Saruna par ceļiem un žogiem",
        "Pirmdien, 23. novembrī, plkst. 09.00–11.00",
        "Kultūras nams",
        "Runāsim par ziemu.",
        "No pieturas pa kreisi.",
        "Ieeja bez sliekšņa",
        "Zīmju valodas tulks",
        "Piesakies: noskenē kodu vai atver",
        f"localhost:8000/e/{event.pk}",
        "Ķekava apkaime",
    ):
        assert words in said, words


def test_poster_of_an_event_without_sign_up_asks_for_none(event):
    event.takes_rsvps = False
    said = text_of(papers.poster(event))
    assert "Vairāk: noskenē kodu" in said
    assert "Piesakies" not in said


def test_poster_of_a_cancelled_event_says_so(event, now):
    event.cancelled_at = now
    assert "Atcelts" in text_of(papers.poster(event))
    event.cancelled_at = None
    assert "Atcelts" not in text_of(papers.poster(event))


def test_poster_holds_the_code_of_the_short_address_with_its_words(event):
    paper = papers.poster(event)
    assert paper.leads_to == f"http://localhost:8000/e/{event.pk}/"
    tree = PdfReader(io.BytesIO(paper.pdf())).trailer["/Root"]["/StructTreeRoot"]
    assert tags(tree, []).count("/Figure") == 1
    assert f"QR kods ar adresi localhost:8000/e/{event.pk}" in alternatives(tree)


def alternatives(node):
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [words for part in node for words in alternatives(part)]
    if not isinstance(node, dict):
        return []
    return [str(node[key]) for key in ("/Alt",) if key in node] + (alternatives(node["/K"]) if "/K" in node else [])


@pytest.mark.parametrize("title", ["A", LONG[:200], "Ž" * 200, "👍 “garumzīmes” <b>#let x = 1</b> $y$"])
@pytest.mark.parametrize("words", [1, 2000])
def test_poster_is_one_page_whatever_stands_on_it(event, title, words):
    event.title, event.description, event.directions = title, "Vārds un vēl. " * words, "Pa kreisi. " * words
    paper = papers.poster(event)
    assert len(pages(paper)) == 1
    assert f"localhost:8000/e/{event.pk}" in text_of(paper)
    letters = re.sub(r"[^\w<>#$=]", "", title.replace("👍", ""))
    assert letters in re.sub(r"[^\w<>#$=]", "", text_of(paper))


def test_poster_is_public_and_a_draft_is_not(client, event):
    answer = client.get(link(event, "poster"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert client.post(link(event, "poster")).status_code == 405
    draft = factories.event("Slepens", published=False)
    assert client.get(link(draft, "poster")).status_code == 404
    client.force_login(factories.coordinator())
    assert client.get(link(draft, "poster")).status_code == 200


def test_poster_follows_a_change_of_the_event(client, event):
    first = client.get(link(event, "poster")).content
    assert client.get(link(event, "poster")).content == first
    event.venue = "Vidusskola"
    event.save()
    assert "Vidusskola" in pdf_text(client.get(link(event, "poster")).content)


# --- all papers -------------------------------------------------------------------------------------------------------


def every_paper(event):
    meeting = factories.meeting(title="Padomes sēde")
    factories.agenda_item(meeting, "Par ietvēm")
    rsvp = going(event, "Līga Šķēle")
    return [
        papers.poster(event),
        papers.sign_in_sheet(event),
        papers.badges(event),
        papers.agenda_sheet(meeting.event),
        papers.certificate(rsvp),
    ]


def test_papers_are_a4_tagged_titled_in_latvian_and_made_to_be_kept(event):
    for paper in every_paper(event):
        reader = PdfReader(io.BytesIO(paper.pdf()))
        root = reader.trailer["/Root"]
        assert bool(root["/MarkInfo"]["/Marked"])
        assert root["/Lang"] == "lv"
        assert paper.content["title"] in reader.metadata.title
        about = root["/Metadata"].get_data().decode()
        for claim in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
            assert claim in about
        for page in reader.pages:
            assert sorted(round(float(side)) for side in page.mediabox[2:]) == [595, 842]


def test_same_paper_is_the_same_file_and_another_has_another_version(event):
    paper = papers.poster(event)
    assert paper.pdf() == papers.poster(event).pdf()
    event.venue = "Citur"
    assert papers.poster(event).version != paper.version


# --- the list at the door ---------------------------------------------------------------------------------------------


def test_sign_in_sheet_names_only_who_agreed_and_has_lines_for_the_others(event):
    going(event, "Zane Žagare")
    going(event, "Anna Čaka", party_size=3)
    going(event, "Nepiekrīt Neviens", name_on_list=False)
    going(event, "Gaida Rindā", state="waiting")
    going(event, "Atteicās Pats", state="cancelled")
    paper = papers.sign_in_sheet(event)
    named = [row for row in paper.content["rows"] if row[0]]
    assert named == [["Anna Čaka", "3"], ["Zane Žagare", ""]]
    # Two who come with Anna, the one who did not agree, and those who just come.
    assert len(paper.content["rows"]) - len(named) == 3 + papers.WALK_INS
    said = text_of(paper)
    for absent in ("Nepiekrīt", "Gaida", "Atteicās"):
        assert absent not in said
    for words in ("Dalībnieku saraksts", "Nr.", "Vārds", "Cilvēki", "Paraksts", "Anna Čaka", "Kultūras nams"):
        assert words in said


def test_sign_in_sheet_of_a_hybrid_event_is_of_the_room(event):
    event.format = "hybrid"
    event.save()
    going(event, "Anna Klātienē")
    going(event, "Zane Attālināti", attending="remote")
    assert "Zane" not in text_of(papers.sign_in_sheet(event))
    assert "Anna Klātienē" in text_of(papers.sign_in_sheet(event))


def test_papers_name_nobody_who_was_erased(event, now):
    row = going(event, "—")
    Person.objects.filter(pk=row.person_id).update(erased_at=now)
    assert not any(name for name, _people in papers.sign_in_sheet(event).content["rows"])
    assert not any(papers.badges(event).content["names"])


def test_sign_in_sheet_repeats_its_head_and_counts_its_pages(event):
    visitors(event, 60)
    paper = papers.sign_in_sheet(event)
    texts = [page.extract_text() for page in pages(paper)]
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert "Paraksts" in text
        assert f"{number}. lapa no {len(texts)}" in text
    found = tags(PdfReader(io.BytesIO(paper.pdf())).trailer["/Root"]["/StructTreeRoot"], [])
    assert (found.count("/Table"), found.count("/TH")) == (1, 4)


def test_long_title_and_names_leave_the_sheet_its_columns(event):
    event.title = "Ž" * 200
    going(event, "Maksimiliāns Aleksandrs Konstantīns Vissvaldis Garuzvārdiņš-Pagarinātais")
    said = text_of(papers.sign_in_sheet(event))
    assert "Garuzvārdiņš-Pagarinātais" in said
    assert len(pages(papers.sign_in_sheet(event))) <= 2


# --- badges -----------------------------------------------------------------------------------------------------------


def test_badges_are_ten_to_a_page_with_empty_ones_for_the_others(event):
    for n in range(12):
        going(event, f"Viesis Numur{n:02}")
    going(event, "Nepiekrīt Neviens", name_on_list=False)
    paper = papers.badges(event)
    assert len(pages(paper)) == 2
    assert len(paper.content["names"]) == 20
    assert [len(re.findall(r"Numur\d\d", page.extract_text())) for page in pages(paper)] == [10, 2]
    assert "Nepiekrīt" not in text_of(paper)


def test_some_badges_are_always_empty(event):
    for n in range(10):
        going(event, f"Viesis Numur{n:02}")
    assert papers.badges(event).content["names"].count("") == 10


# --- the agenda -------------------------------------------------------------------------------------------------------


@pytest.fixture
def meeting():
    row = factories.meeting(factories.council(name="Ķiršu padome"), title="Padomes sēde")
    factories.agenda_item(row, "Par ietvēm", minutes=20, rapporteur="Ilze Ābola", description="Apraksts.")
    closed = factories.agenda_item(row, "Personas parāds", is_restricted=True)
    row.agenda.create(position=9, title="Slepena daļa", parent=closed)
    return row


def test_agenda_on_paper_says_what_the_page_says(meeting, client):
    said = text_of(papers.agenda_sheet(meeting.event))
    for words in ("Padomes sēde", "Ķiršu padome", "Darba kārtība", "Par ietvēm", "Apraksts.", "Ilze Ābola"):
        assert words in said
    assert "Slēgts jautājums" in said
    for secret in ("parāds", "Slepena"):
        assert secret not in said
    answer = client.get(link(meeting.event, "agenda"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert link(meeting.event, "agenda") in client.get(meeting.event.get_absolute_url()).text


def test_agenda_that_is_not_there_is_not_found(client, event, meeting):
    assert client.get(link(event, "agenda")).status_code == 404
    assert client.post(link(meeting.event, "agenda")).status_code == 405
    meeting.agenda.filter(parent__isnull=False).delete()
    meeting.agenda.all().delete()
    assert client.get(link(meeting.event, "agenda")).status_code == 404
    draft = factories.meeting(published=False)
    factories.agenda_item(draft)
    assert client.get(link(draft.event, "agenda")).status_code == 404


# --- cost -------------------------------------------------------------------------------------------------------------

QUERIES = {papers.poster: 2, papers.sign_in_sheet: 3, papers.badges: 3}


@pytest.mark.parametrize("make", QUERIES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("count", [1, 3, 300])
def test_papers_ask_the_same_however_many_come(event, make, count, django_assert_num_queries):
    visitors(event, count)
    fresh = type(event).objects.select_related("meeting").get(pk=event.pk)
    with django_assert_num_queries(QUERIES[make]):
        make(fresh)


def test_three_hundred_names_are_on_paper_in_seconds(event):
    visitors(event, 300)
    started = time.process_time()
    assert "Šķēle 299" in pdf_text(papers.sign_in_sheet(event).pdf())
    assert "Šķēle 299" in pdf_text(papers.badges(event).pdf())
    seconds = time.process_time() - started
    print(f"300 names on two papers, read back: {seconds:.2f} s")
    assert seconds < 10


# --- the code of a sign-up --------------------------------------------------------------------------------------------


def code(client, row):
    return client.get(reverse("events:rsvp-code", args=[row.token]))


def test_own_page_shows_the_code_of_who_is_going(client, event):
    row = factories.rsvp(event)
    page = client.get(row.get_absolute_url()).text
    assert f'src="{reverse("events:rsvp-code", args=[row.token])}"' in page
    assert 'alt="Tava pieteikuma QR kods, ko parādīt pie ieejas"' in page
    answer = code(client, row)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer.content == qr.svg(qr.at_the_door(row, timezone.now()))
    assert qr.at_the_door(row, timezone.now()) == codes.check_in_url(row)
    assert row.token not in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert client.post(reverse("events:rsvp-code", args=[row.token])).status_code == 405
    assert client.get(reverse("events:rsvp-code", args=["x" * 43])).status_code == 404


@pytest.mark.parametrize(
    ("facts", "fields"),
    [
        ({}, {"state": "waiting"}),
        ({}, {"state": "held"}),
        ({}, {"state": "cancelled"}),
        ({"starts_at": timezone.now() - 9 * DAY}, {}),
        ({"cancelled_at": timezone.now()}, {}),
        ({"format": "remote"}, {}),
        ({"format": "hybrid"}, {"attending": "remote"}),
    ],
    ids=["waits", "not confirmed", "cancelled", "over", "event cancelled", "remote", "remotely"],
)
def test_who_has_nothing_to_show_at_the_door_gets_no_code(client, facts, fields):
    row = factories.rsvp(factories.event(**facts), **fields)
    assert code(client, row).status_code == 404
    assert "kods.svg" not in client.get(row.get_absolute_url()).text


def test_code_is_shown_while_the_event_runs(client):
    row = factories.rsvp(factories.event(starts_at=timezone.now() - HOUR))
    assert code(client, row).status_code == 200
    assert "kods.svg" in client.get(row.get_absolute_url()).text


# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.fixture
def trained(now):
    training = factories.event(
        "Pirmā palīdzība", [factories.neighbourhood("Ķekava")], kind="training",
        starts_at=now - 3 * DAY, ends_at=now - 3 * DAY + timedelta(minutes=150),
    )  # fmt: skip
    row = factories.rsvp(training, factories.person("Ģirts Ķēniņš-Ļauda"))
    CheckIn.objects.create(event=training, rsvp=row, key=uuid4(), at=training.starts_at)
    return row


def certificate(client, row):
    return client.get(reverse("events:certificate", args=[row.token]))


def test_certificate_says_who_took_part_in_what_and_how_long(trained, client):
    answer = certificate(client, trained)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    said = " ".join(pdf_text(answer.content).split())
    for words in (
        "Apliecinājums", f"Nr. 2026/{trained.event_id}-{trained.number}", "Ģirts Ķēniņš-Ļauda", "piedalījās apmācībā",
        "Pirmā palīdzība", "Datums: 20.11.2026.", "Ilgums: 2 stundas 30 minūšu", "Rīko: Ķekava apkaime",
    ):  # fmt: skip
        assert words in said, words
    assert "apliecinajums.pdf" in client.get(trained.get_absolute_url()).text
    assert client.post(reverse("events:certificate", args=[trained.token])).status_code == 405


def test_certificate_of_days_names_them_and_no_hours(trained):
    trained.event.ends_at = trained.event.starts_at + DAY
    said = " ".join(pdf_text(papers.certificate(trained).pdf()).split())
    assert "Datums: 20.11.2026.–21.11.2026." in said
    assert "Ilgums" not in said


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: type(row.event).objects.filter(pk=row.event_id).update(kind="discussion"),
        lambda row: type(row.event).objects.filter(pk=row.event_id).update(ends_at=timezone.now() + 9000 * DAY),
        lambda row: type(row.event).objects.filter(pk=row.event_id).update(cancelled_at=timezone.now()),
        lambda row: row.check_ins.update(undone_at=timezone.now()),
        lambda row: row.check_ins.all().delete(),
        lambda row: Person.objects.filter(pk=row.person_id).update(erased_at=timezone.now()),
    ],
    ids=["no training", "not over", "cancelled", "check-in taken back", "never came", "erased"],
)
def test_certificate_is_for_who_was_seen_at_a_training_that_is_over(trained, client, spoil):
    spoil(trained)
    assert certificate(client, trained).status_code == 404
    assert "apliecinajums.pdf" not in client.get(trained.get_absolute_url()).text


@pytest.mark.parametrize("title", [LONG[:200], "Ž" * 200])
def test_long_title_and_name_stay_on_the_one_page_of_a_certificate(trained, title):
    trained.event.title = title
    trained.person.given_name = "Maksimiliāns Aleksandrs Konstantīns Vissvaldis"
    assert len(pages(papers.certificate(trained))) == 1
