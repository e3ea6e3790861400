"""The pages that everybody may read. Each asks the database the same number of questions however much it shows."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils import regulation, texts
from councils.models import (
    COUNCILS,
    CouncilState,
    Matter,
    Meeting,
    Membership,
    NewsPost,
    Office,
    Submission,
    Term,
    TextPage,
    Topic,
)
from councils.roster import RANKS
from dashboard import pages_content, standing, style_demo
from dashboard.forms import MatterFilter
from elections.models import FormationStep
from events.models import Event
from events.own import with_own
from neighbourhoods.finder import find as find_neighbourhood
from neighbourhoods.models import Neighbourhood
from neighbourhoods.pages import cached_for_visitors
from neighbourhoods.prepared import prepared
from notices.models import Notice
from people.models import Follow
from people.permissions import can_coordinate

EVENTS_ON_HOME = 4
SUBMISSIONS_ON_HOME = 4
EVENTS_ON_NEIGHBOURHOOD = 4
MEETINGS_ON_NEIGHBOURHOOD = 6
SUBMISSIONS_ON_NEIGHBOURHOOD = 5
NEWS_ON_NEIGHBOURHOOD = 3
SUBMISSIONS_ON_PAGE = 20
HITS_OF_A_KIND = 10
MOST_IN_SITEMAP = 5000
LONGEST_QUERY = 200  # characters of a search that are read
SWEEP_IS_LATE = timedelta(minutes=10)


def _achieved(on):
    """Submissions that lead their matters, so that their state is the matter's; with the neighbourhoods they come from.
    Two queries."""
    rows = Submission.objects.public().leading().with_state(on)
    return rows.select_related("matter").prefetch_related(COUNCILS)


def _first_open(events):
    """The first event that the reader can sign up for: its button is the page's first thing to do."""
    return next((event for event in events if event.takes_rsvps_now and not event.own), None)


_events_on_home = prepared(lambda now: Event.objects.upcoming(now).for_lists(now)[:EVENTS_ON_HOME])
_submissions_on_home = prepared(lambda on: _achieved(on).latest_of_each_state()[:SUBMISSIONS_ON_HOME])


# --- home and neighbourhoods -----------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def home(request):
    now = timezone.now()
    on = timezone.localdate(now)
    rules = regulation.in_force(on)
    cards = standing.cards(rules, now)
    events = with_own(_events_on_home(now=now), request.user)
    return render(
        request,
        "dashboard/home.html",
        {
            "cards": cards,
            "counts": standing.counts(cards),
            "events": events,
            "first_open": _first_open(events),
            "submissions": _submissions_on_home(on=on),
            "rules": rules.numbers,
        },
    )


@login_not_required
@require_safe
@cached_for_visitors
def neighbourhood_list(request):
    now = timezone.now()
    cards = standing.cards(regulation.in_force(timezone.localdate(now)), now)
    context = {
        "cards": cards,
        "counts": standing.counts(cards),
        "as_table": request.GET.get("skats") == "tabula",
        "residents_known": any(card.neighbourhood.population for card in cards),
    }
    return render(request, "dashboard/neighbourhood_list.html", context)


@login_not_required
@require_safe
def find(request):
    """From a village, a street or an address to the neighbourhood; `apkaime` is the one chosen from the list."""
    now = timezone.now()
    on = timezone.localdate(now)
    chosen = request.GET.get("apkaime", "")
    if chosen and (area := Neighbourhood.objects.valid(on).called(chosen).first()):
        return redirect(area)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = find_neighbourhood(query, on=on) if query else None
    cards = standing.cards(regulation.in_force(on), now) if not found else []
    return render(request, "dashboard/find.html", {"query": query, "found": found, "cards": cards})


