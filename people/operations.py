import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from neighbourhoods.models import Neighbourhood
from people.models import AuditEntry, ContactChannel, Follow, Person, Role, User


class RoleRefused(Exception):
    """The role cannot be given or ended; the text says why."""


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model,
    now: datetime,
    on_behalf_of: Person | None = None,
    details: dict | None = None,
) -> None:
    """Write down who did what, for whom; in the caller's transaction, so an act without its entry does not exist."""
    AuditEntry.objects.create(
        at=now,
        by=by,
        verb=verb,
        target=f"{target._meta.label}:{target.pk}",
        label=str(target)[:200],
        on_behalf_of=on_behalf_of,
        details=told(details or {}),
    )


def told(value: Any) -> Any:
    """As the audit log keeps it: days and moments as ISO writes them, rows by what they are called."""
    match value:
        case dict():
            return {name: told(part) for name, part in value.items()}
        case list() | tuple():
            return [told(part) for part in value]
        case date():  # a moment is one, too
            return value.isoformat()
        case models.Model():
            return str(value)
    return value


def split_name(name: str) -> tuple[str, str]:
    """ "Anna Marija Ozola" → ("Anna Marija", "Ozola")."""
    given, _space, family = " ".join(name.split()).rpartition(" ")
    return (given, family) if given else (family, "")


@transaction.atomic
def person_by_email(*, email: str, name: str, language: str, now: datetime) -> Person:
    """The person this address belongs to, entered now when it is new. The last name given counts until confirmed;
    without a name a new person is called as the address begins, and a known one stays."""
    email = email.strip().lower()
    channel = _email_channel(email)
    given, family = split_name(name or email.partition("@")[0])
    if channel is None:
        try:
            with transaction.atomic():
                person = Person.objects.create(given_name=given, family_name=family, language=language, created_at=now)
                ContactChannel.objects.create(person=person, kind=ContactChannel.Kind.EMAIL, value=email)
                return person
        except IntegrityError:  # somebody entered the same address at this moment
            channel = _email_channel(email)
            assert channel is not None
    person = channel.person
    # that name stands on the council's page, or in the order of §19
    sits = person.memberships.exists() or person.offices.exists() or person.substitutions.exists()
    if name and person.user_id is None and channel.confirmed_at is None and not sits:
        person.given_name, person.family_name, person.language = given, family, language
        person.save(update_fields=["given_name", "family_name", "language", "search_text"])
    return person


def _email_channel(email: str) -> ContactChannel | None:
    """The channel with its person, locked: whoever erases or moves it waits until this transaction is through."""
    return (
        ContactChannel.objects.select_for_update(of=("self",))
        .filter(kind=ContactChannel.Kind.EMAIL, value__iexact=email)
        .select_related("person")
        .first()
    )


def confirm_email(*, person: Person, now: datetime) -> None:
    """The person opened a link that only the mailbox knew."""
    person.channels.filter(kind=ContactChannel.Kind.EMAIL, confirmed_at=None).update(confirmed_at=now)


@transaction.atomic
def enter_person(
    *,
    given_name: str,
    family_name: str,
    by: User,
    now: datetime,
    email: str = "",
    phone: str = "",
    address: str = "",
    language: str = "lv",
) -> Person:
    """Enter somebody who came or phoned: by name only, with any ways to be reached that they gave.

    An e-mail address that the portal already knows gives back the person it belongs to, unchanged. An address told to
    an officer counts as confirmed: mail may be sent to it.
    """
    if email and (channel := _email_channel(email.strip().lower())):
        return channel.person
    person = Person.objects.create(
        given_name=given_name, family_name=family_name, language=language, created_at=now, created_by=by
    )
    for kind, value in (("email", email.strip().lower()), ("phone", phone.strip()), ("post", address.strip())):
        if value:
            ContactChannel.objects.create(
                person=person, kind=kind, value=value, confirmed_at=now if kind == "email" else None
            )
    record(by=by, verb="enter_person", target=person, now=now, on_behalf_of=person)
    return person


def has_claimed(*, user: User, email: str) -> bool:
    """Does the person of this account hold the address, confirmed?"""
    return user.person.channels.filter(
        kind=ContactChannel.Kind.EMAIL, value__iexact=email, confirmed_at__isnull=False
    ).exists()


