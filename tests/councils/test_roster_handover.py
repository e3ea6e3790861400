"""What one officer of a council hands to the next: what is open, by when, with what and with whom."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from councils import handover, operations
from councils.models import AbsenceCase, Document, OpinionRequest, Resolution, Submission, Task
from councils.operations import CouncilRefused
from notices import operations as notices
from notices.models import Notice
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = date(2026, 11, 23)  # the day of the fixture `now`


@pytest.fixture
def council():
    term = factories.term(factories.council(neighbourhood=factories.neighbourhood("Baloži", slug="balozi")))
    return term.council


@pytest.fixture
def term(council):
    return council.terms.get()


def lines(council, now):
    things = handover.open_things(council, now)
    return {line.title.split(",")[0]: (line.on, line.text) for line in [*things.dated, *things.undated]}


def held(council, now, days_ago=3):
    return factories.meeting(council, starts_at=now - days_ago * DAY, title=f"Pirms {days_ago}")


# --- what is open -----------------------------------------------------------------------------------------------------


def test_nothing_is_open_in_a_new_council(council, now):
    assert handover.open_things(council, now).count == 0


def test_meetings_with_their_deadlines(council, now):
    factories.meeting(council, published=False, starts_at=now + 30 * DAY, title="Melnraksts")
    held(council, now)
    factories.meeting(council, starts_at=now + 20 * DAY, cancelled_at=now, title="Atcelta")
    factories.meeting(factories.council(), starts_at=now + 20 * DAY, title="Cita padome")

    found = lines(council, now)

    assert set(found) == {"Melnraksts", "Pirms 3"}
    # five working days before 23 December, five after 20 November
    assert found["Melnraksts"] == (date(2026, 12, 16), "laiks, vieta un darba kārtība jānosūta administrācijai (§38.1)")
    assert found["Pirms 3"] == (date(2026, 11, 27), "jāuzraksta un jānosūta protokols (§25)")


def test_submissions_until_they_are_done(council, now):
    sent = {"sent_on": ON - 9 * DAY, "reply_due_on": ON + 21 * DAY}
    answered = sent | {"replied_on": ON - DAY}
    factories.submission([council], "Melnraksts", sent_on=None, reply_due_on=None)
    factories.submission([council], "Gaida", unit="Ceļu nodaļa", **sent)
    factories.submission([council], "Solīts", outcome="supported", follow_up_on=ON + 60 * DAY, **answered)
    factories.submission([council], "Noraidīts", outcome="declined", **answered)
    factories.submission([council], "Padarīts", outcome="supported", done_on=ON, **answered)
    factories.submission([factories.council()], "Citas padomes", **sent)
    assert lines(council, now) == {
        "Melnraksts": (None, "melnraksts, pašvaldībai vēl nav nosūtīts"),
        "Gaida": (ON + 21 * DAY, "pašvaldība atbild (§27): Ceļu nodaļa"),
        "Solīts": (ON + 60 * DAY, "solīts, vēl nav izdarīts"),
    }


def test_resolutions_tasks_opinions_absences_and_proposals(council, term, now):
    meeting = factories.meeting(council, starts_at=now - 90 * DAY, title="Sēde")
    type(meeting).objects.filter(pk=meeting.pk).update(minutes_published_on=ON - 80 * DAY)
    item = meeting.agenda.create(position=1, title="Tilts")
    voted = {"voted_at": now, "year": 2026, "in_favour": 4, "against": 0, "abstained": 0, "item": item}
    matter = factories.matter([council], "Tilts")
    for number, more in enumerate(({"due_on": ON + DAY}, {"carried_out_on": ON}), 1):
        Resolution.objects.create(
            council=council, matter=matter, text=f"Lēmums {number}", number=number, position=number,
            outcome="adopted", owner="Anna", **voted, **more,
        )  # fmt: skip
    Task.objects.create(item=item, title="Zvanīt", owner="Jānis", due_on=ON - DAY)
    Task.objects.create(item=item, title="Zvanīts", done_on=ON)
    OpinionRequest.objects.create(council=council, title="Plānojums", received_on=ON, due_on=ON + 14 * DAY)
    member = factories.membership(term, factories.person("Ilze Ķirse"))
    AbsenceCase.objects.create(membership=member, raised_on=ON, last_meeting=meeting)
    factories.proposal(council, title="Soliņi")

    assert lines(council, now) == {
        "Lēmums 1": (ON + DAY, "jāizpilda lēmums Nr. 1/2026: Anna"),
        "Zvanīt": (ON - DAY, "uzdevums: Jānis"),
        "Plānojums": (ON + 14 * DAY, "dome lūdz viedokli"),
        "Kavējumi: Ilze Ķirse": (None, "padome lemj: paturēt vai atbrīvot (§32)"),
        "Soliņi": (None, "iedzīvotāju ierosinājums: jāiekļauj darba kārtībā vai jānoraida (§31)"),
    }
    assert [line.title for line in handover.open_things(council, now).dated] == ["Zvanīt", "Lēmums 1", "Plānojums"]

    AbsenceCase.objects.update(decision="released", decided_on=ON, reason="Trīs kavējumi")
    assert lines(council, now)["Kavējumi: Ilze Ķirse"] == (date(2026, 11, 26), "jāinformē dome (§32)")


@pytest.mark.parametrize("rows", [1, 3])
def test_open_things_cost_the_same_however_many(council, term, now, rows, django_assert_num_queries):
    for n in range(rows):
        meeting = held(council, now, 3 + n)
        factories.meeting(council, published=False, starts_at=now + (30 + n) * DAY)
        factories.submission([council])
        factories.proposal(council, title=f"Soliņi {n}")
        item = meeting.agenda.create(position=1, title="Tilts")
        Task.objects.create(item=item, title="Zvanīt", person=factories.person())
        member = factories.membership(term)
        AbsenceCase.objects.create(membership=member, raised_on=ON, last_meeting=meeting)
    with django_assert_num_queries(8):
        assert handover.open_things(council, now).count == 6 * rows


# --- papers and people ------------------------------------------------------------------------------------------------


def test_contacts_are_those_an_officer_works_with(council, term, now):
    chair = factories.membership(term, factories.person("Anna Āre", email="anna@example.org", phone="+371 20000000"))
    factories.office(chair)
    left = factories.membership(term, factories.person("Bijušais Bērzs"))
    operations.end_membership(membership=left, ended_on=ON, reason="resigned", by=None, now=now)
    factories.membership(factories.term(), factories.person("Cita Padome"))
    factories.coordinator(email="koord@example.org", name="Lāsma Pīle")
    unit = factories.municipal_unit("Ceļu nodaļa", email="celi@example.org")
    factories.submission([council], answering_unit=unit)
    factories.submission([council], answering_unit=factories.municipal_unit("Ārējā nodaļa", email="a@example.org"))

    found = [(c.name, c.said, c.email, c.phone) for c in handover.contacts(council, ON)]

    assert found == [
        ("Anna Āre", "priekšsēdētājs", "anna@example.org", "+371 20000000"),
        ("Lāsma Pīle", "koordinators", "koord@example.org", ""),
        ("Ārējā nodaļa", "atbild padomei", "a@example.org", ""),
        ("Ceļu nodaļa", "atbild padomei", "celi@example.org", ""),
    ]


# --- the page ---------------------------------------------------------------------------------------------------------

PATH = "/padome/balozi/nodosana/"


@pytest.fixture
def people(council, term):
    users = {name: factories.user(f"{name}@example.org", name=name.title()) for name in ("chair", "member", "new")}
    factories.office(factories.membership(term, users["chair"].person))
    for name in ("member", "new"):
        factories.membership(term, users[name].person)
    elsewhere = factories.user("other@example.org")
    factories.office(factories.membership(factories.term(), elsewhere.person))
    return users | {"elsewhere": elsewhere, "resident": factories.user(), "coordinator": factories.coordinator()}


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_officers_and_coordinators_see_it_and_nobody_else(people):
    answers = {name: browser(user).get(PATH).status_code for name, user in people.items()}
    seen = {"chair", "coordinator"}
    assert answers == {name: 200 if name in seen else 403 for name in people}
    assert {name: browser(user).post(PATH).status_code for name, user in people.items()} == {
        name: 422 if name in seen else 403 for name in people
    }
    assert Client().get(PATH).status_code == 302
    assert browser(people["chair"]).delete(PATH).status_code == 405
    assert browser(people["chair"]).get("/padome/nekur/nodosana/").status_code == 404


def test_page_shows_what_is_open_with_papers_and_people(people, council):
    late = timezone.localdate() - DAY
    factories.submission([council], "Gājēju tilts", sent_on=late - 30 * DAY, reply_due_on=late)
    Document.objects.create(council=council, title="Iekšējā kārtība", is_public=False)
    Document.objects.create(council=council, title="Noņemtais", retired_at=timezone.now())
    page = browser(people["chair"]).get(PATH)
    text = page.content.decode()
    assert "Gājēju tilts" in text
    assert "nokavēts" in text
    assert "Iekšējā kārtība" in text
    assert "Noņemtais" not in text
    assert "member@example.org" in text
    assert "no-store" in page["Cache-Control"]


def test_handover_goes_to_the_next_officer_by_mail_without_contacts(people, council, now):
    by = people["coordinator"]
    on = timezone.localdate()
    operations.give_office(
        council=council, person=people["new"].person, kind="chair", started_on=on + 5 * DAY, by=by, now=now
    )
    factories.submission([council], "Gājēju tilts")
    office = council.offices.get(person=people["new"].person)

    page = browser(people["chair"]).post(PATH, {"office": office.pk}, follow=True)
    browser(people["chair"]).post(PATH, {"office": office.pk})  # pressed twice

    assert "New" in page.content.decode()
    notices.deliver()
    message = next(message for message in mail.outbox if message.to == ["new@example.org"])
    assert len(mail.outbox) == 1
    assert "Gājēju tilts" in message.body
    assert PATH in message.body
    assert "member@example.org" not in message.body
    entry = AuditEntry.objects.filter(verb="send_handover").first()
    assert (entry.by, entry.on_behalf_of) == (people["chair"], people["new"].person)


def test_handover_is_not_sent_where_it_cannot_arrive(people, council, term, now):
    silent = factories.office(factories.membership(term), "secretary")
    with pytest.raises(CouncilRefused, match="Izdrukā"):
        operations.send_handover(office=silent, by=None, now=now)
    answer = browser(people["chair"]).post(PATH, {"office": silent.pk})
    assert answer.status_code == 422
    assert "Izdrukā" in answer.content.decode()
    ended = council.offices.get(kind="chair")
    operations.end_office(office=ended, ended_on=ON, by=None, now=now)
    ended.refresh_from_db()
    with pytest.raises(CouncilRefused, match="jau"):
        operations.send_handover(office=ended, by=None, now=now)
    assert not Notice.objects.filter(kind="handover").exists()


def test_letter_is_not_sent_once_the_office_has_ended(people, council, now):
    office = council.offices.get(kind="chair")
    operations.send_handover(office=office, by=None, now=now)
    type(office).objects.update(ended_on=ON)
    notices.deliver(now=now)
    assert mail.outbox == []
    assert Notice.objects.get(kind="handover").skipped_at


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_and_no_more_than_the_panel(people, council, rows, django_assert_num_queries):
    for n in range(rows):
        factories.submission(
            [council], f"Lieta {n}", answering_unit=factories.municipal_unit(f"Nodaļa {n}", email="a@example.org")
        )
        Document.objects.create(council=council, title=f"Dokuments {n}")
    client = browser(people["coordinator"])
    client.get(PATH)
    with django_assert_num_queries(18):
        client.get(PATH)
    assert Submission.objects.count() == rows