@login_not_required
@require_safe
@cached_for_visitors
def neighbourhood(request, slug):
    now = timezone.now()
    on = timezone.localdate(now)
    areas = Neighbourhood.objects.valid(on).select_related("council").annotate(is_followed=_followed_by(request.user))
    area = get_object_or_404(standing.with_standing(areas, now, on), slug=slug)
    council = getattr(area, "council", None)
    here = Event.objects.upcoming(now).in_neighbourhood(area)
    events = with_own(here.for_lists(now)[:EVENTS_ON_NEIGHBOURHOOD], request.user)
    meetings = _meetings(council, now)
    return render(
        request,
        "dashboard/neighbourhood.html",
        {
            "area": area,
            "council": council,
            "members": _members(council, on) if area.state == CouncilState.WORKING else [],
            "steps": _steps(council, on) if area.state == CouncilState.FORMING else [],
            "events": events,
            "first_open": _first_open(events),
            "next_meeting": next((row for row in reversed(meetings) if row.is_ahead), None),
            "meetings": [row for row in meetings if not row.is_ahead],
            "matters": list(_matters_of(council, on)),
            "news": NewsPost.objects.published(now).filter(council=council)[:NEWS_ON_NEIGHBOURHOOD] if council else [],
            "places": area.places.valid(on).by_name(),
        },
    )


def _followed_by(user):
    if not user.is_authenticated:
        return Exists(Follow.objects.none())
    return Exists(Follow.objects.filter(person=user.person, neighbourhood=OuterRef("pk")))


def _members(council, on):
    """Who sits in the council today, officers first; `office` is the kind held."""
    office = Office.objects.held(on).filter(council=council, person=OuterRef("person")).by_rank()
    rows = (
        Membership.objects.of_council(council)
        .held(on)
        .filter(seat__term__in=Term.objects.held(on))
        .select_related("person")
        .annotate(office=Subquery(office.values("kind")[:1]))
        .by_name()
    )
    return [
        {"name": row.person.name, "office": Office.Kind(row.office).label if row.office else "", "kind": row.office}
        for row in sorted(rows, key=lambda row: RANKS.get(row.office, len(RANKS)))
    ]


def _steps(council, on):
    """The way to the council: each step with where it stands. The one after the last that was done is under way."""
    open_steps = FormationStep.objects.filter(formation__council=council, formation__closed_on=None)
    steps = list(open_steps.select_related("formation").by_law())
    last_done = max((step.position for step in steps if step.done_on), default=0)
    return [
        {"step": step, "done": step.position <= last_done, "current": step.position == last_done + 1} for step in steps
    ]


def _meetings(council, now):
    """The last meetings and the next one (`is_ahead`), the latest first, in one query."""
    if council is None:
        return []
    own = Meeting.objects.filter(councils=council)
    held, ahead = own.held(now).values("pk")[:MEETINGS_ON_NEIGHBOURHOOD], own.upcoming(now).values("pk")[:1]
    is_ahead = Q(pk__in=Subquery(ahead))
    rows = own.filter(is_ahead | Q(pk__in=Subquery(held))).annotate(is_ahead=Case(When(is_ahead, True), default=False))
    return list(rows.with_state(now).select_related("event").order_by("-event__starts_at", "-pk"))


def _matters_of(council, on):
    if council is None:
        return []
    rows = council.matters.decided().with_state(on).select_related("latest_asked", "latest_decided")
    return rows.latest_moved()[:SUBMISSIONS_ON_NEIGHBOURHOOD]


# --- what the councils asked for -------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def submission_list(request):
    """What councils voted on and sent, what moved last first."""
    on = timezone.localdate()
    form = MatterFilter(
        request.GET,
        neighbourhoods=Neighbourhood.objects.valid(on).by_law(),
        topics=Topic.objects.in_use(on),
        years=Matter.objects.years(),
    )
    rows = form.narrow(Matter.objects.decided().for_lists(on)).latest_moved()
    page = Paginator(rows, SUBMISSIONS_ON_PAGE).get_page(request.GET.get("lapa"))
    query = request.GET.copy()
    query.pop("lapa", None)
    return render(request, "dashboard/submission_list.html", {"filter": form, "page": page, "query": query.urlencode()})


@login_not_required
@require_safe
def submission(request, pk):
    """The address that a submission had before it was one step of a matter's thread."""
    row = get_object_or_404(Submission.objects.public().select_related("matter"), pk=pk)
    return redirect(row.matter, permanent=True)


