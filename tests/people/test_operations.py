from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from councils.operations import matters
from events.models import Rsvp
from notices import operations as notices
from people import operations, tasks
from people.models import AuditEntry, ContactChannel, Follow, Person, Role, User
from people.permissions import can_administer, can_coordinate
from tests import factories

pytestmark = pytest.mark.django_db


# --- roles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "coordinates", "administers"),
    [
        ((), False, False),
        ((Role.Kind.COORDINATOR,), True, False),
        ((Role.Kind.ADMINISTRATOR,), True, True),
        ((Role.Kind.COORDINATOR, Role.Kind.ADMINISTRATOR), True, True),
    ],
)
def test_permissions_by_role(kinds, coordinates, administers):
    user = factories.user()
    for kind in kinds:
        Role.objects.create(person=user.person, kind=kind, started_on=date(2025, 1, 1))
    assert (can_coordinate(user), can_administer(user)) == (coordinates, administers)


def test_permissions_of_a_visitor():
    assert (can_coordinate(AnonymousUser()), can_administer(AnonymousUser())) == (False, False)


@pytest.mark.parametrize(
    ("started", "ended", "held"),
    [(0, None, True), (1, None, False), (-9, 0, False), (-9, 1, True), (-9, -1, False)],
)
def test_a_role_holds_from_its_first_day_to_the_day_before_its_end(started, ended, held):
    user, today = factories.user(), timezone.localdate()
    Role.objects.create(
        person=user.person,
        kind=Role.Kind.COORDINATOR,
        started_on=today + timedelta(days=started),
        ended_on=None if ended is None else today + timedelta(days=ended),
    )
    assert can_coordinate(user) is held


def test_granting_twice_is_once_and_is_written_down(now):
    by, person = factories.administrator(), factories.person()
    first = operations.grant_role(person=person, kind="coordinator", by=by, now=now, on=now.date())
    again = operations.grant_role(person=person, kind="coordinator", by=by, now=now, on=now.date())
    assert first == again
    entry = AuditEntry.objects.get(verb="grant_role")
    assert (entry.by, entry.on_behalf_of) == (by, person)
    operations.end_role(role=first, by=by, now=now, on=now.date())
    assert AuditEntry.objects.filter(verb="end_role").count() == 1


def test_a_role_ends_once_and_not_before_it_began(now):
    by, today = factories.administrator(), now.date()
    role = operations.grant_role(person=factories.person(), kind="coordinator", by=by, now=now, on=today)
    stale = Role.objects.get(pk=role.pk)
    with pytest.raises(operations.RoleRefused):
        operations.end_role(role=role, by=by, now=now, on=today - timedelta(days=1))
    operations.end_role(role=role, by=by, now=now, on=today)
    with pytest.raises(operations.RoleRefused):
        operations.end_role(role=stale, by=by, now=now, on=today + timedelta(days=9))
    role.refresh_from_db()
    assert role.ended_on == today
    assert AuditEntry.objects.filter(verb="end_role").count() == 1


def test_there_is_an_administrator_on_every_day(now):
    by, today = factories.administrator(), now.date()
    role, begins_on = by.person.roles.get(), today + timedelta(days=9)
    operations.grant_role(person=factories.person(), kind="administrator", by=by, now=now, on=begins_on)
    with pytest.raises(operations.RoleRefused):
        operations.end_role(role=role, by=by, now=now, on=begins_on - timedelta(days=1))
    assert operations.end_role(role=role, by=by, now=now, on=begins_on).ended_on == begins_on


