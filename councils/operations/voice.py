"""What councils and the coordinator publish themselves: news, documents, pictures, pages of the site."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from councils import files, texts
from councils.models import (
    Album,
    Council,
    Document,
    DocumentVersion,
    Folder,
    NewsPost,
    Photo,
    StoredFile,
    TextPage,
)
from councils.operations.base import CouncilRefused, write
from events.models import Event
from notices import operations as notices
from people import operations as people
from people.models import Person, User

NEWS_IS_NEWS = timedelta(days=7)  # a mail that waited longer for its mail server is not sent any more
UNUSED_FOR = timedelta(days=1)  # files that nothing points at go after this long
MOST_PHOTOS = 200


class VoiceRefused(CouncilRefused):
    """What was to be published cannot be; the text says why."""


def _keep(upload: Any, *, by: User | None, now: datetime, kinds: Sequence[str] = tuple(files.KINDS)) -> StoredFile:
    try:
        return files.store(upload, by=by, now=now, kinds=kinds)
    except files.FileRefused as refusal:
        raise VoiceRefused(str(refusal)) from refusal


# --- news -------------------------------------------------------------------------------------------------------------


def about(post: NewsPost) -> str:
    """The ledger's name for everything sent about a post."""
    return f"news:{post.pk}"


def _lock_post(post: NewsPost) -> NewsPost:
    return NewsPost.objects.select_for_update(no_key=True, of=("self",)).get(pk=post.pk)


@transaction.atomic
def write_news(
    *,
    council: Council | None,
    title: str,
    body: str,
    by: User | None,
    now: datetime,
    picture: Any = None,
    picture_alt: str = "",
    publish_at: datetime | None = None,
    is_invented: bool = False,
) -> NewsPost:
    """A post of a council, or of the municipality (None): a draft, or published from `publish_at` on.

    Raises VoiceRefused for a picture that nobody described.
    """
    row = NewsPost(council=council, title=title, body=body, changed_at=now, written_by=by, is_invented=is_invented)
    _set_picture(row, picture, picture_alt, by, now)
    write(row, VoiceRefused)
    details = {"after": {"title": row.title, "body": row.body, "picture": row.picture_alt}}
    people.record(by=by, verb="write_news", target=row, now=now, details=details)
    return publish_news(post=row, by=by, now=now, at=publish_at) if publish_at else row


def _set_picture(row: NewsPost, picture: Any, alt: str, by: User | None, now: datetime) -> None:
    if picture:
        row.picture = _keep(picture, by=by, now=now, kinds=files.PICTURES)
    row.picture_alt = alt if row.picture else ""


@transaction.atomic
def change_news(
    *,
    post: NewsPost,
    title: str,
    body: str,
    by: User | None,
    now: datetime,
    picture: Any = None,
    picture_alt: str = "",
    without_picture: bool = False,
    publish_at: datetime | None = None,
) -> NewsPost:
    """Write a post anew; without `publish_at` it stays a draft, scheduled or published. Nobody is told a second time.

    Locks the post. The audit keeps what the text was before.
    """
    row = _lock_post(post)
    before = {"title": row.title, "body": row.body, "picture": row.picture_alt}
    row.title, row.body = title, body
    if without_picture and not picture:
        row.picture = None
    _set_picture(row, picture, picture_alt, by, now)
    after = {"title": row.title, "body": row.body, "picture": row.picture_alt}
    if before != after or picture:
        row.changed_at = now
        write(row, VoiceRefused)
        people.record(by=by, verb="change_news", target=row, now=now, details={"before": before, "after": after})
    return publish_news(post=row, by=by, now=now, at=publish_at) if publish_at else row


@transaction.atomic
def publish_news(*, post: NewsPost, by: User | None, now: datetime, at: datetime | None = None) -> NewsPost:
    """Show the post to everybody: now, or from `at` on. What is published already stays as it is. Locks the post.

    Who follows the neighbourhood is told once: now, or by the sweep when the time has come.
    """
    row = _lock_post(post)
    if row.published_at and row.published_at <= now:
        return row
    row.published_at = max(at or now, now)
    write(row, VoiceRefused)
    details = {"after": {"published_at": row.published_at}}
    people.record(by=by, verb="publish_news", target=row, now=now, details=details)
    if row.published_at <= now:
        _tell(row, now)
    return row


@transaction.atomic
def withdraw_news(*, post: NewsPost, by: User | None, now: datetime) -> NewsPost:
    """Take the post off the site: it is a draft again, and mails that are still waiting are not sent. Locks the
    post."""
    row = _lock_post(post)
    if row.published_at is None:
        return row
    before = row.published_at
    row.published_at = row.told_at = None
    write(row, VoiceRefused)
    notices.cancel(about=about(row), now=now)
    people.record(by=by, verb="withdraw_news", target=row, now=now, details={"before": before})
    return row


