import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import Max, Min, Value
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from events.models import AccessService, Event, EventQuerySet, Question, Rsvp
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.periods import month_of
from neighbourhoods.prepared import prepared

ANSWERS = ("attending", "party_size", "question", "seat_at_once", "wants_reminder", "name_on_list")
FEW_CHOICES = 6  # so many stand one below the other, more unfold
MOST_MONTHS = 60


class WrittenSelect(forms.Select):
    """Choices that people wrote in Latvian, which they are on an English page, too; not the empty one, which is ours,
    and those of the values in `translated`."""

    translated: Collection[str] = ()

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value and value not in self.translated and not latvian.is_spoken():
            option["attrs"]["lang"] = "lv"
        return option


class RowsField(forms.ModelMultipleChoiceField):
    """Some rows, ticked. SQLite breaks over a key longer than any it holds, which no page offers: not a choice."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value):
        try:
            return super().clean(value)
        except OverflowError as error:
            shown = {"value": max(value, key=len)}
            raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", shown) from error


class ServicesField(RowsField):
    """Access services, each with its note and the day until which one may ask for it."""

    def label_from_instance(self, service: AccessService) -> str:
        words = f"{service.get_kind_display()} ({service.note})" if service.note else service.get_kind_display()
        until = latvian.by(service.ask_until) if service.ask_until else ""
        said = _("%(service)s: you can ask for it %(until)s") % {"service": capfirst(words), "until": until}
        return latvian.written_in(said, [service.note])


class AskingForm(forms.Form):
    """What the organiser of one event asks everybody: own questions, and which access services somebody needs."""

    services = ServicesField(
        label=_("What do you need to take part?"), queryset=AccessService.objects.none(), required=False
    )

    questions: dict[str, Question]

    def ask(self, event: Event, now: datetime) -> None:
        """Take in the questions, and the services one can still ask for. Two queries where there are any."""
        self.questions = {}
        services = event.services.one_can_ask_for(now).order_by("kind") if event.has_more else None
        if not services:
            del self.fields["services"]
        else:
            cast(ServicesField, self.fields["services"]).queryset = services
        for question in event.questions.asked() if event.has_more else ():
            name = f"jautajums{question.pk}"
            self.questions[name] = question
            self.fields[name] = field_of(question)

    def what_was_asked(self) -> dict:
        """The answers, as the operations take them."""
        found: dict[str, Any] = {}
        if self.questions:
            found["answers"] = {question: self.cleaned_data[name] for name, question in self.questions.items()}
        if "services" in self.fields:
            found["services"] = list(self.cleaned_data["services"])
        return found


class RsvpForm(AskingForm):
    """How somebody comes. Only what this event leaves open is asked; the rest keeps what the operation takes by itself.

    The event comes from `for_lists()`: seats decide whether the queue is spoken of.
    """

    attending = forms.ChoiceField(
        label=_("How will you take part?"),
        choices=[(Rsvp.Attending.IN_PERSON, _("In person")), (Rsvp.Attending.REMOTE, _("Online"))],
        widget=forms.RadioSelect,
        initial=Rsvp.Attending.IN_PERSON,
    )
    party_size = forms.IntegerField(
        label=_("How many of you?"), min_value=1, initial=1, widget=forms.NumberInput(attrs={"class": "kp-w-short"})
    )
    question = forms.CharField(
        label=_("A question to the organiser"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seat_at_once = forms.BooleanField(
        label=_("If a seat comes free, give it to me at once"),
        help_text=_("Otherwise we ask you by e-mail first."),
        required=False,
    )
    wants_reminder = forms.BooleanField(label=_("Remind me before the event"), required=False, initial=True)
    name_on_list = forms.BooleanField(
        label=_("My name may be on the list at the door"),
        help_text=_("Then you only sign. Otherwise you say your name."),
        required=False,
    )

    def __init__(self, *args, event: Event, now: datetime, queues: bool | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.ask(event, now)
        self.order_fields(self._first())
        if event.kind == Event.Kind.MEETING:
            self.fields["question"].label = _("A question to the council")
        if event.format != Event.Format.HYBRID:
            del self.fields["attending"]
        elif queues is None:
            self._say_what_is_full(event)
        if not (event.is_full if queues is None else queues):
            del self.fields["seat_at_once"]
        if not event.reminder_hours:
            del self.fields["wants_reminder"]
        if not event.has_room:
            del self.fields["name_on_list"]
        self._limit_party(event.largest_party)

    def _limit_party(self, limit: int) -> None:
        if limit == 1:
            del self.fields["party_size"]
            return
        party = self.fields["party_size"]
        party.help_text = _("With you, %(limit)d at most") % {"limit": limit}
        party.widget.attrs["max"] = limit
        party.validators.append(MaxValueValidator(limit))
        too_many = ngettext_lazy(
            "One sign-up can hold %(limit)d person at most.", "One sign-up can hold %(limit)d people at most.", limit
        )
        party.error_messages |= {
            "required": _("Write how many of you will come."),
            "min_value": _("Write at least 1."),
            "max_value": too_many % {"limit": limit},
        }

    def _say_what_is_full(self, event: Event) -> None:
        """At a hybrid event the room and the seats online fill up each by itself."""
        field = cast(forms.ChoiceField, self.fields["attending"])
        queue = _("%(how)s: all seats are taken, you join the queue")
        full = {Rsvp.Attending.IN_PERSON: event.is_room_full, Rsvp.Attending.REMOTE: event.is_online_full}
        choices = cast(list, field.choices)
        field.choices = [(value, queue % {"how": label} if full[value] else label) for value, label in choices]
        if event.is_room_full and not event.is_online_full:
            field.initial = Rsvp.Attending.REMOTE

    def _first(self) -> list[str]:
        """How one comes first, then what the organiser asks; what one needs after what one asks, then the rest."""
        return ["attending", "party_size", *self.questions, "name", "email", "question", "seat_at_once", "services"]

    @property
    def needed(self):
        """Fields that somebody with an account must see at once: what has to be chosen or answered."""
        return [field for field in self if field.name in self.questions or field.name in ("attending", "services")]

    @property
    def optional(self):
        needed = {field.name for field in self.needed}
        return [field for field in self if field.name not in needed]

    def answers(self) -> dict:
        """What the operations take."""
        found = {name: self.cleaned_data[name] for name in ANSWERS if name in self.fields}
        return found | self.what_was_asked()

    @classmethod
    def of(cls, rsvp: Rsvp, event: Event, data=None, *, now: datetime) -> "RsvpForm":
        """The form that changes a sign-up, filled with what it says now."""
        initial = {name: getattr(rsvp, name) for name in ANSWERS}
        if event.has_more:
            initial |= {f"jautajums{answer.question_id}": answer.value for answer in rsvp.answers.all()}
            initial["services"] = [service.pk for service in rsvp.services.all()]
        return cls(data, event=event, now=now, queues=rsvp.state == Rsvp.State.WAITING, initial=initial)


def field_of(question: Question) -> forms.Field:
    """The form field that takes an answer to the question."""
    options: dict[str, Any] = {"label": latvian.written(question.text), "required": question.is_required}
    if question.is_required:
        options["error_messages"] = {"required": _("Answer this question.")}
    if question.kind == Question.Kind.NUMBER:
        return forms.DecimalField(
            max_digits=12,
            decimal_places=2,
            localize=True,
            widget=forms.TextInput(attrs={"class": "kp-w-short", "inputmode": "decimal"}),
            **options,
        )
    if question.kind == Question.Kind.YES:
        return forms.BooleanField(**options)
    if question.kind == Question.Kind.TEXT:
        return forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), **options)
    few = len(question.choices) <= FEW_CHOICES
    empty = [] if few and question.is_required else [("", _("No answer"))]
    return forms.ChoiceField(
        choices=[*empty, *((choice, latvian.written(choice) if few else choice) for choice in question.choices)],
        widget=forms.RadioSelect if few else WrittenSelect,
        **options,
    )


class GuestFields(forms.Form):
    """Somebody without an account: a name, and an address that proves itself by the link we send."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send a confirmation and a reminder. Nobody else sees it."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Write your e-mail address, for example vards@epasts.lv.")},
    )

    def clean_name(self) -> str:
        """The name stands in the mail we send: an address in it would make us carry somebody's advertisement."""
        name = " ".join(self.cleaned_data["name"].split())
        if re.search(r"[/:@<>\[\]{}]|\w\w\.\w\w", name):
            raise ValidationError(_("Write only your name here."))
        return name

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class GuestRsvpForm(GuestFields, RsvpForm):
    """The same for somebody without an account."""


