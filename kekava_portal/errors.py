"""What visitors get when the portal itself fails."""

import sys
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER = 60  # seconds
# What begins PostgreSQL's code, or SQLite's, when nothing is wrong with what was asked: no connection, no room for one
# more, being stopped or started; locked too long.
AWAY = ("08", "53", "57P", "SQLITE_BUSY", "SQLITE_CANTOPEN")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page that asks nothing of the database: 503 while the database is away, so that browsers, proxies and
    search engines come again, and 500 otherwise. Django calls it while it handles the exception."""
    is_away = _is_away(sys.exception())
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.INTERNAL_SERVER_ERROR
    headers = {"Retry-After": str(RETRY_AFTER)} if is_away else {}
    return HttpResponse(render_to_string("500.html", {"status": status.value}), status=status, headers=headers)


def _is_away(error: BaseException | None) -> bool:
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return code is None or code.startswith(AWAY)  # without a connection nobody gives a code