@transaction.atomic
def claim_email(*, user: User, email: str, now: datetime) -> Person:
    """The account's address is proved: everything the portal knows under it belongs to the account's person.

    A guest, or somebody an officer entered, with this address becomes one with the account's person: sign-ups,
    messages, memberships and the rest move over, so nothing has to be done again. What the account said of itself
    (name, language, neighbourhood) stays. The address the account had before is let go.
    Locks the person and the address.
    """
    email = email.strip().lower()
    person = Person.objects.select_for_update(of=("self",)).get(user=user)
    channel = _email_channel(email)
    if channel is None or channel.person_id != person.pk:
        is_first = not person.channels.filter(kind=ContactChannel.Kind.EMAIL).exists()
        person.channels.filter(kind=ContactChannel.Kind.EMAIL).delete()
        if channel is None:
            try:
                with transaction.atomic():
                    ContactChannel.objects.create(person=person, kind=ContactChannel.Kind.EMAIL, value=email)
            except IntegrityError:  # a guest gave the same address at this moment
                return claim_email(user=user, email=email, now=now)
        elif channel.person.user_id is not None:
            raise ValueError("Two accounts with one address: allauth must not let this happen.")
        else:
            _absorb(channel.person, person, keep_link=is_first)
    confirm_email(person=person, now=now)
    return person


def _absorb(other: Person, person: Person, *, keep_link: bool) -> None:
    """Hand every row that points at `other` to `person`, and let `other` go when nothing is left with it.

    A row that `person` has already (a follow, a sign-up for the same event) stays with `other`.
    With `keep_link` the link in the mails sent so far goes on opening the settings, now those of `person`.
    """
    for relation in Person._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or isinstance(relation, models.OneToOneRel):
            continue
        name = relation.field.name
        for row in relation.related_model._base_manager.filter(**{name: other}):
            try:
                with transaction.atomic():
                    relation.related_model._base_manager.filter(pk=row.pk).update(**{name: person})
            except IntegrityError:
                continue
    try:
        with transaction.atomic():
            other.delete()
    except models.ProtectedError:
        return
    if keep_link:
        person.settings_token = other.settings_token
        person.save(update_fields=["settings_token"])


@transaction.atomic
def enter_account(*, email: str, name: str = "", now: datetime) -> User:
    """The account with this address, made when there is none: without a password, to log in by a mailed code.

    For the person who sets the portal up (`manage.py administrator`): the address counts as proved.
    """
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        known = _email_channel(email)
        if known and known.person.user_id is None:
            given, family = known.person.given_name, known.person.family_name
        else:
            given, family = split_name(name or email.partition("@")[0])
        user = User.objects.create_user(email, None)
        Person.objects.create(user=user, given_name=given, family_name=family, created_at=now)
    address, _created = EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": True})
    if not address.verified:
        user.set_unusable_password()  # whoever chose it never proved the address
        user.save(update_fields=["password"])
        address.verified = address.primary = True
        address.save(update_fields=["verified", "primary"])
    if not has_claimed(user=user, email=email):
        claim_email(user=user, email=email, now=now)
    return user


@transaction.atomic
def change_profile(
    *,
    person: Person,
    name: str,
    language: str,
    home_neighbourhood: Neighbourhood | None,
    follows_home: bool,
    wants_news: bool,
    wants_reminders: bool,
    phone: str,
    now: datetime,
) -> Person:
    """Write what a person says about themselves; an empty phone number removes the one that stands.

    With `follows_home` another neighbourhood than before is followed from now on; the same one is left as it is.
    """
    if follows_home and home_neighbourhood and home_neighbourhood.pk != person.home_neighbourhood_id:
        follow(person=person, neighbourhood=home_neighbourhood, now=now)
    person.given_name, person.family_name = split_name(name)
    person.language, person.home_neighbourhood = language, home_neighbourhood
    person.wants_news, person.wants_reminders = wants_news, wants_reminders
    shown = ["given_name", "family_name", "language", "home_neighbourhood", "wants_news", "wants_reminders"]
    person.save(update_fields=[*shown, "search_text"])
    if phone:
        person.channels.update_or_create(kind=ContactChannel.Kind.PHONE, defaults={"value": phone})
    else:
        person.channels.filter(kind=ContactChannel.Kind.PHONE).delete()
    return person


