"""Pages that look the same to every visitor, kept for a few seconds."""

import hashlib
import logging
import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

logger = logging.getLogger(__name__)

SCHEMES = ("light", "dark")  # the cookie `krasas`; anything else is the page as the device wishes
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([A-Za-z0-9]+)"')


def cached_for_visitors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the page of `view` for PAGE_CACHE_SECONDS and show it to all who have no session and no message waiting.

    It is told apart by host, full path with query, language and colour scheme. The CSRF token is cut out before the
    page is kept, and every visitor gets an own one. Only plain 200 answers are kept; a cache that fails costs a
    rendering, never a page. What such a page says may be as old as PAGE_CACHE_SECONDS: the POST that follows decides.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not _is_visitor(request):
            return view(request, *args, **kwargs)
        key = _key(request)
        kept = _get(key)
        if kept is not None:
            return _answer(request, *kept)
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        if _may_be_kept(request, response):
            _set(key, (_without_tokens(response.content), dict(response.headers)), settings.PAGE_CACHE_SECONDS)
        return response

    return wrapped


def _is_visitor(request: HttpRequest) -> bool:
    return (
        settings.PAGE_CACHE_SECONDS > 0
        and request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "messages" not in request.COOKIES
    )


def _key(request: HttpRequest) -> str:
    scheme = request.COOKIES.get("krasas")
    parts = [
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        get_language() or "",
        scheme if scheme in SCHEMES else "",
    ]
    return "page:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    session = getattr(request, "session", None)
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and not getattr(session, "modified", False)
        and "no-store" not in response.headers.get("Cache-Control", "")
    )


def _without_tokens(content: bytes) -> list[bytes]:
    """The page in pieces, to be joined by a CSRF token."""
    tokens = set(TOKEN.findall(content))
    return re.split(b"|".join(tokens), content) if tokens else [content]


def _answer(request: HttpRequest, pieces: list[bytes], headers: dict[str, str]) -> HttpResponse:
    token = get_token(request).encode() if len(pieces) > 1 else b""
    return HttpResponse(token.join(pieces), headers=headers)


def made_once(key: str, make: Callable[[], bytes], seconds: int) -> bytes:
    """What `make` gives, kept under `key`; a cache that fails costs making it anew."""
    kept = _get(key)
    if kept is None:
        kept = make()
        _set(key, kept, seconds)
    return kept


def _get(key: str):
    try:
        return cache.get(key)
    except Exception as error:  # whatever the cache's client raises, the page can be rendered without it
        logger.warning("The page cache cannot be read: %s", error)
        return None


def _set(key: str, value, seconds: int) -> None:
    try:
        cache.set(key, value, seconds)
    except Exception as error:  # as above
        logger.warning("The page cache cannot be written: %s", error)