# --- constraints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "break_it",
    [
        lambda: [User.objects.create(email=email) for email in ("Liga@example.org", "liga@example.org")],
        lambda: [
            ContactChannel.objects.create(person=factories.person(), kind="email", value=value)
            for value in ("Liga@example.org", "liga@example.org")
        ],
        lambda: [
            ContactChannel.objects.create(person=person, kind="phone", value=value)
            for person in [factories.person()]
            for value in ("29 111 222", "29 333 444")
        ],
        lambda: [
            Follow.objects.create(person=person, neighbourhood=area)
            for person, area in [(factories.person(), factories.neighbourhood())] * 2
        ],
        lambda: [
            Role.objects.create(person=person, kind="coordinator", started_on=date(2025, 1, day))
            for person in [factories.person()]
            for day in (1, 2)
        ],
        lambda: Role.objects.create(
            person=factories.person(), kind="coordinator", started_on=date(2025, 1, 2), ended_on=date(2025, 1, 1)
        ),
    ],
    ids=["user_email", "email_one_person", "one_channel_of_a_kind", "follow_once", "open_role_once", "role_ends_after"],
)
def test_constraints_bite(break_it):
    with pytest.raises(IntegrityError), transaction.atomic():
        break_it()


# --- one person, one address -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Anna Marija Ozola", ("Anna Marija", "Ozola")),
        ("  Līga   Šķēle ", ("Līga", "Šķēle")),
        ("Ķikuts", ("Ķikuts", "")),
    ],
)
def test_split_name(name, parts):
    assert operations.split_name(name) == parts


def account(email="", **fields):
    """A log-in whose address is not proved yet."""
    user = User.objects.create_user(email or "liga@example.org", None)
    factories.person(user=user, **fields)
    return user


def test_claiming_a_new_address(now):
    user = account()
    operations.claim_email(user=user, email="Liga@Example.org", now=now)
    operations.claim_email(user=user, email="liga@example.org", now=now)
    channel = user.person.channels.get()
    assert (channel.value, channel.confirmed_at) == ("liga@example.org", now)


def test_claiming_takes_over_a_member_whom_an_officer_entered(now):
    """Rights in the council come with the membership, so they begin for the account at once."""
    by = factories.coordinator()
    member = operations.enter_person(
        given_name="Līga", family_name="Šķēle", email="liga@example.org", phone="29 123 456", by=by, now=now
    )
    membership = factories.membership(person=member)
    office = factories.office(membership)
    user = account()
    operations.claim_email(user=user, email="liga@example.org", now=now)
    for row in (membership, office):
        row.refresh_from_db()
        assert row.person == user.person
    assert user.person.channels.get(kind="phone").value == "29 123 456"
    assert not Person.objects.filter(pk=member.pk).exists()
    assert AuditEntry.objects.get(verb="enter_person").on_behalf_of == user.person


def test_claiming_a_guests_address_by_an_account_that_went_to_the_same_event(now):
    """The seat that the guest holds beside the account's own stays the guest's."""
    event, other = factories.event(), factories.event()
    user = factories.user("veca@example.org")
    mine = factories.rsvp(event, user.person)
    guest = factories.person(email="jauna@example.org")
    double, single = factories.rsvp(event, guest), factories.rsvp(other, guest)
    token = user.person.settings_token
    operations.claim_email(user=user, email="jauna@example.org", now=now)
    assert Rsvp.objects.get(pk=mine.pk).person == user.person
    assert Rsvp.objects.get(pk=single.pk).person == user.person
    assert Rsvp.objects.get(pk=double.pk).person == guest
    assert [row.value for row in user.person.channels.all()] == ["jauna@example.org"]
    assert Person.objects.get(user=user).settings_token == token, "the links in the account's own mails go on working"


def test_claiming_keeps_the_mails_that_wait(now):
    guest = factories.person(email="liga@example.org")
    notices.plan(key="x", kind="rsvp_confirmed", about="event:1", person_id=guest.pk, now=now)
    user = account()
    operations.claim_email(user=user, email="liga@example.org", now=now)
    assert user.person.notices.get().key == "x"


def test_an_address_of_another_account_is_not_claimed(now):
    factories.user("liga@example.org")
    user = account("cita@example.org")
    with pytest.raises(ValueError, match="Two accounts"):
        operations.claim_email(user=user, email="liga@example.org", now=now)