def choose_messages(*, person: Person, wants_news: bool | None = None, wants_reminders: bool | None = None) -> None:
    """Switch the mails that one may do without on or off; None leaves a switch as it is."""
    if wants_news is not None:
        person.wants_news = wants_news
    if wants_reminders is not None:
        person.wants_reminders = wants_reminders
    person.save(update_fields=["wants_news", "wants_reminders"])


def choose_language(*, person: Person, language: str) -> None:
    person.language = language
    person.save(update_fields=["language"])


@transaction.atomic
def erase_person(*, person: Person, by: User | None, now: datetime) -> None:
    """Forget who somebody was: log-in, ways to be reached, follows, home, name. The row stays, so that counts do.

    The name stays where the council's public records hold it: of those who sit or sat in a council.
    What stands in the rooms above is reached through the person's own managers; cancelling sign-ups is the caller's.
    Locks the person's channels.
    """
    list(person.channels.select_for_update().order_by("pk"))
    person.channels.all().delete()
    person.follows.all().delete()
    person.matter_follows.all().delete()
    person.calendar_keys.all().delete()
    person.enquiries.all().delete()
    person.invitations.all().delete()
    for rsvp in person.rsvps.order_by("pk"):
        rsvp.answers.all().delete()
        rsvp.services.clear()  # what somebody needs to take part tells of their health
    person.rsvps.update(question="", network="", name_on_list=False)
    person.proposals.update(network="")
    person.notices.update(sent_to="", last_error="")  # a mail server repeats the address it refuses
    if not (person.memberships.exists() or person.offices.exists() or person.substitutions.exists()):
        person.given_name, person.family_name = "—", ""
        AuditEntry.objects.filter(target=f"{Person._meta.label}:{person.pk}").update(label="—")
    user, person.user = person.user, None
    person.home_neighbourhood = None
    person.wants_news = person.wants_reminders = False
    person.settings_token = secrets.token_urlsafe()
    person.erased_at = now
    person.save()
    if user:
        user.delete()
    record(by=None if by == user else by, verb="erase_person", target=person, now=now, on_behalf_of=person)


def _forgettable(before: datetime) -> models.QuerySet[Person]:
    """Guests whose last event ended, and whose last proposal was decided, before the moment: people without an account
    who do nothing else here, whether they came by themselves, were invited, or were entered by an officer."""
    undecided = models.Q(proposals__decided_at=None) | models.Q(proposals__decided_at__gt=before)
    waiting = Person.objects.filter(undecided, proposals__isnull=False)  # the answer goes to that address
    return (
        Person.objects.filter(user=None, erased_at=None, is_invented=False)
        .filter(models.Q(rsvps__isnull=False) | models.Q(invitations__isnull=False) | models.Q(proposals__isnull=False))
        .filter(memberships=None, offices=None, roles=None, follows=None)
        .filter(matter_follows=None, answers_for=None, substitutions=None, enquiries=None)
        .exclude(rsvps__event__ends_at__gt=before)
        .exclude(invitations__event__ends_at__gt=before)
        .exclude(pk__in=waiting)
        .distinct()
    )


def forget_guests(*, now: datetime) -> int:
    """Erase guests GUEST_DAYS after their last event and their last answered proposal; returns how many. One
    transaction for each."""
    before = now - timedelta(days=settings.GUEST_DAYS)
    count = 0
    for pk in list(_forgettable(before).values_list("pk", flat=True)):
        with transaction.atomic():
            list(ContactChannel.objects.select_for_update().filter(person=pk).order_by("pk"))
            guest = _forgettable(before).filter(pk=pk).first()  # a guest may have signed up again meanwhile
            if guest:
                erase_person(person=guest, by=None, now=now)
                count += 1
    return count


