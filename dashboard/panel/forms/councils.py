from datetime import date

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from councils.forms.fields import day_field, long_text
from councils.models import Council, Membership, Office, Term
from councils.regulation import Regulation
from dashboard.panel.forms.fields import choose_from
from neighbourhoods.models import Neighbourhood, Street
from people.models import Person


class CouncilForm(forms.ModelForm):
    class Meta:
        model = Council
        fields = ("name", "email", "about")
        labels = {
            "name": pgettext_lazy("of a council", "Name"),
            "email": _("E-mail of the council"),
            "about": _("About the council"),
        }
        widgets = {"about": long_text(4)}

    def changes(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _say_seats(form: forms.Form, rules: Regulation) -> None:
    """Beside the number of seats, what the regulation says of it on the day."""
    words = _now("%(small)d, %(middle)d or %(large)d by residents (§9). Empty: not known yet.")
    sizes = {size.lower(): rules[f"{size}_COUNCIL_SEATS"] for size in ("SMALL", "MIDDLE", "LARGE")}
    form.fields["seat_count"].help_text = words % sizes


class TermForm(forms.Form):
    number = forms.IntegerField(
        label=_("Convocation"), min_value=1, max_value=99, widget=forms.NumberInput(attrs={"class": "kp-w-short"})
    )
    started_on = day_field(_("From"), help_text=_("Usually the day of the first meeting."))
    seat_count = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=30,
        required=False,
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )
    seat_count_source = forms.CharField(label=_("Why this number of seats"), max_length=300, required=False)
    end_rule = forms.ChoiceField(label=_("How it ends"), choices=Term.EndRule.choices, widget=forms.RadioSelect)

    def __init__(self, data=None, *, rules: Regulation, **options):
        super().__init__(data, **options)
        _say_seats(self, rules)


class TermChangeForm(forms.Form):
    started_on = day_field(
        _("From"), help_text=_("Mandates and offices that began on this day move along, and so does the one before.")
    )
    ended_on = day_field(
        _("First day after the end"),
        required=False,
        help_text=_("Empty while it has no end. Mandates and offices end with it."),
    )
    end_rule = forms.ChoiceField(label=_("How it ends"), choices=Term.EndRule.choices, widget=forms.RadioSelect)
    seat_count = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=30,
        required=False,
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )
    source = forms.CharField(label=_("Why this number of seats"), max_length=300, required=False)

    def __init__(self, data=None, *, term: Term, rules: Regulation):
        self.term = term
        initial = {name: getattr(term, name) for name in ("started_on", "ended_on", "end_rule", "seat_count")}
        super().__init__(data, initial={**initial, "source": term.seat_count_source})
        _say_seats(self, rules)

    def clean_seat_count(self) -> int | None:
        count = self.cleaned_data["seat_count"]
        if count is None and self.term.seat_count is not None:
            raise forms.ValidationError(_now("Write how many seats the council has."))
        return count

    def days(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("started_on", "ended_on", "end_rule")}

    def seats(self) -> dict:
        """What is said of the seats; nothing when that stands there already."""
        count, source = self.cleaned_data["seat_count"], self.cleaned_data["source"]
        if count is None or (count, source) == (self.term.seat_count, self.term.seat_count_source):
            return {}
        return {"seat_count": count, "source": source}


class MembershipEndForm(forms.Form):
    ended_on = day_field(_("First day without the mandate"))
    reason = forms.ChoiceField(
        label=_("Why the mandate ends"), choices=[("", _("Choose")), *Membership.EndReason.choices]
    )
    source = forms.CharField(label=_("Document or source"), max_length=300, required=False)


class MembershipCorrectForm(forms.Form):
    """The end of a mandate anew; without a day there is none."""

    ended_on = day_field(
        _("First day without the mandate"),
        required=False,
        help_text=_("Empty: the end is taken back, the mandate lasts as long as the convocation."),
    )
    reason = forms.ChoiceField(
        label=_("Why the mandate ends"), choices=[("", _("Choose")), *Membership.EndReason.choices], required=False
    )
    source = forms.CharField(label=_("Document or source"), max_length=300, required=False)

    def clean(self):
        if self.cleaned_data.get("ended_on") and not self.cleaned_data.get("reason"):
            self.add_error("reason", _now("Say why the mandate ended."))


class OfficeCorrectForm(forms.Form):
    ended_on = day_field(
        _("First day without the office"),
        required=False,
        help_text=_("Empty: the end is taken back, the office lasts as long as the mandate."),
    )


class OfficeForm(forms.Form):
    """One of the council's members becomes chair, deputy chair or secretary."""

    kind = forms.ChoiceField(label=_("Office"), choices=Office.Kind.choices)
    person = forms.ModelChoiceField(label=_("Member"), queryset=Person.objects.none(), empty_label=_("Choose"))
    started_on = day_field(_("From"))
    source = forms.CharField(label=_("Document or source"), max_length=300, required=False)

    def __init__(self, data=None, *, members, **options):
        super().__init__(data, **options)
        choose_from(self, "person", members)


class FormationForm(forms.Form):
    opened_on = day_field(_("Day of the municipal council’s decision (§13)"))
    source = forms.CharField(label=_("Decision or source"), max_length=300, required=False)


class StepForm(forms.Form):
    """A step of a formation: what is planned, and the day it was done."""

    due_on = day_field(_("To be done by"), required=False)
    note = forms.CharField(label=_("What is to be done"), max_length=300, required=False)
    done_on = day_field(_("Done on"), required=False, help_text=_("Leave empty while the step is under way."))


class CandidatesForm(forms.Form):
    candidates = forms.IntegerField(
        label=_("Candidates so far"),
        min_value=0,
        max_value=1000,
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )


class CloseFormationForm(forms.Form):
    closed_on = day_field(_("Closed on"))
    reason = forms.CharField(label=_("Why"), max_length=300, initial="")


# --- streets ------------------------------------------------------------------------------------------------------


class StreetForm(forms.ModelForm):
    class Meta:
        model = Street
        fields = ("name", "town", "houses", "neighbourhood")
        labels = {
            "name": _("Street"),
            "town": _("Town or village"),
            "houses": _("House numbers"),
            "neighbourhood": _("Neighbourhood"),
        }

    def __init__(self, *args, on: date, **options):
        super().__init__(*args, **options)
        choose_from(self, "neighbourhood", Neighbourhood.objects.valid(on).by_name())


class DayForm(forms.Form):
    """The first day without something."""

    ended_on = day_field(_("First day without it"))


class OfficeEndForm(DayForm):
    """With whom held the office before one that has not begun: taking it back can give that one its end back."""

    former_goes_on = forms.BooleanField(required=False, initial=True)

    def __init__(self, data=None, *, former: Office | None, **options):
        super().__init__(data, **options)
        if former is None:
            del self.fields["former_goes_on"]
            return
        label = _now("%(person)s, who held the office before, goes on")
        self.fields["former_goes_on"].label = label % {"person": former.person}
        self.fields["former_goes_on"].help_text = _now("Only if the office is taken back before its first day.")
