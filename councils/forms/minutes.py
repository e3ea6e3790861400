"""Forms of the minutes: the free text of the items, comments, and the steps from the signature to the approval."""

from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.forms.fields import UploadField, day_field, long_text
from councils.models import AgendaItem, Meeting, Minutes
from councils.operations.minutes import NotesOvertaken
from events.forms import WrittenSelect
from neighbourhoods import latvian

SIGNED_KINDS = ("pdf", "jpg", "png", "docx", "odt")


class NotesForm(forms.Form):
    """The number of the minutes and the course of the discussion of every item.

    Beside each text stands, hidden, the revision it was written over.
    """

    number = forms.IntegerField(
        label=gettext_lazy("Number of the minutes in the year"),
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
        widget=forms.NumberInput(attrs={"class": "kp-w-short"}),
    )

    def __init__(self, data: Any, *, minutes: Minutes, items: list[AgendaItem]) -> None:
        super().__init__(data, initial={"number": minutes.number})
        self.items = items
        self.fields["number"].help_text = _("The year is added: %(year)d.") % {"year": minutes.year}
        for item in items:
            self.fields[f"notes_{item.pk}"] = forms.CharField(
                label=latvian.written_in(f"{item.label}. {item.title}", [item.title]),
                help_text=_("Not public.") if item.is_closed else "",
                required=False,
                max_length=20_000,
                strip=True,
                widget=long_text(5),
                initial=item.notes,
            )
            self.fields[f"seen_{item.pk}"] = forms.IntegerField(initial=item.revision, widget=forms.HiddenInput)

    @property
    def texts(self) -> list[forms.BoundField]:
        return [self[f"notes_{item.pk}"] for item in self.items]

    def notes(self) -> dict[int, tuple[int, str]]:
        values = self.cleaned_data
        return {item.pk: (values[f"seen_{item.pk}"], values[f"notes_{item.pk}"]) for item in self.items}

    def show_overtaken(self, refusal: NotesOvertaken) -> None:
        """Both texts stand on the page; sending it again means that somebody has looked."""
        data = cast(QueryDict, self.data).copy()
        for pk, item in refusal.theirs.items():
            text = _("Meanwhile somebody else wrote: %(text)s") % {"text": item.notes or "–"}
            self.add_error(f"notes_{pk}", text)
            data[f"seen_{pk}"] = str(item.revision)
        self.add_error(None, str(refusal))
        self.data = data


class CommentForm(forms.Form):
    item = forms.TypedChoiceField(
        label=gettext_lazy("What about"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[],
        widget=WrittenSelect,
    )
    text = forms.CharField(label=gettext_lazy("Comment"), max_length=2000, widget=long_text(4))

    def __init__(self, data: Any, *, items: list[dict]) -> None:
        super().__init__(data)
        self.fields["item"].choices = [  # type: ignore[attr-defined]
            ("", _("the minutes as a whole")),
            *((item["id"], f"{item['label']}. {item['title']}") for item in items),
        ]


class SignForm(forms.Form):
    """What the leader says by signing. Somebody else adds the file that the leader signed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    upload = UploadField(
        label=gettext_lazy("File with the signature"),
        required=False,
        kinds=SIGNED_KINDS,
        help_text=gettext_lazy("Scanned or e-signed."),
    )
    before_comments_end = forms.BooleanField(
        label=gettext_lazy("Sign before the time for comments is over"), required=False
    )

    def __init__(self, data: Any, uploads: Any, *, signs_alone: bool, takes_comments: bool) -> None:
        super().__init__(data, uploads)
        self.fields["upload"].required = not signs_alone
        if not takes_comments:
            del self.fields["before_comments_end"]


class HandOverForm(forms.Form):
    on = day_field(gettext_lazy("Day"))
    to = forms.CharField(
        label=gettext_lazy("To whom"),
        max_length=200,
        help_text=gettext_lazy("Name and office of who received the originals."),
    )


class ApproveForm(forms.Form):
    meeting = forms.ModelChoiceField(
        label=gettext_lazy("Meeting that approved them"),
        queryset=Meeting.objects.none(),
        required=False,
        empty_label=gettext_lazy("not approved yet"),
        widget=WrittenSelect,
    )

    def __init__(self, data: Any, *, meetings, initial: Any) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["meeting"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = meetings
        field.label_from_instance = _as_told  # type: ignore[method-assign,assignment]


def _as_told(meeting: Meeting) -> str:
    return f"{meeting.event.title}, {latvian.number_date(meeting.held_on)}"


class CorrectForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What is corrected, and why"),
        max_length=300,
        help_text=gettext_lazy("Everybody will read this beside the new version."),
    )
