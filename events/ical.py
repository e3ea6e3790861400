"""Events as calendar files (RFC 5545, with the properties of RFC 7986).

Times are in UTC: each event is one moment, so no rule of a time zone travels with it, and none can be out of date in
somebody's program. A series is as many events as it has dates (docs/adr/0011-a-series-is-its-events.md).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _
from icalendar import Calendar, Parameters, vCalAddress, vDuration, vText, vUri
from icalendar import Event as Entry

from events.models import Event, Rsvp
from notices.emails import absolute

PUBLISH, CANCEL = "PUBLISH", "CANCEL"
REFRESH = timedelta(hours=1)  # how often a program may ask again; an unchanged calendar costs it a line (304)
COLOUR = "seagreen"  # of the names of CSS, which is what RFC 7986 takes
VERSION = 1  # goes up whenever the same event is written otherwise, so that no program keeps the old text


def event_calendar(
    event: Event, *, rsvp: Rsvp | None = None, method: str = PUBLISH, made_at: datetime | None = None
) -> str:
    """A file with one event; `rsvp` adds what only its person may know: the own link and, with a seat, that to join.

    `method` is PUBLISH or CANCEL. It is never REQUEST: calendar programs would offer "yes" and "no" of their own, whose
    answers come as mails that nobody reads, while the seat stays taken.
    """
    return events_calendar([(event, rsvp)], method=method, made_at=made_at)


def events_calendar(
    entries: Iterable[tuple[Event, Rsvp | None]], *, method: str = PUBLISH, made_at: datetime | None = None
) -> str:
    """The same for several events, each with the sign-up of the one who gets the file."""
    calendar = _calendar(method)
    for event, rsvp in entries:
        calendar.add_component(event_entry(event, rsvp=rsvp, made_at=made_at))
    return calendar.to_ical().decode()


@dataclass(frozen=True)
class About:
    """What a subscribed calendar says of itself. The addresses are absolute."""

    name: str
    description: str
    source: str  # where programs fetch it
    page: str  # where people read the same
    changed_at: datetime | None = None


def feed(about: About, entries: Iterable[tuple[Event, Rsvp | None]]) -> bytes:
    """A calendar to subscribe to. No query."""
    calendar = _calendar(PUBLISH)
    calendar.add("uid", str(uuid5(NAMESPACE_URL, about.source)))
    # The older names of the same things, which most programs still read.
    for name in ("name", "x-wr-calname"):
        calendar.add(name, vText(about.name))
    for name in ("description", "x-wr-caldesc"):
        calendar.add(name, vText(about.description))
    calendar.add("url", vUri(about.page))
    calendar.add("source", vUri(about.source), parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add("color", COLOUR)
    if about.changed_at:
        calendar.add("last-modified", about.changed_at.astimezone(UTC))
    for event, rsvp in entries:
        calendar.add_component(event_entry(event, rsvp=rsvp))
    return calendar.to_ical()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//kekava_portal//LV")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def event_entry(event: Event, *, rsvp: Rsvp | None = None, made_at: datetime | None = None) -> Entry:
    """One event, the same text whenever it is asked for: its moments are those of the event's last change. No query.

    A file that is mailed says when it was made (`made_at`): of two with one SEQUENCE, as before and after a seat came
    free, the later counts (RFC 5546, 2.1.5).
    """
    joins_at = _joins_at(event, rsvp)
    entry = Entry()
    entry.add("uid", str(event.uid))  # without the host's name: the portal may move, the event stays the same
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", (made_at or event.changed_at).astimezone(UTC))
    entry.add("last-modified", event.changed_at.astimezone(UTC))
    if event.published_at:
        entry.add("created", event.published_at.astimezone(UTC))
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("summary", clean(event.title).replace("\n", " "))
    entry.add("status", _status(event, rsvp))
    # An event that one only reads of makes nobody busy; what one signed up to is nobody else's business.
    entry.add("transp", "OPAQUE" if rsvp is not None and rsvp.state == Rsvp.State.GOING else "TRANSPARENT")
    entry.add("class", "PUBLIC" if rsvp is None else "PRIVATE")
    entry.add("categories", [event.get_kind_display()])
    entry.add("url", vUri(absolute(event.get_absolute_url())))
    if event.published_at:
        picture = absolute(reverse("events:picture", args=[event.pk, event.slug]))
        shape = {"VALUE": "URI", "DISPLAY": "BADGE", "FMTTYPE": "image/png"}
        entry.add("image", vUri(picture), parameters=shape)
    if location := _location(event, rsvp, joins_at):
        entry.add("location", clean(location))
    if joins_at:
        way = Parameters({"VALUE": "URI", "FEATURE": ["AUDIO", "VIDEO"], "LABEL": _("Join the event")})
        entry.add("conference", vUri(joins_at), parameters=way)
    description = clean(_description(event, rsvp, joins_at))
    entry.add("description", description)
    entry.add("x-alt-desc", vText(_html(description)), parameters={"FMTTYPE": "text/html"})
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = name or address
    entry.add("organizer", organizer)
    return entry


def _joins_at(event: Event, rsvp: Rsvp | None) -> str:
    """Where who has a seat finds the link to join from an hour before the start; "" for everybody else.

    The page of the sign-up and not the link itself: the file lies in a calendar, and travels with it, long before.
    """
    if rsvp is None or rsvp.state != Rsvp.State.GOING or event.cancelled_at:
        return ""
    return absolute(rsvp.get_absolute_url()) if event.has_link and event.online_url else ""


def _status(event: Event, rsvp: Rsvp | None) -> str:
    if event.cancelled_at or (rsvp is not None and rsvp.state == Rsvp.State.CANCELLED):
        return "CANCELLED"
    return "CONFIRMED" if rsvp is None or rsvp.state == Rsvp.State.GOING else "TENTATIVE"


def _location(event: Event, rsvp: Rsvp | None, joins_at: str) -> str:
    remotely = not event.has_room or (rsvp is not None and rsvp.attending == Rsvp.Attending.REMOTE)
    return (joins_at or _("Remotely")) if remotely else event.venue


def _description(event: Event, rsvp: Rsvp | None, joins_at: str) -> str:
    parts = [event.cancel_reason if event.cancelled_at else _standing(rsvp), event.description]
    if event.has_room:
        parts += [event.directions, event.accessibility]
    if joins_at:
        parts.append(_("Join: %(url)s") % {"url": joins_at})
    if rsvp is not None:
        parts.append(_("Your sign-up: %(url)s") % {"url": absolute(rsvp.get_absolute_url())})
    else:
        parts.append(_("More: %(url)s") % {"url": absolute(event.get_absolute_url())})
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _standing(rsvp: Rsvp | None) -> str:
    """What somebody who has no seat yet must know first."""
    if rsvp is None:
        return ""
    return {
        Rsvp.State.HELD: _("Your seat is held. Open the link in our e-mail and confirm that you are coming."),
        Rsvp.State.WAITING: _("You are in the queue."),
        Rsvp.State.OFFERED: _("A seat is offered to you. Open your sign-up and take it."),
    }.get(Rsvp.State(rsvp.state), "")


def _html(text: str) -> str:
    """The description for programs that show HTML; nothing somebody typed becomes markup."""
    body = linebreaks(urlize(text, autoescape=True), autoescape=False)
    return f"<!DOCTYPE html><html><body>{body}</body></html>"


# What some programs take for the end of a line, and what RFC 5545 does not let into a text at all.
_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")


def clean(text: str) -> str:
    return _CONTROLS.sub("", _BREAKS.sub("\n", text))