@transaction.atomic
def delete_news(*, post: NewsPost, by: User | None, now: datetime) -> None:
    """Remove a draft. Raises VoiceRefused for what is published or scheduled. Locks the post."""
    row = _lock_post(post)
    if row.published_at is not None:
        raise VoiceRefused(_("Take the post off the site first."))
    details = {"before": {"title": row.title, "body": row.body}}
    people.record(by=by, verb="delete_news", target=row, now=now, details=details)
    row.delete()


def _tell(row: NewsPost, now: datetime) -> None:
    """Plan one mail to everybody who follows the neighbourhood, of the municipality's news to who follows any.

    The keys see to it that nobody hears twice of a post that was taken off and published again.
    """
    followers = Person.objects.filter(wants_news=True, erased_at=None).exclude(follows=None)
    if row.council_id:
        followers = followers.filter(follows__neighbourhood__council=row.council_id)
    ids = followers.order_by("pk").values_list("pk", flat=True).distinct()
    notices.plan_many(
        ((f"news:{row.pk}:{pk}", pk) for pk in ids),
        kind="news_post",
        about=about(row),
        now=now,
        expires_at=now + NEWS_IS_NEWS,
        data={"post": row.pk},
    )
    row.told_at = now
    row.save(update_fields=["told_at"])


def tell_news(*, now: datetime) -> int:
    """Tell of posts whose time has come; returns how many posts. One transaction for each, and no two workers take the
    same. A post that came up long ago, while no worker ran, is told to nobody."""
    told = 0
    for pk in list(NewsPost.objects.to_be_told(now).values_list("pk", flat=True)):
        with transaction.atomic():
            rows = NewsPost.objects.to_be_told(now).filter(pk=pk)
            row = rows.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
            if row is None:
                continue
            if row.published_at > now - NEWS_IS_NEWS:
                _tell(row, now)
            else:
                row.told_at = now
                row.save(update_fields=["told_at"])
            told += 1
    return told


# --- documents --------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_folder(*, council: Council, name: str, by: User | None, now: datetime, parent: Folder | None = None) -> Folder:
    """A folder of the council, inside another or at the top. Raises VoiceRefused for a name that is taken there."""
    if parent is not None and parent.council_id != council.pk:
        raise VoiceRefused(_("This folder belongs to another council."))
    row = write(Folder(council=council, parent=parent, name=name), VoiceRefused)
    details = {"after": {"name": row.name, "parent": str(parent or "")}}
    people.record(by=by, verb="make_folder", target=row, now=now, details=details)
    return row


@transaction.atomic
def change_folder(*, folder: Folder, name: str, parent: Folder | None, by: User | None, now: datetime) -> Folder:
    """Call a folder otherwise or move it with all that is in it. Locks the council's folders.

    Raises VoiceRefused for a taken name, another council's folder, and a folder inside itself.
    """
    rows = {row.pk: row for row in Folder.objects.select_for_update(no_key=True).filter(council=folder.council_id)}
    row = rows[folder.pk]
    if parent is not None and parent.pk not in rows:
        raise VoiceRefused(_("This folder belongs to another council."))
    above = parent.pk if parent else None
    while above is not None:
        if above == row.pk:
            raise VoiceRefused(_("A folder cannot lie inside itself."))
        above = rows[above].parent_id
    before = {"name": row.name, "parent": str(rows[row.parent_id]) if row.parent_id else ""}
    row.name, row.parent = name, parent
    write(row, VoiceRefused)
    after = {"name": row.name, "parent": str(parent or "")}
    if before != after:
        people.record(by=by, verb="change_folder", target=row, now=now, details={"before": before, "after": after})
    return row


@transaction.atomic
def delete_folder(*, folder: Folder, by: User | None, now: datetime) -> None:
    """Remove an empty folder. Raises VoiceRefused for one that holds anything, taken off or not."""
    row = Folder.objects.select_for_update().get(pk=folder.pk)
    if row.children.exists() or row.documents.exists():
        raise VoiceRefused(_("Only an empty folder can be deleted."))
    details = {"before": {"name": row.name, "parent": str(row.parent or "")}}
    people.record(by=by, verb="delete_folder", target=row, now=now, details=details)
    row.delete()


