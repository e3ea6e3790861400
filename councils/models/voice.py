"""What councils and the coordinator publish themselves: news, documents, pictures, pages."""

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Collate
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from councils.models.files import StoredFile
from events.models import Event
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from people.models import User


class NewsState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SCHEDULED = "scheduled", _("scheduled")
    PUBLISHED = "published", _("published")


class NewsPostQuerySet(models.QuerySet["NewsPost"]):
    def published(self, now):
        """What the public sees, latest first; a scheduled post comes by itself when its time has come."""
        return self.filter(published_at__lte=now).order_by("-published_at", "-pk")

    def to_be_told(self, now):
        """Published, and who follows has not been told yet; oldest first."""
        return self.filter(published_at__lte=now, told_at=None).order_by("published_at", "pk")

    def with_state(self, now):
        """Add `state`."""
        return self.annotate(
            state=Case(
                When(published_at=None, then=Value(NewsState.DRAFT)),
                When(published_at__gt=now, then=Value(NewsState.SCHEDULED)),
                default=Value(NewsState.PUBLISHED),
                output_field=models.CharField(),
            )
        )

    def of(self, slug):
        """News of the neighbourhood's council, of none of them ("novads": the municipality's), or all ("")."""
        if slug == "novads":
            return self.filter(council=None)
        return self.filter(council__neighbourhood__in=Neighbourhood.objects.called(slug)) if slug else self

    def for_lists(self):
        """What every list of news shows, in one query."""
        return self.select_related("council__neighbourhood", "picture")

    def matching(self, query):
        for term in latvian.search_terms(query):
            self = self.filter(search_text__contains=term)
        return self


class NewsPost(models.Model):
    """News of a council, or of the coordinator (no council). `published_at` ahead: scheduled; empty: a draft.

    `told_at`: when the mails to those who follow were put into the ledger; empty again once it is taken back.
    """

    council = models.ForeignKey(
        "councils.Council", models.PROTECT, null=True, blank=True, related_name="news", verbose_name=_("council")
    )
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(max_length=80, editable=False)
    body = models.TextField(_("text"), max_length=20000, help_text=_("Markdown: **bold**, - list, [words](address)."))
    picture = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    picture_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    told_at = models.DateTimeField(_("followers told"), null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed"))
    written_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_text = models.TextField(editable=False, default="")

    objects = NewsPostQuerySet.as_manager()

    class Meta:
        verbose_name = _("news post")
        verbose_name_plural = _("news")
        constraints = [
            models.CheckConstraint(
                condition=Q(picture=None) | ~Q(picture_alt=""),
                name="news_picture_is_described",
                violation_error_message=_("Say what the picture shows, for those who cannot see it."),
            )
        ]
        indexes = [models.Index(fields=["published_at"], condition=Q(told_at=None), name="news_to_be_told")]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(latvian.fold(self.title))[:80].strip("-") or "zina"
        self.search_text = latvian.search_text(self.title, self.body)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("councils:news-post", args=[self.pk, self.slug])

    def state_at(self, now):
        """The twin of `with_state` for one row."""
        if self.published_at is None:
            return NewsState.DRAFT
        return NewsState.SCHEDULED if self.published_at > now else NewsState.PUBLISHED


class FolderQuerySet(models.QuerySet["Folder"]):
    def by_name(self):
        return self.order_by(Collate("name", "lv"), "pk")


class Folder(models.Model):
    """A folder of a council's documents."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="folders", verbose_name=_("council"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("in the folder")
    )
    name = models.CharField(_("name"), max_length=120)

    objects = FolderQuerySet.as_manager()

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="folder_name_is_used_once_in_a_folder",
                violation_error_message=_("There is already a folder of this name."),
            ),
            models.UniqueConstraint(
                fields=["council", "name"],
                condition=Q(parent=None),
                name="folder_name_is_used_once_in_a_council",
                violation_error_message=_("There is already a folder of this name."),
            ),
        ]

    def __str__(self):
        return self.name


class DocumentQuerySet(models.QuerySet["Document"]):
    def public(self):
        """What everybody may read; the rest is for the council."""
        return self.filter(is_public=True, retired_at=None)

    def with_versions(self):
        """Each with its versions, the newest first, and their files: one query more, however many."""
        versions = DocumentVersion.objects.select_related("file").order_by("-number")
        return self.prefetch_related(models.Prefetch("versions", versions, to_attr="newest_first"))

    def by_title(self):
        return self.order_by(Collate("title", "lv"), "pk")


class Document(models.Model):
    """A document of a council; its text is in its versions, the newest of which is shown."""

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="documents", verbose_name=_("council"))
    folder = models.ForeignKey(
        Folder, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("folder")
    )
    title = models.CharField(_("title"), max_length=200)
    is_public = models.BooleanField(_("public"), default=True)
    retired_at = models.DateTimeField(_("taken off"), null=True, blank=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self):
        return self.title


class DocumentVersion(models.Model):
    """One version of a document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="versions", verbose_name=_("document"))
    number = models.PositiveSmallIntegerField(_("version"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("added"))
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_is_counted_once")]

    def __str__(self):
        return f"{self.document} v{self.number}"


class Album(models.Model):
    """Pictures of an event."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="album", verbose_name=_("event"))
    title = models.CharField(_("title"), max_length=200)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("photo album")
        verbose_name_plural = _("photo albums")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("councils:album", args=[self.pk])


class Photo(models.Model):
    """A picture; what it says of the camera and the place was taken out when it came."""

    album = models.ForeignKey(Album, models.CASCADE, related_name="photos", verbose_name=_("album"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("picture"))
    alt = models.CharField(_("what the picture shows"), max_length=200)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self):
        return self.alt


class TextPage(models.Model):
    """A page of the site as the coordinator wrote it: it stands in place of the text that comes with the portal."""

    slug = models.SlugField(_("address"), max_length=60)
    language = models.CharField(_("language"), max_length=2)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), max_length=50000, help_text=_("Markdown: **bold**, - list, [words](address)."))
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [models.UniqueConstraint(fields=["slug", "language"], name="page_is_written_once_in_a_language")]

    def __str__(self):
        return self.title
