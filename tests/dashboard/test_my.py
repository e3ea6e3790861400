from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from councils.operations import matters
from dashboard import operations
from events import operations as events
from events.models import Rsvp
from notices.models import Notice
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
        with django_assert_num_queries(12):
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
