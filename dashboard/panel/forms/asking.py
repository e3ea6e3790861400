from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import day_field, long_text
from councils.models import Council
from dashboard.panel.forms.fields import CouncilsField, moment, offer
from events.models import AccessService, Event, Question


class QuestionForm(forms.Form):
    """A question of the organiser's own to everyone who signs up."""

    text = forms.CharField(label=_("Question"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind of answer"), choices=Question.Kind.choices, widget=forms.RadioSelect, initial=Question.Kind.TEXT
    )
    choices = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        max_length=2_000,
        help_text=_("Only for “one of several”: each answer on a line of its own, at least two."),
        widget=long_text(4),
    )
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)

    def __init__(self, data=None, *, question: Question | None = None):
        initial = {}
        if question:
            initial = {name: getattr(question, name) for name in ("text", "kind", "is_required")}
            initial["choices"] = "\n".join(question.choices)
        super().__init__(data, initial=initial)

    def clean_choices(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines()]
        found = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > 200 for line in found):
            raise ValidationError(_("An answer has 200 characters at most."))
        return found

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        is_choice = cleaned.get("kind") == Question.Kind.CHOICE
        if is_choice and "choices" not in self.errors and len(cleaned["choices"]) < 2:
            self.add_error("choices", _("Write at least two answers to choose from."))
        return cleaned


class ServiceForm(forms.Form):
    """An access service of the event: there for everybody, or for those who ask until a moment."""

    kind = forms.ChoiceField(label=_("Service"))
    note = forms.CharField(
        label=_("What to know about it"),
        required=False,
        max_length=200,
        help_text=_("For example: from which entrance, for which ages, into which language."),
    )
    last_day = day_field(_("Last day to ask for it"), required=False, help_text=_("Empty: it is there without asking."))

    def __init__(self, data=None, *, event: Event, service: AccessService | None = None):
        initial = {}
        if service:
            last = timezone.localdate(service.ask_until) if service.ask_until else None
            initial = {"note": service.note, "last_day": last}
        super().__init__(data, initial=initial)
        self.event, self.service = event, service
        if service:
            del self.fields["kind"]
        else:
            taken = set(event.services.values_list("kind", flat=True))
            offer(self, "kind", [row for row in AccessService.Kind.choices if row[0] not in taken])

    def clean_last_day(self) -> date | None:
        day = self.cleaned_data["last_day"]
        if day and day > timezone.localdate(self.event.starts_at):
            raise ValidationError(_("It must be asked for before the event starts."))
        return day

    @property
    def ask_until(self) -> datetime | None:
        """The end of the last day; on the day of the event, its start."""
        day = self.cleaned_data["last_day"]
        return min(moment(day, time(23, 59)), self.event.starts_at) if day else None

    def offered(self) -> dict[str, Any]:
        """What the operation takes."""
        kind = self.service.kind if self.service else self.cleaned_data["kind"]
        return {"kind": kind, "note": self.cleaned_data["note"], "ask_until": self.ask_until}


class InviteMembersForm(forms.Form):
    """All who sit in councils today."""

    councils = CouncilsField(
        label=_("Council"),
        queryset=Council.objects.none(),
        error_messages={"required": _("Choose the council whose members you invite.")},
    )
