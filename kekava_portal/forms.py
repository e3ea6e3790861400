"""How every form of the portal is drawn; settings name PortalRenderer, and no form needs to know it."""

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

# Inputs for which every browser has a picker of its own, and the one way of writing a value that these inputs take.
NATIVE = {
    forms.DateInput: ("date", "%Y-%m-%d"),
    forms.TimeInput: ("time", "%H:%M"),
    forms.DateTimeInput: ("datetime-local", "%Y-%m-%dT%H:%M"),
}


class PortalBoundField(BoundField):
    """A field whose inputs carry the look's class, and whose date and time inputs are the browser's own.

    Grey words inside an input (allauth puts the label there) are taken out: the label stands above, where it stays.
    """

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        widget = widget or self.field.widget
        for part in getattr(widget, "widgets", [widget]):
            part.attrs.pop("placeholder", None)
            # Only the plain widgets: the admin's calendar and a form's own subclass stay as they are.
            if type(part) in NATIVE and part.input_type == "text":
                part.input_type, part.format = NATIVE[type(part)]
        return super().as_widget(widget, attrs, only_initial)

    def build_widget_attrs(self, attrs, widget=None):
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if not widget.is_hidden:
            attrs["class"] = " ".join(filter(None, [widget.attrs.get("class"), attrs.get("class"), "ds-input"]))
        return attrs

    @property
    def says_optional(self):
        """Should the label say that the field may stay empty? A box to tick may always, and where nothing in a form is
        required (filters, for example), the form says so for all by `marks_optional = False`. What was left empty and
        is asked for by an error is not called optional above it."""
        return (
            not self.field.required
            and not (self.errors and not self.value())
            and getattr(self.form, "marks_optional", True)
            and self.widget_type not in ("checkbox", "checkboxselectmultiple")
        )


class PortalRenderer(TemplatesSetting):
    bound_field_class = PortalBoundField
