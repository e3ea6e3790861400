"""What every page of the panel has: who may open it, the list on the left, its pages of rows."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from councils.models import Council, Meeting, Membership
from dashboard.panel import worklist
from people.permissions import can_administer, can_coordinate

ROWS_ON_A_PAGE = 50

# key, name of the address, words
SECTIONS = (
    ("today", "dashboard:panel", _("Today")),
    ("councils", "dashboard:panel-councils", _("Neighbourhoods and councils")),
    ("events", "dashboard:panel-events", _("Events and sign-ups")),
    ("minutes", "dashboard:panel-minutes", _("Minutes")),
    ("proposals", "dashboard:panel-proposals", _("Residents’ proposals")),
    ("submissions", "dashboard:panel-submissions", _("Proposals and replies")),
    ("news", "dashboard:panel-news", _("News")),
    ("people", "dashboard:panel-people", _("Residents")),
    ("streets", "dashboard:panel-streets", _("Streets")),
    ("reports", "dashboard:panel-reports", _("Reports")),
    ("mail", "dashboard:panel-mail", _("E-mails")),
    ("settings", "dashboard:settings", _("Settings")),
)
FOR_ADMINISTRATORS = (
    ("roles", "dashboard:panel-roles", _("Users and roles")),
    ("audit", "dashboard:panel-audit", _("Audit log")),
)

View = Callable[..., HttpResponse]


def _only(may: Callable[..., bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


coordinators_only = _only(can_coordinate)
administrators_only = _only(can_administer)


def panel(request: HttpRequest, template: str, context: dict, *, section: str, counts: bool = True) -> HttpResponse:
    """The page with the list on the left: all sections for coordinators, with the number of tasks; for members and
    officers of councils the ways to their rooms. The number costs what `worklist.read` does, unless it was read or the
    page does without it."""
    context = {"section": section, "written": (), **context}
    if can_coordinate(request.user):
        if counts:
            desk = context.get("desk") or worklist.read(timezone.now())
            context["work_count"] = len(desk.work)
        context["sections"] = SECTIONS + (FOR_ADMINISTRATORS if can_administer(request.user) else ())
    else:
        context["rooms"] = own_councils(request.user)
    return render(request, f"dashboard/panel/{template}.html", context)


def officers_councils(user) -> QuerySet[Council]:
    """Councils in which this person holds an office today."""
    held = user.person.offices.held(timezone.localdate())
    return Council.objects.filter(pk__in=held.values("council")).select_related("neighbourhood").by_name()


def own_councils(user) -> QuerySet[Council]:
    """Councils in which this person sits, or holds an office, today."""
    on = timezone.localdate()
    sits_in = Membership.objects.held(on).filter(person=user.person).values("seat__term__council")
    holds_in = user.person.offices.held(on).values("council")
    rows = Council.objects.filter(Q(pk__in=sits_in) | Q(pk__in=holds_in))
    return rows.select_related("neighbourhood").by_name()


def to_copy() -> QuerySet[Meeting]:
    """Ordinary meetings, the latest first, drafts among them: what the next meeting is made from."""
    rows = Meeting.objects.filter(kind=Meeting.Kind.COUNCIL, event__cancelled_at=None)
    return rows.order_by("-event__starts_at", "-pk")


def page_of(request: HttpRequest, rows, size: int = ROWS_ON_A_PAGE):
    """The asked-for page of a long list; a number that means nothing gives the first or last one."""
    return Paginator(rows, size).get_page(request.GET.get("lapa"))


def query_without_page(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("lapa", None)
    return query.urlencode()


def form_page(request: HttpRequest, form, *, section: str, title, submit, back: str, **more) -> HttpResponse:
    """A form on a page of its own. `more` may hold `lead` (a sentence above it), `crumb` (where `back` leads),
    `written` (what of title, lead and crumb people wrote in Latvian) and `danger` (the button does what cannot be taken
    back)."""
    context = {"form": form, "title": title, "submit": submit, "back": back, **more}
    return panel(request, "form", context, section=section)
