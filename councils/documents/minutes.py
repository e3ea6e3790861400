"""A record as the document that people read: sections of blocks, from which the page, the PDF and the DOCX are made.

Minutes are a document of a Latvian municipality: their words are Latvian whatever language the portal speaks.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from councils.documents.blocks import (
    Block,
    Checksum,
    Decision,
    Document,
    Facts,
    Lines,
    Points,
    Section,
    Table,
    Text,
    paragraphs,
)
from councils.documents.record import Content
from councils.models import Attendance, Office, Resolution
from events.models import Event
from neighbourhoods import latvian

LANGUAGE = "lv"


@dataclass(frozen=True)
class Seal:
    """What is said of a version beside its content: who signed it, what is signed, and where it stands."""

    version: int
    sha256: str
    address: str = ""
    signed_name: str = ""
    signed_at: datetime | None = None
    published_at: datetime | None = None
    approved_on: date | None = None
    reason: str = ""  # of a correction
    is_whole: bool = True  # nothing of what was signed is left out


def document(content: Content, seal: Seal) -> Document:
    """The minutes of `content`, which is a whole record or a public one."""
    with translation.override(LANGUAGE):
        return Document(
            title=content["title"],
            kicker=_("Minutes No. %(number)s") % {"number": content["number"]},
            organisation=" · ".join(_lines(content["head"])),
            address=seal.address,
            on=date.fromisoformat(content["day"]),
            sections=[*sections(content), _end(seal)],
            notice="" if seal.signed_at else _("Draft: the minutes are not signed yet."),
            language=LANGUAGE,
        )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def sections(content: Content) -> list[Section]:
    """The content alone, in the language that is active."""
    return [_head(content), *_people(content), _agenda(content), *(_item(item) for item in content["items"])]


# --- when, where, who -------------------------------------------------------------------------------------------------


def _head(content: Content) -> Section:
    councils = content["councils"]
    rows = [
        (
            pgettext("minutes", "Council") if len(councils) == 1 else pgettext("minutes", "Councils"),
            ", ".join(councils),
        ),
        (pgettext("minutes", "Date"), _when(content)),
        (pgettext("minutes", "Place"), _place(content)),
        (pgettext("minutes", "Openness"), _openness(content["openness"])),
        (pgettext("minutes", "Led by"), _person(content["leader"])),
        (pgettext("minutes", "Minutes taken by"), _person(content["minute_taker"])),
        *((_quorum_word(group, len(councils)), _quorum(group)) for group in content["members"]),
    ]
    if content["residents"] is not None:
        rows.append((pgettext("minutes", "Residents present"), str(content["residents"])))
    if content["others"]:
        rows.append((pgettext("minutes", "Others present"), "; ".join(content["others"])))
    return Section("head", "", [Facts([row for row in rows if row[1]])])


def _when(content: Content) -> str:
    day = latvian.day_nominative(date.fromisoformat(content["day"]), latvian.EVERY_YEAR)
    opened, closed = _clock(content["opened_at"]), _clock(content["closed_at"])
    if not opened:
        return day
    return f"{day}, {_at(opened)}–{closed}" if closed else f"{day}, {_at(opened)}"


def _clock(moment: str | None) -> str:
    return latvian.clock(datetime.fromisoformat(moment)) if moment else ""


def _at(clock: str) -> str:
    return clock if translation.get_language() != LANGUAGE else f"plkst.{latvian.NBSP}{clock}"


def _place(content: Content) -> str:
    if content["format"] == Event.Format.REMOTE:
        return pgettext("minutes", "remotely")
    if content["format"] == Event.Format.HYBRID:
        return _("%(venue)s, and remotely") % {"venue": content["venue"]}
    return content["venue"]


def _openness(openness: str) -> str:
    return {
        "open": pgettext("minutes", "open meeting"),
        "partly": _("open meeting with closed items (Pašvaldību likums 27(4))"),
        "closed": _("closed meeting (Pašvaldību likums 27(4))"),
    }[openness]


def _person(person: Content | None) -> str:
    if person is None:
        return ""
    return f"{person['name']}, {_office(person['office'])}" if person["office"] else person["name"]


def _office(kind: str) -> str:
    return str(Office.Kind(kind).label) if kind in Office.Kind.values else kind


def _quorum_word(group: Content, councils: int) -> str:
    word = pgettext("minutes", "Quorum")
    return word if councils == 1 else f"{word}, {group['council']}"


def _quorum(group: Content) -> str:
    figures = {"present": group["present"], "members": len(group["people"]), "needed": group["needed"]}
    if group["present"] >= group["needed"]:
        return _("%(present)d of %(members)d members, can decide (%(needed)d needed, §23)") % figures
    return _("%(present)d of %(members)d members, cannot decide (%(needed)d needed, §23)") % figures


def _people(content: Content) -> list[Section]:
    groups = content["members"]
    head = [pgettext("minutes", "Member"), pgettext("minutes", "Office"), pgettext("minutes", "Attendance")]
    title = _("Members of the council")
    return [
        Section(
            f"people-{number}",
            title if len(groups) == 1 else f"{title}: {group['council']}",
            [
                Table(
                    name=title,
                    head=head,
                    rows=[
                        [person["name"], _office(person["office"]) or "–", _attendance(person)]
                        for person in group["people"]
                    ],
                )
            ],
        )
        for number, group in enumerate(groups, 1)
    ]


def _attendance(person: Content) -> str:
    words = {
        Attendance.Mark.PRESENT: pgettext("minutes", "in the room"),
        Attendance.Mark.REMOTE: pgettext("minutes", "remotely"),
        Attendance.Mark.EXCUSED: pgettext("minutes", "absent, excused"),
        Attendance.Mark.UNEXCUSED: pgettext("minutes", "absent without excuse"),
    }.get(person["mark"], "–")
    if person["arrived_at"]:
        words += ", " + _("arrived at %(time)s") % {"time": _clock(person["arrived_at"])}
    if person["left_at"]:
        words += ", " + _("left at %(time)s") % {"time": _clock(person["left_at"])}
    return words


# --- items ------------------------------------------------------------------------------------------------------------


def _title(item: Content) -> str:
    return f"{item['label']}. {item.get('title') or _('Closed item')}"


def _key(item: Content) -> str:
    return f"item-{item['id']}"


def _agenda(content: Content) -> Section:
    lines = Lines([(item["depth"], _title(item), _key(item)) for item in content["items"]])
    return Section("agenda", pgettext("minutes", "Agenda"), [lines] if lines.items else [])


def _item(item: Content) -> Section:
    blocks = list(_closed(item) if "title" not in item else _course(item))
    return Section(_key(item), _title(item), blocks, level=min(2 + item["depth"], 6))


def _closed(item: Content):
    yield Text([_("The item was discussed in a closed part of the meeting (Pašvaldību likums 27(4)).")], quiet=True)


def _course(item: Content):
    if item["is_closed"]:
        yield Text([_("Closed item: the public minutes leave it out.")], quiet=True)
    if item["rapporteur"]:
        yield Text([_("Presented by: %(name)s") % {"name": item["rapporteur"]}], quiet=True)
    if item["papers"]:
        yield _points(pgettext("minutes", "Papers:"), item["papers"])
    if item["notes"]:
        yield Text(paragraphs(item["notes"]))
    if item["approves"]:
        yield Text([_("The minutes No. %(number)s were approved.") % {"number": number} for number in item["approves"]])
    if item["recusals"]:
        yield _points(_("Kept out of the item (§33):"), item["recusals"])
    for resolution in item["resolutions"]:
        yield _decision(resolution)
    if item["tasks"]:
        yield _points(pgettext("minutes", "Tasks:"), [_task(task) for task in item["tasks"]])
    if words := _outcome(item["outcome"]):
        yield Text([words])


def _points(lead: str, items: list[str]) -> Block:
    """A list; one thing alone is no list."""
    return Points(items, lead=lead) if len(items) > 1 else Text([f"{lead} {items[0]}"])


def _outcome(outcome: str) -> str:
    return {
        "postponed": _("The item was moved to the next meeting."),
        "withdrawn": _("The item was withdrawn from the agenda."),
    }.get(outcome, "")


def _decision(row: Content) -> Block:
    number = {"number": row["number"]}
    if row["outcome"] == Resolution.Outcome.ADOPTED:
        lead = _("Resolved (No. %(number)s):") % number
    else:
        lead = _("Not adopted (No. %(number)s):") % number
    if row["council"]:
        lead = f"{row['council']}. {lead}"
    lines = [*_votes(row), " · ".join(_charge(row))]
    return Decision(lead, paragraphs(row["text"]), [line for line in lines if line])


def _votes(row: Content):
    counts = {name: row[name] for name in ("in_favour", "against", "abstained")}
    yield _("For – %(in_favour)d, against – %(against)d, abstained – %(abstained)d") % counts
    if row["casting_vote"]:
        vote = Resolution.Casting(row["casting_vote"]).label
        yield _("As many for as against: the chair's vote decided – %(vote)s (§26)") % {"vote": vote}
    words = {
        "in_favour": pgettext("votes", "For"),
        "against": pgettext("votes", "Against"),
        "abstained": pgettext("votes", "Abstained"),
        "not_voted": pgettext("votes", "Did not vote"),
    }
    by_name = row["names"] or {}
    yield " · ".join(f"{word}: {', '.join(by_name[choice])}" for choice, word in words.items() if by_name.get(choice))


def _charge(row: Content):
    if row["owner"]:
        yield _("In charge: %(name)s") % {"name": row["owner"]}
    if row["due_on"]:
        yield _("Due: %(day)s") % {"day": _number_date(row["due_on"])}


def _task(task: Content) -> str:
    parts = [task["title"].rstrip("."), *_charge(task)]
    return ". ".join(part for part in parts if part)


def _number_date(day: str) -> str:
    return latvian.number_date(date.fromisoformat(day))


# --- what was signed --------------------------------------------------------------------------------------------------


def _end(seal: Seal) -> Section:
    """Who signed, and the number by which anybody can tell whether this is what was signed."""
    rows = []
    if seal.signed_at:
        rows.append((pgettext("minutes", "Signed by"), f"{seal.signed_name}, {_moment(seal.signed_at)}"))
    rows.append((pgettext("minutes", "Version"), str(seal.version)))
    if seal.reason:
        rows.append((pgettext("minutes", "Corrected because"), seal.reason))
    if seal.published_at:
        rows.append((pgettext("minutes", "Published"), latvian.number_date(seal.published_at)))
    if seal.approved_on:
        rows.append((pgettext("minutes", "Approved in the meeting of"), latvian.number_date(seal.approved_on)))
    blocks: list[Block] = [Facts(rows), Checksum(_("Checksum (SHA-256)"), seal.sha256)]
    if not seal.is_whole:
        blocks.append(Text([_("The checksum is of the whole minutes, with the closed items.")], quiet=True))
    return Section("signature", pgettext("minutes", "Signature"), blocks)


def _moment(moment: datetime) -> str:
    return f"{latvian.number_date(moment)} {_at(latvian.clock(moment))}"
