import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from councils.models import Membership, RespondingOfficer
from councils.operations import matters
from dashboard import my, operations
from events import operations as events
from events.models import Rsvp
from notices.models import Notice
from people import operations as people
from people.models import AuditEntry, Person, User
from tests import factories
from tests.people.conftest import client_b, code_in, is_latvian, post_office  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db

MY = "dashboard:my"
PASSWORD = "gaišs-rīts-2026"


@pytest.fixture
def user(client) -> User:
    row = factories.user("liga@example.org", password=PASSWORD)
    client.force_login(row)
    return row


def page(client) -> str:
    response = client.get(reverse(MY))
    assert response.status_code == 200
    return response.content.decode()


# --- my page ---------------------------------------------------------------------------------------------------------


def test_my_page_of_somebody_new_says_what_to_do(client, user, is_latvian):  # noqa: F811
    html = page(client)
    assert "Tev vēl nav neviena pieteikuma" in html
    assert reverse("events:calendar") in html
    assert reverse("people:follows") in html
    is_latvian(html)


def test_my_page_asks_for_log_in_and_only_reads(client):
    assert client.get(reverse(MY))["Location"].startswith("/konts/ienakt/")
    client.force_login(factories.user())
    assert client.post(reverse(MY)).status_code == 405


def test_my_page_shows_each_state_of_a_sign_up(client, user, is_latvian):  # noqa: F811
    person = user.person
    full = factories.event("Pilnais", capacity=1)
    factories.rsvp(full)
    factories.rsvp(full, state=Rsvp.State.WAITING)
    factories.rsvp(full, person, state=Rsvp.State.WAITING)
    factories.rsvp(factories.event("Mana vieta"), person)
    offer = factories.rsvp(factories.event("Piedāvātais"), person, state=Rsvp.State.OFFERED)
    hold = factories.rsvp(factories.event("Neapstiprinātais"), person, state=Rsvp.State.HELD)
    factories.rsvp(factories.event("Atceltais pasākums", cancelled_at=timezone.now()), person)
    factories.rsvp(factories.event("Atteiktais"), person, state=Rsvp.State.CANCELLED)
    factories.rsvp(factories.event("Svešais"))
    html = page(client)
    assert "Tu esi 2. rindā" in html
    assert "Tev ir vieta" in html
    assert "Tev piedāvā vietu" in html
    assert reverse("events:rsvp-accept", args=[offer.token]) in html
    assert reverse("events:rsvp-confirm", args=[hold.token]) in html
    assert "Atceltais pasākums" in html
    assert "Atteiktais" not in html
    assert "Svešais" not in html
    is_latvian(html)


def test_my_page_accepts_the_offered_seat(client, user):
    event = factories.event()
    offer = factories.rsvp(event, user.person, state=Rsvp.State.OFFERED)
    client.post(reverse("events:rsvp-accept", args=[offer.token]))
    offer.refresh_from_db()
    assert offer.state == Rsvp.State.GOING


def test_my_page_shows_where_i_have_been(client, user):
    past = timezone.now() - timedelta(days=5)
    factories.rsvp(factories.event("Biju", starts_at=past), user.person)
    factories.rsvp(factories.event("Netiku", starts_at=past), user.person, state=Rsvp.State.WAITING)
    html = page(client)
    assert "Biju" in html
    assert "Netiku" not in html


def test_my_page_shows_what_i_follow_soonest_first(client, user):
    areas = [factories.neighbourhood(name) for name in ("Ziedonis", "Āboli", "Ķekava")]
    for area in areas:
        factories.follow(user.person, area)
    now = timezone.now()
    factories.event("Vēlāk", [areas[0]], starts_at=now + timedelta(days=9))
    factories.event("Drīz", [areas[2]], starts_at=now + timedelta(days=1))
    factories.event("Citur", [factories.neighbourhood()], starts_at=now + timedelta(hours=1))
    factories.event("Melnraksts", [areas[1]], published=False, starts_at=now + timedelta(hours=1))
    html = page(client)
    assert html.index("Drīz") < html.index("Vēlāk") < html.index("Vēl nekas nav izziņots")
    assert "Citur" not in html
    assert "Melnraksts" not in html


def test_my_page_shows_events_of_the_whole_municipality_to_followers(client, user):
    factories.follow(user.person, factories.neighbourhood())
    factories.event("Visiem")
    assert "Visiem" in page(client)


def test_my_page_of_a_member_leads_to_the_council_while_the_membership_lasts(client, user):
    membership = factories.membership(person=user.person)
    council = membership.seat.term.council
    assert council.name in page(client)
    membership.ended_on, membership.end_reason = timezone.localdate(), "resigned"
    membership.save()
    assert council.name not in page(client)


