"""What the clock does."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from events.models import Event, Rsvp
from events.operations.base import State, about, lock, offer_free_seats, tell
from events.operations.rsvps import cancel_row
from notices import operations as notices
from notices.models import Notice

REMINDER_AFTER_SIGN_UP = timedelta(minutes=15)  # a confirmation and a reminder in the same minute help nobody


def expire(*, now: datetime) -> int:
    """Free the seats of holds and offers that ran out, tell their people, and offer the seats on; returns how many.

    One transaction per event, so that a busy event does not hold up the others.
    """
    rows = Rsvp.objects.filter(
        Q(pk__in=Rsvp.objects.expired_holds(now).values("pk")) | Q(pk__in=Rsvp.objects.expired_offers(now).values("pk"))
    )
    count = 0
    for event_id in sorted(set(rows.values_list("event_id", flat=True))):
        with transaction.atomic():
            event = lock(event_id)
            for row in Rsvp.objects.filter(event=event).expired_holds(now):
                cancel_row(row, now, Rsvp.CancelledFor.UNCONFIRMED)
                if event.cancelled_at is None:
                    tell(row, event, "hold_lapsed", now, expires_at=event.starts_at)
                count += 1
            for row in Rsvp.objects.filter(event=event).expired_offers(now):
                cancel_row(row, now, Rsvp.CancelledFor.LAPSED)
                if event.cancelled_at is None:
                    tell(row, event, "offer_lapsed", now, expires_at=event.starts_at)
                count += 1
            offer_free_seats(event, now)
    return count


def plan_reminders(*, now: datetime) -> None:
    """Put the reminders whose time has come into the ledger: one per RSVP, hour of the event's list and start time.

    Only the latest reminder that is due is planned, so an event published (or moved) an hour before its start gets the
    last one and not all of them at once. The start time is part of the key: after a move the reminders come anew.
    The last one reaches everybody, late comers REMINDER_AFTER_SIGN_UP after they signed up; the earlier ones only those
    who had signed up by then.
    """
    horizon = now + timedelta(hours=24 * 60)
    for event in Event.objects.upcoming(now).filter(starts_at__gt=now, starts_at__lte=horizon):
        due = [hours for hours in event.reminder_hours if event.starts_at - timedelta(hours=hours) <= now]
        if not due:
            continue
        hours = min(due)
        is_last = hours == min(event.reminder_hours)
        going = event.rsvps.filter(
            state=State.GOING,
            wants_reminder=True,
            person__wants_reminders=True,
            confirmed_at__lte=now - REMINDER_AFTER_SIGN_UP if is_last else event.starts_at - timedelta(hours=hours),
        )
        stamp = f"{hours}:{event.start_stamp}"
        told = Notice.objects.filter(about=about(event), kind="reminder", cancelled_at=None, data__stamp=stamp)
        new = going.exclude(person_id__in=told.values("person_id")).values_list("pk", "person_id")
        notices.plan_many(
            [(f"reminder:{pk}:{stamp}", person_id) for pk, person_id in new],
            kind="reminder",
            about=about(event),
            now=now,
            expires_at=event.starts_at,
            data={"event": event.pk, "stamp": stamp},
        )
