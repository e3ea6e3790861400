"""What the page of all components (/stils/) shows: invented figures and a form in its two states. No database."""

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DemoForm(forms.Form):
    """One field of each kind that the portal uses."""

    title = forms.CharField(
        label=pgettext_lazy("example", "Title"), max_length=120, help_text=_("As it will stand in the calendar.")
    )
    kind = forms.ChoiceField(
        label=_("How will you take part?"),
        choices=[("here", pgettext_lazy("example", "On site")), ("online", pgettext_lazy("example", "Online"))],
        widget=forms.RadioSelect,
    )
    day = forms.DateField(label=pgettext_lazy("example", "Date"))
    starts = forms.TimeField(label=pgettext_lazy("example", "Start"))
    people = forms.IntegerField(
        label=_("How many of you?"), min_value=1, max_value=4, widget=forms.NumberInput(attrs={"class": "kp-w-short"})
    )
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("We send a confirmation and a reminder. Nobody else sees it.")
    )
    neighbourhood = forms.ChoiceField(
        label=_("Neighbourhood"),
        choices=[("", pgettext_lazy("example", "Choose")), ("a", "Alejas"), ("b", "Baloži")],
        required=False,
    )
    topics = forms.MultipleChoiceField(
        label=_("What about?"),
        choices=[("roads", _("Roads")), ("parks", _("Parks")), ("school", _("School"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agenda = forms.FileField(label=_("Agenda (PDF or DOCX, up to 10 MB)"), required=False)
    question = forms.CharField(
        label=_("A question to the council"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    accepts = forms.BooleanField(
        label=_("Take sign-ups"), required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )
    remind = forms.BooleanField(label=_("Remind me a day before"), required=False)


class DemoFilterForm(forms.Form):
    marks_optional = False
    q = forms.CharField(label=pgettext_lazy("example", "Search"), required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("example", "State"),
        choices=[
            ("", pgettext_lazy("example", "All")),
            ("held", pgettext_lazy("example", "Held")),
            ("planned", pgettext_lazy("example", "Planned")),
        ],
        required=False,
    )
    since = forms.DateField(label=pgettext_lazy("example", "From"), required=False)


FILLED = {"title": "Padomes sēde", "kind": "here", "day": "2026-12-09", "starts": "18:30", "people": 2}
MISTAKEN = {"title": "", "day": "2026-12-09", "starts": "18:30", "people": 6, "email": "vards.epasts.lv"}

# name, state, column, row: the schematic positions of the picture, not a fact of the database.
MAP = [
    ("Ķekavas pilsēta", "working", 0, 1),
    ("Alejas", "working", -1, 1),
    ("Valdlauči–Rāmava–Katlakalns", "working", 1, 0),
    ("Baloži", "working", 0, 0),
    ("Jaunsils", "forming", -2, 1),
    ("Mežinieki", "none", -2, 2),
    ("Dzērumi", "forming", 0, 2),
    ("Pulkarne", "working", -1, 2),
    ("Daugmale", "forming", 1, 2),
    ("Baldone", "working", 0, 3),
    ("Vārpas", "forming", -1, 3),
]
RESIDENTS = [
    (pgettext_lazy("example", "Dec."), 612),
    (pgettext_lazy("example", "Jan."), 655),
    (pgettext_lazy("example", "Feb."), 702),
    (pgettext_lazy("example", "March"), 764),
    (pgettext_lazy("example", "Apr."), 842),
    (pgettext_lazy("example", "May"), 921),
    (pgettext_lazy("example", "June"), 988),
    (pgettext_lazy("example", "July"), 1034),
    (pgettext_lazy("example", "Aug."), 1102),
    (pgettext_lazy("example", "Sept."), 1296),
    (pgettext_lazy("example", "Oct."), 1538),
    (pgettext_lazy("example", "Nov."), 1904),
]


def context():
    return {
        "form": DemoForm(initial=FILLED),
        "mistaken": DemoForm(data=MISTAKEN, auto_id="id_mistaken_%s"),
        "filters": DemoFilterForm(auto_id="id_filter_%s"),
        "page_obj": Paginator(range(140), 20).page(3),
        "crumbs": [(_("Home"), "#"), (_("Calendar"), "#"), ("Baloži", "#")],
        "map_rows": [
            {"name": name, "state": state, "hex_q": column, "hex_r": row, "url": "#", "slug": ""}
            for name, state, column, row in MAP
        ],
        "residents": RESIDENTS,
        "seats": [
            {"name": "Ķekavas pilsēta", "taken": 34, "capacity": 40, "waiting": 0},
            {"name": "Baloži", "taken": 60, "capacity": 60, "waiting": 4},
            {"name": "Daugmale", "taken": 22, "capacity": 80, "waiting": 0},
            {"name": "Alejas", "taken": 18, "capacity": None, "waiting": 0},
        ],
        "forming": [("Daugmale", 4, 5, 7), ("Jaunsils", 2, 3, 7), ("Vārpas", 1, 2, 7)],
    }
