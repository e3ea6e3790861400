"""Matters: the thread on which a proposal, its vote, the submission and the work done hang, and who follows it.

Followers get one message of each event: a resolution voted, a submission answered, the thing done. The ledger's unique
keys see to that; what is not public is told to nobody.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Council, Matter, MatterFollow, Resolution, Submission
from councils.models.meeting import is_closed
from councils.operations.base import CouncilRefused, refuse_future_day, write
from notices import operations as notices
from people import operations as people
from people.models import Person, User


class MatterRefused(CouncilRefused):
    """The change of a matter is not possible; the text says why."""


@transaction.atomic
def open_matter(
    *,
    councils: Iterable[Council],
    title: str,
    by: User | None,
    now: datetime,
    topic: str = "",
    is_public: bool = True,
    is_invented: bool = False,
) -> Matter:
    """Begin the thread of something that councils deal with. Raises MatterRefused without a council or a title."""
    rows = list(councils)
    if not rows:
        raise MatterRefused(_("Choose the council whose matter it is."))
    matter = Matter(title=title[:200], topic=topic, began_at=now, is_public=is_public, is_invented=is_invented)
    write(matter, MatterRefused)
    matter.councils.set(rows)
    after = {"title": matter.title, "topic": topic, "is_public": is_public, "councils": [row.name for row in rows]}
    people.record(by=by, verb="open_matter", target=matter, now=now, details={"after": after})
    return matter


@transaction.atomic
def change_matter(*, matter: Matter, title: str, topic: str, by: User | None, now: datetime) -> Matter:
    """Another name or topic, by which people find it. Raises MatterRefused without a title."""
    row = Matter.objects.select_for_update(of=("self",), no_key=True).get(pk=matter.pk)
    before = {"title": row.title, "topic": row.topic}
    row.title, row.topic = title, topic
    write(row, MatterRefused)
    details = {"before": before, "after": {"title": title, "topic": topic}}
    people.record(by=by, verb="change_matter", target=row, now=now, details=details)
    return row


def is_used(matter: Matter) -> bool:
    """Does anything hang on it?"""
    relations = ("proposals", "items", "resolutions", "submissions", "opinion_requests")
    return any(getattr(matter, name).exists() for name in relations)


# --- carried out or not -----------------------------------------------------------------------------------------------


@transaction.atomic
def carry_out(*, resolution: Resolution, on: date, by: User | None, now: datetime) -> Resolution:
    """What was decided is carried out; what was asked of the municipality because of it counts as done, too.

    Raises MatterRefused for what was not adopted, is settled already, and for a day to come, before the vote, or before
    what still waits was sent.
    """

    def change(row: Resolution) -> None:
        if row.submissions.filter(sent_on__gt=on, done_on=None).exists():
            raise MatterRefused(_("This day is before the submission was sent."))
        row.carried_out_on = on

    row = _settle(resolution, "carry_out_resolution", on, by, now, change)
    done(resolution=row, now=now)
    row.submissions.filter(sent_on__isnull=False, done_on=None).update(done_on=on, follow_up_on=None)
    Matter.objects.filter(pk__in=row.submissions.values("matter")).point()
    return row


@transaction.atomic
def give_up(*, resolution: Resolution, on: date, reason: str, by: User | None, now: datetime) -> Resolution:
    """What was decided will not be carried out, for a reason that everybody reads. Raises MatterRefused as `carry_out`
    does, and without a reason."""

    def change(row: Resolution) -> None:
        if not reason.strip():
            raise MatterRefused(_("Say why it was not carried out."))
        row.abandoned_on, row.abandoned_because = on, reason.strip()

    return _settle(resolution, "give_up_resolution", on, by, now, change)


def _settle(
    resolution: Resolution,
    verb: str,
    on: date,
    by: User | None,
    now: datetime,
    change: Callable[[Resolution], None],
) -> Resolution:
    locked = Resolution.objects.select_for_update(of=("self",), no_key=True)
    row = locked.select_related("matter", "item").get(pk=resolution.pk)
    if row.outcome != Resolution.Outcome.ADOPTED or row.voted_at is None:
        raise MatterRefused(_("Only what was adopted can be carried out."))
    # Submissions before their matter, as whoever changes a submission takes them.
    list(Submission.objects.select_for_update(no_key=True).filter(resolution=row).order_by("pk"))
    if row.carried_out_on or row.abandoned_on:
        raise MatterRefused(_("It is written down already what became of this resolution."))
    refuse_future_day(on, now, MatterRefused)
    if on < timezone.localdate(row.voted_at):
        raise MatterRefused(_("This day is before the vote."))
    change(row)
    write(row, MatterRefused)
    after = {"carried_out_on": row.carried_out_on, "abandoned_on": row.abandoned_on, "reason": row.abandoned_because}
    details = {"after": {name: value for name, value in after.items() if value}}
    people.record(by=by, verb=verb, target=row, now=now, details=details)
    return row


def carried_out_by(*, submission: Submission, by: User | None, now: datetime) -> None:
    """A submission is done: its resolution is carried out when nothing else that was asked because of it is open.

    The followers heard of the submission; this tells nobody.
    """
    row = submission.resolution
    if row is None or submission.done_on is None or row.carried_out_on or row.abandoned_on:
        return
    if row.submissions.filter(sent_on__isnull=False, done_on=None).exists():
        return
    row.carried_out_on = submission.done_on
    write(row, MatterRefused)
    details = {"after": {"carried_out_on": row.carried_out_on, "submission": submission.pk}}
    people.record(by=by, verb="carry_out_resolution", target=row, now=now, details=details)


# --- followers --------------------------------------------------------------------------------------------------------


@transaction.atomic
def follow(*, matter: Matter, person: Person, now: datetime) -> MatterFollow:
    """Follow, for somebody whose address is known to be theirs; following twice is once."""
    row, _created = MatterFollow.objects.get_or_create(matter=matter, person=person, defaults={"followed_at": now})
    if row.confirmed_at is None:
        row.confirmed_at, row.network = now, ""
        row.save(update_fields=["confirmed_at", "network"])
    return row


@transaction.atomic
def follow_as_guest(*, matter: Matter, email: str, network: str, language: str, now: datetime) -> MatterFollow:
    """Follow with an address, which proves itself by the link we mail.

    The page that follows looks the same whoever the address belongs to, and whether it follows already. The limits are
    those of guests at events. Raises MatterRefused when the address or the network has too many that wait for a link.
    """
    person = people.person_by_email(email=email, name="", language=language, now=now)
    since = now - timedelta(hours=settings.HOLD_HOURS)
    waiting = MatterFollow.objects.filter(confirmed_at=None, followed_at__gt=since)
    if waiting.filter(person=person).count() >= settings.HOLDS_PER_ADDRESS:
        raise MatterRefused(_("Too many requests wait for this e-mail. Open the links in your mail first."))
    if network and waiting.filter(network=network).count() >= settings.HOLDS_PER_NETWORK:
        raise MatterRefused(_("Too many requests came from your network just now. Try again in an hour, or log in."))
    defaults = {"followed_at": now, "network": network}
    row, created = MatterFollow.objects.get_or_create(matter=matter, person=person, defaults=defaults)
    if not created and row.confirmed_at is None:
        row.followed_at, row.network = now, network
        row.save(update_fields=["followed_at", "network"])
    notices.plan(  # at most one such mail an hour, however often the form is sent
        key=f"matter_follow:{row.pk}:{now:%Y%m%d%H}",
        kind="matter_follow",
        about=f"matter_follow:{row.pk}",
        person_id=person.pk,
        now=now,
        data={"follow": row.pk},
    )
    return row


@transaction.atomic
def confirm_follow(*, row: MatterFollow, now: datetime) -> MatterFollow:
    """The link was opened and the button pressed: the address is proved, and these mails are wanted."""
    people.confirm_email(person=row.person, now=now)
    if not row.person.wants_news:
        people.choose_messages(person=row.person, wants_news=True)
    return follow(matter=row.matter, person=row.person, now=now)


@transaction.atomic
def unfollow(*, matter: Matter, person: Person, now: datetime | None = None) -> None:
    """Follow no more. Of somebody without an account, of whom nothing else is known here, nothing is kept (`now`)."""
    MatterFollow.objects.filter(matter=matter, person=person).delete()
    if now is not None:
        people.forget_stranger(person=person, now=now)


@transaction.atomic
def voted(*, resolution: Resolution, now: datetime) -> None:
    """The vote on a resolution is closed: its matter's followers hear of it, once, however often this is called."""
    if resolution.matter is not None and not _is_restricted(resolution):
        _tell(resolution.matter, "voted", f"r{resolution.pk}", {"resolution": resolution.pk}, now)


