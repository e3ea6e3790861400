"""What views of every room ask of a request."""

from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

form_view = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: what was sent, also when that is nothing; None where the form is only shown."""
    return request.POST if request.method == "POST" else None


def by_script(request: HttpRequest) -> bool:
    """Does a script wait for the answer as JSON, and not a person for a page?"""
    return request.headers.get("Accept") == "application/json"