# --- search ----------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def search(request):
    now = timezone.now()
    on = timezone.localdate(now)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    context = {"query": query}
    if query:
        events = Event.objects.matching(query).for_lists(now)
        context |= {
            "found": find_neighbourhood(query, on=on),
            "upcoming": with_own(events.upcoming(now)[:HITS_OF_A_KIND], request.user),
            "past": events.past(now)[:HITS_OF_A_KIND],
            "matters": Matter.objects.decided().for_lists(on).matching(query).latest_moved()[:HITS_OF_A_KIND],
            "news": NewsPost.objects.published(now).matching(query).for_lists()[:HITS_OF_A_KIND],
        }
    return render(request, "dashboard/search.html", context)


# --- texts, the page of components, and what machines ask ------------------------------------------------------------


@login_not_required
@require_safe
def page(request, slug):
    """What the coordinator wrote, or else the text that comes with the portal. Two queries."""
    language, rules = get_language() or "lv", regulation.in_force(timezone.localdate())
    own = TextPage.objects.filter(slug=slug, language=language).first()
    if own is None:
        return render(request, "dashboard/page.html", {"page": pages_content.page(slug, language, rules)})
    facts = pages_content.facts(rules)
    page = {"title": texts.fill(own.title, facts), "body": texts.to_html(texts.fill(own.body, facts))}
    return render(request, "dashboard/page.html", {"page": page})


@login_not_required
@require_safe
def style(request):
    """Every component and state, for those who build and review; nobody else needs to know of it."""
    if not can_coordinate(request.user):
        raise Http404
    return render(request, "dashboard/style.html", style_demo.context())


@login_not_required
@never_cache
@require_safe
def health(request):
    """Can this server answer residents? 503 without its database; a missing cache or late mail are told, not fatal."""
    now = timezone.now()
    state = {"database": "ok", "cache": "ok", "sweep": "ok"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        late = Notice.objects.due(now - SWEEP_IS_LATE).exists()
    except DatabaseError:
        return JsonResponse({"database": "down", "cache": "unknown", "sweep": "unknown"}, status=503)
    if late:
        state["sweep"] = "late"
    state["cache"] = "ok" if _cache_answers() else "down"
    return JsonResponse(state)


def _cache_answers():
    mark = get_random_string(12)
    try:
        cache.set("veseliba", mark, 60)
        return cache.get("veseliba") == mark
    except DatabaseError:  # the embedded mode keeps its cache in the database
        return False


@login_not_required
@require_safe
def robots(request):
    """Personal links, accounts and work pages are nobody's search results."""
    private = (
        "/r/",
        "/a/",
        "/s/",
        "/i/",
        "/v/",
        "/atbilde/",
        "/lemumi/sekot/",
        "/mans/",
        "/konts/",
        "/panelis/",
        "/parvaldiba/",
        "/pasts/",
        "/meklet/",
    )
    return render(
        request,
        "dashboard/robots.txt",
        {"private": private, "site": settings.PUBLIC_URL},
        content_type="text/plain; charset=utf-8",
    )


@login_not_required
@require_safe
def sitemap(request):
    """What is public and lasts: the pages, the neighbourhoods, the events ahead and what the councils asked for."""
    now = timezone.now()
    fixed = [
        reverse(name)
        for name in (
            "dashboard:home",
            "dashboard:neighbourhood-list",
            "events:calendar",
            "dashboard:submission-list",
            "councils:news",
        )
    ]
    rows = [
        *Neighbourhood.objects.valid(timezone.localdate(now)).by_law(),
        *Event.objects.upcoming(now)[:MOST_IN_SITEMAP],
        *Matter.objects.decided().latest_moved()[:MOST_IN_SITEMAP],
    ]
    addresses = [
        *fixed,
        *(reverse("dashboard:page", args=[slug]) for slug in pages_content.SLUGS),
        *(row.get_absolute_url() for row in rows),
    ]
    return render(
        request,
        "dashboard/sitemap.xml",
        {"addresses": addresses, "site": settings.PUBLIC_URL},
        content_type="application/xml; charset=utf-8",
    )
