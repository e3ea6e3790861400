from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from councils.forms.fields import day_field, long_text
from councils.models import Membership
from dashboard.panel.forms.fields import offer
from dashboard.panel.operations import entered_just_now
from events.forms import AskingForm
from events.models import Event, Rsvp
from neighbourhoods import latvian
from people.models import ContactChannel, Person, Role, User

MOST_CANDIDATES_SHOWN = 15
NEW = "new"


class PersonForm(forms.Form):
    """A person the portal knows, or somebody new, from a name and what else is known of the person.

    When the name or the e-mail belongs to somebody already, the form comes back and asks who is meant, so that nobody
    is entered twice, not even by a form that was sent twice.
    """

    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    person = forms.ChoiceField(label=_("Who is it?"), required=False, widget=forms.RadioSelect)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    may_be_new = True

    def __init__(self, data=None, *, by: User, now: datetime, **options):
        super().__init__(data, **options)
        self.by, self.now = by, now
        self.candidates = self._candidates() if self.is_bound else []
        if not self.candidates:
            del self.fields["person"]
            return
        choices: list[tuple[str, Any]] = [(str(person.pk), describe(person)) for person in self.candidates]
        if self.may_be_new:
            choices.append((NEW, _("Somebody else of this name, enter as new")))
        offer(self, "person", choices)

    def _said(self, name: str) -> str:
        """As it was sent, not checked yet; a NUL, which PostgreSQL takes in no text, is refused by the field."""
        return " ".join(str(self.data.get(name, "")).replace("\0", "").split())[:254]

    def _candidates(self) -> list[Person]:
        """People this may be, who has the e-mail first. Two queries."""
        name, email = f"{self._said('given_name')} {self._said('family_name')}", self._said("email").lower()
        people = Person.objects.filter(erased_at=None)
        found = Q(pk__in=ContactChannel.objects.filter(kind="email", value__iexact=email).values("person"))
        if latvian.search_terms(name):
            found |= Q(pk__in=people.matching(name).values("pk"))
        rows = people.filter(found).select_related("home_neighbourhood").prefetch_related("channels").by_name()
        return sorted(rows[:MOST_CANDIDATES_SHOWN], key=lambda person: email not in _addresses(person))

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not self.candidates or "person" in self.errors:
            return cleaned
        chosen = cleaned.get("person")
        owner = next((p for p in self.candidates if cleaned.get("email", "").lower() in _addresses(p)), None)
        if not chosen and (twin := self._sent_twice(cleaned)):
            cleaned["person"] = str(twin.pk)
        elif not chosen:
            self.add_error("person", _("The portal knows somebody of this name or e-mail. Choose who it is."))
        elif chosen == NEW and owner is not None:
            self.add_error("email", _("This e-mail already belongs to another person."))
        return cleaned

    def _sent_twice(self, cleaned: dict) -> Person | None:
        """The person whom this form entered when it was sent a moment ago."""
        names = {name: cleaned.get(name, "") for name in ("given_name", "family_name")}
        twin = entered_just_now(**names, by=self.by, now=self.now) if self.may_be_new else None
        return twin if twin in self.candidates else None

    @property
    def is_namesake(self) -> bool:
        """Was it said that this is somebody else of the same name?"""
        return self.cleaned_data.get("person") == NEW

    @property
    def chosen(self) -> Person | None:
        """The person the portal knew, None for somebody new."""
        pk = self.cleaned_data.get("person")
        return next((person for person in self.candidates if str(person.pk) == pk), None)

    def new_person(self) -> dict:
        """What `people.operations.enter_person` takes."""
        names = ("given_name", "family_name", "email", "phone", "address")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


def _addresses(person: Person) -> list[str]:
    return [channel.value.lower() for channel in person.channels.all() if channel.kind == "email"]


def describe(person: Person) -> str:
    """A person told from namesakes: the name, the neighbourhood and the ways to be reached."""
    area = person.home_neighbourhood.short_name if person.home_neighbourhood else ""
    channels = sorted(person.channels.all(), key=lambda channel: channel.kind)
    return " · ".join(part for part in (person.name, area, *(channel.value for channel in channels)) if part)


