"""Forms of what councils and the coordinator publish."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from councils.files import PICTURES
from councils.forms.fields import UploadField, clock_field, day_field, long_text
from councils.models import Council, Document, Folder, NewsPost, NewsState
from dashboard.panel.forms.fields import choose_from, moment, offer
from events.forms import WrittenSelect

MARKDOWN = _("An empty line begins a paragraph. **bold**, - a list, # a heading, [words](address).")
SHOWS = _("Say in a sentence what the picture shows, for those who cannot see it.")


class NewsForm(forms.Form):
    """A post, and whether it stays a draft, comes now, or later. A published one is changed without being told anew."""

    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=20_000, widget=long_text(12), help_text=MARKDOWN)
    picture = UploadField(label=_("Picture"), kinds=PICTURES, required=False)
    picture_alt = forms.CharField(label=_("What the picture shows"), max_length=200, required=False, help_text=SHOWS)
    without_picture = forms.BooleanField(label=_("Take the picture out"), required=False)
    when = forms.ChoiceField(label=_("When everybody sees it"), widget=forms.RadioSelect)
    day = day_field(_("Date"), required=False, help_text=_("Only for later."))
    clock = clock_field(_("Time"), required=False)

    DRAFT, NOW, LATER = "draft", "now", "later"

    def __init__(self, *args: Any, now: datetime, post: NewsPost | None = None, **options: Any):
        self.now, self.post = now, post
        state = post.state_at(now) if post else NewsState.DRAFT
        if post:
            options["initial"] = {
                "title": post.title,
                "body": post.body,
                "picture_alt": post.picture_alt,
                "when": self.LATER if state == NewsState.SCHEDULED else self.DRAFT,
                "day": timezone.localdate(post.published_at) if state == NewsState.SCHEDULED else None,
                "clock": timezone.localtime(post.published_at).time() if state == NewsState.SCHEDULED else None,
            }
        super().__init__(*args, **options)
        if post is None or post.picture is None:
            del self.fields["without_picture"]
        else:
            self.fields["picture"].label = _("Another picture")
        if state == NewsState.PUBLISHED:
            for name in ("when", "day", "clock"):
                del self.fields[name]
        else:
            draft = [(self.DRAFT, _("Not yet: a draft"))] if state == NewsState.DRAFT else []
            offer(self, "when", [*draft, (self.NOW, _("Now")), (self.LATER, _("Later, at a time I choose"))])
            self.fields["when"].initial = self.DRAFT

    def clean(self) -> dict:
        given = super().clean() or {}
        has_picture = given.get("picture") or (self.post and self.post.picture and not given.get("without_picture"))
        if has_picture and not given.get("picture_alt", "").strip():
            self.add_error("picture_alt", gettext("Say what the picture shows, for those who cannot see it."))
        if given.get("when") == self.LATER and not {"day", "clock"} & set(self.errors):
            self._clean_moment(given)
        return given

    def _clean_moment(self, given: dict) -> None:
        for name, sentence in (("day", gettext("Choose the day.")), ("clock", gettext("Choose the time."))):
            if given.get(name) is None:
                self.add_error(name, sentence)
        if self.errors:
            return
        try:
            given["publish_at"] = moment(given["day"], given["clock"], self.post.published_at if self.post else None)
        except ValidationError as error:
            self.add_error("clock", error)
        else:
            if given["publish_at"] <= self.now:
                self.add_error("day", gettext("This moment has passed."))

    def said(self) -> dict:
        """What `councils.operations.voice.write_news` and `change_news` take."""
        given = self.cleaned_data
        names = ("title", "body", "picture", "picture_alt", "without_picture")
        said = {name: given[name] for name in names if name in given}
        said["publish_at"] = self.now if given.get("when") == self.NOW else given.get("publish_at")
        return said


class MunicipalNewsForm(NewsForm):
    """A new post of the coordinator: for a council, or for the whole municipality."""

    council = forms.ModelChoiceField(
        label=_("Whose news"), queryset=Council.objects.none(), required=False, empty_label=_("The whole municipality")
    )
    field_order = ("council",)

    def __init__(self, *args: Any, councils, **options: Any):
        super().__init__(*args, **options)
        choose_from(self, "council", councils)


# --- documents --------------------------------------------------------------------------------------------------------


def folder_choices(folders: Iterable[Folder], without: Folder | None = None) -> list[tuple[str, str]]:
    """The folders of a council as a tree of lines, each under what it lies in; `without` one and what lies in it."""
    below: dict[int | None, list[Folder]] = {}
    for row in folders:
        below.setdefault(row.parent_id, []).append(row)

    def lines(parent: int | None, way: str) -> list[tuple[str, str]]:
        found = []
        for row in below.get(parent, []):
            if row != without:
                name = f"{way} / {row.name}" if way else row.name
                found += [(str(row.pk), name), *lines(row.pk, name)]
        return found

    return [("", gettext("In no folder")), *lines(None, "")]


class _InFolder(forms.Form):
    """Something that lies in a folder of the council, or in none."""

    folder = forms.ChoiceField(label=_("Folder"), required=False, widget=WrittenSelect)

    def __init__(self, *args: Any, folders: Iterable[Folder], without: Folder | None = None, **options: Any):
        super().__init__(*args, **options)
        rows = list(folders)
        self.by_pk = {str(row.pk): row for row in rows}
        offer(self, "folder", folder_choices(rows, without))

    def clean_folder(self) -> Folder | None:
        return self.by_pk.get(self.cleaned_data["folder"])


class DocumentForm(_InFolder):
    title = forms.CharField(label=_("Title"), max_length=200)
    is_public = forms.BooleanField(
        label=_("Everybody may read it"), required=False, help_text=_("Otherwise the council’s members alone.")
    )
    field_order = ("title", "upload", "folder", "is_public")

    @staticmethod
    def of(document: Document) -> dict:
        return {"title": document.title, "folder": document.folder_id or "", "is_public": document.is_public}


class NewDocumentForm(DocumentForm):
    upload = UploadField(label=_("File"))


class VersionForm(forms.Form):
    upload = UploadField(label=_("File"))
    note = forms.CharField(label=_("What changed"), max_length=200, required=False)


class FolderForm(_InFolder):
    name = forms.CharField(label=_("Name of the folder"), max_length=120)
    field_order = ("name", "folder")

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.fields["folder"].label = _("Lies in the folder")


# --- albums -----------------------------------------------------------------------------------------------------------

PHOTOS_AT_ONCE = 3


class AlbumForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    is_published = forms.BooleanField(label=_("Everybody sees the album"), required=False)


class PhotosForm(forms.Form):
    """Some pictures, each with what it shows; a row without either is none."""

    marks_optional = False

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        for n in range(1, PHOTOS_AT_ONCE + 1):
            self.fields[f"photo{n}"] = UploadField(
                label=gettext("Picture %(number)d") % {"number": n}, kinds=PICTURES, required=False
            )
            self.fields[f"alt{n}"] = forms.CharField(
                label=gettext("What picture %(number)d shows") % {"number": n}, max_length=200, required=False
            )

    def clean(self) -> dict:
        given = super().clean() or {}
        self.photos = []
        for n in range(1, PHOTOS_AT_ONCE + 1):
            photo, alt = given.get(f"photo{n}"), given.get(f"alt{n}", "").strip()
            if photo and not alt:
                self.add_error(f"alt{n}", gettext("Say what the picture shows, for those who cannot see it."))
            elif alt and not photo and f"photo{n}" not in self.errors:
                self.add_error(f"photo{n}", gettext("Choose the picture again."))
            elif photo:
                self.photos.append((photo, alt))
        if not self.photos and not self.errors:
            self.add_error("photo1", gettext("Choose a picture."))
        return given


class PhotoForm(forms.Form):
    alt = forms.CharField(label=_("What the picture shows"), max_length=200, help_text=SHOWS)
