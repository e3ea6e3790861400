import ipaddress
from calendar import Calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.paginator import Paginator
from django.db.models import Count, Value
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import agenda, codes, feeds, ical, operations, pictures, qr
from events.documents import papers
from events.forms import CalendarFilter, GuestRsvpForm, RsvpForm, SurveyForm
from events.models import Event, Phase, Rsvp
from events.own import with_own
from events.permissions import can_check_in, can_see_draft
from neighbourhoods import latvian
from neighbourhoods.pages import cached_for_visitors, made_once
from neighbourhoods.prepared import prepared
from neighbourhoods.requests import form_view, posted
from notices.emails import absolute, address_of

PAGE_SIZE = 30
State = Rsvp.State

# What nearly everybody asks the calendar for.
_first_page = prepared(lambda now: Event.objects.in_calendar(now).for_lists(now)[:PAGE_SIZE])
_counted = prepared(
    lambda now: (
        Event.objects.in_calendar(now)
        .order_by()
        .annotate(all=Value(1))
        .values("all")
        .annotate(count=Count("pk"))
        .values_list("count", flat=True)
    )
)


# --- the calendar -----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def calendar(request):
    """What comes, as a list; `?skats=menesis` shows a whole month as a table."""
    now = timezone.now()
    if request.GET.get("skats") == "menesis":
        return _month_page(request, now)
    chosen = CalendarFilter(request.GET, now=now, auto_id="id_%s")
    is_narrowed = chosen.is_used
    pages = Paginator(chosen.events(now) if is_narrowed else Event.objects.none(), PAGE_SIZE)
    if not is_narrowed:
        pages.count = next(iter(_counted(now=now)), 0)
    page = pages.get_page(request.GET.get("lapa"))
    if page.number == 1 and not is_narrowed:
        shown = _first_page(now=now)
    else:
        shown = chosen.events(now).for_lists(now)[max(page.start_index() - 1, 0) : page.end_index()]
    page.object_list = with_own(shown, request.user)
    context = {**_calendar_head(request, chosen), "page_obj": page, "now": now}
    return render(request, "events/calendar.html", context)


def _calendar_head(request, chosen: CalendarFilter) -> dict:
    """What both shapes of the calendar begin with: the filter, and the ways on that keep it."""
    query = request.GET.copy()
    for name in ("lapa", "skats"):
        query.pop(name, None)
    narrowed = chosen.subscription()
    return {"filter": chosen, "query": query.urlencode(), "subscription": f"?{urlencode(narrowed)}" if narrowed else ""}


@dataclass
class Day:
    """A cell of the month; `events` says of each whether it began before."""

    on: date | None  # None outside of the month
    is_today: bool = False
    events: list[tuple[Event, bool]] = field(default_factory=list)

    @property
    def is_first(self) -> bool:
        return self.on is not None and self.on.day == 1

    @property
    def is_told(self) -> bool:
        """Has the day something to say in a list, where what goes on for days is said once?"""
        return any(self.is_first or not goes_on for _event, goes_on in self.events)


def _month_page(request, now: datetime) -> HttpResponse:
    asked = request.GET.copy()
    asked.setdefault("menesis", f"{timezone.localdate(now):%Y-%m}")
    chosen = CalendarFilter(asked, now=now, whole_month=True, auto_id="id_%s")
    month = chosen.month or chosen.this_month
    events = list(chosen.events_of_month(now))
    weeks = _weeks(month, events, timezone.localdate(now))
    asked["menesis"] = f"{month:%Y-%m}"
    asked["skats"] = "menesis"
    here = chosen.months.index(month)
    around = [chosen.months[n] if 0 <= n < len(chosen.months) else None for n in (here - 1, here + 1)]
    context = {
        **_calendar_head(request, chosen),
        "month": month,
        "weeks": weeks,
        "weekdays": [latvian.heading_weekday(date(2024, 1, n)) for n in range(1, 8)],  # it began on a Monday
        "count": len(events),
        "earlier": _at_month(asked, around[0]),
        "later": _at_month(asked, around[1]),
        "now": now,
    }
    return render(request, "events/month.html", context)


def _at_month(query: QueryDict, month: date | None) -> dict | None:
    """The way to another month with the same filter."""
    if month is None:
        return None
    query = query.copy()
    query["menesis"] = f"{month:%Y-%m}"
    return {"month": month, "query": query.urlencode()}


