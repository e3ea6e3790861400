import re
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import clock_field, day_field, long_text
from councils.models import Council, Meeting
from councils.operations.announcements import Deadlines, deadlines, say_announced_late, say_send_late
from councils.operations.meetings import MOVES
from councils.regulation import Regulation
from dashboard.panel.forms.agenda import agenda_lines, agenda_text, line_of
from dashboard.panel.forms.fields import (
    CouncilsField,
    NeighbourhoodsField,
    choose_from,
    moment,
    number_field,
    offer,
    refuse_more_reserved_than_seats,
)
from events.models import Event, default_reminder_hours
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood

MOST_REMINDERS = 5
MOST_REMINDER_HOURS = 30 * 24


class EventForm(forms.Form):
    """An event that is no council meeting; `MeetingForm` is the same with councils and an agenda.

    `is_public` says whether the event is, or by this form becomes, visible to all: then nothing may be missing.
    """

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[choice for choice in Event.Kind.choices if choice[0] != Event.Kind.MEETING],
        initial=Event.Kind.DISCUSSION,
    )
    neighbourhoods = NeighbourhoodsField(
        label=_("Neighbourhoods"),
        queryset=Neighbourhood.objects.none(),
        required=False,
        help_text=_("None chosen: the event is for the whole municipality."),
    )
    day = day_field(_("Date"))
    starts = clock_field(_("Start"))
    ends = clock_field(_("End"))
    last_day = day_field(_("Last day"), required=False, help_text=_("Only when the event lasts longer than a day."))
    format = forms.ChoiceField(
        label=_("How it takes place"),
        choices=Event.Format.choices,
        widget=forms.RadioSelect,
        initial=Event.Format.IN_PERSON,
    )
    venue = forms.CharField(
        label=_("Place"),
        max_length=200,
        required=False,
        help_text=_("Needed to publish, unless it takes place remotely only."),
    )
    online_url = forms.URLField(label=_("Link to join"), max_length=200, required=False, assume_scheme="https")
    capacity = number_field(_("Seats"), least=1, help_text=_("Empty: no limit."))
    online_capacity = number_field(
        _("Seats online"), least=1, help_text=_("Only where people come in person and online. Empty: no limit.")
    )
    reserved_seats = number_field(
        _("Seats kept for invited people"),
        least=0,
        help_text=_("Nobody else can take them. Whom you invite, you choose once the event is saved."),
    )
    takes_rsvps = forms.BooleanField(label=_("People sign up"), required=False, initial=True)
    description = forms.CharField(label=_("Description"), required=False, max_length=10_000, widget=long_text(5))
    directions = forms.CharField(label=_("How to get there"), required=False, max_length=2_000, widget=long_text(2))
    accessibility = forms.CharField(
        label=_("Accessibility"),
        required=False,
        max_length=300,
        help_text=_("For example: a ramp, a lift, an induction loop."),
    )
    party_limit = number_field(_("People on one sign-up, at most"), least=1, most=50, initial=4, required=True)
    opens_day = day_field(_("Sign-up opens on"), required=False, help_text=_("Empty: as soon as it is published."))
    opens_time = clock_field(_("Sign-up opens at"), required=False, help_text=_("Empty: when the day begins."))
    close_hours = number_field(
        _("Sign-up closes, hours before the start"),
        least=0,
        most=MOST_REMINDER_HOURS,
        help_text=_("Empty: people can sign up until the start."),
    )
    reminders = forms.CharField(
        label=_("Reminders, hours before the start"),
        required=False,
        help_text=_("With commas between them. Empty: no reminder."),
        initial=", ".join(map(str, default_reminder_hours())),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    MORE = (
        "description", "directions", "accessibility", "takes_rsvps", "online_capacity", "reserved_seats", "party_limit",
        "opens_day", "opens_time", "close_hours", "reminders",
    )  # fmt: skip
    DIRECT = (
        "title", "format", "venue", "online_url", "capacity", "online_capacity", "reserved_seats", "takes_rsvps",
        "description", "directions", "accessibility", "party_limit",
    )  # fmt: skip

    def __init__(self, data=None, *, now: datetime, is_public: bool, event: Event | None = None, initial=None):
        super().__init__(data, initial={**(self.initial_from(event) if event else {}), **(initial or {})})
        self.now, self.is_public, self.event = now, is_public, event
        if "neighbourhoods" in self.fields:
            choose_from(self, "neighbourhoods", Neighbourhood.objects.valid(timezone.localdate(now)).by_name())

    @staticmethod
    def initial_from(event: Event) -> dict:
        """What the form shows of an event that is there."""
        starts, ends = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        closes = event.rsvps_close_at
        opens = timezone.localtime(event.rsvps_open_at) if event.rsvps_open_at else None
        return {
            **{name: getattr(event, name) for name in EventForm.DIRECT},
            "kind": event.kind,
            "day": starts.date(),
            "starts": starts.time(),
            "ends": ends.time(),
            "last_day": ends.date() if ends.date() != starts.date() else None,
            "reserved_seats": event.reserved_seats or None,
            "opens_day": opens and opens.date(),
            "opens_time": opens and opens.time(),
            "close_hours": round((event.starts_at - closes) / timedelta(hours=1)) if closes else None,
            "reminders": ", ".join(map(str, event.reminder_hours)),
            "version": event.changed_at.isoformat(),
        }

    @property
    def shows_more(self) -> bool:
        """Must the folded fields stand open? When one of them has an error."""
        return any(name in self.errors for name in self.MORE)

    @property
    def main_fields(self):
        return [self[name] for name in self.fields if name not in self.MORE and not self[name].is_hidden]

    @property
    def more_fields(self):
        return [self[name] for name in self.MORE if name in self.fields]

    def clean_reminders(self) -> list[int]:
        words = [word for word in re.split(r"[,;\s]+", self.cleaned_data["reminders"]) if word]
        if len(words) > MOST_REMINDERS:
            raise ValidationError(_("Five reminders at most."))
        if not all(word.isdecimal() and 1 <= int(word[:6]) <= MOST_REMINDER_HOURS for word in words):
            raise ValidationError(_("Write whole hours, for example: 24, 2."))
        return sorted({int(word) for word in words}, reverse=True)

    def clean_reserved_seats(self) -> int:
        return self.cleaned_data["reserved_seats"] or 0

    def clean_version(self) -> datetime | None:
        """The event's `changed_at` when the form was opened."""
        try:
            return datetime.fromisoformat(self.cleaned_data["version"]) if self.event else None
        except ValueError:
            return None

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self._clean_moments(cleaned)
        self._clean_opening(cleaned)
        refuse_more_reserved_than_seats(self, cleaned)
        if self.is_public and cleaned.get("format") != Event.Format.REMOTE and cleaned.get("venue") == "":
            self.add_error("venue", _("Write where it takes place."))
        return cleaned

    def _clean_moments(self, cleaned: dict) -> None:
        day = cleaned.get("day")
        last_day = cleaned.get("last_day") or day
        known = (self.event.starts_at, self.event.ends_at) if self.event else (None, None)
        for field, name, on, before in (
            ("starts", "starts_at", day, known[0]),
            ("ends", "ends_at", last_day, known[1]),
        ):
            if on and cleaned.get(field) is not None:
                try:
                    cleaned[name] = moment(on, cleaned[field], before)
                except ValidationError as error:
                    self.add_error(field, error)
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            field = "last_day" if day and last_day and last_day < day else "ends"
            self.add_error(field, _("The end must come after the start."))
        moved = self.event is None or self.event.published_at is None or starts_at != self.event.starts_at
        if self.is_public and moved and starts_at and starts_at <= self.now:
            self.add_error("day", _("The start is in the past. Choose a later time."))

    def _clean_opening(self, cleaned: dict) -> None:
        """`rsvps_open_at`, from a day and a time; before sign-up closes."""
        day, clock = cleaned.get("opens_day"), cleaned.get("opens_time")
        if "opens_day" not in self.fields or {"opens_day", "opens_time"} & set(self.errors):
            return
        if day is None:
            if clock is not None:
                self.add_error("opens_day", _("Write the day, too."))
            cleaned["rsvps_open_at"] = None
            return
        try:
            opens_at = moment(day, clock or time.min, self.event.rsvps_open_at if self.event else None)
        except ValidationError as error:
            self.add_error("opens_time", error)
            return
        cleaned["rsvps_open_at"] = opens_at
        starts_at = cleaned.get("starts_at")
        if starts_at and opens_at >= starts_at.astimezone(UTC) - timedelta(hours=cleaned.get("close_hours") or 0):
            self.add_error("opens_day", _("Sign-up must open before it closes."))

    def event_fields(self) -> dict:
        """What the operations write on the event."""
        values = {name: self.cleaned_data[name] for name in self.DIRECT}
        starts_at, hours = self.cleaned_data["starts_at"], self.cleaned_data["close_hours"]
        values |= {name: self.cleaned_data[name] for name in ("starts_at", "ends_at")}
        values["rsvps_open_at"] = self.cleaned_data.get("rsvps_open_at")
        values["rsvps_close_at"] = None if hours is None else starts_at.astimezone(UTC) - timedelta(hours=hours)
        values["reminder_hours"] = self.cleaned_data["reminders"]
        if "kind" in self.fields:
            values["kind"] = self.cleaned_data["kind"]
        return values


def official_title(kind: str = Meeting.Kind.COUNCIL) -> str:
    """What a meeting of the kind is called, in the language of the municipality."""
    with translation.override("lv"):
        titles: dict[str, str] = {
            Meeting.Kind.WITH_DOME: gettext("Yearly meeting with the municipal council"),
            Meeting.Kind.YEARLY: gettext("Yearly joint meeting of the councils"),
            Meeting.Kind.WORKING_GROUP: gettext("Meeting of a working group"),
        }
        return titles.get(kind, str(Event.Kind.MEETING.label))


MEETING_KINDS = [
    (Meeting.Kind.COUNCIL.value, _("Meeting of the council, or joint meeting of several")),
    (Meeting.Kind.WITH_DOME.value, _("Yearly meeting with the municipal council (§35)")),
    (Meeting.Kind.YEARLY.value, _("Yearly joint meeting of all councils (§36)")),
    (Meeting.Kind.WORKING_GROUP.value, _("Meeting of a working group, not announced")),
]


class MeetingForm(EventForm):
    """A council's meeting: one form from nothing to announced.

    `sends` says whether it goes to the administration by this form: then time, place and agenda may not be missing.
    """

    councils = CouncilsField(
        label=_("Council"),
        queryset=Council.objects.none(),
        help_text=_("Several councils meet jointly."),
        error_messages={"required": _("Choose the council that meets.")},
    )
    meeting_kind = forms.ChoiceField(
        label=_("What kind of meeting"),
        choices=MEETING_KINDS,
        initial=Meeting.Kind.COUNCIL.value,
    )
    agenda = forms.CharField(
        label=_("Agenda"),
        required=False,
        strip=False,
        widget=long_text(8),
        help_text=_(
            "One item on each line; a sub-item begins with spaces, or with its number: “2.1. Lighting”. When you know "
            "how many minutes it takes, write “10 | Budget”. An item with a star before it is only for the council."
        ),
    )
    announced_late_because = forms.CharField(label=_("Why does it come late?"), required=False, max_length=300)
    move_reason = forms.CharField(
        label=_("Why does it move?"),
        required=False,
        max_length=300,
        help_text=_("Only when the day, the time or the place changes. Everyone who is told reads it."),
    )
    field_order = (
        "councils", "meeting_kind", "title", "day", "starts", "ends", "format", "venue", "online_url", "move_reason",
        "agenda", "capacity", "announced_late_because",
    )  # fmt: skip

    kind = neighbourhoods = last_day = None  # type: ignore[assignment]  # how Django leaves out fields of the base

    def __init__(
        self,
        data=None,
        *,
        rules: Regulation,
        councils=None,
        meeting: Meeting | None = None,
        sends: bool = False,
        coordinates: bool = True,
        **options,
    ):
        event = meeting.event if meeting else None
        super().__init__(data, event=event, **options)
        self.rules, self.meeting, self.sends, self.coordinates = rules, meeting, sends, coordinates
        if meeting is not None:
            del self.fields["councils"], self.fields["meeting_kind"]
            self.initial.setdefault("agenda", agenda_text(meeting))
            self.initial.setdefault("announced_late_because", meeting.announced_late_because)
        else:
            choose_from(self, "councils", councils)
            self.fields["title"].initial = official_title()
            if len(councils) == 1:
                self.fields["councils"].initial = list(councils)
            if not coordinates:  # the administration calls the councils together (§36)
                offer(self, "meeting_kind", [row for row in MEETING_KINDS if row[0] != Meeting.Kind.YEARLY])
        del self.fields["announced_late_because" if self.is_announced else "move_reason"]
        if not self.is_announced:
            today = timezone.localdate(self.now)
            self.fields["day"].help_text = _(
                "A meeting is announced %(days)d working days ahead (§38.2): today for a meeting on %(day)s or later."
            ) % {"days": rules["AGENDA_PUBLISHED"], "day": latvian.day(self._first_day_in_time(today), today)}

    def _first_day_in_time(self, today: date) -> date:
        day = today
        while self.rules.announce_by(day) < today:
            day += timedelta(days=1)
        return day

    @property
    def is_announced(self) -> bool:
        return self.event is not None and self.event.published_at is not None

    @property
    def is_owed(self) -> bool:
        """Must the meeting be announced? A working group need not."""
        kind = self.meeting.kind if self.meeting else self["meeting_kind"].value()
        return kind != Meeting.Kind.WORKING_GROUP

    @property
    def deadlines(self) -> Deadlines | None:
        """What choosing the day means (§38); None while no day is chosen, for a working group, and for an announced
        meeting before anybody has chosen another day."""
        if self.is_announced and not self.is_bound:
            return None
        value = self["day"].value()
        try:
            day = value if isinstance(value, date) else self.fields["day"].clean(value)
        except ValidationError:
            return None
        return deadlines(day, timezone.localdate(self.now), self.rules) if day and self.is_owed else None

    def only_days(self) -> None:
        """Keep to what was asked: is the day fine? The rest of the form is not done yet."""
        self.full_clean()
        self._errors = ErrorDict(
            {name: rows for name, rows in self.errors.items() if name in ("day", "starts", "ends")}
        )

    @property
    def main_fields(self):
        """The reason is asked for when the law wants it, and not before."""
        hides = "announced_late_because" in self.fields and not (
            self["announced_late_because"].value() or "announced_late_because" in self.errors
        )
        return [field for field in super().main_fields if not (hides and field.name == "announced_late_because")]

    def clean_agenda(self) -> list[dict]:
        return agenda_lines(self.cleaned_data["agenda"])

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("title") == official_title() and cleaned.get("meeting_kind"):
            cleaned["title"] = official_title(cleaned["meeting_kind"])
        if self.sends:
            self._clean_to_send(cleaned)
        starts_at = cleaned.get("starts_at")
        if starts_at and starts_at > self.now and self.is_owed:
            self._clean_notice(cleaned, timezone.localdate(starts_at))
        if self.is_announced and self.moves and not cleaned.get("move_reason", "").strip():
            self.add_error("move_reason", _("Say why the meeting moves."))
        return cleaned

    def _clean_to_send(self, cleaned: dict) -> None:
        if cleaned.get("format") != Event.Format.REMOTE and cleaned.get("venue") == "":
            self.add_error("venue", _("Write where it takes place."))
        if cleaned.get("agenda") == []:
            self.add_error("agenda", _("Write the agenda first."))
        if cleaned.get("starts_at") and cleaned["starts_at"] <= self.now:
            self.add_error("day", _("The start is in the past. Choose a later time."))
        if not self.is_owed:
            self.add_error(None, _("A meeting of a working group is not announced."))

    def _clean_notice(self, cleaned: dict, meeting_on: date) -> None:
        """Too late: ask why, once, and let it go out with the reason."""
        found = deadlines(meeting_on, timezone.localdate(self.now), self.rules)
        if self.is_announced or cleaned.get("announced_late_because", "").strip():
            return
        if self.is_public and found.is_late_to_announce:
            self.add_error("announced_late_because", say_announced_late(self.rules))
        elif self._reaches_administration and found.is_late_to_send and not self._was_sent:
            self.add_error("announced_late_because", say_send_late(self.rules))

    @property
    def _reaches_administration(self) -> bool:
        """Does a council hand it in by this form, to be published or already in public (§38.1)?"""
        return self.sends or (self.is_public and not self.coordinates)

    @property
    def _was_sent(self) -> bool:
        return self.meeting is not None and self.meeting.announcements.standing().exists()

    @property
    def moves(self) -> bool:
        """Does the form change when or where an existing meeting takes place?"""
        return self.event is not None and any(
            name in self.cleaned_data and self.cleaned_data[name] != getattr(self.event, name) for name in MOVES
        )

    @property
    def new_agenda(self) -> list[dict] | None:
        """The agenda when it is another than the meeting has; None when nobody changed it."""
        lines = self.cleaned_data["agenda"]
        before = [line_of(item) for item in self.meeting.agenda.numbered()] if self.meeting else None
        return None if lines == before else lines


class CancelForm(forms.Form):
    """Why something is called off; people read it in the e-mail."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        max_length=300,
        help_text=_("Everyone who is told reads this."),
        widget=long_text(2),
    )


class SeriesForm(forms.Form):
    """Every so many weeks or months, until a day; which of the days found are taken is asked on the second look."""

    every = forms.IntegerField(
        label=_("Every"), min_value=1, max_value=26, initial=1, widget=forms.NumberInput(attrs={"class": "kp-w-short"})
    )
    unit = forms.ChoiceField(
        label=_("Weeks or months"),
        choices=[
            ("weeks", _("weeks, on the same weekday")),
            ("months", _("months, on the same weekday of the month, for example the second Wednesday")),
        ],
        widget=forms.RadioSelect,
        initial="months",
    )
    until = day_field(_("Until"))


class MinutesForm(forms.Form):
    sent_on = day_field(_("Minutes sent for publication"), required=False)
    published_on = day_field(_("Minutes published"), required=False)
    url = forms.URLField(label=_("Address of the minutes"), max_length=200, required=False, assume_scheme="https")

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in self.fields):
            raise ValidationError(_("Write at least one of these."))
        return cleaned


class CapacityForm(forms.Form):
    """The seats of an event: of the room, online where it has both, and how many are kept for invited people."""

    capacity = number_field(
        _("Seats"), least=1, help_text=_("Empty: no limit. Seats that are added are offered to the queue at once.")
    )
    reserved_seats = number_field(_("Seats kept for invited people"), least=0)
    online_capacity = number_field(_("Seats online"), least=1, help_text=_("Empty: no limit."))

    def __init__(self, data=None, *, event: Event):
        super().__init__(data, initial={name: getattr(event, name) for name in self.base_fields})
        self.initial["reserved_seats"] = event.reserved_seats or None
        if event.format != Event.Format.HYBRID:
            del self.fields["online_capacity"]

    def clean_reserved_seats(self) -> int:
        return self.cleaned_data["reserved_seats"] or 0

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        refuse_more_reserved_than_seats(self, cleaned)
        return cleaned


class ResultsForm(forms.Form):
    results = forms.CharField(
        label=_("What came of it"),
        help_text=_("Shown on the event’s page and in the thank-you e-mail. What was agreed, who does what, by when?"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
