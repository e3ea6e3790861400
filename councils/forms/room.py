"""Forms of the meeting's room: small parts of one record, each saved by itself (`councils.operations.room`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from councils.forms.fields import clock_field, day_field, long_text
from councils.models import AbsenceCase, AgendaItem, Attendance, Ballot, Meeting, Membership, Resolution
from neighbourhoods import latvian
from people.models import Person


def moment(meeting: Meeting, clock: time, now: datetime | None = None) -> datetime:
    """The moment that the clock means at the meeting: on its day, or after midnight when it runs into the next one.

    With `now`, the minute that is running means this very moment: who votes and leaves within it, leaves after.
    """
    zone = timezone.get_current_timezone()
    at = datetime.combine(meeting.held_on, clock, zone)
    begins = meeting.opened_at or meeting.event.starts_at
    at = at + timedelta(days=1) if at < begins - timedelta(hours=12) else at
    return now if now is not None and at <= now < at + timedelta(minutes=1) else at


def clock_of(at: datetime | None) -> time | None:
    return timezone.localtime(at).time().replace(second=0, microsecond=0) if at else None


def _again(
    meeting: Meeting, clock: time | None, known: datetime | None, now: datetime | None = None
) -> datetime | None:
    """The moment that the clock means; the one that was known, to the second, when its clock shows the same."""
    if clock is None:
        return None
    return known if clock_of(known) == clock else moment(meeting, clock, now)


@dataclass(frozen=True)
class Difference:
    """What one field says here and there."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True)
class Conflict:
    """Somebody else saved the part in between: both texts, and the revision that choosing means."""

    differences: list[Difference]
    revision: int
    can_join: bool


class ReasonField(forms.CharField):
    """Why a closed record is corrected. The operation asks for it: what stands there already needs no reason, and what
    somebody else saved in between is shown first."""

    def validate(self, value):
        pass