def test_the_last_name_a_guest_gives_counts_until_confirmed(now):
    def give(name):
        return operations.person_by_email(email="Liga@example.org", name=name, language="lv", now=now)

    first = give("Līga Šķēle")
    assert give("Līga Ozola") == first
    assert Person.objects.get().name == "Līga Ozola"
    operations.confirm_email(person=first, now=now)
    give("Pēteris Cits")
    assert Person.objects.get().name == "Līga Ozola"


# --- manage.py administrator -----------------------------------------------------------------------------------------


def test_the_command_makes_an_administrator_who_logs_in_by_code(capsys):
    for _time in range(2):
        call_command("administrator", "Admin@example.org", name="Ādams Ķeniņš")
    user = User.objects.get()
    assert user.email == "admin@example.org"
    assert user.person.name == "Ādams Ķeniņš"
    assert can_administer(user)
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert user.person.roles.count() == 1
    assert "/konts/ienakt/kods/" in capsys.readouterr().out


def test_the_command_raises_an_account_that_exists_and_keeps_its_password():
    user = factories.user("liga@example.org", password="gaišs-rīts-2026")
    call_command("administrator", "liga@example.org")
    user = User.objects.get(pk=user.pk)
    assert can_administer(user)
    assert user.check_password("gaišs-rīts-2026")


def test_the_command_ends_a_password_nobody_proved_and_takes_over_a_guest():
    guest = factories.person("Līga Šķēle", email="liga@example.org")
    event = factories.event()
    factories.rsvp(event, guest)
    user = User.objects.create_user("liga@example.org", "svešinieka-parole")
    factories.person("Kāds Cits", user=user)
    call_command("administrator", "liga@example.org")
    user = User.objects.get()
    assert not user.has_usable_password()
    assert user.person.rsvps.count() == 1


def test_the_command_refuses_what_is_no_address():
    with pytest.raises(CommandError):
        call_command("administrator", "nav adrese")


# --- what is kept, and how long --------------------------------------------------------------------------------------


def guest_of(event, **fields):
    guest = factories.person("Viesis Ķelle", email="viesis@example.org", **fields)
    factories.rsvp(event, guest, question="Vai drīkst suni?")
    return guest


def past_event(days):
    return factories.event(starts_at=timezone.now() - timedelta(days=days))


def test_a_guest_is_forgotten_after_the_last_event_and_the_count_stays():
    event = past_event(settings.GUEST_DAYS + 1)
    guest = guest_of(event)
    tasks.forget()
    guest.refresh_from_db()
    assert guest.name == "—"
    assert guest.erased_at
    assert not guest.channels.exists()
    rsvp = event.rsvps.get()
    assert (rsvp.person, rsvp.state, rsvp.question) == (guest, Rsvp.State.GOING, "")
    assert not Person.objects.matching("Ķelle").exists()
    assert operations.forget_guests(now=timezone.now()) == 0


@pytest.mark.parametrize(
    "keep",
    [
        lambda guest: factories.rsvp(past_event(2), guest),
        lambda guest: factories.membership(person=guest),
        lambda guest: factories.invitation(past_event(2), guest),
        lambda guest: Person.objects.filter(pk=guest.pk).update(user=User.objects.create_user("x@example.org")),
        lambda guest: Person.objects.filter(pk=guest.pk).update(is_invented=True),
    ],
    ids=["a newer event", "a member", "invited to a newer event", "an account", "demonstration"],
)
def test_others_are_not_forgotten(keep):
    guest = guest_of(past_event(settings.GUEST_DAYS + 1))
    keep(guest)
    assert operations.forget_guests(now=timezone.now()) == 0
    guest.refresh_from_db()
    assert guest.name == "Viesis Ķelle"


def test_who_was_entered_by_an_officer_is_forgotten_like_a_guest():
    """Whether they came by phone, signed up, or were only invited."""
    old = past_event(settings.GUEST_DAYS + 1)
    phoned = factories.person("Juris Bērzs", phone="+371 22222222", created_by=factories.user())
    factories.rsvp(old, phoned)
    invited = factories.person("Ilze Ūdre", phone="+371 23333333", created_by=factories.user())
    factories.invitation(old, invited)
    assert operations.forget_guests(now=timezone.now()) == 2
    for person in (phoned, invited):
        person.refresh_from_db()
        assert (person.name, person.channels.count(), person.invitations.count()) == ("—", 0, 0)


