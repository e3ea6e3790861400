"""Pages kept for visitors. A view of our own counts how often it is rendered."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import _does_token_match, get_token
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from events.models import Event
from neighbourhoods.pages import cached_for_visitors
from people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db

FORM = "<form>{% csrf_token %}</form>{{ count }}<form>{% csrf_token %}</form>"


@pytest.fixture(autouse=True)
def kept(settings):
    settings.PAGE_CACHE_SECONDS = 15


@pytest.fixture
def page():
    """A view with two forms, and the list of its renderings."""
    renderings = []

    @cached_for_visitors
    def view(request):
        renderings.append(request)
        text = engines["django"].from_string(FORM).render({"count": len(renderings)}, request)
        return HttpResponse(text, headers={"X-Kept": "yes"})

    view.renderings = renderings
    return view


def ask(view, path="/lapa/?a=1", cookies=None, method="get", **extra):
    request = getattr(RequestFactory(), method)(path, **extra)
    request.COOKIES.update(cookies or {})
    return request, view(request)


def tokens(response):
    return [part.split(b'"')[0] for part in response.content.split(b'csrfmiddlewaretoken" value="')[1:]]


def test_page_is_rendered_once_for_all_visitors(page):
    first, second = ask(page)[1], ask(page)[1]

    assert len(page.renderings) == 1
    assert second.headers["X-Kept"] == "yes"
    assert second.headers["Vary"] == "Cookie"
    assert first.headers["Content-Type"] == second.headers["Content-Type"]


def test_each_visitor_gets_an_own_token(page):
    answers = [ask(page) for _ in range(3)]

    secrets = set()
    for request, response in answers:
        found = tokens(response)
        assert len(found) == 2
        for token in found:
            assert _does_token_match(token.decode(), request.META["CSRF_COOKIE"])
        assert request.META["CSRF_COOKIE_NEEDS_UPDATE"]  # the middleware will send the cookie
        secrets.add(request.META["CSRF_COOKIE"])
    assert len(secrets) == 3


def test_visitor_with_a_token_keeps_it(page):
    ask(page)
    request = RequestFactory().get("/lapa/?a=1")
    request.META["CSRF_COOKIE"] = "a" * 32

    response = page(request)

    assert _does_token_match(tokens(response)[0].decode(), "a" * 32)
    assert get_token(request)


def test_page_without_a_form_sets_no_cookie():
    @cached_for_visitors
    def view(request):
        return HttpResponse("sveiki")

    ask(view)
    request, response = ask(view)

    assert response.content == b"sveiki"
    assert "CSRF_COOKIE_NEEDS_UPDATE" not in request.META


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/lapa/?a=2"},
        {"path": "/lapa/"},
        {"path": "/cita/?a=1"},
        {"cookies": {"krasas": "dark"}},
        {"HTTP_HOST": "localhost"},
        {"secure": True},
    ],
)
def test_other_page_is_another_page(page, other):
    ask(page)
    ask(page, **other)

    assert len(page.renderings) == 2


def test_other_language_is_another_page(page):
    ask(page)
    with translation.override("en"):
        ask(page)

    assert len(page.renderings) == 2


def test_nonsense_in_the_colour_cookie_is_no_other_page(page):
    ask(page)
    ask(page, cookies={"krasas": "<script>"})

    assert len(page.renderings) == 1


@pytest.mark.parametrize("cookies", [{"sessionid": "x"}, {"messages": "x"}])
def test_somebody_with_a_session_or_a_message_sees_a_fresh_page(page, cookies):
    ask(page)
    ask(page, cookies=cookies)
    ask(page, cookies=cookies)

    assert len(page.renderings) == 3


def test_post_is_never_answered_from_the_cache(page):
    ask(page)
    ask(page, method="post")

    assert len(page.renderings) == 2


def test_head_is(page):
    ask(page, method="head")
    ask(page)

    assert len(page.renderings) == 1


def test_nothing_is_kept_when_it_is_switched_off(page, settings):
    settings.PAGE_CACHE_SECONDS = 0
    ask(page)
    ask(page)

    assert len(page.renderings) == 2


def with_cookie():
    response = HttpResponse("x")
    response.set_cookie("a", "b")
    return response


@pytest.mark.parametrize(
    "make",
    [
        lambda: HttpResponse("x", status=404),
        lambda: HttpResponse("x", status=302),
        lambda: HttpResponse("x", headers={"Cache-Control": "no-store"}),
        lambda: StreamingHttpResponse([b"x"]),
        with_cookie,
    ],
)
def test_only_plain_pages_are_kept(make):
    made = []

    @cached_for_visitors
    def view(request):
        made.append(1)
        return make()

    ask(view)
    ask(view)

    assert len(made) == 2


def test_broken_cache_costs_a_rendering_and_no_page(page, settings):
    """A server that is not there, asked through the plain client of Django, which raises."""
    gone = "redis://127.0.0.1:1"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": gone}}

    for _ in range(2):
        assert ask(page)[1].status_code == 200

    assert len(page.renderings) == 2


def test_kept_pages_of_the_portal(client, settings):
    """Through all middleware: a visitor who met the kept page signs up with its form."""
    event = factories.event(capacity=5)
    first = client.get(event.get_absolute_url())
    Event.objects.update(title="Cits nosaukums")

    strict = client.__class__(enforce_csrf_checks=True)
    second = strict.get(event.get_absolute_url())

    assert "Cits nosaukums" not in second.text
    assert tokens(first)[0] != tokens(second)[0]
    data = {"name": "Jānis", "email": "viesis@example.org", "party_size": "1"}
    data["csrfmiddlewaretoken"] = tokens(second)[0].decode()
    action = f"{event.get_absolute_url()}pieteikties-viesis/"
    assert strict.post(action, data | {"csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert strict.post(action, data).status_code == 302
    assert Person.objects.filter(channels__value="viesis@example.org").exists()


def test_kept_page_makes_one_query_at_most(client, django_assert_max_num_queries):
    event = factories.event()
    client.get(event.get_absolute_url())

    with django_assert_max_num_queries(1):
        client.get(event.get_absolute_url())


def test_logged_in_person_never_sees_a_kept_page(client):
    event = factories.event()
    client.get(event.get_absolute_url())
    user = factories.user()
    factories.rsvp(event, user.person)
    client.force_login(user)

    assert client.get(event.get_absolute_url()).context["card"] == "own"