def test_my_page_shows_the_matters_i_follow_with_where_they_stand(client, user):
    row = factories.submission(title="Laternas")
    matters.follow(matter=row.matter, person=user.person, now=timezone.now())
    hidden = factories.submission(title="Slepens", is_public=False)
    matters.follow(matter=hidden.matter, person=user.person, now=timezone.now())
    said = page(client)
    assert row.matter.get_absolute_url() in said
    assert "Gaida atbildi" in said
    assert "Slepens" not in said


def test_my_page_takes_the_same_queries_for_any_number(client, user, django_assert_num_queries):
    user.person.home_neighbourhood = factories.neighbourhood()
    user.person.save()

    def add():
        area = factories.neighbourhood()
        factories.follow(user.person, area)
        factories.rsvp(factories.event(neighbourhoods=[area]), user.person)
        past = factories.event(starts_at=timezone.now() - timedelta(days=3), neighbourhoods=[area])
        factories.rsvp(past, user.person)
        matters.follow(matter=factories.submission().matter, person=user.person, now=timezone.now())

    add()
    page(client)
    for number in (1, 3, 30):
        while user.person.follows.count() < number:
            add()
        with django_assert_num_queries(11):
            page(client)


# --- the file --------------------------------------------------------------------------------------------------------


def test_the_file_holds_what_is_known_about_me_and_nobody_else(client, user):
    area = factories.neighbourhood("Odukalns")
    factories.follow(user.person, area)
    events.rsvp(event=factories.event("Mana saruna"), person=user.person, by=user, now=timezone.now())
    factories.rsvp(factories.event("Sveša saruna"), factories.person("Svešs Cilvēks"))
    factories.office(factories.membership(person=user.person))
    matters.follow(matter=factories.matter(title="Mans jautājums"), person=user.person, now=timezone.now())
    matters.follow(matter=factories.matter(title="Svešs"), person=factories.person(), now=timezone.now())
    factories.responding_officer(factories.municipal_unit("Ceļu nodaļa"), user.person)
    response = client.get(reverse("dashboard:my-data"))
    assert response["Content-Disposition"].startswith("attachment; filename=")
    data = response.json()
    assert data["person"]["name"] == "Līga Šķēle"
    assert data["account"]["email"] == "liga@example.org"
    assert data["contacts"][0]["value"] == "liga@example.org"
    assert data["follows"][0]["neighbourhood"] == area.name
    assert [row["event"] for row in data["sign_ups"]] == ["Mana saruna"]
    assert [row["matter"] for row in data["matters_followed"]] == ["Mans jautājums"]
    assert [row["unit"] for row in data["answers_for"]] == ["Ceļu nodaļa"]
    assert data["memberships"][0]["until"] is None
    assert data["offices"][0]["office"] == "chair"
    assert data["messages"][0]["kind"] == "rsvp_confirmed"
    assert "Svešs" not in response.content.decode()
    assert user.password not in response.content.decode()


def test_the_file_holds_what_i_asked_for_and_was_invited_to(client, user, now):
    event = factories.event("Talka")
    row = factories.rsvp(event, user.person, name_on_list=True)
    factories.own_question(event).answers.create(rsvp=row, text="Podnieku darbnīcu")
    factories.access_service(event).rsvps.add(row)
    factories.check_in(row)
    factories.invitation(event, user.person)
    letter = {"text": "Kad remontēs ielu?", "written_at": now, "wants_answer": True}
    user.person.enquiries.create(council=factories.council(), **letter)
    data = client.get(reverse("dashboard:my-data")).json()
    [said] = data["sign_ups"]
    assert said["answers"] == [{"question": "Kuru darbnīcu?", "answer": "Podnieku darbnīcu"}]
    assert (said["access_services"], said["name_on_list"]) == (["sign"], True)
    assert [row["people"] for row in said["arrivals"]] == [1]
    assert [row["event"] for row in data["invitations"]] == ["Talka"]
    assert [(row["text"], row["wants_answer"]) for row in data["letters"]] == [("Kad remontēs ielu?", True)]
    assert [row["email"] for row in data["account"]["addresses"]] == ["liga@example.org"]