def test_a_guest_is_kept_until_the_days_are_over():
    guest_of(past_event(settings.GUEST_DAYS - 1))
    assert operations.forget_guests(now=timezone.now()) == 0


def test_an_account_that_nobody_proves_is_removed_after_a_week():
    now = timezone.now()
    old = account()
    operations.follow(person=old.person, neighbourhood=factories.neighbourhood(), now=now)  # as the registration does
    User.objects.filter(pk=old.pk).update(date_joined=now - timedelta(days=settings.UNCONFIRMED_DAYS, hours=1))
    EmailAddress.objects.create(user=old, email=old.email, primary=True)
    fresh = account("jauna@example.org")
    proved = factories.user("sena@example.org")
    User.objects.filter(pk=proved.pk).update(date_joined=now - timedelta(days=400))
    assert operations.forget_unconfirmed_accounts(now=now) == 1
    assert set(User.objects.all()) == {fresh, proved}
    assert not Person.objects.filter(pk=old.person.pk).exists()


def test_an_unproved_account_whose_person_holds_a_post_stays_and_stops_nobody_elses_forgetting():
    now = timezone.now()
    posted, idle = account("a@example.org"), account("b@example.org")
    User.objects.update(date_joined=now - timedelta(days=settings.UNCONFIRMED_DAYS, hours=1))
    factories.responding_officer(person=posted.person)
    assert operations.forget_unconfirmed_accounts(now=now) == 1
    assert set(User.objects.all()) == {posted}
    assert not Person.objects.filter(pk=idle.person.pk).exists()


# --- who only gave an address ----------------------------------------------------------------------------------------


def stranger(days, email="svess@example.org"):
    """Somebody who gave an address so many days ago to follow a matter, and did not open the link."""
    at = timezone.now() - timedelta(days=days)
    return matters.follow_as_guest(matter=factories.matter(), email=email, network="", language="lv", now=at).person


def test_an_address_that_nobody_proves_is_forgotten_after_a_week():
    old, fresh = stranger(settings.UNCONFIRMED_DAYS + 1), stranger(settings.UNCONFIRMED_DAYS - 1, "b@example.org")
    proved = stranger(99, "c@example.org")
    matters.confirm_follow(row=proved.matter_follows.get(), now=timezone.now())
    tasks.forget()
    assert set(Person.objects.filter(pk__in=[old.pk, fresh.pk, proved.pk])) == {fresh, proved}


@pytest.mark.parametrize(
    "keep",
    [
        lambda person: factories.rsvp(factories.event(), person),
        lambda person: factories.responding_officer(person=person),
        lambda person: matters.follow(matter=factories.matter(), person=person, now=timezone.now()),
        lambda person: Person.objects.filter(pk=person.pk).update(user=User.objects.create_user("x@example.org")),
        lambda person: Person.objects.filter(pk=person.pk).update(created_by=factories.user()),
    ],
    ids=["a sign-up", "answers for a unit", "follows", "an account", "entered by an officer"],
)
def test_who_is_more_than_an_address_is_not_forgotten(keep):
    person = stranger(settings.UNCONFIRMED_DAYS + 1)
    keep(person)
    assert operations.forget_strangers(now=timezone.now()) == 0
    assert Person.objects.filter(pk=person.pk).exists()


def test_a_guest_who_follows_a_matter_is_not_forgotten_with_an_event():
    guest = guest_of(past_event(settings.GUEST_DAYS + 1))
    matters.follow(matter=factories.matter(), person=guest, now=timezone.now())
    assert operations.forget_guests(now=timezone.now()) == 0


def test_erasing_ends_the_follows_of_matters(now):
    user = factories.user()
    person = user.person
    matters.follow(matter=factories.matter(), person=person, now=now)
    operations.erase_person(person=person, by=user, now=now)
    assert not person.matter_follows.exists()