@transaction.atomic
def answered(*, submission: Submission, now: datetime) -> None:
    """The municipality answered: the followers hear of it, once; a corrected answer is not told again."""
    if submission.is_public and not _is_restricted(submission.resolution):
        _tell(submission.matter, "answered", f"s{submission.pk}", {"submission": submission.pk}, now)


@transaction.atomic
def done(*, now: datetime, submission: Submission | None = None, resolution: Resolution | None = None) -> None:
    """What was asked for, or decided, is done; whoever heard it of a submission does not hear it of its resolution."""
    decided = resolution if submission is None else submission.resolution
    if _is_restricted(decided) or (submission is not None and not submission.is_public):
        return
    if submission is not None:
        was_told = decided is not None and decided.carried_out_on is not None
        source, data = f"s{submission.pk}", {"submission": submission.pk}
        matter: Matter | None = submission.matter
    elif decided is not None:
        was_told = decided.submissions.filter(done_on__isnull=False).exists()
        source, data = f"r{decided.pk}", {"resolution": decided.pk}
        matter = decided.matter
    else:
        raise TypeError("Say what is done: a submission or a resolution.")
    if matter is not None and not was_told:
        _tell(matter, "done", source, data, now)


def _is_restricted(resolution: Resolution | None) -> bool:
    return resolution is not None and is_closed(resolution.item)


def _tell(matter: Matter, event: str, source: str, data: dict, now: datetime) -> None:
    """One message to each follower; two queries."""
    if not matter.is_public:
        return
    followers = (
        MatterFollow.objects.confirmed().filter(matter=matter).order_by("pk").values_list("person_id", flat=True)
    )
    about = _about(matter.pk, source)
    notices.plan_many(
        [(f"matter_{event}:{about}:{person_id}", person_id) for person_id in followers],
        kind=f"matter_{event}",
        about=about,
        now=now,
        data={"matter": matter.pk} | data,
    )


def _about(matter_id: int, source: str) -> str:
    return f"matter:{matter_id}:{source}"