class InviteForm(PersonForm):
    """Somebody to be invited: without an e-mail, the organiser invites by phone or letter."""


class EnterRsvpForm(AskingForm, PersonForm):
    """Sign up somebody who phoned or came by.

    Who may not search among all people (`may_search`) enters a name and a way to be reached; nobody is looked up, and
    nothing is learnt of anybody. Nothing the organiser asks has to be answered: not everybody on the phone can.
    """

    address = forms.CharField(
        label=_("Postal address"), max_length=254, required=False, help_text=_("Only when the person wants letters.")
    )
    party_size = forms.IntegerField(
        label=_("How many people are coming?"),
        min_value=1,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )
    attending = forms.ChoiceField(
        label=_("How will they take part?"),
        choices=Rsvp.Attending.choices,
        widget=forms.RadioSelect,
        initial=Rsvp.Attending.IN_PERSON,
    )
    question = forms.CharField(
        label=_("Question to the organiser"), required=False, max_length=1000, widget=long_text(2)
    )
    beyond_capacity = forms.BooleanField(
        label=_("Let in although all seats are taken"),
        required=False,
        help_text=_("Otherwise who finds no seat gets a place in the queue."),
    )

    def __init__(self, data=None, *, event: Event, may_search: bool, **options):
        self.may_search = may_search
        super().__init__(data, **options)
        self.ask(event, self.now)
        if not may_search:
            del self.fields["email"]
        if event.format != Event.Format.HYBRID:
            del self.fields["attending"]
        if event.seats_offered is None:
            del self.fields["beyond_capacity"]
        for name in self.questions:
            self.fields[name].required = False
        self.fields["party_size"].validators.append(
            MaxValueValidator(event.largest_party, _("One sign-up takes %(limit_value)d people at most."))
        )
        who = ["given_name", "family_name", "person", "email", "phone", "address"]
        self.order_fields([*who, "party_size", "attending", *self.questions, "services", "question"])

    def _candidates(self) -> list[Person]:
        return super()._candidates() if self.may_search else []

    def answers(self) -> dict:
        names = ("party_size", "attending", "question", "beyond_capacity")
        found = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data} | self.what_was_asked()
        if self.questions:  # a box that was not ticked on the phone was perhaps not asked for
            said = found["answers"].items()
            found["answers"] = {question: None if value is False else value for question, value in said}
        return found


class MemberForm(PersonForm):
    """A member from a day on, or one who sat before and is entered late."""

    started_on = day_field(_("Member from"))
    source = forms.CharField(label=_("Document or source"), max_length=300, required=False)
    ended_on = day_field(
        _("First day without the mandate"), required=False, help_text=_("Only for a mandate that is over already.")
    )
    end_reason = forms.ChoiceField(
        label=_("Why it ended"), required=False, choices=[("", _("It lasts")), *Membership.EndReason.choices]
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("ended_on") and not cleaned.get("end_reason"):
            self.add_error("end_reason", _("Say why the mandate ended."))
        if cleaned.get("end_reason") and not cleaned.get("ended_on") and "ended_on" not in self.errors:
            self.add_error("ended_on", _("Say on which day it ended."))
        return cleaned

    def mandate(self) -> dict:
        """What the operation takes."""
        return {name: self.cleaned_data[name] for name in ("started_on", "source", "ended_on", "end_reason")}


class RoleForm(PersonForm):
    """A role goes to somebody who can log in: the person must have registered, and is found by name or by e-mail."""

    kind = forms.ChoiceField(label=_("Role"), choices=Role.Kind.choices)
    started_on = day_field(_("From"))
    may_be_new = False

    def __init__(self, data=None, **options):
        super().__init__(data, **options)
        del self.fields["phone"]
        self.fields["given_name"].required = False

    def _candidates(self) -> list[Person]:
        return [person for person in super()._candidates() if person.user_id is not None]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors and not any(cleaned.get(name) for name in ("given_name", "family_name", "email")):
            self.add_error("given_name", _("Write the name or the e-mail."))
        elif not self.candidates:
            raise ValidationError(_("Nobody of this name or e-mail has an account. The person registers first."))
        return cleaned
