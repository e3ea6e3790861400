"""How fields are drawn, whatever form they belong to."""

import re
from importlib import import_module

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation

from councils.forms.fields import UploadField
from dashboard.panel.forms.fields import CouncilsField, NeighbourhoodsField
from dashboard.style_demo import MISTAKEN, DemoFilterForm, DemoForm
from events.forms import ServicesField
from tests import factories


class OwnDateInput(forms.DateInput):
    pass


class MeetingForm(forms.Form):
    title = forms.CharField(
        label="Nosaukums", widget=forms.TextInput(attrs={"class": "kp-w-short", "placeholder": "x"})
    )
    day = forms.DateField(label="Diena", help_text="Kad?")
    starts = forms.TimeField(label="Sākums", required=False)
    both = forms.SplitDateTimeField(label="Abi", required=False, widget=forms.SplitDateTimeWidget)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_inputs_carry_the_class_beside_their_own():
    assert 'class="kp-w-short ds-input"' in str(MeetingForm()["title"])


def test_hidden_inputs_carry_no_class():
    assert "ds-input" not in str(MeetingForm()["secret"])


def test_words_inside_an_input_are_left_out():
    assert "placeholder" not in str(MeetingForm()["title"])


def test_dates_and_times_use_the_browsers_own_inputs_in_latvian():
    with translation.override("lv"):
        form = MeetingForm(initial={"day": "2026-12-09", "starts": "18:30"})
        form.initial["day"] = forms.DateField().to_python("2026-12-09")
        assert re.search(r'type="date" name="day" value="2026-12-09"', str(form["day"]))
        assert re.search(r'type="time" name="starts" value="18:30"', str(form["starts"]))
        assert 'type="date"' in str(form["both"])
        assert 'type="time"' in str(form["both"])


def test_what_the_browser_sends_is_understood_in_latvian():
    with translation.override("lv"):
        form = MeetingForm({"title": "a", "day": "2026-12-09", "starts": "18:30"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["starts"].hour == 18


def test_a_form_may_choose_another_input():
    form = forms.Form()
    form.fields["day"] = forms.DateField(widget=OwnDateInput())
    assert 'type="date"' not in str(form["day"])


def test_optional_fields_say_so_and_required_ones_do_not():
    with translation.override("lv"):
        form = MeetingForm()
        assert "(nav obligāti)" in form["starts"].as_field_group()
        assert "(nav obligāti)" not in form["title"].as_field_group()


def test_filters_and_boxes_do_not_say_that_they_are_optional():
    with translation.override("lv"):
        assert "(nav obligāti)" not in "".join(field.as_field_group() for field in DemoFilterForm())
        assert "(nav obligāti)" not in DemoForm()["remind"].as_field_group()


def test_a_mistake_is_joined_to_its_input():
    form = DemoForm(MISTAKEN)
    html = form["people"].as_field_group()
    assert 'id="id_people_error"' in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'aria-describedby="[^"]*id_people_error', html)


def test_choices_are_a_fieldset_with_a_legend_and_labels():
    html = DemoForm()["kind"].as_field_group()
    assert html.lstrip().startswith("<fieldset")
    assert html.count("<legend") == 1
    assert re.findall(r'<label class="ds-label" for="(id_kind_\d)"', html) == ["id_kind_0", "id_kind_1"]


def test_error_summary_links_to_each_field():
    form = DemoForm(MISTAKEN)
    html = Template('{% include "_components/error_summary.html" with form=form only %}').render(
        Context({"form": form})
    )
    targets = re.findall(r'href="#([^"]+)"', html)
    drawn = "".join(field.as_field_group() for field in form)
    assert targets == ["id_title", "id_kind_0", "id_people", "id_email"]
    assert [target for target in targets if f'id="{target}"' not in drawn] == []
    assert "autofocus" in html


def test_error_summary_of_a_sound_form_is_nothing():
    form = DemoFilterForm({})
    html = Template('{% include "_components/error_summary.html" with form=form only %}').render(
        Context({"form": form})
    )
    assert html.strip() == ""


def test_no_field_writes_a_style_or_a_script():
    html = "".join(field.as_field_group() for field in DemoForm(MISTAKEN))
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)


def test_an_empty_choice_is_said_in_words():
    form = forms.Form()
    form.fields["place"] = forms.ChoiceField(choices=[("", "---------"), ("a", "A")])
    with translation.override("lv"):
        assert "Nav izvēlēts" in str(form["place"])
        assert "---------" not in str(form["place"])


@pytest.mark.django_db
@pytest.mark.parametrize("field", [ServicesField, NeighbourhoodsField, CouncilsField])
@pytest.mark.parametrize("key", [str(2**63), "9" * 30, "-1", "x", "0"])
def test_a_choice_that_no_row_can_be_is_refused_beside_its_field(field, key):
    with pytest.raises(ValidationError) as refusal:
        field(queryset=factories.neighbourhood()._meta.model.objects.all()).clean([key])
    assert key in refusal.value.messages[0]


def everything_under(kind: type) -> set[type]:
    return {kind}.union(*(everything_under(each) for each in kind.__subclasses__()))


def test_every_form_that_takes_a_file_examines_it():
    """Bombs, programs, other kinds and sizes are refused beside the field, in words; tables are read with bounds of
    their own (neighbourhoods/formats.py, councils/day_lists.py)."""
    import_module("kekava_portal.urls")  # with every form
    plain = {
        f"{form.__name__}.{name}"
        for form in everything_under(forms.BaseForm)
        if form.__module__.startswith(("people.", "events.", "councils.", "elections.", "dashboard."))
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.FileField) and not isinstance(field, UploadField)
    }
    assert plain == {"ImportForm.file", "DayListForm.upload", "DemoForm.agenda"}
