"""The tables of events and sign-ups."""

from events.models.calendar import CalendarKey
from events.models.event import Event, EventChange, EventQuerySet, EventSeries, Phase, default_reminder_hours
from events.models.rsvp import Rsvp, RsvpQuerySet
from events.models.sign_up import AccessService, Answer, CheckIn, Invitation, Question, SurveyAnswer

__all__ = [
    "AccessService",
    "Answer",
    "CalendarKey",
    "CheckIn",
    "Event",
    "EventChange",
    "EventQuerySet",
    "EventSeries",
    "Invitation",
    "Phase",
    "Question",
    "Rsvp",
    "RsvpQuerySet",
    "SurveyAnswer",
    "default_reminder_hours",
]