def _weeks(month: date, events: list[Event], today: date) -> list[list[Day]]:
    """The month in weeks from Monday on; an event stands on every day on which it is under way, midnight left out."""
    days: dict[date, Day] = {}
    weeks = []
    for week in Calendar().monthdatescalendar(month.year, month.month):
        row = [Day(day, day == today) if day.month == month.month else Day(None) for day in week]
        days |= {day.on: day for day in row if day.on}
        weeks.append(row)
    for event in events:
        first = timezone.localdate(event.starts_at)
        last = timezone.localdate(event.ends_at - timedelta(microseconds=1))
        begin = max(first, month)
        for n in range((last - begin).days + 1):
            if day := days.get(begin + timedelta(days=n)):
                day.events.append((event, day.on != first))
            else:
                break
    return weeks


# --- one event --------------------------------------------------------------------------------------------------------


def _shown_event(request, pk: int) -> Event:
    """The event with its seats, or 404 where this person may not see it. One query, more for a draft."""
    event = get_object_or_404(Event.objects.with_seats().with_more().select_related("meeting"), pk=pk)
    if event.published_at is None and not can_see_draft(request.user, event, timezone.localdate()):
        raise Http404
    return event


def _own_rsvp(request, event: Event) -> Rsvp | None:
    if not request.user.is_authenticated:
        return None
    return event.rsvps.active().filter(person=request.user.person).select_related("person").first()


@login_not_required
@require_safe
@cached_for_visitors
def detail(request, pk, slug):
    now = timezone.now()
    event = _shown_event(request, pk)
    if slug != event.slug:
        return redirect(event, permanent=True)
    form = (RsvpForm if request.user.is_authenticated else GuestRsvpForm)(event=event, now=now)
    return _event_page(request, event, now, form=form)


def _event_page(request, event: Event, now: datetime, *, form, status: int = 200) -> HttpResponse:
    rsvp = _own_rsvp(request, event)
    context = {**_facts(event, now), "card": _card(event, rsvp, now), "form": form, "guest_days": settings.GUEST_DAYS}
    if rsvp:
        context |= _own(rsvp, event, now)
    elif event.published_at and not request.user.is_authenticated:  # no program that reads these logs in
        context["sharing"] = _sharing(event, context["areas"])
    return render(request, "events/detail.html", context, status=status)


_SHARED: tuple[str, ...] = ("id", "slug", "kind", "title", "description", "starts_at", "ends_at", "format", "venue")
_SHARED += ("takes_rsvps", "capacity", "reserved_seats", "cancelled_at")


def _sharing(event: Event, areas: list) -> dict[str, SafeString]:
    """What programs are told of a page that everybody may see: search engines, and who previews a link. No query."""
    names = tuple(area.short_name for area in areas)
    return _tags(get_language(), names, event.seats_left, *(getattr(event, name) for name in _SHARED))


@lru_cache(maxsize=256)  # the same for every visitor until the event changes; written anew it was a tenth of the page
def _tags(language: str, areas: tuple[str, ...], left: int | None, *values: Any) -> dict[str, SafeString]:
    event = Event(**dict(zip(_SHARED, values, strict=True)))
    preview = pictures.card(event, list(areas))
    context = {
        "event": event,
        "left": left,
        "preview": preview,
        "address": absolute(event.get_absolute_url()),
        "picture": f"{absolute(reverse('events:picture', args=[event.pk, event.slug]))}?v={preview.version}",
        "size": pictures.SIZE,
    }
    return {part: render_to_string(f"events/_{part}.html", context) for part in ("sharing", "microdata")}


def _facts(event: Event, now: datetime) -> dict:
    """What the page says of the event itself, whoever reads it. One query, and one for the agenda of a meeting."""
    areas = list(event.neighbourhoods.all())
    crumbs = [(_("Home"), reverse("dashboard:home")), (_("Calendar"), reverse("events:calendar"))]
    if len(areas) == 1:
        crumbs.append((areas[0].short_name, areas[0].get_absolute_url()))
    return {
        "event": event,
        "areas": areas,
        "crumbs": crumbs,
        "agenda": agenda.lines(event),
        "links": calendar_links(event),
        "now": now,
        "takes_rsvps": event.takes_rsvps_at(now),
        "shows_link": event.shows_link_at(now),
        "services": list(event.services.order_by("kind")) if event.has_more else [],
        "other_dates": _other_dates(event, now) if event.series_id else [],
        **(_pictures(event) if event.ends_at <= now else {}),
    }


