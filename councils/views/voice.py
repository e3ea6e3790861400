"""What everybody may read of the councils' own voice: news, documents, pictures. Written in `dashboard.panel.voice`."""

from dataclasses import dataclass, field
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils import permissions, texts
from councils.forms.voice import NewsFilter
from councils.models import Album, Council, Document, Folder, NewsPost, NewsState
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.pages import cached_for_visitors

POSTS_ON_PAGE = 20


# --- news -------------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def news_list(request):
    """Three queries."""
    now = timezone.now()
    form = NewsFilter(request.GET, neighbourhoods=Neighbourhood.objects.valid(timezone.localdate(now)).by_law())
    page = Paginator(form.narrow(NewsPost.objects.published(now)).for_lists(), POSTS_ON_PAGE)
    query = request.GET.copy()
    query.pop("lapa", None)
    context = {"filter": form, "page": page.get_page(request.GET.get("lapa")), "query": query.urlencode()}
    return render(request, "councils/news_list.html", context)


@login_not_required
@require_safe
@cached_for_visitors
def news_post(request, pk, slug):
    """One query; who may write it sees it before everybody does."""
    now = timezone.now()
    post = get_object_or_404(NewsPost.objects.for_lists(), pk=pk)
    state = post.state_at(now)
    if state != NewsState.PUBLISHED and not permissions.can_speak(request.user, post.council, timezone.localdate(now)):
        raise Http404
    if slug != post.slug:
        return redirect(post, permanent=state == NewsState.PUBLISHED)
    crumbs = [(_("News"), reverse("councils:news"))]
    if post.council:
        area = post.council.neighbourhood
        crumbs.append((area.short_name, area.get_absolute_url()))
    context = {"post": post, "body": texts.to_html(post.body), "state": state, "crumbs": crumbs}
    return render(request, "councils/news_post.html", context)


# --- documents --------------------------------------------------------------------------------------------------------


@dataclass
class Shelf:
    """A folder in the list of folders of a council, with how many documents lie right in it for this reader."""

    folder: Folder
    depth: int
    count: int = 0
    parts: list["Shelf"] = field(default_factory=list)


def _shelves(folders: list[Folder], counts: dict[int | None, int], *, empty_too: bool) -> list[Shelf]:
    """The folders as a tree, each before what lies in it. Those in which this reader has nothing to see fall away,
    unless `empty_too`: a name may say what only members should know."""
    below: dict[int | None, list[Folder]] = {}
    for row in folders:
        below.setdefault(row.parent_id, []).append(row)

    def grow(parent: int | None, depth: int) -> list[Shelf]:
        grown = []
        for row in below.get(parent, []):
            parts = grow(row.pk, depth + 1)
            shelf = Shelf(row, depth, counts.get(row.pk, 0), parts)
            if empty_too or parts or shelf.count:
                grown.append(shelf)
        return grown

    return grow(None, 0)


def _flat(shelves: list[Shelf]) -> list[Shelf]:
    return [row for shelf in shelves for row in (shelf, *_flat(shelf.parts))]


@login_not_required
@require_safe
def document_list(request, slug, folder=None):
    """The council's documents, by folder; five queries, and what the right costs."""
    on = timezone.localdate()
    council = get_object_or_404(Council.objects.select_related("neighbourhood"), neighbourhood__slug=slug)
    sees_all = permissions.can_see_papers(request.user, council, on)
    documents = council.documents.all() if sees_all else council.documents.public()
    by_folder: dict[int | None, list[Document]] = {}
    for row in documents.with_versions().by_title():
        by_folder.setdefault(row.folder_id, []).append(row)
    counts = {pk: sum(row.retired_at is None for row in rows) for pk, rows in by_folder.items()}
    shelves = _flat(_shelves(list(council.folders.by_name()), counts, empty_too=sees_all))
    here = next((shelf for shelf in shelves if shelf.folder.pk == folder), None)
    if folder is not None and here is None:
        raise Http404
    area = council.neighbourhood
    crumbs = [(area.short_name, area.get_absolute_url())]
    if here:
        crumbs.append((_("Documents"), reverse("councils:documents", args=[slug])))
    names = {shelf.folder.pk: shelf.folder for shelf in shelves}
    above = names.get(here.folder.parent_id or 0) if here else None
    way: list[tuple[str, str]] = []
    while above:
        way.insert(0, (latvian.written(above.name), reverse("councils:folder", args=[slug, above.pk])))
        above = names.get(above.parent_id or 0)
    shown = by_folder.get(folder, [])
    context = {
        "council": council,
        "folder": here.folder if here else None,
        "crumbs": [*crumbs, *way],
        "shelves": here.parts if here else [shelf for shelf in shelves if shelf.depth == 0],
        "documents": [row for row in shown if row.retired_at is None],
        "retired": [row for row in shown if row.retired_at],
        "sees_all": sees_all,
        "keeps": permissions.can_speak(request.user, council, on),
    }
    return render(request, "councils/documents.html", context)


# --- pictures ---------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def album(request, pk):
    """Three queries: the album with its event, the neighbourhoods, the pictures."""
    on = timezone.localdate()
    row = get_object_or_404(Album.objects.select_related("event"), pk=pk)
    keeps = permissions.can_show_pictures(request.user, row.event, on)
    if row.published_at is None and not keeps:
        raise Http404
    context = {
        "album": row,
        "photos": row.photos.select_related("file").order_by("position", "pk"),
        "keeps": keeps,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "crumbs": [
            (_("Calendar"), reverse("events:calendar")),
            (latvian.written(row.event.title), row.event.get_absolute_url()),
        ],
    }
    return render(request, "councils/album.html", context)
