"""Who may see more of an event than everybody: those who prepare it."""

from datetime import date

from events.models import Event
from people.permissions import can_coordinate


def _prepares(user, event: Event, on: date) -> bool:
    """A coordinator, or who on the day holds an office in the one council whose meeting this is. At most three queries.

    What several councils prepare together is the coordinator's, as in `councils.permissions.can_run_meeting`.
    """
    if not user.is_authenticated:
        return False
    if can_coordinate(user):
        return True
    if not user.person.offices.held(on).filter(council__meetings__event=event).exists():
        return False
    return event.meeting.councils.count() == 1


def can_see_draft(user, event: Event, on: date) -> bool:
    """See the event before it is published."""
    return _prepares(user, event, on)


def can_see_rsvps(user, event: Event, on: date) -> bool:
    """See who signed up, and what they ask."""
    return _prepares(user, event, on)


def can_ask(user, event: Event, on: date) -> bool:
    """Choose what people are asked at sign-up, what is offered to them, and which council's members are invited."""
    return _prepares(user, event, on)


def can_enter_others(user, event: Event, on: date) -> bool:
    """Sign up somebody who phoned or came by."""
    return _prepares(user, event, on)


def can_check_in(user, event: Event, on: date) -> bool:
    """Note at the door who comes, and let in who did not sign up."""
    return _prepares(user, event, on)