class PartForm(forms.Form):
    """A part of the record: `revision` is what the writer saw. In a closed meeting each change has its reason."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    correction = ReasonField(label=gettext_lazy("Why is the record corrected?"), max_length=300)

    LONG: tuple[str, ...] = ()  # texts of which both can be kept, one after the other
    marks_optional = True
    conflict: Conflict | None = None

    def __init__(
        self,
        data: Mapping | None = None,
        *,
        values: Mapping[str, Any],
        revision: int = 0,
        is_closed: bool = False,
        prefix: str | None = None,
    ):
        super().__init__(data, initial={**values, "revision": revision}, prefix=prefix)
        if not is_closed:
            del self.fields["correction"]
        self.order_fields([name for name in self.fields if name != "correction"])

    @property
    def keep_name(self) -> str:
        return self.add_prefix("keep")

    @property
    def over_name(self) -> str:
        return self.add_prefix("over")

    @property
    def keep(self) -> str:
        """What the writer chose of two texts: "mine", "theirs", "both", or "" when nothing was to be chosen."""
        return self.data.get(self.keep_name, "") if self.is_bound else ""

    @property
    def seen(self) -> int:
        """The revision on which the writer builds: that of the page, or the one over which they chose."""
        chosen = self.data.get(self.over_name, "") if self.keep else ""
        return int(chosen[:9]) if chosen.isdecimal() else self.cleaned_data.get("revision") or 0

    @property
    def correction_said(self) -> str:
        return self.cleaned_data.get("correction", "")

    def said(self) -> dict[str, Any]:
        """What was filled in, without what only travels along; texts with the line breaks they are kept with."""
        plain = {name: self.cleaned_data.get(name) for name in self.fields if name not in ("revision", "correction")}
        return {name: value.replace("\r\n", "\n") if isinstance(value, str) else value for name, value in plain.items()}

    def travel_with(self, revision: int) -> None:
        """Sent again, the form builds on this revision."""
        self.data = {**{name: self.data[name] for name in self.data}, self.add_prefix("revision"): str(revision)}

    def joined(self, theirs: Mapping[str, Any]) -> dict[str, Any]:
        """Both texts, theirs first."""
        said = self.said()
        for name in self.LONG:
            if said[name] != theirs[name]:
                said[name] = "\n\n".join(filter(None, [theirs[name], said[name]]))
        return said

    def differ(self, theirs: Mapping[str, Any], revision: int) -> None:
        """Set what somebody else saved beside what was typed."""
        said = self.said()
        differences = [
            Difference(str(self.fields[name].label), self._shown(name, theirs[name]), self._shown(name, value))
            for name, value in said.items()
            if value != theirs[name]
        ]
        can_join = any(said[name] and theirs[name] and said[name] != theirs[name] for name in self.LONG)
        self.conflict = Conflict(differences, revision, can_join)

    def _shown(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return "—"
        if isinstance(value, time):
            return latvian.clock(value)
        if isinstance(value, date):
            return latvian.number_date(value)
        choices = getattr(self.fields[name], "choices", None)
        return str(dict(choices).get(value, value)) if isinstance(value, str) and choices else str(value)


# --- the meeting ------------------------------------------------------------------------------------------------------


def _who(label: Any, **options) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        label=label, queryset=Person.objects.none(), empty_label=gettext_lazy("Choose"), **options
    )


def _choose_from(form: forms.BaseForm, people: Iterable[int]) -> None:
    rows = Person.objects.filter(pk__in=people).by_name()
    for name in ("leader", "minute_taker", "person"):
        if name in form.fields:
            cast(forms.ModelChoiceField, form.fields[name]).queryset = rows


class OpenForm(forms.Form):
    opened = clock_field(gettext_lazy("Opened at"))
    leader = _who(gettext_lazy("Led by"))
    minute_taker = _who(gettext_lazy("Minutes taken by"))

    def __init__(self, data=None, *, people: Iterable[int], **options):
        super().__init__(data, **options)
        _choose_from(self, people)


class CloseForm(forms.Form):
    closed = clock_field(gettext_lazy("Closed at"))


class HeadForm(PartForm):
    """Who else is here, and who leads."""

    residents_present = forms.IntegerField(
        label=gettext_lazy("Residents present"),
        required=False,
        min_value=0,
        max_value=5000,
        help_text=gettext_lazy("Only how many: the minutes name no resident."),
        widget=forms.NumberInput(attrs={"class": "kp-w-short", "inputmode": "numeric"}),
    )
    others_present = forms.CharField(
        label=gettext_lazy("Invited and officials, by name"), required=False, max_length=2000, widget=long_text(3)
    )
    leader = _who(gettext_lazy("Led by"))
    minute_taker = _who(gettext_lazy("Minutes taken by"))
    opened = clock_field(gettext_lazy("Opened at"))
    closed = clock_field(gettext_lazy("Closed at"))

    LONG = ("others_present",)

    def __init__(self, data=None, *, meeting: Meeting, people: Iterable[int], **options):
        super().__init__(
            data,
            values=self.values_of(meeting),
            revision=meeting.room_revision,
            is_closed=meeting.closed_at is not None,
            **options,
        )
        self.meeting = meeting
        if meeting.closed_at is None:
            del self.fields["closed"]
        _choose_from(self, people)

    @staticmethod
    def values_of(meeting: Meeting) -> dict[str, Any]:
        return {
            "residents_present": meeting.residents_present,
            "others_present": meeting.others_present,
            "leader": meeting.leader,
            "minute_taker": meeting.minute_taker,
            "opened": clock_of(meeting.opened_at),
            "closed": clock_of(meeting.closed_at),
        }

    def of(self, said: dict[str, Any]) -> dict[str, Any]:
        """As the operation takes it: moments instead of clocks."""
        found = {name: value for name, value in said.items() if name not in ("opened", "closed")}
        found["opened_at"] = _again(self.meeting, said["opened"], self.meeting.opened_at)
        if "closed" in said:
            found["closed_at"] = _again(self.meeting, said["closed"], self.meeting.closed_at)
        return found


class MarkForm(PartForm):
    """One member of the roll. What the page showed travels along, so that only what was touched is saved."""

    marks_optional = False

    mark = forms.ChoiceField(
        label=gettext_lazy("Roll call"),
        required=False,
        choices=[
            (Attendance.Mark.PRESENT, pgettext_lazy("roll call", "Present")),
            (Attendance.Mark.REMOTE, pgettext_lazy("roll call", "Remote")),
            (Attendance.Mark.EXCUSED, pgettext_lazy("roll call", "Excused")),
            (Attendance.Mark.UNEXCUSED, pgettext_lazy("roll call", "Without excuse")),
        ],
        widget=forms.RadioSelect,
        show_hidden_initial=True,
    )
    arrived = clock_field(gettext_lazy("Came later, at"), required=False, show_hidden_initial=True)
    left = clock_field(gettext_lazy("Left earlier, at"), required=False, show_hidden_initial=True)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False, show_hidden_initial=True)

    def __init__(
        self, data=None, *, meeting: Meeting, membership: Membership, attendance: Attendance | None, now: datetime
    ):
        super().__init__(
            data,
            values=self.values_of(attendance),
            revision=attendance.revision if attendance else 0,
            is_closed=meeting.closed_at is not None,
            prefix=f"m{membership.pk}",
        )
        self.meeting, self.membership, self.attendance, self.now = meeting, membership, attendance, now

    @staticmethod
    def values_of(row: Attendance | None) -> dict[str, Any]:
        return {
            "mark": row.mark if row else "",
            "arrived": clock_of(row.arrived_at) if row else None,
            "left": clock_of(row.left_at) if row else None,
            "note": row.note if row else "",
        }

    @property
    def is_sent(self) -> bool:
        """Does the sent page hold this member at all?"""
        return self.add_prefix("revision") in self.data

    @property
    def is_touched(self) -> bool:
        return bool(set(self.changed_data) - {"revision"}) or self.keep == "mine"

    @property
    def says_more(self) -> bool:
        """Are there times or a note, so that they are not folded away?"""
        return any(self[name].value() for name in ("arrived", "left", "note"))

    def of(self, said: dict[str, Any]) -> dict[str, Any]:
        row = self.attendance
        return {
            "mark": said["mark"],
            "note": said["note"],
            "arrived_at": _again(self.meeting, said["arrived"], row.arrived_at if row else None),
            "left_at": _again(self.meeting, said["left"], row.left_at if row else None, self.now),
        }

    def clean(self):
        super().clean()
        if self.cleaned_data.get("mark") not in Attendance.HERE:
            for name in ("arrived", "left"):
                if self.cleaned_data.get(name):
                    self.add_error(name, _("Only who was there arrives and leaves."))
        return self.cleaned_data


# --- an item ----------------------------------------------------------------------------------------------------------


class ItemForm(PartForm):
    marks_optional = False
    notes = forms.CharField(
        label=gettext_lazy("Course of the discussion"), required=False, max_length=20_000, widget=long_text(8)
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What became of it"),
        required=False,
        choices=[("", gettext_lazy("Not dealt with yet")), *AgendaItem.Outcome.choices],
    )

    LONG = ("notes",)

    def __init__(self, data=None, *, item: AgendaItem, is_closed: bool):
        super().__init__(data, values=self.values_of(item), revision=item.revision, is_closed=is_closed)

    @staticmethod
    def values_of(row: AgendaItem) -> dict[str, Any]:
        return {"notes": row.notes, "outcome": row.outcome}


class MemberField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return str(obj.person)


class RecusalForm(PartForm):
    membership = MemberField(
        label=gettext_lazy("Member"), queryset=Membership.objects.none(), empty_label=gettext_lazy("Choose")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "For example: the applicant is a relative. The minutes name the member, not the reason."
        ),
    )

    def __init__(self, data=None, *, members: Iterable[int], is_closed: bool):
        super().__init__(data, values={}, is_closed=is_closed)
        rows = Membership.objects.filter(pk__in=members).select_related("person").by_name()
        cast(forms.ModelChoiceField, self.fields["membership"]).queryset = rows


class ReasonForm(PartForm):
    """Only the reason of a correction, where one is due."""

    def __init__(self, data=None, *, is_closed: bool):
        super().__init__(data, values={}, is_closed=is_closed)


class ResolutionForm(PartForm):
    text = forms.CharField(label=gettext_lazy("The resolution"), max_length=5000, widget=long_text(5))
    owner = forms.CharField(label=gettext_lazy("In charge"), max_length=200, required=False)
    due_on = day_field(gettext_lazy("Due on"), required=False)

    LONG = ("text",)

    def __init__(self, data=None, *, resolution: Resolution | None, is_closed: bool):
        super().__init__(
            data,
            values=self.values_of(resolution) if resolution else {},
            revision=resolution.revision if resolution else 0,
            is_closed=is_closed,
        )

    @staticmethod
    def values_of(row: Resolution) -> dict[str, Any]:
        return {"text": row.text, "owner": row.owner, "due_on": row.due_on}


class TaskForm(PartForm):
    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    person = _who(gettext_lazy("Member in charge"), required=False)
    owner = forms.CharField(
        label=gettext_lazy("Or somebody else"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("When it is no member: the name, or the unit of the municipality."),
    )
    due_on = day_field(gettext_lazy("Due on"), required=False)

    def __init__(self, data=None, *, task: Any, people: Iterable[int], is_closed: bool):
        super().__init__(
            data,
            values=self.values_of(task) if task else {},
            revision=task.revision if task else 0,
            is_closed=is_closed,
        )
        _choose_from(self, people)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        return {"title": row.title, "person": row.person, "owner": row.owner, "due_on": row.due_on}

    def clean(self):
        super().clean()
        if not self.cleaned_data.get("person") and not self.cleaned_data.get("owner"):
            self.add_error("person", _("Say who does it."))
        return self.cleaned_data


# --- the vote ---------------------------------------------------------------------------------------------------------


class VoteForm(PartForm):
    """The vote on a resolution, by name or by count. `at` is empty while the meeting is on: now."""

    marks_optional = False

    asks_casting = False

    at = clock_field(
        gettext_lazy("Voted at"),
        required=False,
        help_text=gettext_lazy("Empty: now."),
    )

    def __init__(
        self, data=None, *, meeting: Meeting, resolution: Resolution, values: Mapping[str, Any], now: datetime
    ):
        super().__init__(
            data,
            values={"at": clock_of(resolution.voted_at), **values},
            revision=resolution.revision,
            is_closed=meeting.closed_at is not None or resolution.voted_at is not None,
        )
        self.meeting, self.resolution, self.now = meeting, resolution, now
        if self.is_now:
            self.fields["at"].widget.attrs["data-room-now"] = ""  # the script fills it in while the net is away
        else:
            # Of a vote that is closed, no time means the one it had: so the same form sent twice is one vote.
            self.fields["at"].required = resolution.voted_at is None
            self.fields["at"].help_text = ""

    @property
    def is_now(self) -> bool:
        """Is the meeting on, so that a vote without a time is a vote of this moment?"""
        return (
            self.meeting.closed_at is None
            and self.resolution.voted_at is None
            and self.now - (self.meeting.opened_at or self.now) < timedelta(hours=12)
        )

    def cast(self) -> dict[str, Any]:
        """The votes, as the operation takes them."""
        raise NotImplementedError

    def voted_at(self) -> datetime:
        known = self.resolution.voted_at
        return _again(self.meeting, self.cleaned_data.get("at"), known, self.now) or known or self.now


BALLOTS = [
    (Ballot.Choice.IN_FAVOUR, pgettext_lazy("vote", "For")),
    (Ballot.Choice.AGAINST, pgettext_lazy("vote", "Against")),
    (Ballot.Choice.ABSTAINED, pgettext_lazy("vote", "Abstains")),
    (Ballot.Choice.NOT_VOTED, pgettext_lazy("vote", "Did not vote")),
]


class VoteByNameForm(VoteForm):
    """A ballot of each member who votes; `rest` is that of all who are not named apart."""

    rest = forms.ChoiceField(
        label=gettext_lazy("Everybody who is not marked below"),
        required=False,
        choices=[("", gettext_lazy("Choose")), *BALLOTS],
    )

    def __init__(self, data=None, *, members: Iterable[Membership], ballots: Mapping[int, str], **options):
        super().__init__(data, values={f"b{pk}": choice for pk, choice in ballots.items()}, **options)
        self.members = list(members)
        for member in self.members:
            self.fields[f"b{member.pk}"] = forms.ChoiceField(
                label=str(member.person), choices=BALLOTS, widget=forms.RadioSelect, required=False
            )
        self.order_fields(["rest", *[f"b{member.pk}" for member in self.members], "at"])

    @property
    def ballot_fields(self):
        return [self[f"b{member.pk}"] for member in self.members]

    def cast(self) -> dict[str, Any]:
        rest = self.cleaned_data.get("rest", "")
        found = {member.pk: self.cleaned_data.get(f"b{member.pk}") or rest for member in self.members}
        return {"ballots": {pk: choice for pk, choice in found.items() if choice}}


def _count(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "kp-w-short", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=0, max_value=99, widget=widget)


class VoteByCountForm(VoteForm):
    in_favour = _count(pgettext_lazy("vote", "For"))
    against = _count(pgettext_lazy("vote", "Against"))
    abstained = _count(pgettext_lazy("vote", "Abstain"))
    casting = forms.ChoiceField(
        label=gettext_lazy("How did the chair vote?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (Resolution.Casting.IN_FAVOUR, pgettext_lazy("vote", "For")),
            (Resolution.Casting.AGAINST, pgettext_lazy("vote", "Against")),
            ("abstained", pgettext_lazy("vote", "Abstains")),
        ],
    )

    def __init__(self, data=None, *, resolution: Resolution, **options):
        names = ("in_favour", "against", "abstained")
        values = {name: getattr(resolution, name) for name in names} | {"casting": resolution.casting_vote}
        super().__init__(data, resolution=resolution, values=values, **options)
        self.asks_casting = bool(self["casting"].value())

    def cast(self) -> dict[str, Any]:
        """How the chair voted is "" for a chair who abstained, and None while nobody said."""
        said = self.cleaned_data["casting"]
        return {
            "counts": {name: self.cleaned_data[name] for name in ("in_favour", "against", "abstained")},
            "casting": "" if said == "abstained" else said or None,
        }


# --- absences ---------------------------------------------------------------------------------------------------------


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=AbsenceCase.Decision.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class InformForm(forms.Form):
    informed_on = day_field(gettext_lazy("The municipal council was informed on"))
