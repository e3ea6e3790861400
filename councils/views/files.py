"""Files on their way out. Each view asks first whether this person may see the thing that the file belongs to."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.views.decorators.http import require_safe

from councils import files, permissions
from councils.models import DocumentVersion, NewsPost, NewsState, Photo, StoredFile

KEPT_FOR = 60 * 60  # seconds: a picture taken off the site is gone from everywhere within an hour


def _picture(stored: StoredFile | None, *, is_public: bool, small: bool = False) -> FileResponse:
    if stored is None:
        raise Http404
    answer = files.response(stored, inline=True, small=small)
    if is_public:
        patch_cache_control(answer, public=True, max_age=KEPT_FOR)
    else:
        add_never_cache_headers(answer)
    return answer


@login_not_required
@require_safe
def news_picture(request, pk, small=False):
    """One query, and for what is not published yet what the right costs."""
    now = timezone.now()
    post = get_object_or_404(NewsPost.objects.select_related("picture", "council"), pk=pk, picture__isnull=False)
    is_public = post.state_at(now) == NewsState.PUBLISHED
    if not is_public and not permissions.can_speak(request.user, post.council, timezone.localdate(now)):
        raise Http404
    return _picture(post.picture, is_public=is_public, small=small)


@login_not_required
@require_safe
def photo(request, pk, small=False):
    """One query, and for an album that is hidden what the right costs."""
    row = get_object_or_404(Photo.objects.select_related("file", "album__event"), pk=pk)
    is_public = row.album.published_at is not None
    if not is_public and not permissions.can_show_pictures(request.user, row.album.event, timezone.localdate()):
        raise Http404
    return _picture(row.file, is_public=is_public, small=small)


@login_not_required
@require_safe
def document(request, pk):
    """A version of a document. Who is not logged in may do so; who is and may not read it, finds nothing."""
    rows = DocumentVersion.objects.select_related("file", "document__council")
    row = get_object_or_404(rows, pk=pk)
    if not permissions.can_see_document(request.user, row.document, timezone.localdate()):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    answer = files.response(row.file)
    add_never_cache_headers(answer)  # a document may be taken off, or become one for members
    return answer