def test_claiming_moves_all_of_a_guest_without_a_clash(now):
    """What both have (a matter that both follow) stays once; the rest moves over."""
    guest, user = factories.person(email="liga@example.org"), factories.user("liga.jauna@example.org")
    both, only = factories.matter(title="Abi"), factories.matter(title="Viesis")
    for person in (guest, user.person):
        matters.follow(matter=both, person=person, now=now)
    matters.follow(matter=only, person=guest, now=now)
    unit, other_unit = factories.municipal_unit(), factories.municipal_unit()
    factories.responding_officer(unit, user.person)
    factories.responding_officer(other_unit, guest)

    operations.claim_email(user=user, email="liga@example.org", now=now)

    assert {row.matter for row in user.person.matter_follows.all()} == {both, only}
    assert both.follows.get().person == user.person
    assert {row.unit for row in user.person.answers_for.all()} == {unit, other_unit}
    assert not Person.objects.filter(pk=guest.pk).exists()


def test_claiming_leaves_behind_what_must_not_be_twice(now):
    """The same unit twice: the guest's row stays where it is, and with it the guest, whose history it is."""
    guest, user = factories.person(email="liga@example.org"), factories.user("liga.jauna@example.org")
    unit = factories.municipal_unit()
    mine = factories.responding_officer(unit, user.person)
    theirs = factories.responding_officer(unit, guest)
    matters.follow(matter=factories.matter(), person=guest, now=now)

    operations.claim_email(user=user, email="liga@example.org", now=now)

    assert user.person.answers_for.get() == mine
    theirs.refresh_from_db()
    assert theirs.person == guest
    assert user.person.matter_follows.count() == 1


def test_audit_entries_go_after_a_year():
    now, person = timezone.now(), factories.person()
    for days in (settings.AUDIT_DAYS + 1, settings.AUDIT_DAYS - 1):
        operations.record(by=None, verb="x", target=person, now=now - timedelta(days=days))
    tasks.forget()
    assert AuditEntry.objects.filter(verb="x").count() == 1


def test_erasing_a_member_keeps_the_name_that_the_councils_records_hold(now):
    user = factories.user(name="Līga Šķēle")
    factories.membership(person=user.person)
    person = user.person
    operations.erase_person(person=person, by=user, now=now)
    person.refresh_from_db()
    assert person.name == "Līga Šķēle"
    assert person.user is None
    assert person.memberships.count() == 1
    assert not User.objects.exists()


def test_guest_form_does_not_rename_a_member_of_a_council(now):
    known = operations.person_by_email(email="liga@example.org", name="Līga Šķēle", language="lv", now=now)
    factories.membership(person=known)

    again = operations.person_by_email(email="liga@example.org", name="Kāds Cits", language="en", now=now)

    assert again == known
    assert (again.name, again.language) == ("Līga Šķēle", "lv")


def test_erasing_takes_addresses_out_of_the_mail_servers_answers(now):
    person = factories.person(email="liga@example.org")
    notices.plan(key="x", kind="reminder", about="event:1", person_id=person.pk, now=now)
    person.notices.update(sent_to="liga@example.org", last_error="550 5.1.1 <liga@example.org>: no such user")

    operations.erase_person(person=person, by=None, now=now)

    assert list(person.notices.values_list("sent_to", "last_error")) == [("", "")]


def test_profile_writes_nothing_that_it_does_not_show(now):
    """The form was opened before a guest's sign-ups, and the link in their mails, came to the account."""
    stale = factories.person("Līga Šķēle")
    Person.objects.filter(pk=stale.pk).update(settings_token="jauna", erased_at=now)

    operations.change_profile(
        person=stale,
        name="Līga Ķelle",
        language="en",
        home_neighbourhood=None,
        follows_home=True,
        wants_news=False,
        wants_reminders=True,
        phone="",
        now=now,
    )

    person = Person.objects.matching("ķelle").get()
    assert (person.name, person.language, person.wants_news) == ("Līga Ķelle", "en", False)
    assert (person.settings_token, person.erased_at) == ("jauna", now)