def test_the_file_holds_what_i_did_in_a_council(client, user, now):
    sits = factories.membership(person=user.person, ended_on=now.date(), end_reason="absences")
    meeting = factories.meeting(sits.seat.term.council)
    meeting.leader = user.person
    meeting.save()
    item = factories.agenda_item(meeting)
    resolution = factories.resolution(item, text="Uzlikt laternas.")
    resolution.ballots.create(membership=sits, choice="against")
    item.recusals.create(membership=sits, reason="Mana zeme")
    item.tasks.create(title="Uzrakstīt vēstuli", person=user.person)
    meeting.attendances.create(membership=sits, answer="coming", answered_at=now, mark="excused", note="Slims")
    sits.absence_cases.create(raised_on=now.date(), last_meeting=meeting)
    factories.minutes(meeting).comments.create(person=user.person, text="Balsoja trīs.", commented_at=now)
    factories.substitute(person=user.person, votes=41)
    factories.submission(presented_by=user.person, title="Gājēju pāreja")
    people.record(by=user, verb="sign_minutes", target=factories.person("Svešs Cilvēks"), now=now)
    response = client.get(reverse("dashboard:my-data"))
    data = response.json()
    assert [row["why_it_ended"] for row in data["memberships"]] == ["absences"]
    assert [(row["resolution"], row["vote"]) for row in data["votes"]] == [("Uzlikt laternas.", "against")]
    assert [(row["item"], row["reason"]) for row in data["kept_out_of"]] == [(item.title, "Mana zeme")]
    assert [row["title"] for row in data["tasks"]] == ["Uzrakstīt vēstuli"]
    assert [(row["answer"], row["mark"], row["note"]) for row in data["meetings"]] == [("coming", "excused", "Slims")]
    assert [(row["led"], row["took_minutes"]) for row in data["meetings_led"]] == [(True, False)]
    assert [row["decision"] for row in data["absence_cases"]] == [""]
    assert [row["comment"] for row in data["comments_on_minutes"]] == ["Balsoja trīs."]
    assert [row["votes"] for row in data["substitutions"]] == [41]
    assert data["speaks_for"] == ["Gājēju pāreja"]
    assert [row["verb"] for row in data["done_by_me"]] == ["sign_minutes"]
    assert "Svešs" not in response.content.decode()


# What points at a person, or at a person's own rows, and is not read for the file.
NOT_IN_THE_FILE = {
    "the one who did it, for the portal, a council or the municipality: the file says what one did from the log": """
        people.Person.created_by people.Role.granted_by events.Rsvp.entered_by
        events.EventSeries.created_by events.Event.published_by events.Event.cancelled_by events.EventChange.by
        events.Invitation.invited_by events.CheckIn.by events.CheckIn.undone_by councils.StoredFile.uploaded_by
        councils.Announcement.sent_by councils.Announcement.recorded_by councils.Proposal.decided_by
        councils.HandOver.by councils.Question.answered_by councils.MinutesVersion.made_by
        councils.MinutesVersion.signed_by councils.MinutesComment.settled_by councils.RegulationValue.changed_by
        councils.LetterTemplate.changed_by councils.NewsPost.written_by councils.DocumentVersion.added_by
        councils.TextPage.changed_by admin.LogEntry.user
    """,
    "read with the person, from whose side it is": "people.Person.user",
    "the membership that came of it stands in the file itself": "councils.Substitute.membership",
    "a link to a submission, ended with the answer: that one answers for the unit is in the file": """
        councils.AnswerLink.officer
    """,
}


@pytest.mark.parametrize("mine", [User, Person, Membership, RespondingOfficer, Rsvp])
def test_what_begins_to_point_at_people_is_read_for_the_file_or_left_out_with_a_reason(user, mine):
    factories.rsvp(factories.event(), user.person)  # what hangs on sign-ups is read only where there is one
    with CaptureQueriesContext(connection) as captured:
        my.known_about(user.person)
    statements = " ".join(query["sql"] for query in captured)
    key = {User: f"= {user.pk}", Person: f"= {user.person.pk}"}.get(mine, "(=|IN)")
    fields = [field for model in apps.get_models(include_auto_created=True) for field in model._meta.concrete_fields]
    pointing = [field for field in fields if field.related_model is mine]
    read = {
        str(row) for row in pointing if re.search(rf'"{row.model._meta.db_table}"."{row.column}" {key}', statements)
    }
    left_out = {name for names in NOT_IN_THE_FILE.values() for name in names.split()}
    assert {str(field) for field in pointing} - read - left_out == set()


def test_the_file_asks_for_log_in(client):
    assert client.get(reverse("dashboard:my-data")).status_code == 302


# --- deletion --------------------------------------------------------------------------------------------------------

DELETE = "dashboard:account-delete"


