from collections.abc import Iterator

import pytest

from tests.browser import visitors
from tests.browser.people import Post
from tests.prove.conftest import LOGINS, run
from tests.servers import Portal, SmtpSink, missing

# One portal for the tests that look at a way of using it; what it does with two databases the main job plays.
SCENE = f"""{LOGINS}
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from councils.models import Council
from neighbourhoods.models import Neighbourhood
call_command("facts", verbosity=0)
area = Neighbourhood.objects.get(slug="mezinieki")
factories.term(factories.council(neighbourhood=area))
starts = timezone.localtime() + timedelta(days=3)
starts = starts.replace(hour=18, minute=30, second=0, microsecond=0)  # in the evening of one day, whenever it is now
factories.event("Saruna par ceļiem", [area], starts_at=starts, capacity=20, directions="Ieeja no pagalma puses.")
answer = {{
    "resident": session_of(factories.user("anna@example.org", name="Anna Ķirse")),
    "coordinator": session_of(factories.coordinator(email="koordinatore@example.org", name="Lāsma Pīlādze")),
}}
"""


@pytest.fixture(scope="session")
def chromium():
    if why := missing("browser"):
        pytest.skip(why)
    with visitors.running() as browser:
        yield browser


@pytest.fixture
def visit(chromium):
    """Opens browsers of their own for several people; the test fails when one of them met a fault."""
    people: list[visitors.Visitor] = []

    def open_browser(url, **options):
        people.append(visitors.Visitor(chromium, url, **options))
        return people[-1].page

    yield open_browser
    for person in people:
        print(f"{person.page.url}\n{person.page.locator('body').inner_text(timeout=5000)[:1500]}\n")  # after a failure
        person.close()
    assert [fault for person in people for fault in person.faults] == []


@pytest.fixture(scope="session")
def embedded() -> Iterator[tuple[Portal, Post, dict[str, str]]]:
    """A running portal, its mails, and the sessions of a resident and a coordinator."""
    with SmtpSink() as sink, Portal(email_url=sink.url) as portal:
        yield portal, Post(sink), run(portal, SCENE)
