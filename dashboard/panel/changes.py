"""What an entry of the audit log says of before and after, in words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from councils.models import AgendaItem, Attendance, Ballot, Membership, Office, Proposal, Resolution
from elections.models import Step
from events.models import AccessService, Question, Rsvp
from people.models import AuditEntry

LONGEST = 1500  # characters of a text that are shown; the log keeps all
NOTHING = "—"

# What an entry says of something else than a field of the thing it is about: of a row that hangs on it.
WORDS = {
    "absent_on": gettext_lazy("absent without excuse"),
    "abstained": gettext_lazy("abstained"),
    "against": pgettext_lazy("vote", "against"),
    "agenda": gettext_lazy("Agenda"),
    "answer": gettext_lazy("answer"),
    "answer_kind": gettext_lazy("kind of answer"),
    "ask_until": gettext_lazy("to be asked for until"),
    "asked_by": gettext_lazy("asked by"),
    "ballots": gettext_lazy("ballots"),
    "beyond_capacity": gettext_lazy("let in although all seats were taken"),
    "by_name": gettext_lazy("handed over by"),
    "candidates": gettext_lazy("Candidates"),
    "casting_vote": gettext_lazy("vote of the chair"),
    "check_in": gettext_lazy("arrival"),
    "choices": gettext_lazy("answers to choose from"),
    "closed_on": gettext_lazy("closed"),
    "comment": gettext_lazy("comment"),
    "dates": gettext_lazy("number of days"),
    "decision": gettext_lazy("decision"),
    "declined_because": gettext_lazy("why declined"),
    "declined_on": gettext_lazy("refused the seat"),
    "done_on": gettext_lazy("done"),
    "due_on": pgettext_lazy("deadline", "due"),
    "end_reason": gettext_lazy("why it ended"),
    "end_rule": gettext_lazy("how it ends"),
    "ended_on": gettext_lazy("first day after the end"),
    "file": gettext_lazy("file"),
    "holder": gettext_lazy("held the office before"),
    "in_favour": pgettext_lazy("vote", "for"),
    "is_published": gettext_lazy("published"),
    "is_required": gettext_lazy("must be answered"),
    "item": gettext_lazy("item"),
    "items": gettext_lazy("number of items"),
    "kind": gettext_lazy("kind"),
    "late_because": gettext_lazy("why late"),
    "mark": gettext_lazy("roll call"),
    "meeting": gettext_lazy("meeting"),
    "meeting_on": gettext_lazy("day of the meeting"),
    "moved": gettext_lazy("what moves"),
    "name": gettext_lazy("name"),
    "note": gettext_lazy("note"),
    "notes": gettext_lazy("course of the discussion"),
    "number": gettext_lazy("number"),
    "offered_on": gettext_lazy("offered the seat"),
    "on": gettext_lazy("day"),
    "opened_on": gettext_lazy("opened"),
    "outcome": gettext_lazy("what became of it"),
    "owner": gettext_lazy("in charge"),
    "paper": gettext_lazy("agenda paper"),
    "people": gettext_lazy("number of people"),
    "person": gettext_lazy("person"),
    "photos": gettext_lazy("number of pictures"),
    "published_on": gettext_lazy("published on the municipality's site"),
    "published_url": gettext_lazy("address of the publication"),
    "question": gettext_lazy("question"),
    "rank": gettext_lazy("place in the order"),
    "reason": gettext_lazy("reason"),
    "rows": gettext_lazy("number of rows"),
    "rsvp": gettext_lazy("sign-up"),
    "seat": gettext_lazy("seat"),
    "seats": gettext_lazy("seats"),
    "service": gettext_lazy("access service"),
    "sent_on": gettext_lazy("sent"),
    "sha256": "SHA-256",
    "source": gettext_lazy("document or source"),
    "started_on": gettext_lazy("from"),
    "starts_at": gettext_lazy("starts"),
    "step": gettext_lazy("step"),
    "submission": gettext_lazy("submission"),
    "task": gettext_lazy("task"),
    "text": gettext_lazy("text"),
    "title": gettext_lazy("title"),
    "to": gettext_lazy("to whom"),
    "venue": gettext_lazy("place"),
    "version": gettext_lazy("version"),
    "vote_kind": gettext_lazy("kind of vote"),
    "voted_at": gettext_lazy("voted"),
    "votes": gettext_lazy("votes"),
    "was": gettext_lazy("state before"),
}
# What the codes in such an entry stand for; those of the thing's own fields say it themselves.
CODES = {
    "answer": Attendance.Answer.choices,
    "answer_kind": Question.Kind.choices,
    "ballots": Ballot.Choice.choices,
    "casting_vote": Resolution.Casting.choices,
    "decision": Proposal.Decision.choices,
    "end_reason": Membership.EndReason.choices,
    "kind": Office.Kind.choices,
    "mark": Attendance.Mark.choices,
    "outcome": [*AgendaItem.Outcome.choices, *Resolution.Outcome.choices],
    "service": AccessService.Kind.choices,
    "step": Step.choices,
    "vote_kind": Resolution.VoteKind.choices,
    "was": Rsvp.State.choices,
}


_NO_PROSE = re.compile(r"\S+://\S+|\S+@\S+|[a-z0-9_.:/-]+")  # addresses, codes, checksums
VOTES: dict[str, Any] = dict(Ballot.Choice.choices)  # an entry about one vote is its code alone


@dataclass(frozen=True)
class Change:
    """One thing that changed; `name` is empty where an entry is about one value alone. `written` is what of `before`
    and `after` people wrote in Latvian."""

    name: str
    before: str
    after: str
    written: tuple[str, ...] = field(default=(), compare=False)


def changes(entry: AuditEntry) -> list[Change]:
    """What differs; what an entry holds beside before and after is told as it is. No query."""
    found = _changes(entry)
    return found if is_latvian(entry) else [replace(change, written=()) for change in found]


def is_latvian(entry: AuditEntry) -> bool:
    """Whether what people wrote there is Latvian, as all is but the English pages of the site."""
    return (entry.details or {}).get("language", "lv") == "lv"


def _changes(entry: AuditEntry) -> list[Change]:
    details = dict(entry.details or {})
    before, after = details.pop("before", None), details.pop("after", None)
    model = _model(entry)
    found = []
    if isinstance(before, dict) or isinstance(after, dict):
        was, now = (value if isinstance(value, dict) else {} for value in (before, after))
        for name in dict.fromkeys([*was, *now]):
            if was.get(name) != now.get(name):
                found.append(_change(_word(model, name), was.get(name), now.get(name), _codes(model, name)))
    elif before != after:
        found.append(_change("", before, after, VOTES))
    for name, value in details.items():
        said = _change(_word(model, name), None, value, _codes(model, name))
        found.append(replace(said, before=""))
    return found


def _change(name: str, before: Any, after: Any, codes: Mapping[str, Any]) -> Change:
    written = tuple(_texts(before, codes)) + tuple(_texts(after, codes))
    return Change(name, _said(before, codes), _said(after, codes), written)


def _model(entry: AuditEntry):
    try:
        return apps.get_model(entry.target.partition(":")[0])
    except (LookupError, ValueError):
        return None


def _field(model, name: str):
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _word(model, name: str) -> str:
    """What the portal calls a field of the thing, or of what hangs on it; else the name in the log."""
    word = getattr(_field(model, name), "verbose_name", None) or WORDS.get(name)
    return capfirst(str(word)) if word else name


def _codes(model, name: str) -> dict[str, Any]:
    """What the codes of a field, or of what hangs on the thing, stand for."""
    rows: Any = getattr(_field(model, name), "choices", None) or CODES.get(name, ())
    return dict(rows)


def _said(value: Any, codes: Mapping[str, Any] = MappingProxyType({})) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_said(part, codes) for part in value)
    if isinstance(value, dict):
        return "; ".join(f"{_word(None, name)}: {_said(part, codes)}" for name, part in value.items())
    if str(value) in codes:
        return str(codes[str(value)])
    return _text(value)


def _text(value: Any) -> str:
    return Truncator(_moment(str(value))).chars(LONGEST)


def _texts(value: Any, codes: Mapping[str, Any]) -> Iterator[str]:
    """What of a value people wrote: no code, figure, moment, address or checksum."""
    if isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part, codes)
    elif isinstance(value, str) and value not in codes and _is_prose(value):
        yield _text(value)


def _is_prose(text: str) -> bool:
    return any(map(str.isalpha, text)) and not _NO_PROSE.fullmatch(text) and _moment(text) == text


def _moment(text: str) -> str:
    """Days and moments as people write them; any other text as it is."""
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text):%d.%m.%Y}."
        if "T" in text and len(text) < 40:
            return f"{timezone.localtime(datetime.fromisoformat(text)):%d.%m.%Y. %H.%M}"
    except ValueError:
        pass
    return text