PICTURES = 6


def _pictures(event: Event) -> dict:
    """The album of an event that is over, with its first pictures. One query, two where there is an album to show."""
    album = getattr(event, "album", None)
    if album is None or album.published_at is None:
        return {}
    return {"album": album, "photos": album.photos.select_related("file").order_by("position", "pk")[:PICTURES]}


OTHER_DATES = 6


def _other_dates(event: Event, now: datetime) -> list[Event]:
    """The next dates of the event's series."""
    return list(Event.objects.filter(series=event.series_id).upcoming(now).exclude(pk=event.pk)[:OTHER_DATES])


def _own(rsvp: Rsvp, event: Event, now: datetime) -> dict:
    """What the page says of a sign-up to the person behind it."""
    return {
        "rsvp": rsvp,
        "own": _own_card(rsvp, event, now),
        "place": _place(rsvp),
        "shows_code": bool(qr.at_the_door(rsvp, now)),
        "can_answer_survey": event.starts_at <= now and not operations.survey_refusal(rsvp, now),
        "has_certificate": _has_certificate(rsvp, event, now),
        "sent_to": masked_address(rsvp),
        "ics_url": reverse("events:rsvp-ics", args=[rsvp.token]),
        "guest_days": settings.GUEST_DAYS,
    }


def _card(event: Event, rsvp: Rsvp | None, now: datetime) -> str:
    """Which of its states the sign-up card shows."""
    phase = event.phase_at(now)
    if phase in (Phase.DRAFT, Phase.CANCELLED, Phase.OVER):
        return phase.value
    if rsvp:
        return "own"
    if not event.takes_rsvps:
        return "free_entry"
    if not event.takes_rsvps_at(now):
        return "not_yet" if event.opens_later_than(now) else "closed"
    return "full" if event.is_full else "open"


def _place(rsvp: Rsvp) -> int | None:
    """The place in the queue, from 1, of somebody who waits in it."""
    if rsvp.state != State.WAITING or not rsvp.is_confirmed:
        return None
    return Rsvp.objects.ahead_of(rsvp).count() + 1


def calendar_links(event: Event) -> list[tuple[str, str]]:
    """Pages of calendars on the web, with the event filled in; nothing is sent there before somebody follows them."""
    start, end = (moment.astimezone(UTC) for moment in (event.starts_at, event.ends_at))
    place = event.venue if event.has_room else _("Remotely")
    text = absolute(event.get_absolute_url())
    google = {
        "action": "TEMPLATE",
        "text": event.title,
        "dates": f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}",
        "location": place,
        "details": text,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": event.title,
        "startdt": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "location": place,
        "body": text,
    }
    return [
        (_("Google Calendar"), f"https://calendar.google.com/calendar/render?{urlencode(google)}"),
        ("Outlook", f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook)}"),
    ]


@login_not_required
@require_safe
def ics(request, pk, slug):
    event = get_object_or_404(Event.objects.published(), pk=pk)
    return feeds.event_file(request, event)


@login_not_required
@require_safe
def short(request, pk):
    """The address of posters, which one can type."""
    return redirect(_shown_event(request, pk), permanent=True)


@login_not_required
@require_safe
def poster(request, pk, slug):
    """To hang on a board: public like the event's page."""
    event = _shown_event(request, pk)
    return _paper(event, papers.poster(event), f"plakats-{slug}.pdf")


@login_not_required
@require_safe
def agenda_sheet(request, pk, slug):
    """The public agenda on paper."""
    event = _shown_event(request, pk)
    sheet = papers.agenda_sheet(event)
    if sheet is None:
        raise Http404
    return _paper(event, sheet, f"darba-kartiba-{slug}.pdf")


PAPER_SECONDS = 60 * 60