def test_deletion_by_password_forgets_the_person_and_frees_the_seat(client, user, is_latvian):  # noqa: F811
    now = timezone.now()
    person = user.person
    factories.follow(person, factories.neighbourhood())
    coming, past = factories.event(capacity=1), factories.event(starts_at=now - timedelta(days=3))
    seat = events.rsvp(event=coming, person=person, by=user, question="Vai drīkst suni?", now=now)
    been = factories.rsvp(past, person)
    waiting = events.rsvp(event=coming, person=factories.person(email="b@example.org"), by=None, now=now)
    is_latvian(client.get(reverse(DELETE)).content.decode())
    wrong = client.post(reverse(DELETE), {"password": "cita"})
    assert wrong.status_code == 422
    is_latvian(wrong.content.decode())
    assert User.objects.filter(pk=user.pk).exists()

    response = client.post(reverse(DELETE), {"password": PASSWORD}, follow=True)
    assert "Tavs konts ir dzēsts" in response.content.decode()
    assert client.get(reverse(MY)).status_code == 302
    assert not User.objects.filter(email="liga@example.org").exists()
    assert not EmailAddress.objects.filter(email="liga@example.org").exists()
    for row in (person, seat, been, waiting):
        row.refresh_from_db()
    assert (person.name, person.user, person.home_neighbourhood) == ("—", None, None)
    assert person.erased_at
    assert not person.channels.exists()
    assert not person.follows.exists()
    assert not Notice.objects.filter(person=person).exclude(sent_to="").exists()
    assert (seat.state, seat.cancelled_for, seat.question) == (Rsvp.State.CANCELLED, Rsvp.CancelledFor.ERASED, "")
    assert been.state == Rsvp.State.GOING, "who came is still counted"
    assert waiting.state == Rsvp.State.OFFERED
    entry = AuditEntry.objects.get(verb="erase_person")
    assert (entry.on_behalf_of, entry.label) == (person, "—")


def test_the_address_is_free_again_after_deletion(client, user, post_office):  # noqa: F811
    client.post(reverse(DELETE), {"password": PASSWORD})
    client.post(reverse("account_signup"), {"name": "Līga Šķēle", "email": "liga@example.org"})
    [mail] = post_office()
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mail)})
    assert User.objects.get().person.erased_at is None


def test_deletion_without_a_password_asks_a_mailed_code(client, post_office, is_latvian):  # noqa: F811
    user = factories.user("liga@example.org", password=None)
    client.force_login(user)
    html = client.get(reverse(DELETE)).content.decode()
    assert 'name="code"' not in html
    is_latvian(html)
    client.post(reverse(DELETE), {"code": "0000-0000"})
    assert User.objects.exists()
    client.post(reverse(DELETE), {"action": "send"})
    [mail] = post_office()
    assert mail["Subject"] == "Kods konta dzēšanai"
    is_latvian(mail.get_body(("html",)).get_content())
    assert Notice.objects.get().data == {}
    is_latvian(client.get(reverse(DELETE)).content.decode())
    client.post(reverse(DELETE), {"code": code_in(mail).replace("-", " ")})
    assert not User.objects.exists()


def test_the_third_wrong_code_ends_it(client, post_office):  # noqa: F811
    user = factories.user("liga@example.org", password=None)
    client.force_login(user)
    client.post(reverse(DELETE), {"action": "send"})
    [mail] = post_office()
    for _attempt in range(3):
        client.post(reverse(DELETE), {"code": "0000-0000"})
    client.post(reverse(DELETE), {"code": code_in(mail)})
    assert User.objects.exists()


def test_a_code_of_another_session_does_not_delete(client, client_b, post_office):  # noqa: F811
    user = factories.user("liga@example.org", password=None)
    client.force_login(user)
    client_b.force_login(user)
    client.post(reverse(DELETE), {"action": "send"})
    [mail] = post_office()
    client_b.post(reverse(DELETE), {"code": code_in(mail)})
    assert User.objects.exists()


def test_deletion_asks_for_log_in(client):
    for method in (client.get, client.post):
        assert method(reverse(DELETE))["Location"].startswith("/konts/ienakt/")


@pytest.mark.parametrize("make", [factories.coordinator, factories.administrator])
def test_who_runs_the_portal_is_not_deleted(now, make):
    user = make()
    with pytest.raises(operations.DeletionRefused):
        operations.delete_account(user=user, now=now)
    assert User.objects.filter(pk=user.pk).exists()


def test_a_member_keeps_the_seat_and_the_name_in_the_councils_records(now):
    user = factories.user(name="Līga Šķēle")
    membership = factories.membership(person=user.person)
    operations.delete_account(user=user, now=now)
    membership.refresh_from_db()
    person = Person.objects.get(pk=membership.person_id)
    assert (person.name, person.user) == ("Līga Šķēle", None)
    assert membership.ended_on is None
    assert not person.channels.exists()
