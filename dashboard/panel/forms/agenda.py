"""Agendas as text, one line for each item, and the forms of a single item and its papers."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import UploadField, long_text
from councils.models import AgendaItem, Matter, Meeting
from councils.operations.agenda import DEEPEST
from dashboard.panel.forms.fields import choose_from, offer
from events.forms import WrittenSelect
from neighbourhoods import latvian

MOST_LINES = 60
MOST_MINUTES = 600
LONGEST_TITLE = 300
INDENT = "   "
AGENDA_LINE = re.compile(r"^(?P<star>\*\s*)?(?:(?P<minutes>\d{1,4})\s*\|\s*)?(?P<title>.*)$")
COUNTED = re.compile(r"^(?P<star>\*\s*)?(?P<number>\d{1,2}(?:\.\d{1,2})+[.)]?|\d{1,2}[.)])\s+")


def line_of(item: AgendaItem) -> dict:
    """An agenda item as the operations take it."""
    return {
        "title": item.title,
        "minutes": item.minutes,
        "is_restricted": item.is_restricted,
        "depth": item.depth,
    }


def agenda_text(meeting: Meeting) -> str:
    """The agenda as the form shows it; `agenda_lines` reads it back."""
    lines = []
    for item in meeting.agenda.numbered():
        minutes = f"{item.minutes} | " if item.minutes else ""
        lines.append(f"{INDENT * item.depth}{'* ' if item.is_restricted else ''}{minutes}{item.title}")
    return "\n".join(lines)


def _depths(lines: list[str]) -> list[tuple[int, str]]:
    """Each line with its depth, without indentation and number.

    Pasted lines that all bear their numbers ("1.", "2.", "2.1.") tell the depth by them; an ordinal that a title begins
    with stays. Otherwise a line belongs to the last one that begins further left.
    """
    bare = [line.strip() for line in lines]
    matches = [COUNTED.match(line) for line in bare]
    numbers = [[int(part) for part in match["number"].rstrip(".)").split(".")] for match in matches if match]
    if len(numbers) == len(lines) and _is_counted(numbers):
        texts = [
            (match["star"] or "") + line[match.end() :] for match, line in zip(matches, bare, strict=True) if match
        ]
        return [(len(number) - 1, text) for number, text in zip(numbers, texts, strict=True)]
    found: list[tuple[int, str]] = []
    margins = [0]
    for line, text in zip(lines, bare, strict=True):
        margin = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        while len(margins) > 1 and margin < margins[-1]:
            margins.pop()
        if found and margin > margins[-1]:
            margins.append(margin)
        elif not found:
            margins = [margin]
        found.append((min(len(margins) - 1, DEEPEST), text))
    return found


def _is_counted(numbers: list[list[int]]) -> bool:
    """Do the numbers count a tree: 1, 2, 2.1, 2.2, 3?"""
    last: list[int] = []
    for number in numbers:
        depth = len(number)
        if depth > len(last) + 1 or depth > DEEPEST + 1:
            return False
        before = last[:depth] if depth <= len(last) else [*last, 0]
        if number != [*before[:-1], before[-1] + 1]:
            return False
        last = number
    return bool(numbers)


def agenda_lines(text: str) -> list[dict]:
    """Read an agenda from its lines: "10 | Budget", "* Staff", sub-items further right, and also "2.1. Budget" as it is
    pasted from elsewhere. Raises ValidationError that names the line."""
    numbered = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = []
    for (number, _raw), (depth, bare) in zip(numbered, _depths([line for _number, line in numbered]), strict=True):
        match = AGENDA_LINE.match(bare)
        title = " ".join(match["title"].split()) if match else ""
        if not title:
            continue
        minutes = int(match["minutes"]) if match and match["minutes"] else None
        if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
            raise ValidationError(
                _("Line %(number)d: write between 1 and %(most)d minutes."),
                params={"number": number, "most": MOST_MINUTES},
            )
        if len(title) > LONGEST_TITLE:
            raise ValidationError(
                _("Line %(number)d is longer than %(most)d letters."),
                params={"number": number, "most": LONGEST_TITLE},
            )
        is_restricted = bool(match and match["star"])
        lines.append({"title": title, "minutes": minutes, "is_restricted": is_restricted, "depth": depth})
    if len(lines) > MOST_LINES:
        raise ValidationError(_("An agenda has %(most)d items at most."), params={"most": MOST_LINES})
    return lines


class ItemForm(forms.Form):
    """One item of the agenda, with what a line of text has no room for."""

    title = forms.CharField(label=_("Item"), max_length=LONGEST_TITLE)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AgendaItem.Kind.choices,
        help_text=_("“Previous resolutions” and “minutes of the previous meeting” fill themselves."),
    )
    description = forms.CharField(label=_("Description"), required=False, max_length=10_000, widget=long_text(5))
    rapporteur = forms.CharField(label=_("Presented by"), required=False, max_length=200)
    minutes = forms.IntegerField(
        label=_("Minutes it takes"),
        required=False,
        min_value=1,
        max_value=MOST_MINUTES,
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )
    matter = forms.ModelChoiceField(
        label=_("Matter"),
        queryset=Matter.objects.none(),
        required=False,
        empty_label=_("None"),
        widget=WrittenSelect,
        help_text=_("What proposals, resolutions and replies on the same thing hang on; people follow it."),
    )
    is_restricted = forms.BooleanField(
        label=_("Not public"), required=False, help_text=_("Only the council and the administration see it.")
    )

    def __init__(self, data=None, *, item: AgendaItem):
        names = ("title", "kind", "description", "rapporteur", "minutes", "matter", "is_restricted")
        super().__init__(data, initial={name: getattr(item, name) for name in names})
        choose_from(self, "matter", matters_of(item.meeting.councils.all()))

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())


def matters_of(councils):
    """Matters of the councils, the newest first."""
    return Matter.objects.filter(councils__in=councils).distinct().order_by("-began_at", "-pk")


class PaperForm(forms.Form):
    """A paper for an item: the file, and what it is called."""

    file = UploadField(label=_("File"))
    paper_title = forms.CharField(
        label=_("Title"), required=False, max_length=200, help_text=_("Empty: the name of the file.")
    )
    paper_is_restricted = forms.BooleanField(
        label=_("Not public"), required=False, help_text=_("Only the council and the administration see it.")
    )


class MeetingChoice(forms.ModelChoiceField):
    widget = WrittenSelect

    def label_from_instance(self, obj):
        return said_of(obj)


def said_of(meeting: Meeting) -> str:
    """A meeting as lists of choices name it; another year than this one is named."""
    return f"{meeting.event.title}, {latvian.when(meeting.event.starts_at, timezone.localdate())}"


class MoveItemForm(forms.Form):
    """To which meeting an item goes."""

    meeting = forms.ChoiceField(label=_("Move it to the meeting"), widget=WrittenSelect)

    def __init__(self, data=None, *, meetings: list[Meeting]):
        super().__init__(data)
        self.meetings = {str(row.pk): row for row in meetings}
        offer(self, "meeting", [(pk, said_of(row)) for pk, row in self.meetings.items()])

    @property
    def chosen(self) -> Meeting:
        return self.meetings[self.cleaned_data["meeting"]]