def _paper(event: Event, paper: papers.Paper, name: str) -> HttpResponse:
    """Drawn once while it says the same; drawing takes some 50 ms."""
    answer = HttpResponse(
        made_once(f"paper:{paper.version}", paper.pdf, PAPER_SECONDS),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
    if event.published_at is None:
        add_never_cache_headers(answer)
    return answer


# --- signing up -------------------------------------------------------------------------------------------------------


def get_shows(target):
    """A form's own address opened by hand, or a page reloaded after it: GET changes nothing and shows `target`."""

    def decorate(view):
        @wraps(view)
        @form_view
        def wrapped(request, **kwargs):
            return view(request, **kwargs) if request.method == "POST" else redirect(target, **kwargs)

        return wrapped

    return decorate


@get_shows("events:detail")
def rsvp_create(request, pk, slug):
    now = timezone.now()
    event = _shown_event(request, pk)
    form = RsvpForm(request.POST, event=event, now=now)
    if form.is_valid():
        try:
            rsvp = operations.rsvp(event=event, person=request.user.person, by=request.user, now=now, **form.answers())
        except operations.RsvpRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(rsvp)
    return _event_page(request, event, now, form=form, status=422)


@login_not_required
@get_shows("events:detail")
def rsvp_guest(request, pk, slug):
    now = timezone.now()
    event = _shown_event(request, pk)
    form = GuestRsvpForm(request.POST, event=event, now=now)
    if form.is_valid():
        try:
            operations.rsvp_as_guest(
                event=event,
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                network=client_network(request),
                language=get_language(),
                now=now,
                **form.answers(),
            )
        except operations.RsvpRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            # Nothing here may come from the row: the answer is the same whether the portal knew the address or not.
            said = {"to": masked(form.cleaned_data["email"]), "until": _held_until(event, now).isoformat()}
            return redirect(_sent_url(event, said))
    return _event_page(request, event, now, form=form, status=422)


def _held_until(event: Event, now: datetime) -> datetime:
    return min(now + timedelta(hours=settings.HOLD_HOURS), event.starts_at)


def _sent_url(event: Event, said: dict) -> str:
    return f"{reverse('events:rsvp-sent', args=[event.pk, event.slug])}?z={signing.dumps(said, salt='rsvp-sent')}"


def masked(email: str) -> str:
    """ "vards@epasts.lv" as "v…s@epasts.lv": enough to see a slip of the pen, too little to pass on."""
    local, _at, domain = email.rpartition("@")
    return f"{local[0]}…{local[-1] if len(local) > 2 else ''}@{domain}"


@login_not_required
@require_safe
def rsvp_sent(request, pk, slug):
    now = timezone.now()
    event = _shown_event(request, pk)
    try:
        said = signing.loads(request.GET.get("z", ""), salt="rsvp-sent", max_age=timedelta(days=1))
        said["until"] = datetime.fromisoformat(said["until"])
    except signing.BadSignature:
        said = {}
    context = {**_facts(event, now), "card": "sent", "said": said}
    return _private(render(request, "events/detail.html", context))


def client_network(request) -> str:
    """The visitor's network, IPv4 /24 or IPv6 /56; "" when the server does not know the address.

    Only the entries of X-Forwarded-For that our own proxies wrote are believed, counted from the right.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    address = forwarded[-proxies] if proxies and len(forwarded) >= proxies else request.META.get("REMOTE_ADDR", "")
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 56), strict=False))


# --- the pages behind a personal link ---------------------------------------------------------------------------------


def _private(response: HttpResponse) -> HttpResponse:
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def by_link(view):
    """Whoever has the link may do what the page offers, without log-in; no cache and no search engine keeps it."""

    @login_not_required
    @wraps(view)
    def wrapped(request, **kwargs):
        return _private(view(request, **kwargs))

    return wrapped


def _rsvp(token: str) -> Rsvp:
    return get_object_or_404(Rsvp.objects.select_related("event", "person"), token=token)


@by_link
@form_view
def rsvp(request, token):
    """The own sign-up: how it stands and what can be done. POST changes it."""
    now = timezone.now()
    row = _rsvp(token)
    event = _shown_event(request, row.event_id)
    form = RsvpForm.of(row, event, posted(request), now=now)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_rsvp(rsvp=row, by=_actor(request), now=now, **form.answers())
        except operations.RsvpRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Changed."))
            return redirect(row)
    context = {**_facts(event, now), **_own(row, event, now), "card": "own", "form": form, "on_own_page": True}
    return render(request, "events/detail.html", context, status=422 if form.errors else 200)


def _actor(request):
    return request.user if request.user.is_authenticated else None


def masked_address(row: Rsvp) -> str:
    """Where mail about the sign-up goes, made unreadable for others; "" for somebody without e-mail. One query."""
    address = address_of(row.person, unconfirmed=True)
    return masked(address) if address else ""


def _own_card(row: Rsvp, event: Event, now: datetime) -> str:
    """Which state the card of the own page shows."""
    phase = event.phase_at(now)
    if phase in (Phase.CANCELLED, Phase.OVER):
        return phase.value
    if phase == Phase.RUNNING:
        return "running" if row.state == State.GOING else "begun"
    if not row.is_active:
        return "lapsed" if row.cancelled_for == Rsvp.CancelledFor.UNCONFIRMED else "gone"
    if not row.is_confirmed:
        return "unconfirmed"
    if row.state == State.OFFERED and row.offer_expires_at and row.offer_expires_at <= now:
        return "late"
    return row.state


def _answer(request, token: str, operation, said: str, **kwargs) -> HttpResponse:
    """Make one operation of the sign-up behind `token`, then show it as it stands."""
    row = _rsvp(token)
    try:
        row = operation(rsvp=row, now=timezone.now(), **kwargs)
    except operations.RsvpRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect(row)


@by_link
@get_shows("events:rsvp")
def rsvp_confirm(request, token):
    return _answer(request, token, operations.confirm_rsvp, "")


@by_link
@get_shows("events:rsvp")
def rsvp_accept(request, token):
    return _answer(request, token, operations.accept_offer, "")


@by_link
@form_view
def rsvp_answer(request, token, answer):
    """Take "yes, I am coming" or "free my seat", from a reminder: a page with one button. Where the answer has no point
    any more, the own page says how things stand."""
    if request.method == "POST" and answer == "ja":
        return _answer(request, token, operations.affirm_rsvp, _("Thank you! See you there."))
    if request.method == "POST":
        return _answer(request, token, operations.cancel_rsvp, "", by=_actor(request))
    now = timezone.now()
    row = _rsvp(token)
    event = row.event
    can_affirm = row.state == State.GOING and event.phase_at(now) in (Phase.UPCOMING, Phase.RUNNING)
    can_cancel = row.is_active and event.phase_at(now) == Phase.UPCOMING
    if not (can_affirm if answer == "ja" else can_cancel):
        return redirect(row)
    return render(request, "events/answer.html", {"rsvp": row, "event": event, "answer": answer, "now": now})


@by_link
@require_safe
def rsvp_ics(request, token):
    """The event for the own calendar, with what only who has a seat may know: the link to join."""
    row = _rsvp(token)
    return HttpResponse(
        ical.event_calendar(row.event, rsvp=row),
        content_type=feeds.CALENDAR_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{row.event.slug}.ics"'},
    )


@by_link
@require_safe
def rsvp_code(request, token):
    """The QR code that one shows at the door."""
    address = qr.at_the_door(_rsvp(token), timezone.now())
    if not address:
        raise Http404
    return HttpResponse(qr.svg(address), content_type="image/svg+xml")


@by_link
@require_safe
def certificate(request, token):
    """Of a training that is over, for who was seen at the door; gone with the name."""
    row = _rsvp(token)
    if not _has_certificate(row, row.event, timezone.now()):
        raise Http404
    return _paper(row.event, papers.certificate(row), f"apliecinajums-{row.event.slug}.pdf")


def _has_certificate(row: Rsvp, event: Event, now: datetime) -> bool:
    """A query for trainings alone."""
    if event.kind != Event.Kind.TRAINING or event.phase_at(now) != Phase.OVER or row.person.erased_at:
        return False
    return operations.was_there(row)


@by_link
@form_view
def survey(request, token):
    """Three questions, once for each sign-up; the answer is kept without the person."""
    now = timezone.now()
    row = _rsvp(token)
    refusal = operations.survey_refusal(row, now)
    form = SurveyForm(posted(request))
    if request.method == "POST" and not refusal and form.is_valid():
        try:
            operations.answer_survey(rsvp=row, now=now, **form.cleaned_data)
        except operations.SurveyRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Thank you! The organiser sees the answer without your name."))
        return redirect(row)
    context = {"rsvp": row, "event": row.event, "form": form, "refusal": refusal}
    return render(request, "events/survey.html", context, status=422 if form.errors else 200)


# --- the code at the door ---------------------------------------------------------------------------------------------


@by_link
@require_safe
def check_in(request, pk, mark):
    """What the code of a sign-up opens: for who stands at the door the person's card; for everybody else, of the event
    what everybody knows, and of the person nothing."""
    row = Rsvp.objects.select_related("event").filter(pk=pk).first()
    if row is None or not codes.is_code_of(row, mark):
        raise Http404
    if can_check_in(request.user, row.event, timezone.localdate()):
        return redirect("dashboard:panel-check-in", row.pk)
    return render(request, "events/check_in.html", {"event": row.event})
