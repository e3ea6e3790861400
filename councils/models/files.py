"""Files that councils and the municipality keep in the portal."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from people.models import User


def _path(file, name):
    """A name that says nothing and cannot be guessed: what the file is called stands in the row."""
    return f"{timezone.now():%Y/%m}/{secrets.token_urlsafe(24)}"


class StoredFile(models.Model):
    """A file whose type was read from its content when it came. It is served by views only, as a download.

    The row never changes: a new version of a document is a new file.
    """

    content = models.FileField(_("file"), upload_to=_path, max_length=120)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("type"), max_length=10)  # an extension of `councils.files.KINDS`
    size = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)
    # A picture's size in pixels, so that a page keeps its place, and the same smaller, where it is big, for lists.
    width = models.PositiveSmallIntegerField(_("width in pixels"), null=True, blank=True, editable=False)
    height = models.PositiveSmallIntegerField(_("height in pixels"), null=True, blank=True, editable=False)
    small = models.FileField(_("smaller picture"), upload_to=_path, max_length=120, blank=True, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("uploaded by")
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self):
        return self.name