@transaction.atomic
def forget_stranger(*, person: Person, now: datetime) -> bool:
    """Remove somebody without an account of whom the portal knows nothing but an address; says whether it did.

    Whom an officer entered stays, and so does who has any row in any room. Mails on their way go, too.
    """
    if person.user_id is not None or person.created_by_id is not None or person.is_invented or person.erased_at:
        return False
    list(person.channels.select_for_update().order_by("pk"))
    if _has_rows(person):
        return False
    person.delete()
    return True


def _has_rows(person: Person, besides: Collection[type[models.Model]] = ()) -> bool:
    """Does any row in any room point at the person, besides addresses and mails?"""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        if relation.related_model in besides or relation.related_model._meta.model_name in ("contactchannel", "notice"):
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: person}).exists():
            return True
    return False


def forget_strangers(*, now: datetime) -> int:
    """Remove who gave an address and did not open the link within UNCONFIRMED_DAYS, with what waited for it."""
    old = now - timedelta(days=settings.UNCONFIRMED_DAYS)
    unproved = Person.objects.filter(user=None, created_by=None, erased_at=None, created_at__lt=old)
    unproved = unproved.filter(channels__kind=ContactChannel.Kind.EMAIL, channels__confirmed_at=None)
    count = 0
    for person in unproved.order_by("pk").distinct():
        with transaction.atomic():
            person.matter_follows.filter(confirmed_at=None, followed_at__lt=old).delete()
            count += forget_stranger(person=person, now=now)
    return count


def forget_unconfirmed_accounts(*, now: datetime) -> int:
    """Remove accounts whose address nobody proved within UNCONFIRMED_DAYS and whose person has no row in any room but
    the neighbourhood chosen at registration; returns how many."""
    users = User.objects.filter(last_login=None, date_joined__lt=now - timedelta(days=settings.UNCONFIRMED_DAYS))
    count = 0
    for user in users.exclude(emailaddress__verified=True).filter(person__isnull=False).select_related("person"):
        with transaction.atomic():
            if _has_rows(user.person, besides=(Follow,)):
                continue
            user.person.delete()
            user.delete()
        count += 1
    return count


def follow(*, person: Person, neighbourhood: Neighbourhood, now: datetime) -> Follow:
    """Follow; following twice is once."""
    return Follow.objects.get_or_create(person=person, neighbourhood=neighbourhood, defaults={"followed_at": now})[0]


def unfollow(*, person: Person, neighbourhood: Neighbourhood) -> None:
    Follow.objects.filter(person=person, neighbourhood=neighbourhood).delete()


@transaction.atomic
def grant_role(*, person: Person, kind: str, by: User | None, now: datetime, on: date) -> Role:
    """Give a portal-wide role from the day on; a role already held stays as it is."""
    role, created = Role.objects.get_or_create(
        person=person, kind=kind, ended_on=None, defaults={"started_on": on, "granted_by": by}
    )
    if created:
        record(by=by, verb="grant_role", target=role, now=now, on_behalf_of=person)
    return role


@transaction.atomic
def end_role(*, role: Role, by: User | None, now: datetime, on: date) -> Role:
    """End a role: `on` is the first day without it. Raises RoleRefused for a role that has ended, for a day before it
    began, and where no other administrator has begun by it, as nobody could give the role back. Locks the open roles of
    its kind."""
    rows = Role.objects.select_for_update(of=("self",)).select_related("person").filter(kind=role.kind, ended_on=None)
    open_roles = {row.pk: row for row in rows.order_by("pk")}
    row = open_roles.get(role.pk)
    if row is None:
        raise RoleRefused(_("This role has already ended."))
    if on < row.started_on:
        raise RoleRefused(_("The last day must come after the first."))
    others = [other for other in open_roles.values() if other != row and other.started_on <= on]
    if row.kind == Role.Kind.ADMINISTRATOR and not others:
        raise RoleRefused(_("The portal needs an administrator: give the role to somebody else first."))
    row.ended_on = on
    row.save(update_fields=["ended_on"])
    record(by=by, verb="end_role", target=row, now=now, on_behalf_of=row.person)
    return row


def forget_old_entries(*, now: datetime) -> int:
    """Remove audit entries older than AUDIT_DAYS (FPDAL art. 37); returns how many."""
    return AuditEntry.objects.filter(at__lt=now - timedelta(days=settings.AUDIT_DAYS)).delete()[0]
