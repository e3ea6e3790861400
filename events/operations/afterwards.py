"""When an event is over: what came of it, thanks to those who came, and what they thought."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import CheckIn, Event, Phase, Rsvp, SurveyAnswer
from events.operations.base import EventRefused, State, about, lock
from notices import operations as notices
from people import operations as people
from people.models import Person, User

THANKS_ARE_LATE = timedelta(days=7)  # a mail that could not be sent until then is not sent any more


class SurveyRefused(Exception):
    """The survey takes no answer from this sign-up; the text says why, to the person."""


def was_there(rsvp: Rsvp) -> bool:
    """Did somebody at the door write down that the person came? One query."""
    return CheckIn.objects.standing().filter(rsvp=rsvp).exists()


def to_be_thanked(event: Event) -> QuerySet[Person]:
    """Those who came; where nobody was checked in, those who were going: of them whom a mail reaches."""
    came = CheckIn.objects.standing().filter(event=event)
    rows = Rsvp.objects.filter(event=event)
    rows = rows.filter(pk__in=came.values("rsvp")) if came.exists() else rows.filter(state=State.GOING)
    by_mail = Q(channels__kind="email", channels__confirmed_at__isnull=False)
    return Person.objects.filter(by_mail, pk__in=rows.values("person"), erased_at=None).distinct().order_by("pk")


def _over(event_id: int, now: datetime) -> Event:
    """The event, locked; EventRefused while it is not over."""
    row = lock(event_id)
    if row.phase_at(now) != Phase.OVER:
        raise EventRefused(_("This can be written once the event is over."))
    return row


def _write(row: Event, results: str, by: User | None, now: datetime) -> None:
    if row.results == results:
        return
    before, row.results, row.changed_at = row.results, results, now
    row.save(update_fields=["results", "changed_at"])
    details = {"before": {"results": before}, "after": {"results": results}}
    people.record(by=by, verb="write_results", target=row, now=now, details=details)


@transaction.atomic
def write_results(*, event: Event, results: str, by: User | None, now: datetime) -> Event:
    """Say on the event's page what came of it, or correct that. Nobody gets a mail. Locks the event row."""
    row = _over(event.pk, now)
    _write(row, results.strip(), by, now)
    return row


@transaction.atomic
def thank(*, event: Event, results: str, by: User | None, now: datetime) -> Event:
    """Say what came of the event and write to those who came, once: a second call only corrects the text.

    Raises EventRefused while the event is not over, and without a text. Locks the event row.
    """
    row = _over(event.pk, now)
    if not results.strip():
        raise EventRefused(_("Write what came of it: the e-mail says that."))
    _write(row, results.strip(), by, now)
    if row.thanked_at:
        return row
    row.thanked_at = now
    row.save(update_fields=["thanked_at"])
    reached = list(to_be_thanked(row).values_list("pk", flat=True))
    notices.plan_many(
        [(f"event_thanks:{row.pk}:{pk}", pk) for pk in reached],
        kind="event_thanks",
        about=about(row),
        now=now,
        expires_at=now + THANKS_ARE_LATE,
        data={"event": row.pk},
    )
    people.record(by=by, verb="thank", target=row, now=now, details={"people": len(reached)})
    return row


def survey_refusal(rsvp: Rsvp, now: datetime) -> str:
    """Why the sign-up's person cannot answer the survey now; "" when they can. One query at most."""
    event = rsvp.event
    if event.phase_at(now) not in (Phase.RUNNING, Phase.OVER):
        return _("The survey opens when the event begins.")
    if rsvp.surveyed_at:
        return _("You have answered already. Thank you!")
    if rsvp.person.erased_at or now >= survey_ends_at(event):
        return _("The survey is closed.")
    if rsvp.state != State.GOING and not was_there(rsvp):
        return _("The survey is for those who came.")
    return ""


def survey_ends_at(event: Event) -> datetime:
    """As long as the names of guests are kept, one can answer."""
    return event.ends_at + timedelta(days=settings.GUEST_DAYS)


@transaction.atomic
def answer_survey(*, rsvp: Rsvp, rating: int, was_heard: bool | None, comment: str, now: datetime) -> None:
    """Keep what somebody thought of the event, apart from the person: the sign-up only knows that its link was used.

    Both rows know the day alone, so that the order of moments does not tell who wrote what.
    Raises SurveyRefused as `survey_refusal` says, and for a second answer. Locks the sign-up.
    """
    row = Rsvp.objects.select_for_update(of=("self",), no_key=True).select_related("event", "person").get(pk=rsvp.pk)
    if refused := survey_refusal(row, now):
        raise SurveyRefused(refused)
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    Rsvp.objects.filter(pk=row.pk).update(surveyed_at=day)
    SurveyAnswer.objects.create(
        event_id=row.event_id, rating=rating, was_heard=was_heard, comment=comment.strip(), answered_on=day.date()
    )
