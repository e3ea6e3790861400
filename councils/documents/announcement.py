"""What is made known of a meeting (§38): place, time and agenda, without what is not public."""

import hashlib

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import regulation, texts
from councils.models import AgendaItem, Meeting
from neighbourhoods import latvian
from notices.emails import absolute


def facts(meeting: Meeting) -> dict:
    """What the announcement says, piece by piece, in the language of the municipality. Two queries."""
    event = meeting.event
    with translation.override("lv"):
        items = meeting.agenda.numbered()
        closed = sum(item.is_closed for item in items)
        names = sorted((council.name for council in meeting.councils.all()), key=latvian.sort_key)
        return {
            "title": event.title,
            "councils": names,
            "when": capfirst(latvian.span(event.starts_at, event.ends_at, latvian.EVERY_YEAR)),
            "where": event.venue.strip() if event.has_room else "",
            "how": event.get_format_display(),
            "joins": _("To join remotely, sign up: %(url)s") if event.has_link else _("More: %(url)s"),
            "url": absolute(event.get_absolute_url()),
            "agenda": [(item, _line(item)) for item in items if not item.is_closed],
            "closed": ngettext(
                "%(count)d item is dealt with in the closed part.",
                "%(count)d items are dealt with in the closed part.",
                closed,
            )
            % {"count": closed}
            if closed
            else "",
        }


def _line(item: AgendaItem) -> str:
    more = []
    if item.rapporteur:
        more.append(_("presented by %(name)s") % {"name": item.rapporteur})
    if item.minutes:
        more.append(_("%(minutes)d min") % {"minutes": item.minutes})
    return f"{item.title} ({', '.join(more)})" if more else item.title


def text(meeting: Meeting, rules: regulation.Regulation | None = None) -> str:
    """The announcement as plain text: what is hashed and kept as proof. Four queries; `rules` of the meeting's day save
    one.

    The same meeting always gives the same text, as long as the municipality begins it with the same words.
    """
    said = facts(meeting)
    with translation.override("lv"):
        names = ", ".join(said["councils"])
        opening = texts.letter("announcement", rules or regulation.in_force(meeting.held_on), councils=names).strip()
        lines = [said["title"], *said["councils"], "", *([opening, ""] if opening else []), said["when"]]
        if said["where"]:
            lines.append(_("Place: %(place)s") % {"place": said["where"]})
        lines += [_("How: %(how)s") % {"how": said["how"]}, said["joins"] % {"url": said["url"]}]
        if said["agenda"] or said["closed"]:
            lines += ["", _("Agenda") + ":"]
        lines += [f"{'   ' * item.depth}{item.label}. {line}" for item, line in said["agenda"]]
        if said["closed"]:
            lines.append(said["closed"])
    return "\n".join(lines) + "\n"


def html(text: str) -> str:
    """The kept text as a page of its own, to be put on another site: every paragraph and line as it is in the text."""
    heading, *rest = text.strip().splitlines()
    paragraphs = [
        [line.replace("   ", latvian.NBSP * 3) for line in paragraph.splitlines()]
        for paragraph in "\n".join(rest).strip().split("\n\n")
    ]
    context = {"heading": heading, "paragraphs": paragraphs}
    return render_to_string("councils/documents/announcement.html", context)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
