"""The pages of minutes: what visitors, members, officers and the coordinator see and may do."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertRedirects

from councils.documents import record
from councils.models import AgendaItem, Meeting, Minutes, MinutesComment, MinutesVersion
from councils.operations import minutes as operations
from tests import factories
from tests.councils import minutes_world as world
from tests.councils.minutes_world import AFTER, DAY

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PAGES = ("minutes", "minutes-pdf", "minutes-docx", "minutes-json")


def address(name, there, *more):
    return reverse(f"councils:{name}", args=[there.meeting.pk, *more])


def step(there, name):
    return address("minutes-step", there, name)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def log_in(client, user):
    client.cookies.clear()
    if user is not None:
        client.cookies["sessionid"] = factories.session_of(user)
    return client


def people(there):
    """Everybody who may come to the pages, by name; the same people each time."""
    if "everybody" in vars(there):
        return there.everybody
    there.everybody = {
        "visitor": None,
        "resident": factories.user(),
        "member": there.users[3],
        "leader": there.users[0],
        "secretary": there.users[2],
        "chair elsewhere": world.council_with_members(["Zane Zīle"]).users[0],
        "coordinator": factories.coordinator(),
    }
    return there.everybody


def who_gets(client, there, path, status=200):
    return {name for name, user in people(there).items() if log_in(client, user).get(path).status_code == status}


EVERYBODY = {"visitor", "resident", "member", "leader", "secretary", "chair elsewhere", "coordinator"}
COUNCIL = {"member", "leader", "secretary", "coordinator"}


# --- reading


@pytest.mark.parametrize("name", PAGES)
def test_draft_exists_for_the_council_alone(client, name):
    there = world.drafted()
    path = address(name, there)
    assert who_gets(client, there, path) == COUNCIL
    assert who_gets(client, there, path, 404) == EVERYBODY - COUNCIL


@pytest.mark.parametrize("name", PAGES)
def test_signed_minutes_are_not_public_before_they_are_published(client, name):
    there = world.signed()
    assert who_gets(client, there, address(name, there), 404) == EVERYBODY - COUNCIL


@pytest.mark.parametrize("name", PAGES)
def test_published_minutes_are_everybodys(client, name):
    there = world.published()
    assert who_gets(client, there, address(name, there)) == EVERYBODY


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_read_and_not_written(client, name):
    assert client.post(address(name, world.published())).status_code == 405


def test_meeting_without_minutes_has_a_page_for_who_drafts_them(client):
    there = world.held_meeting()
    assert who_gets(client, there, address("minutes", there)) == {"leader", "secretary", "coordinator"}
    page = log_in(client, there.users[2]).get(address("minutes", there)).content.decode()
    assert f'action="{address("minutes-draft", there)}"' in page
    assert client.get(reverse("councils:minutes", args=[99999])).status_code == 404
    assert log_in(client, None).get(address("minutes", there)).status_code == 404


def test_page_says_who_decided_what_and_how_to_check_it(client):
    there = world.published()
    page = client.get(address("minutes", there)).content.decode()
    version = there.minutes.versions.get()
    for words in (
        "Protokols Nr. 1/2026",
        "Ķiršu padomes sēde",
        "Nolēma (Nr. 2/2026):",
        "Par – 1, pret – 1, atturas – 0",
        "Par: Āris Ķēniņš · Pret: Anna Šķēle",
        "Interešu konflikta dēļ jautājumā nepiedalās (§33): Žanete Ļaudona",
        version.sha256,
        address("minutes-pdf", there),
        address("minutes-docx", there),
    ):
        assert words in page
    for secret in ("radinieka uzņēmums", "slims bērns", "Melnraksts"):
        assert secret not in page


def test_what_people_typed_is_text_on_the_page(client):
    there = world.held_meeting(items=1)
    AgendaItem.objects.filter(meeting=there.meeting).update(title=world.NASTY, notes=world.NASTY)
    there.meeting.refresh_from_db()
    row = operations.draft(meeting=there.meeting, by=None, now=AFTER)
    page = log_in(client, there.users[0]).get(row.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_page_in_english_keeps_the_latvian_record_and_says_so(client):
    there = world.published()
    client.cookies["valoda"] = "en"
    page = client.get(address("minutes", there)).content.decode()
    assert '<html lang="en"' in page
    assert '<div class="kp-minutes__body" lang="lv">' in page
    assert "Nolēma (Nr. 1/2026):" in page
    assert "Published" in page


def test_par_38_closed_item_stays_closed_for_everybody_else(client):
    there = world.held_meeting()
    AgendaItem.objects.filter(meeting=there.meeting, position=2).update(is_restricted=True, title="Slepens parāds")
    there.meeting.refresh_from_db()
    row = operations.draft(meeting=there.meeting, by=None, now=AFTER)
    operations.sign(minutes=row, seen=1, by=there.users[0], now=AFTER)
    operations.publish(minutes=row, by=None, now=AFTER + DAY)

    def texts(user, *paths):
        log_in(client, user)
        return b"".join(client.get(path).content for path in paths).decode(errors="replace")

    public = [address("minutes", there), address("minutes-json", there), address("minutes-version", there, 1)]
    for user in (None, factories.user()):
        said = texts(user, *public, address("minutes-json", there, 1))
        assert "Slepens" not in said
        assert "2. priekšlikumu" not in said
        assert "2. Slēgts jautājums" in said
    assert "Slepens" not in texts(there.users[3], address("minutes", there))  # everybody's page is everybody's
    assert "Slepens parāds" in texts(there.users[3], address("minutes-version", there, 1))
    whole = json.loads(texts(there.users[3], address("minutes-json", there, 1)))
    assert record.digest(whole) == there.meeting.minutes.versions.get().sha256


def test_data_that_everybody_downloads_have_the_hash_that_was_signed(client):
    there = world.published()
    answer = client.get(address("minutes-json", there))
    assert record.digest(json.loads(answer.content)) == there.minutes.versions.get().sha256


@pytest.mark.parametrize(
    ("kind", "media_type", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("json", "application/json", b"{"),
    ],
)
def test_files_are_downloads_with_a_plain_name(client, kind, media_type, begins):
    there = world.published()
    answer = client.get(address(f"minutes-{kind}", there))
    assert answer.content.startswith(begins)
    assert answer["Content-Type"] == media_type
    name = f"protokols-1-2026-kirsu-apkaimes-iedzivotaju-padome.{kind}"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_file_of_a_draft_says_so_in_its_name(client):
    there = world.drafted()
    answer = log_in(client, there.member).get(address("minutes-pdf", there))
    assert "melnraksts.pdf" in answer["Content-Disposition"]


@pytest.mark.parametrize("kind", ["pdf", "docx", "json"])
def test_file_with_what_is_not_public_is_kept_nowhere(client, kind):
    there = world.published()
    versions = [address(f"minutes-{kind}", there), address(f"minutes-{kind}", there, 1)]
    for user, kept in ((None, [True, True]), (there.member, [True, False])):
        answers = [log_in(client, user).get(path) for path in versions]
        assert ["no-store" not in answer.get("Cache-Control", "") for answer in answers] == kept
    draft = world.drafted()
    answer = log_in(client, draft.member).get(address(f"minutes-{kind}", draft))
    assert "no-store" in answer["Cache-Control"]


def test_text_changed_behind_the_portals_back_is_seen(client):
    there = world.published()
    version = there.minutes.versions.get()
    assert "neatbilst kontrolsummai" not in client.get(address("minutes", there)).content.decode()
    version.content["residents"] = 999
    MinutesVersion.objects.filter(pk=version.pk).update(content=version.content)
    client.cookies["krasas"] = "dark"  # another page than the one that is kept
    assert "neatbilst kontrolsummai" in client.get(address("minutes", there)).content.decode()


def test_page_and_files_cost_the_same_for_three_items_and_for_thirty(client, django_assert_max_num_queries):
    client.get("/")  # whether there is a band about demonstration data is asked once
    costs = []
    for items in (3, 30):
        there, asked = world.published(items=items), {}
        readers = {"visitor": (None, 5), "member": (there.member, 12), "coordinator": (factories.coordinator(), 12)}
        for who, (user, most) in readers.items():
            log_in(client, user)
            with django_assert_max_num_queries(most) as page:
                assert client.get(address("minutes", there)).status_code == 200
            asked[who] = len(page)
        log_in(client, None)
        for kind in ("minutes-pdf", "minutes-docx"):
            with django_assert_max_num_queries(2) as file:
                assert client.get(address(kind, there)).status_code == 200
            asked[kind] = len(file)
        costs.append(asked)
    assert costs[0] == costs[1]
    assert (costs[0]["minutes-pdf"], costs[0]["minutes-docx"]) == (2, 2)


# --- versions and what changed


def corrected(publish=True):
    there = world.published()
    operations.correct(
        minutes=there.minutes, reason="Nepareizs iedzīvotāju skaits", by=there.secretary, now=AFTER + DAY
    )
    Meeting.objects.filter(pk=there.meeting.pk).update(residents_present=28)
    operations.refresh(minutes=there.minutes, by=there.secretary, now=AFTER + DAY)
    if publish:
        operations.sign(minutes=there.minutes, seen=3, by=there.leader, now=AFTER + 2 * DAY)
        operations.publish(minutes=there.minutes, by=None, now=AFTER + 3 * DAY)
    return there


def test_correction_is_shown_with_its_reason_and_history(client):
    there = corrected()
    page = client.get(address("minutes", there)).content.decode()
    assert "Labojums: Nepareizs iedzīvotāju skaits" in page
    assert f"{address('minutes-changes', there)}?no=1&amp;lidz=3" in page
    assert "28" in page
    old = client.get(address("minutes-version", there, 1)).content.decode()
    assert "Šim protokolam ir jaunāka redakcija." in old


def test_open_correction_is_seen_by_the_council_alone(client):
    there = corrected(publish=False)
    page = client.get(address("minutes", there)).content.decode()
    assert "Nepareizs iedzīvotāju skaits" not in page
    for number in (2, 3):
        assert client.get(address("minutes-version", there, number)).status_code == 404
        assert client.get(address("minutes-pdf", there, number)).status_code == 404
    assert client.get(address("minutes-changes", there)).status_code == 404
    log_in(client, there.member)
    assert "labojums, kas vēl nav parakstīts" in client.get(address("minutes-version", there, 3)).content.decode()
    assert client.get(address("minutes-changes", there)).status_code == 200


def test_difference_marks_words_by_more_than_colour(client):
    there = corrected()
    page = client.get(address("minutes-changes", there)).content.decode()
    assert '<del class="kp-gone"><span class="kp-sr" lang="lv"> izņemts: </span>27</del>' in page
    assert '<ins class="kp-new"><span class="kp-sr" lang="lv"> pievienots: </span>28</ins>' in page
    assert "No 1. redakcijas līdz 3. redakcijai" in page
    assert "Gājēju pāreja" not in page  # what did not change


def test_difference_of_a_closed_item_is_nobody_elses(client):
    there = world.held_meeting()
    AgendaItem.objects.filter(meeting=there.meeting, position=2).update(is_restricted=True)
    there.meeting.refresh_from_db()
    row = operations.draft(meeting=there.meeting, by=None, now=AFTER)
    operations.sign(minutes=row, seen=1, by=there.users[0], now=AFTER)
    operations.publish(minutes=row, by=None, now=AFTER)
    operations.correct(minutes=row, reason="Precizēts", by=None, now=AFTER)
    item = there.meeting.agenda.get(position=2)
    operations.write(minutes=row, notes={item.pk: (item.revision, "Noslēpums")}, by=None, now=AFTER)
    operations.sign(minutes=row, seen=3, by=there.users[0], now=AFTER)
    operations.publish(minutes=row, by=None, now=AFTER)
    page = client.get(address("minutes-changes", there)).content.decode()
    assert "Noslēpums" not in page
    assert "Abas redakcijas ir vienādas." in page
    log_in(client, there.users[3])
    assert "Noslēpums" in client.get(address("minutes-changes", there) + "?no=1&lidz=3").content.decode()


@pytest.mark.parametrize(
    "query", ["?no=1&lidz=2", "?no=3&lidz=1", "?no=3&lidz=3", "?no=1&lidz=99", "?lidz=" + "9" * 5000]
)
def test_difference_of_versions_that_nobody_published_is_not_there(client, query):
    assert client.get(address("minutes-changes", corrected()) + query).status_code == 404


@pytest.mark.parametrize("query", ["", "?no=x&lidz=²", "?no=&lidz=", "?no=-1"])
def test_difference_that_is_not_asked_for_plainly_is_the_last_one(client, query):
    page = client.get(address("minutes-changes", corrected()) + query)
    assert page.status_code == 200


def test_difference_needs_two_versions(client):
    assert client.get(address("minutes-changes", world.published())).status_code == 404


# --- the work


KEEPERS = {"leader", "secretary", "coordinator"}


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("minutes-work", COUNCIL), ("minutes-edit", KEEPERS)],
)
def test_who_opens_the_pages_of_work(client, name, allowed):
    there = world.drafted()
    path = address(name, there)
    assert who_gets(client, there, path) == allowed
    assert log_in(client, None).get(path).status_code == 302
    assert log_in(client, factories.user()).get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "allowed"),
    [
        ("viedoklis", {}, KEEPERS),
        ("atjaunot", {}, KEEPERS),
        ("parakstit", {"version": "1"}, KEEPERS),
        ("nosutit", {}, KEEPERS),
        ("originali", {"on": "2026-11-13", "to": "Ilze"}, KEEPERS),
        ("publicet", {}, {"coordinator"}),
        ("apstiprinat", {}, KEEPERS),
        ("labojums", {"reason": "x"}, KEEPERS),
    ],
)
def test_who_may_take_which_step(client, name, data, allowed):
    there = world.signed()
    path = step(there, name)
    answers = {who: log_in(client, user).post(path, data).status_code for who, user in people(there).items()}
    assert answers.pop("visitor") == 302
    assert {who for who, status in answers.items() if status in (200, 302)} == allowed
    assert {who for who, status in answers.items() if status == 403} == COUNCIL - allowed
    assert {who for who, status in answers.items() if status == 404} == EVERYBODY - COUNCIL - {"visitor"}
    assert log_in(client, there.leader).get(path).status_code == 405


def test_one_click_drafts_and_leads_to_the_work(client):
    there = world.held_meeting()
    path = address("minutes-draft", there)
    assert log_in(client, there.users[3]).post(path).status_code == 403
    assert log_in(client, there.users[2]).get(path).status_code == 405
    assertRedirects(client.post(path), address("minutes-work", there))
    assert Minutes.objects.get().versions.get().made_by == there.users[2]


def test_draft_of_an_open_meeting_is_refused_with_the_way_on(client):
    there = world.held_meeting(closed_at=None)
    answer = log_in(client, there.users[2]).post(address("minutes-draft", there), follow=True)
    assert "Vispirms slēdz sēdi" in answer.content.decode()


def test_whole_way_from_draft_to_approval(client):
    there = world.held_meeting()
    secretary, leader, coordinator = there.users[2], there.users[0], factories.coordinator()
    log_in(client, secretary).post(address("minutes-draft", there))
    item = there.meeting.agenda.get(position=1)
    texts = {f"notes_{i.pk}": i.notes for i in there.meeting.agenda.all()}
    seen = {f"seen_{i.pk}": i.revision for i in there.meeting.agenda.all()}
    texts[f"notes_{item.pk}"] = "Pēc garām debatēm vienojās."
    assertRedirects(
        client.post(address("minutes-edit", there), {"number": "8", **texts, **seen}), address("minutes-work", there)
    )
    client.post(step(there, "viedoklis"))
    log_in(client, there.users[3]).post(
        address("minutes-comment", there), {"item": str(item.pk), "text": "Debates bija īsas."}
    )
    comment = MinutesComment.objects.get()
    log_in(client, secretary)
    assert "1 komentārs nav atrisināts" in client.get(address("minutes-work", there)).content.decode()
    client.post(address("minutes-comment-settle", there, comment.pk))
    log_in(client, leader)
    client.post(step(there, "parakstit"), {"version": "2", "before_comments_end": "on"})
    client.post(step(there, "nosutit"))
    log_in(client, secretary).post(step(there, "originali"), {"on": str(timezone.localdate()), "to": "Ilze"})
    log_in(client, coordinator).post(step(there, "publicet"))
    page = log_in(client, None).get(address("minutes", there)).content.decode()
    assert "Protokols Nr. 8/2026" in page
    assert "Pēc garām debatēm vienojās." in page
    assert "Debates bija īsas" not in page
    row = Minutes.objects.select_related("meeting").get()
    assert row.versions.order_by("-number").first().signed_name == "Āris Ķēniņš"
    assert (row.originals_handed_to, row.meeting.minutes_published_on) == ("Ilze", timezone.localdate())
    later = world.held_meeting(
        items=0, world=there, starts_at=there.meeting.event.starts_at + timedelta(days=7)
    ).meeting
    log_in(client, secretary).post(
        reverse("councils:minutes-step", args=[row.meeting_id, "apstiprinat"]), {"meeting": later.pk}
    )
    row.refresh_from_db()
    assert row.approved_in == later


def test_wrong_form_keeps_what_was_typed(client):
    there = world.signed()
    log_in(client, there.secretary)
    page = client.post(step(there, "originali"), {"on": "2026-11-01", "to": "Ilze Ozola"}).content.decode()
    assert "Oriģinālus nodod pēc sēdes." in page
    assert 'value="Ilze Ozola"' in page
    page = client.post(step(there, "labojums"), {"reason": ""}).content.decode()
    assert 'id="kludas"' in page


def test_overtaken_text_shows_both_and_is_saved_the_second_time(client):
    there = world.drafted(items=1)
    item = there.meeting.agenda.get()
    AgendaItem.objects.filter(pk=item.pk).update(notes="Otra rakstīja.", revision=item.revision + 1)
    log_in(client, there.secretary)
    data = {"number": "1", f"notes_{item.pk}": "Mans teksts.", f"seen_{item.pk}": str(item.revision)}

    page = client.post(address("minutes-edit", there), data).content.decode()

    assert "Otra rakstīja." in page
    assert "Mans teksts." in page
    field = f'name="seen_{item.pk}" value="{item.revision + 1}"'
    assert field in page
    client.post(address("minutes-edit", there), {**data, f"seen_{item.pk}": str(item.revision + 1)})
    item.refresh_from_db()
    assert item.notes == "Mans teksts."


def test_secretary_hands_in_the_signed_file_and_the_council_downloads_it(client):
    there = world.drafted()
    log_in(client, there.secretary)
    page = client.post(step(there, "parakstit"), {"version": "1"}).content.decode()
    assert "Izvēlies failu." in page
    upload = SimpleUploadedFile("Protokols ar parakstu.pdf", PDF)
    assertRedirects(
        client.post(step(there, "parakstit"), {"version": "1", "upload": upload}), address("minutes-work", there)
    )
    path = address("minutes-signed-file", there, 1)
    answer = log_in(client, there.member).get(path)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    operations.publish(minutes=there.minutes, by=None, now=AFTER)
    assert log_in(client, factories.user()).get(path).status_code == 404
    assert log_in(client, None).get(path).status_code == 302


def test_member_without_an_office_comments_and_settles_nothing(client):
    there = world.drafted()
    operations.ask_members(minutes=there.minutes, by=None, now=timezone.now())
    path = address("minutes-comment", there)
    assert log_in(client, factories.coordinator()).post(path, {"text": "x"}).status_code == 403
    assert log_in(client, factories.user()).post(path, {"text": "x"}).status_code == 404
    log_in(client, there.member)
    assert client.get(path).status_code == 405
    page = client.post(path, {"text": ""}).content.decode()
    assert 'id="kludas"' in page
    client.post(path, {"text": "Kļūda otrajā jautājumā"})
    row = there.minutes.comments.get()
    assert (row.person, row.text) == (there.member.person, "Kļūda otrajā jautājumā")
    assert client.post(address("minutes-comment-settle", there, row.pk)).status_code == 403
    assert "Kļūda otrajā jautājumā" in client.get(address("minutes", there)).content.decode()


def test_comment_about_an_item_of_another_meeting_is_refused(client):
    there, other = world.drafted(), world.drafted()
    operations.ask_members(minutes=there.minutes, by=None, now=timezone.now())
    log_in(client, there.member)
    item = other.meeting.agenda.first()
    client.post(address("minutes-comment", there), {"item": str(item.pk), "text": "x"})
    assert not MinutesComment.objects.exists()


def test_signing_while_the_record_changed_says_what_to_do(client):
    there = world.drafted()
    Meeting.objects.filter(pk=there.meeting.pk).update(residents_present=1)
    log_in(client, there.leader)
    page = client.get(address("minutes-work", there)).content.decode()
    assert "Sēdes pieraksts ir mainīts, kopš tapa šis melnraksts." in page
    page = client.post(step(there, "parakstit"), {"version": "1"}).content.decode()
    assert "Vispirms atjauno melnrakstu." in page
    client.post(step(there, "atjaunot"))
    client.post(step(there, "parakstit"), {"version": "2"})
    there.minutes.refresh_from_db()
    assert there.minutes.signed_at


def test_par_25_work_says_until_when_to_send(client):
    there = world.signed()
    page = log_in(client, there.leader).get(address("minutes-work", there)).content.decode()
    assert "20.\N{NO-BREAK SPACE}novembr" in page
    assert "§25" in page


@pytest.mark.parametrize("state", ["drafted", "signed", "published"])
def test_work_costs_the_same_for_three_items_and_for_thirty(client, state, django_assert_max_num_queries):
    counts = []
    client.get("/")
    for items in (3, 30):
        there = getattr(world, state)(items=items)
        log_in(client, there.secretary)
        with django_assert_max_num_queries(20) as asked:
            assert client.get(address("minutes-work", there)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_unknown_step_is_not_there(client):
    there = world.drafted()
    assert log_in(client, there.leader).post(step(there, "dzest")).status_code == 404


# --- the way there from the panel


def test_panel_leads_to_the_draft_to_the_work_and_to_the_room(client):
    there = world.held_meeting()
    path = reverse("dashboard:panel-meeting-minutes", args=[there.meeting.pk])
    log_in(client, there.users[2])
    assert f'action="{address("minutes-draft", there)}"' in client.get(path).content.decode()
    operations.draft(meeting=there.meeting, by=None, now=AFTER)
    assert address("minutes-work", there) in client.get(path).content.decode()
    open_meeting = world.held_meeting(items=0, closed_at=None, world=there, starts_at=world.OPENED - DAY)
    path = reverse("dashboard:panel-meeting-minutes", args=[open_meeting.meeting.pk])
    page = client.get(path).content.decode()
    assert reverse("councils:room", args=[open_meeting.meeting.pk]) in page
    assert "sagatavot" not in page


def test_minutes_kept_elsewhere_are_still_noted(client):
    there = world.held_meeting()
    path = reverse("dashboard:panel-meeting-minutes", args=[there.meeting.pk])
    data = {"sent_on": "2026-11-13", "published_on": "2026-11-14", "url": "https://www.kekava.lv/p/7"}
    log_in(client, factories.coordinator()).post(path, data)
    assert Meeting.objects.get(pk=there.meeting.pk).minutes_url == "https://www.kekava.lv/p/7"
    assert log_in(client, None).get(address("minutes", there)).status_code == 404