@transaction.atomic
def add_document(
    *,
    council: Council,
    title: str,
    upload: Any,
    by: User | None,
    now: datetime,
    folder: Folder | None = None,
    is_public: bool = True,
    is_invented: bool = False,
) -> Document:
    """A new document with its first version. Raises VoiceRefused for a file that is not taken."""
    if folder is not None and folder.council_id != council.pk:
        raise VoiceRefused(_("This folder belongs to another council."))
    row = Document(council=council, folder=folder, title=title, is_public=is_public, is_invented=is_invented)
    write(row, VoiceRefused)
    version = _add_version(row, upload, "", by, now)
    after = {"title": row.title, "folder": str(folder or ""), "is_public": is_public, "sha256": version.file.sha256}
    people.record(by=by, verb="add_document", target=row, now=now, details={"after": after})
    return row


def _add_version(row: Document, upload: Any, note: str, by: User | None, now: datetime) -> DocumentVersion:
    kept = _keep(upload, by=by, now=now)
    number = (row.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = DocumentVersion(document=row, number=number, file=kept, note=note, added_at=now, added_by=by)
    return write(version, VoiceRefused)


@transaction.atomic
def add_version(*, document: Document, upload: Any, note: str, by: User | None, now: datetime) -> DocumentVersion:
    """A newer version of a document; the older ones stay. Locks the document.

    Raises VoiceRefused for a document that is taken off, and for a file that is not taken or is the newest already.
    """
    row = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if row.retired_at:
        raise VoiceRefused(_("This document is taken off. Put it back first."))
    last = row.versions.select_related("file").order_by("-number").first()
    version = _add_version(row, upload, note, by, now)
    if last and last.file.sha256 == version.file.sha256:
        raise VoiceRefused(_("This is the same file as the newest version."))
    details = {"after": {"number": version.number, "note": note, "sha256": version.file.sha256}}
    people.record(by=by, verb="add_version", target=row, now=now, details=details)
    return version


@transaction.atomic
def change_document(
    *, document: Document, title: str, folder: Folder | None, is_public: bool, by: User | None, now: datetime
) -> Document:
    """Another title, folder, or circle of readers. Locks the document."""
    row = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if folder is not None and folder.council_id != row.council_id:
        raise VoiceRefused(_("This folder belongs to another council."))
    before = {"title": row.title, "folder": str(row.folder or ""), "is_public": row.is_public}
    row.title, row.folder, row.is_public = title, folder, is_public
    write(row, VoiceRefused)
    after = {"title": row.title, "folder": str(folder or ""), "is_public": row.is_public}
    if before != after:
        people.record(by=by, verb="change_document", target=row, now=now, details={"before": before, "after": after})
    return row


@transaction.atomic
def retire_document(*, document: Document, by: User | None, now: datetime, back: bool = False) -> Document:
    """Take a document off the list, or (`back`) put it back; it is kept with all its versions. Locks the document."""
    row = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if bool(row.retired_at) is not back:
        return row
    before, row.retired_at = row.retired_at, None if back else now
    write(row, VoiceRefused)
    verb = "restore_document" if back else "retire_document"
    details = {"before": {"retired_at": before or ""}, "after": {"retired_at": row.retired_at or ""}}
    people.record(by=by, verb=verb, target=row, now=now, details=details)
    return row


# --- pictures of events -----------------------------------------------------------------------------------------------


@transaction.atomic
def make_album(*, event: Event, title: str, by: User | None, now: datetime, is_invented: bool = False) -> Album:
    """The album of an event, hidden until it is published; an event has one. Raises VoiceRefused for a second, and
    before the event has begun."""
    if event.published_at is None or event.cancelled_at or event.starts_at > now:
        raise VoiceRefused(_("Pictures come when the event has begun."))
    if Album.objects.filter(event=event).exists():
        raise VoiceRefused(_("This event already has its album."))
    row = write(Album(event=event, title=title, is_invented=is_invented), VoiceRefused)
    people.record(by=by, verb="make_album", target=row, now=now, details={"after": {"title": row.title}})
    return row


def _lock_album(album: Album) -> Album:
    return Album.objects.select_for_update(no_key=True).get(pk=album.pk)


@transaction.atomic
def add_photos(*, album: Album, photos: Sequence[tuple[Any, str]], by: User | None, now: datetime) -> list[Photo]:
    """Pictures with what each shows, after those that are there. Locks the album.

    Raises VoiceRefused, and keeps none of them, for one that is not taken or that nobody described.
    """
    row = _lock_album(album)
    last = row.photos.aggregate(last=Max("position"))["last"] or 0
    if row.photos.count() + len(photos) > MOST_PHOTOS:
        raise VoiceRefused(_("An album holds at most %(count)d pictures.") % {"count": MOST_PHOTOS})
    added = []
    for position, (upload, alt) in enumerate(photos, last + 1):
        kept = _keep(upload, by=by, now=now, kinds=files.PICTURES)
        added.append(write(Photo(album=row, file=kept, alt=alt.strip(), position=position), VoiceRefused))
    details = {"after": {"photos": [photo.alt for photo in added]}}
    people.record(by=by, verb="add_photos", target=row, now=now, details=details)
    return added


@transaction.atomic
def change_photo(*, photo: Photo, alt: str, by: User | None, now: datetime) -> Photo:
    """Say otherwise what a picture shows."""
    row = Photo.objects.select_for_update(no_key=True, of=("self",)).select_related("album").get(pk=photo.pk)
    before, row.alt = row.alt, alt.strip()
    write(row, VoiceRefused)
    if before != row.alt:
        details = {"before": before, "after": row.alt}
        people.record(by=by, verb="change_photo", target=row.album, now=now, details=details)
    return row


@transaction.atomic
def delete_photo(*, photo: Photo, by: User | None, now: datetime) -> None:
    """Remove a picture for good; its file goes from the disk within two nights. Who is on it may have asked."""
    people.record(by=by, verb="delete_photo", target=photo.album, now=now, details={"before": photo.alt})
    photo.delete()


@transaction.atomic
def change_album(*, album: Album, title: str, is_published: bool, by: User | None, now: datetime) -> Album:
    """Another title; show the album on the event's page, or hide it again. Locks the album.

    Raises VoiceRefused when an empty one is to be shown.
    """
    row = _lock_album(album)
    before = {"title": row.title, "is_published": row.published_at is not None}
    if is_published and not row.photos.exists():
        raise VoiceRefused(_("Add a picture first."))
    row.title = title
    if is_published != (row.published_at is not None):
        row.published_at = now if is_published else None
    write(row, VoiceRefused)
    after = {"title": row.title, "is_published": is_published}
    if before != after:
        people.record(by=by, verb="change_album", target=row, now=now, details={"before": before, "after": after})
    return row


# --- pages of the site ------------------------------------------------------------------------------------------------


@transaction.atomic
def write_page(
    *, slug: str, language: str, title: str, body: str, known: Sequence[str], by: User | None, now: datetime
) -> TextPage:
    """The municipality's own text of a page in a language. `known` are the names that may stand in braces.

    Raises VoiceRefused for a name that is none of them. The audit keeps what the page said before.
    """
    if unknown := texts.unknown_names(f"{title} {body}", known):
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise VoiceRefused(_("Nothing is known by this name: %(names)s.") % {"names": names})
    row = TextPage.objects.select_for_update(no_key=True).filter(slug=slug, language=language).first()
    before = {"title": row.title, "body": row.body} if row else None
    row = row or TextPage(slug=slug, language=language)
    row.title, row.body = title, body
    after = {"title": title, "body": body}
    if before == after:
        return row
    row.changed_at, row.changed_by = now, by
    write(row, VoiceRefused)
    details = {"slug": slug, "language": language, "before": before, "after": after}
    people.record(by=by, verb="write_page", target=row, now=now, details=details)
    return row


@transaction.atomic
def reset_page(*, slug: str, language: str, by: User | None, now: datetime) -> None:
    """Back to the text that comes with the portal; the audit keeps the municipality's own."""
    row = TextPage.objects.select_for_update().filter(slug=slug, language=language).first()
    if row is None:
        return
    before = {"title": row.title, "body": row.body}
    details = {"slug": slug, "language": language, "before": before, "after": None}
    people.record(by=by, verb="reset_page", target=row, now=now, details=details)
    row.delete()


# --- files that nothing points at -------------------------------------------------------------------------------------


def _unused(before: datetime) -> models.QuerySet[StoredFile]:
    rows = StoredFile.objects.filter(uploaded_at__lt=before)
    for relation in StoredFile._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel):
            pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            rows = rows.exclude(Exists(pointing))
    return rows


def forget_files(*, now: datetime) -> tuple[int, int]:
    """Remove rows of files that nothing points at, and what lies on the disk without a row: left by transactions that
    failed, by pictures replaced, by drafts deleted. Both only UNUSED_FOR later, so nothing under way is touched.

    Returns how many rows and how many files on the disk.
    """
    before = now - UNUSED_FOR
    rows = 0
    for pk in list(_unused(before).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                rows += _unused(before).filter(pk=pk).delete()[0]
        except IntegrityError:  # somebody pointed at it at this moment
            continue
    known = {name for names in StoredFile.objects.values_list("content", "small") for name in names if name}
    root, gone = Path(settings.MEDIA_ROOT), 0
    for path in root.rglob("*"):
        if not path.is_file() or path.relative_to(root).as_posix() in known:
            continue
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return rows, gone
