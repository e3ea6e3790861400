"""Every address of the portal that holds a number, asked for a number that no row can have."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests import factories
from tests.dashboard.panel_world import signed_in

pytestmark = pytest.mark.django_db
BEYOND = str(2**63)  # one more than a column of numbers holds
ENDLESS = "9" * 5000  # more digits than Python makes a number of
OTHERS = {"slug": "nekur", "str": "nekas", "page": "privatums"}


def routes(patterns=None, before: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def filled(route: str, number: str) -> str:
    route = re.sub(r"<int:\w+>", number, route)
    route = re.sub(r"<(\w+):\w+>", lambda found: OTHERS[found[1]], route)
    route = re.sub(r"\(\?P<\w+>\[0-9\][^)]*\)", number, route)
    route = re.sub(r"\(\?P<\w+>\[0-9a-f\]\{20\}\)", "a" * 20, route)
    route = re.sub(r"\(\?P<\w+>(\w+)\|\w+\)", r"\1", route)
    return "/" + re.sub(r"[\^$\\]", "", route)


NUMBERED = sorted(
    {route for route in routes() if re.search(r"<int:|\[0-9\]", route) and not route.startswith("parvaldiba/")}
)


@pytest.mark.parametrize("number", [BEYOND, ENDLESS], ids=["beyond", "endless"])
def test_an_address_with_a_number_that_no_row_can_have_leads_nowhere(number):
    assert len(NUMBERED) > 100
    client = signed_in(factories.administrator())  # who is let through everywhere
    client.raise_request_exception = False
    broken = [
        (route, method)
        for route in NUMBERED
        for method in ("get", "post")
        if getattr(client, method)(filled(route, number)).status_code >= 500
    ]
    assert broken == []