class SurveyForm(forms.Form):
    """What somebody thought of an event."""

    rating = forms.TypedChoiceField(
        label=_("How was it?"),
        choices=[
            (5, _("5 – very good")),
            (4, _("4 – good")),
            (3, _("3 – so-so")),
            (2, _("2 – poor")),
            (1, _("1 – bad")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number from 1 to 5.")},
    )
    was_heard = forms.TypedChoiceField(
        label=_("Did you feel heard?"),
        choices=[("ja", _("Yes")), ("ne", _("No")), ("", _("Hard to say"))],
        coerce=lambda chosen: chosen == "ja",
        empty_value=None,
        required=False,
        initial="",
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("What should we do better next time?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


_areas = prepared(lambda on: Neighbourhood.objects.valid(on).by_name().values_list("slug", "short_name", "pk"))
_ends = prepared(
    lambda: (
        Event.objects.published()
        .annotate(all=Value(1))
        .values("all")
        .annotate(first=Min("starts_at"), last=Max("starts_at"))
        .values_list("first", "last")
    )
)


class CalendarFilter(forms.Form):
    """What of the calendar to show; the names stand in the page's address. A value that means nothing is left out."""

    marks_optional = False

    apkaime = forms.ChoiceField(label=_("Neighbourhood"), required=False)
    veids = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *Event.Kind.choices], required=False)
    norise = forms.ChoiceField(
        label=_("How it takes place"), choices=[("", _("In any way")), *Event.Format.choices], required=False
    )
    menesis = forms.ChoiceField(label=_("Month"), required=False)
    q = forms.CharField(
        label=_("Words in the title or description"), required=False, max_length=100, widget=forms.SearchInput
    )
    vietas = forms.BooleanField(label=_("Only with free seats"), required=False)

    def __init__(self, data=None, *, now: datetime, whole_month: bool = False, **kwargs):
        super().__init__(data, **kwargs)
        today = timezone.localdate(now)
        rows = list(_areas(on=today))
        self.areas = {slug: pk for slug, _name, pk in rows}
        self.this_month = today.replace(day=1)
        self.months = self._months(self.this_month) if whole_month else self._months()
        months = [(f"{day:%Y-%m}", latvian.heading_month(day)) for day in self.months]
        self._offer("apkaime", [("", _("All neighbourhoods")), *(row[:2] for row in rows)])
        self._offer("menesis", months if whole_month else [("", _("Upcoming")), *months])

    def _offer(self, name: str, choices: list) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    @staticmethod
    def _months(also: date | None = None) -> list[date]:
        """First days of the months from the first event to the last, and to the month of the day `also`. One query."""
        days = [timezone.localdate(moment) for row in _ends() for moment in row] + ([also] if also else [])
        if not days:
            return []
        first, last = min(days), max(days)
        count = 12 * (last.year - first.year) + last.month - first.month + 1
        months = [divmod(12 * first.year + first.month - 1 + n, 12) for n in range(count)]
        return [date(year, month + 1, 1) for year, month in months[-MOST_MONTHS:]]

    @property
    def month(self) -> date | None:
        """The first day of the month asked for."""
        self.is_valid()
        chosen = self.cleaned_data.get("menesis")
        return date.fromisoformat(f"{chosen}-01") if chosen else None

    def events(self, now: datetime) -> EventQuerySet:
        """The events asked for, without what a list shows of them: they may be many, and most are only counted."""
        return self._narrowed(Event.objects.in_calendar(now, self.month), now)

    def events_of_month(self, now: datetime) -> EventQuerySet:
        """Those that take place in the month asked for, also when they began before it."""
        begin, end = month_of(self.month or self.this_month)
        return self._narrowed(Event.objects.taking_place(begin, end, now), now)

    def _narrowed(self, rows: EventQuerySet, now: datetime) -> EventQuerySet:
        chosen = self.cleaned_data
        if chosen.get("apkaime"):
            rows = rows.in_neighbourhood(self.areas[chosen["apkaime"]])
        for name, column in (("veids", "kind"), ("norise", "format")):
            if chosen.get(name):
                rows = rows.filter(**{column: chosen[name]})
        if chosen.get("vietas"):
            rows = rows.one_can_join(now)
        return rows.matching(chosen.get("q") or "")

    @property
    def is_used(self) -> bool:
        self.is_valid()
        return any(self.cleaned_data.get(name) for name in self.fields)

    def subscription(self) -> dict[str, str]:
        """What of the choice a subscribed calendar can keep: not the month, the words, or what is free today."""
        return {name: value for name in ("apkaime", "veids", "norise") if (value := self.cleaned_data.get(name))}
