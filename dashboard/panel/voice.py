"""Where officers and the coordinator write news, keep documents and put up pictures. What everybody reads of it stands
in `councils.views.voice`."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils import permissions
from councils.models import Album, Council, Document, Folder, NewsPost, NewsState, Photo
from councils.operations import voice
from dashboard.panel.forms.voice import (
    AlbumForm,
    DocumentForm,
    FolderForm,
    MunicipalNewsForm,
    NewDocumentForm,
    NewsForm,
    PhotoForm,
    PhotosForm,
    VersionForm,
)
from dashboard.panel.page import coordinators_only, form_page, page_of, panel
from events.models import Event
from neighbourhoods import latvian
from neighbourhoods.requests import form_view, posted

NEWS, COUNCILS, EVENTS = "news", "councils", "events"


def _sent(request: HttpRequest) -> dict:
    """What a form with files is filled with."""
    return {"data": posted(request), "files": request.FILES if request.method == "POST" else None}


def _speaking(request: HttpRequest, council: Council | None) -> None:
    if not permissions.can_speak(request.user, council, timezone.localdate()):
        raise PermissionDenied


def _council(request: HttpRequest, slug: str) -> Council:
    """The council for which this person speaks."""
    row = get_object_or_404(Council.objects.select_related("neighbourhood"), neighbourhood__slug=slug)
    _speaking(request, row)
    return row


# --- news -------------------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def news_list(request):
    """All posts, of every council and of the municipality; what is not published first."""
    return _news_page(request, NewsPost.objects.all(), None)


@require_safe
def council_news(request, slug):
    council = _council(request, slug)
    return _news_page(request, NewsPost.objects.filter(council=council), council)


def _news_page(request, rows, council: Council | None) -> HttpResponse:
    now = timezone.now()
    rows = rows.with_state(now).for_lists().order_by("-published_at", "-pk")
    context = {
        "council": council,
        "room": council,
        "ahead": list(rows.exclude(published_at__lte=now).order_by("published_at", "-pk")),
        "page": page_of(request, rows.filter(published_at__lte=now)),
    }
    return panel(request, "news", context, section=NEWS)


def _own_list(council: Council | None, request: HttpRequest) -> str:
    if council is None or permissions.can_coordinate(request.user):
        return reverse("dashboard:panel-news")
    return reverse("dashboard:council-news", args=[council.neighbourhood.slug])


@coordinators_only
@form_view
def news_new(request):
    now = timezone.now()
    councils = Council.objects.select_related("neighbourhood").by_name()
    return _news_form(request, MunicipalNewsForm(**_sent(request), now=now, councils=councils), None, None)


@form_view
def council_news_new(request, slug):
    council = _council(request, slug)
    return _news_form(request, NewsForm(**_sent(request), now=timezone.now()), council, None)


@form_view
def news_edit(request, pk):
    post = _post(request, pk)
    return _news_form(request, NewsForm(**_sent(request), now=timezone.now(), post=post), post.council, post)


def _post(request: HttpRequest, pk: int) -> NewsPost:
    post = get_object_or_404(NewsPost.objects.for_lists(), pk=pk)
    _speaking(request, post.council)
    return post


def _news_form(request, form: NewsForm, council: Council | None, post: NewsPost | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        written = {**form.said(), "by": request.user, "now": form.now}
        try:
            if post:
                row = voice.change_news(post=post, **written)
            else:
                row = voice.write_news(council=form.cleaned_data.get("council", council), **written)
        except voice.VoiceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _news_saved(row, row.state_at(form.now)))
            return redirect(row)
    context = {
        "form": form,
        "post": post,
        "state": post.state_at(form.now) if post else NewsState.DRAFT,
        "room": council,
        "crumb": council.name if council else _("News"),
        "back": _own_list(council, request),
    }
    return panel(request, "news_form", context, section=NEWS)


def _news_saved(post: NewsPost, state: str) -> str:
    return {
        NewsState.DRAFT: _("The draft is saved. This is how it will look."),
        NewsState.SCHEDULED: _("Saved. It comes by itself when its time has come."),
        NewsState.PUBLISHED: _("Saved. Everybody sees it."),
    }[NewsState(state)]


@form_view
def news_withdraw(request, pk):
    post = _post(request, pk)
    if request.method == "POST":
        voice.withdraw_news(post=post, by=request.user, now=timezone.now())
        messages.success(request, _("The post is taken off. It is a draft again."))
        return redirect("dashboard:panel-news-edit", pk)
    return form_page(
        request,
        None,
        section=NEWS,
        room=post.council,
        title=_("Take the post off the site?"),
        crumb=post.title,
        written=[post.title],
        lead=_("It becomes a draft. E-mails that are still waiting are not sent; those sent cannot be called back."),
        submit=_("Take off"),
        danger=True,
        back=reverse("dashboard:panel-news-edit", args=[pk]),
    )


@form_view
def news_delete(request, pk):
    post = _post(request, pk)
    if request.method == "POST":
        try:
            voice.delete_news(post=post, by=request.user, now=timezone.now())
        except voice.VoiceRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("dashboard:panel-news-edit", pk)
        messages.success(request, _("The draft is deleted."))
        return redirect(_own_list(post.council, request))
    return form_page(
        request,
        None,
        section=NEWS,
        room=post.council,
        title=_("Delete the draft?"),
        crumb=post.title,
        written=[post.title],
        submit=_("Delete"),
        danger=True,
        back=reverse("dashboard:panel-news-edit", args=[pk]),
    )


# --- documents --------------------------------------------------------------------------------------------------------


def _shelf(council: Council, folder: Folder | None = None) -> str:
    """The list in which a document or folder stands."""
    slug = council.neighbourhood.slug
    if folder is not None:
        return reverse("councils:folder", args=[slug, folder.pk])
    return reverse("councils:documents", args=[slug])


def _chosen_folder(request: HttpRequest, council: Council) -> Folder | None:
    chosen = request.GET.get("mape", "")
    return council.folders.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None


def _document(request: HttpRequest, pk: int) -> Document:
    row = get_object_or_404(Document.objects.select_related("council__neighbourhood", "folder"), pk=pk)
    _speaking(request, row.council)
    return row


def _folder(request: HttpRequest, pk: int) -> Folder:
    row = get_object_or_404(Folder.objects.select_related("council__neighbourhood", "parent"), pk=pk)
    _speaking(request, row.council)
    return row


@form_view
def document_new(request, slug):
    council = _council(request, slug)
    inside = _chosen_folder(request, council)
    initial = {"folder": inside.pk if inside else "", "is_public": True}
    form = NewDocumentForm(**_sent(request), folders=council.folders.by_name(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = voice.add_document(council=council, by=request.user, now=timezone.now(), **form.cleaned_data)
        except voice.VoiceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(document)s is added.") % {"document": row}
            messages.success(request, latvian.written_in(said, [str(row)]))
            return redirect(_shelf(council, row.folder))
    return form_page(
        request,
        form,
        section=COUNCILS,
        room=council,
        title=_("Add a document"),
        crumb=_("Documents"),
        submit=_("Add"),
        back=_shelf(council, inside),
    )


@form_view
def document_edit(request, pk):
    row = _document(request, pk)
    initial = DocumentForm.of(row)
    form = DocumentForm(posted(request), folders=row.council.folders.by_name(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = voice.change_document(document=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        except voice.VoiceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_shelf(row.council, row.folder))
    return form_page(
        request,
        form,
        section=COUNCILS,
        room=row.council,
        title=_("Change the document"),
        crumb=_("Documents"),
        submit=_("Save"),
        back=_shelf(row.council, row.folder),
    )


@form_view
def document_version(request, pk):
    row = _document(request, pk)
    form = VersionForm(**_sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            voice.add_version(document=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        except voice.VoiceRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The new version is there; the earlier ones stay."))
            return redirect(_shelf(row.council, row.folder))
    return form_page(
        request,
        form,
        section=COUNCILS,
        room=row.council,
        title=_("New version: %(document)s") % {"document": row},
        written=[str(row)],
        crumb=_("Documents"),
        submit=_("Add"),
        back=_shelf(row.council, row.folder),
    )


@form_view
def document_retire(request, pk):
    row = _document(request, pk)
    back = row.retired_at is not None
    if request.method == "POST":
        voice.retire_document(document=row, by=request.user, now=timezone.now(), back=back)
        messages.success(request, _("The document is back.") if back else _("The document is taken off and kept."))
        return redirect(_shelf(row.council, row.folder))
    return form_page(
        request,
        None,
        section=COUNCILS,
        room=row.council,
        title=_("Put the document back?") if back else _("Take the document off?"),
        lead=str(row),
        written=[str(row)],
        crumb=_("Documents"),
        submit=_("Put back") if back else _("Take off"),
        danger=not back,
        back=_shelf(row.council, row.folder),
    )


@form_view
def folder_new(request, slug):
    council = _council(request, slug)
    inside = _chosen_folder(request, council)
    initial = {"folder": inside.pk if inside else ""}
    form = FolderForm(posted(request), folders=council.folders.by_name(), initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            row = voice.make_folder(
                council=council, name=given["name"], parent=given["folder"], by=request.user, now=timezone.now()
            )
        except voice.VoiceRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect(_shelf(council, row))
    return form_page(
        request,
        form,
        section=COUNCILS,
        room=council,
        title=_("New folder"),
        crumb=_("Documents"),
        submit=_("Make the folder"),
        back=_shelf(council, inside),
    )


@form_view
def folder_edit(request, pk):
    row = _folder(request, pk)
    initial = {"name": row.name, "folder": row.parent_id or ""}
    form = FolderForm(posted(request), folders=row.council.folders.by_name(), without=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            voice.change_folder(
                folder=row, name=given["name"], parent=given["folder"], by=request.user, now=timezone.now()
            )
        except voice.VoiceRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_shelf(row.council, row))
    return form_page(
        request,
        form,
        section=COUNCILS,
        room=row.council,
        title=_("Change the folder"),
        crumb=_("Documents"),
        submit=_("Save"),
        back=_shelf(row.council, row),
        remove=reverse("dashboard:folder-delete", args=[pk]),
    )


@form_view
def folder_delete(request, pk):
    row = _folder(request, pk)
    if request.method == "POST":
        try:
            voice.delete_folder(folder=row, by=request.user, now=timezone.now())
        except voice.VoiceRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(_shelf(row.council, row))
        messages.success(request, _("The folder is deleted."))
        return redirect(_shelf(row.council, row.parent))
    return form_page(
        request,
        None,
        section=COUNCILS,
        room=row.council,
        title=_("Delete the folder?"),
        lead=row.name,
        written=[row.name],
        crumb=_("Documents"),
        submit=_("Delete"),
        danger=True,
        back=reverse("dashboard:folder-edit", args=[pk]),
    )


# --- albums -----------------------------------------------------------------------------------------------------------


def _event(request: HttpRequest, pk: int) -> Event:
    row = get_object_or_404(Event.objects.published(), pk=pk)
    if not permissions.can_show_pictures(request.user, row, timezone.localdate()):
        raise PermissionDenied
    return row


@form_view
def album_edit(request, pk):
    """The album of an event: made by giving its title; then its pictures, and whether everybody sees it."""
    event = _event(request, pk)
    now = timezone.now()
    album = Album.objects.filter(event=event).first()
    adding = request.POST.get("what") == "photos"
    sent = posted(request)
    initial = {"title": album.title if album else event.title, "is_published": bool(album and album.published_at)}
    form = AlbumForm(None if adding else sent, initial=initial)
    if album is None:
        del form.fields["is_published"]
    photos = PhotosForm(*((sent, request.FILES) if adding else ()))
    changed = {"by": request.user, "now": now}
    if request.method == "POST" and (photos if adding and album else form).is_valid():
        try:
            if album is None:
                voice.make_album(event=event, title=form.cleaned_data["title"], **changed)
                messages.success(request, _("The album is made. Now add pictures."))
            elif adding:
                voice.add_photos(album=album, photos=photos.photos, **changed)
                messages.success(request, _("The pictures are added."))
            else:
                voice.change_album(album=album, **form.cleaned_data, **changed)
                messages.success(request, _("Saved."))
            return redirect("dashboard:album-edit", pk)
        except voice.VoiceRefused as refusal:
            (photos if adding else form).add_error(None, str(refusal))
    context = {
        "event": event,
        "album": album,
        "album_form": form,
        "photos_form": photos,
        "form": photos if adding else form,
        "photos": album.photos.select_related("file").order_by("position", "pk") if album else [],
    }
    return panel(request, "album", context, section=EVENTS)


def _photo(request: HttpRequest, pk: int) -> Photo:
    row = get_object_or_404(Photo.objects.select_related("album__event", "file"), pk=pk)
    _event(request, row.album.event_id)
    return row


@form_view
def photo_edit(request, pk):
    row = _photo(request, pk)
    form = PhotoForm(posted(request), initial={"alt": row.alt})
    back = reverse("dashboard:album-edit", args=[row.album.event_id])
    if request.method == "POST" and form.is_valid():
        voice.change_photo(photo=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(back)
    return form_page(
        request,
        form,
        section=EVENTS,
        title=_("What the picture shows"),
        crumb=row.album.title,
        written=[row.album.title],
        submit=_("Save"),
        back=back,
        remove=reverse("dashboard:photo-delete", args=[pk]),
    )


@form_view
def photo_delete(request, pk):
    row = _photo(request, pk)
    back = reverse("dashboard:album-edit", args=[row.album.event_id])
    if request.method == "POST":
        voice.delete_photo(photo=row, by=request.user, now=timezone.now())
        messages.success(request, _("The picture is deleted."))
        return redirect(back)
    return form_page(
        request,
        None,
        section=EVENTS,
        title=_("Delete the picture?"),
        lead=row.alt,
        crumb=row.album.title,
        written=[row.alt, row.album.title],
        submit=_("Delete"),
        danger=True,
        back=back,
    )
