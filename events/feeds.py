"""What leaves the portal: calendars to subscribe to, a list for another site, the feed of news, pictures to share.

The language of a feed is what its address says (`?valoda=en`), never a cookie: no program has one. A program that asks
whether anything is new costs two short statements, and the answer is built only when there is something to say.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from csp.constants import NONE
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks, urlize
from django.utils.http import http_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events import ical, operations, pictures
from events.forms import CalendarFilter
from events.models import CalendarKey, Event, EventQuerySet, Rsvp
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.pages import cached_for_visitors, made_once
from neighbourhoods.periods import moment_on
from neighbourhoods.requests import form_view
from notices.emails import absolute
from people.context_processors import SCHEMES

NEWS = 50  # entries of the Atom feed
CALENDAR_TYPE = f"text/calendar; charset=utf-8; method={ical.PUBLISH}"
ATOM_TYPE = "application/atom+xml; charset=utf-8"


def in_asked_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Public, and in the language that the address names."""

    @login_not_required
    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        asked = request.GET.get("valoda", "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers.setdefault("Content-Language", language)
        return response

    return wrapped


@dataclass
class Narrowed:
    """Events of which a feed tells, and how its address says so."""

    rows: EventQuerySet
    names: list[str] = field(default_factory=list)
    query: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " · ".join([_("Resident councils of Ķekava"), *self.names])

    def address(self, path: str) -> str:
        """The absolute address of `path` with what narrows the feed, and the language unless it is the first."""
        query = dict(self.query)
        if translation.get_language() != settings.LANGUAGE_CODE:
            query["valoda"] = str(translation.get_language())
        return absolute(f"{path}?{urlencode(query)}" if query else path)


def narrow(rows: EventQuerySet, asked: QueryDict | dict[str, str]) -> Narrowed:
    """Events of one neighbourhood, kind and format. Who asks for what there is not gets 404, never everything.

    One query when a neighbourhood is named; it may be one that the law has done away with.
    """
    found = Narrowed(rows)
    if slug := asked.get("apkaime"):
        area = get_object_or_404(Neighbourhood.objects.called(slug))
        found.rows = found.rows.in_neighbourhood(area)
        found.names.append(area.short_name)
        found.query["apkaime"] = slug
    for name, column, choices in (("veids", "kind", Event.Kind), ("norise", "format", Event.Format)):
        if value := asked.get(name):
            if value not in choices.values:
                raise Http404
            found.rows = found.rows.filter(**{column: value})
            found.names.append(str(choices(value).label))
            found.query[name] = value
    return found


# --- asked again ------------------------------------------------------------------------------------------------------


def _today(now: datetime) -> datetime:
    """The last midnight here, when old events leave the feeds."""
    return moment_on(timezone.localdate(now))


def _tag(*facts: Any) -> str:
    text = "\n".join(str(fact) for fact in (ical.VERSION, settings.PUBLIC_URL, translation.get_language(), *facts))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def answer(
    request: HttpRequest,
    *,
    etag: str,
    content_type: str,
    name: str,
    build: Callable[[], bytes],
    last_modified: datetime | None = None,
    cache: str = "no-cache",
) -> HttpResponse:
    """What `build` makes, or 304 without it when the program has that already."""
    kind = "inline" if content_type.startswith("image/") else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"', "ETag": etag, "Cache-Control": cache}
    response = HttpResponse(content_type=content_type, headers=headers)
    seconds = None
    if last_modified is not None:
        seconds = int(last_modified.timestamp())
        response.headers["Last-Modified"] = http_date(seconds)
    kept = get_conditional_response(request, etag=etag, last_modified=seconds, response=response)
    if kept is not None and kept is not response:
        return kept
    response.content = build()
    return response


def answer_public(request, now: datetime, found: Narrowed, *facts: Any, build: Callable[[datetime], bytes], **options):
    """The same for a feed of events that everybody may see. Two queries before `build`.

    The tag knows the events of this feed. The date knows every event: one that went to another neighbourhood is a
    change here, too, and must not turn the clock back.
    """
    version = found.rows.order_by().aggregate(count=Count("pk"), last=Max("changed_at"))
    last = Event.objects.published().aggregate(last=Max("changed_at"))["last"]
    changed_at = max(filter(None, [last, _today(now)]))
    return answer(
        request,
        etag=_tag(request.path, sorted(found.query.items()), version["count"], version["last"], *facts),
        last_modified=changed_at,
        build=lambda: build(changed_at),
        **options,
    )


def event_file(request: HttpRequest, event: Event) -> HttpResponse:
    """The calendar file of one event, which a program may ask for again and again. No query."""
    return answer(
        request,
        etag=_tag(request.path, event.sequence, event.changed_at),
        last_modified=event.changed_at,
        content_type=CALENDAR_TYPE,
        name=f"{event.slug}.ics",
        build=lambda: ical.event_calendar(event).encode(),
    )


# --- calendars --------------------------------------------------------------------------------------------------------


def _calendar(request: HttpRequest, found: Narrowed, now: datetime, *, page: str = "") -> HttpResponse:
    def build(changed_at: datetime) -> bytes:
        about = ical.About(
            name=found.name,
            description=_("Events of the resident councils and their neighbourhoods, kept up to date by the portal."),
            source=found.address(request.path),
            page=absolute(page) if page else found.address(reverse("events:calendar")),
            changed_at=changed_at,
        )
        return ical.feed(about, ((event, None) for event in found.rows))

    return answer_public(request, now, found, build=build, content_type=CALENDAR_TYPE, name="kalendars.ics")


@in_asked_language
def calendar(request):
    """All events, or those of the neighbourhood, kind and format that the address names. Three queries."""
    now = timezone.now()
    return _calendar(request, narrow(Event.objects.for_subscription(_today(now)), request.GET), now)


@in_asked_language
def neighbourhood(request, slug):
    """What takes place in a neighbourhood or is meant for the whole municipality. Four queries."""
    now = timezone.now()
    asked = {**request.GET.dict(), "apkaime": slug}
    found = narrow(Event.objects.for_subscription(_today(now)), asked)
    del found.query["apkaime"]  # the path says it
    return _calendar(request, found, now, page=reverse("dashboard:neighbourhood", args=[slug]))


@in_asked_language
def council(request, slug):
    """The meetings of the council of a neighbourhood, joint ones among them. Four queries."""
    now = timezone.now()
    area = get_object_or_404(Neighbourhood.objects.select_related("council"), slug=slug, council__isnull=False)
    rows = Event.objects.for_subscription(_today(now)).filter(meeting__councils__neighbourhood=area)
    found = Narrowed(rows, [area.council.name])
    return _calendar(request, found, now, page=area.get_absolute_url())


@in_asked_language
def series(request, pk):
    """All dates of a series that one may know of, as a file to take or to subscribe to. Four queries."""
    rows = Event.objects.published().filter(series__pk=pk).order_by("starts_at", "pk")
    first = rows.first()
    if first is None:
        raise Http404
    return _calendar(request, Narrowed(rows, [first.title]), timezone.now(), page=first.get_absolute_url())


@login_not_required
@require_safe
def mine(request, token):
    """What one person signed up to, for whoever has the secret address. Two queries.

    It has a tag and no date: a sign-up that is taken back leaves no moment that a date could know.
    """
    key = get_object_or_404(CalendarKey.objects.select_related("person"), token=token, person__erased_at=None)
    now = timezone.now()
    begin = _today(now)
    rows = Rsvp.objects.active().filter(person=key.person, event__in=Event.objects.for_subscription(begin))
    rsvps = list(rows.select_related("event").order_by("event__starts_at", "pk"))
    with translation.override(key.person.language):
        response = answer(
            request,
            etag=_tag(request.path, *((row.pk, row.state, row.attending, row.event.changed_at) for row in rsvps)),
            content_type=CALENDAR_TYPE,
            name="mans-kalendars.ics",
            build=lambda: _own_calendar(request, rsvps),
            cache="private, no-cache",
        )
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _own_calendar(request: HttpRequest, rsvps: Iterable[Rsvp]) -> bytes:
    about = ical.About(
        name=_("My events"),
        description=_("What I have signed up for with the resident councils."),
        source=absolute(request.path),
        page=absolute(reverse("dashboard:my")),
    )
    return ical.feed(about, ((rsvp.event, rsvp) for rsvp in rsvps))


# --- how one subscribes -----------------------------------------------------------------------------------------------


def _webcal(address: str) -> str:
    """The address as a calendar program on this device takes it over."""
    return f"webcal://{address.partition('://')[2]}"


@login_not_required
@require_safe
def subscribe(request):
    """The addresses of the calendar that the visitor chooses, each for the program it is meant for. Three queries."""
    form = CalendarFilter(request.GET, now=timezone.now(), auto_id="id_%s")
    for name in ("menesis", "q", "vietas"):
        del form.fields[name]
    form.is_valid()
    found = narrow(Event.objects.none(), form.subscription())
    address = found.address(reverse("events:calendar-ics"))
    webcal = _webcal(address)
    area = Neighbourhood.objects.select_related("council").filter(slug=found.query.get("apkaime")).first()
    context = {
        "form": form,
        "narrowed": " · ".join(found.names),
        "address": address,
        "webcal": webcal,
        "google": f"https://calendar.google.com/calendar/render?{urlencode({'cid': webcal})}",
        "outlook": f"https://outlook.live.com/calendar/0/addfromweb?{urlencode({'url': address, 'name': found.name})}",
        "atom": found.address(reverse("events:calendar-atom")),
        "council": getattr(area, "council", None),
        "council_address": Narrowed(found.rows).address(reverse("events:council-ics", args=[area.slug]))
        if area
        else "",
    }
    return render(request, "events/subscribe.html", context)


@never_cache
@form_view
def own(request):
    """The secret address of my own calendar: made, renewed and ended here. Looking makes none."""
    person = request.user.person
    if request.method == "POST":
        if request.POST.get("action") == "end":
            operations.end_calendar_key(person=person)
            messages.success(request, _("The address of your calendar no longer works."))
        else:
            operations.renew_calendar_key(person=person, now=timezone.now())
            messages.success(request, _("Your calendar has a new address."))
        return redirect("events:own-calendar")
    key = CalendarKey.objects.filter(person=person).first()
    address = absolute(reverse("events:own-ics", args=[key.token])) if key else ""
    context = {"key": key, "address": address, "webcal": _webcal(address)}
    return render(request, "events/own_calendar.html", context)


# --- a list for another site ------------------------------------------------------------------------------------------

EMBEDDED, MOST_EMBEDDED = 8, 30


@in_asked_language
@cached_for_visitors
def embed(request):
    """What comes, as a page that the sites of EMBED_ORIGINS may show in a frame. No cookie, no script, no form.

    `?apkaime=`, `?veids=` and `?norise=` narrow it, `?skaits=` says how many, `?krasas=` light, dark or auto. Two
    queries, one more when a neighbourhood is named.
    """
    now = timezone.now()
    found = narrow(Event.objects.upcoming(now), request.GET)
    asked = request.GET.get("skaits", "")
    count = min(max(int(asked), 1), MOST_EMBEDDED) if asked.isdecimal() and len(asked) < 4 else EMBEDDED
    scheme = request.GET.get("krasas", "")
    context = {
        "events": found.rows.with_phase(now).prefetch_related("neighbourhoods")[:count],
        "narrowed": " · ".join(found.names),
        "calendar": found.address(reverse("events:calendar")),
        "scheme": scheme if scheme in SCHEMES else "light",
    }
    response = render(request, "events/embed.html", context)
    # What django-csp's and Django's own decorators do, but with the sites as they are set now. The frame apart, this
    # page may do less than the others.
    policy = {"frame-ancestors": settings.EMBED_ORIGINS or [NONE], "script-src": [NONE]}
    vars(response).update(_csp_replace=policy, xframe_options_exempt=bool(settings.EMBED_ORIGINS))
    return response


# --- news -------------------------------------------------------------------------------------------------------------


@in_asked_language
def atom(request):
    """What was announced, moved or cancelled last (RFC 4287), narrowed as the calendars are. Three queries."""
    now = timezone.now()
    found = narrow(Event.objects.for_subscription(_today(now)), request.GET)

    def build(changed_at: datetime) -> bytes:
        feed = Atom1Feed(
            title=found.name,
            link=found.address(reverse("events:calendar")),
            description=_("Events announced, moved and cancelled"),
            language=translation.get_language(),
            feed_url=found.address(request.path),
            author_name=_("Resident councils of Ķekava"),
        )
        for event in found.rows.order_by("-changed_at", "-pk")[:NEWS]:
            feed.add_item(**_entry(event))
        return feed.writeString("utf-8").encode()

    return answer_public(request, now, found, build=build, content_type=ATOM_TYPE, name="kalendars.atom")


def _entry(event: Event) -> dict[str, Any]:
    """One event as the feed generator takes it; the same text whenever it is asked for. No query."""
    address = absolute(event.get_absolute_url())
    title = ical.clean(event.title)
    if event.cancelled_at:
        title = f"{pgettext('event', 'Cancelled')}: {title}"
    place = event.venue if event.has_room else _("Remotely")
    facts = [capfirst(latvian.span(event.starts_at, event.ends_at, event.changed_at)), place.rstrip(". ")]
    told = [". ".join(filter(None, facts)) + ".", event.cancel_reason if event.cancelled_at else "", event.description]
    text = ical.clean("\n\n".join(part.strip() for part in told if part.strip()))
    return {
        "title": title,
        "link": address,
        "description": linebreaks(urlize(text, autoescape=True), autoescape=False),
        "unique_id": f"urn:uuid:{event.uid}",
        "pubdate": event.published_at,
        "updateddate": event.changed_at,
        "categories": [event.get_kind_display()],
    }


# --- pictures ---------------------------------------------------------------------------------------------------------

DAY = 24 * 60 * 60


@login_not_required
@require_safe
def picture(request, pk, slug):
    """The card that shows when the event is shared; drawn once, kept a month by what stands on it. Two queries.

    An address with the card's version (`?v=`) holds that picture for ever; a bare one is asked for again after an hour.
    """
    event = get_object_or_404(Event.objects.published().prefetch_related("neighbourhoods"), pk=pk)
    card = pictures.card(event, [area.short_name for area in event.neighbourhoods.all()])
    is_named = request.GET.get("v") == card.version
    return answer(
        request,
        etag=f'"{card.version}"',
        content_type="image/png",
        name=f"{event.slug}.png",
        build=lambda: made_once(f"picture:{card.version}", lambda: pictures.draw(card), 30 * DAY),
        cache=f"public, max-age={365 * DAY}, immutable" if is_named else "public, max-age=3600",
    )
