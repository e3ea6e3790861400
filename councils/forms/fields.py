"""Fields that several forms of the councils share."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import files
from councils.models import Topic
from events.forms import WrittenSelect


def _help(kinds: tuple[str, ...], before: Any) -> str:
    """ "What it is for. PDF, JPG, up to 20 MB." """
    limit = {"kinds": files.said(kinds), "limit": settings.FILE_MEGABYTES}
    return f"{before} {_('%(kinds)s, up to %(limit)d MB.') % limit}".strip()


_lazy_help = lazy(_help, str)


def offer_topics(form: forms.BaseForm, name: str, topics: Iterable[Topic], empty: Any) -> None:
    """The topics that a field of the form offers; a name that the municipality gave in English is not Latvian."""
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = [("", empty), *((topic.code, topic.label) for topic in topics)]
    cast(WrittenSelect, field.widget).translated = {topic.code for topic in topics if not topic.written}


def day_field(label: Any, **options) -> forms.DateField:
    """A day, between years in which somebody could mean it."""
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"class": "kp-w-date"}),
        validators=[
            MinValueValidator(date(2000, 1, 1), gettext_lazy("Write a year after 2000.")),
            MaxValueValidator(date(2100, 12, 31), gettext_lazy("Write a year before 2100.")),
        ],
        **options,
    )


def clock_field(label: Any, **options) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"class": "kp-w-time"}), **options)


def long_text(rows: int, **attrs) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class UploadField(forms.FileField):
    """A file of one of `kinds`, examined before the form is valid: what is wrong with it stands beside the field.

    Gives the upload, to be kept by `councils.files.store` in the operation. The form needs `enctype`
    "multipart/form-data"; the pages that draw any form ask `form.is_multipart`.
    """

    widget = forms.FileInput
    default_error_messages = {
        "required": gettext_lazy("Choose a file."),
        "invalid": gettext_lazy("Choose a file."),
        "missing": gettext_lazy("Choose a file."),
        "empty": gettext_lazy("The file is empty."),
    }

    def __init__(self, *, kinds: Collection[str] = tuple(files.KINDS), help_text: Any = "", **options: Any):
        self.kinds = tuple(kinds)
        super().__init__(help_text=_lazy_help(self.kinds, help_text), **options)
        self.widget.attrs["accept"] = ",".join(f".{kind}" for kind in self.kinds) + (
            ",.jpeg" if "jpg" in self.kinds else ""
        )

    def clean(self, data, initial=None):
        upload = super().clean(data, initial)
        if not data:
            return upload
        try:
            files.examine(upload, self.kinds)
        except files.FileRefused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return upload
