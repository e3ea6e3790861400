"""The coordinator's first page: what needs attention, and where everything stands."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.views.decorators.http import require_safe

from dashboard import filters
from dashboard.panel import worklist
from dashboard.panel.page import coordinators_only, panel
from elections.models import Step
from events.models import Event
from neighbourhoods import latvian
from people.models import User

WORK_SHOWN = 12
ROWS_IN_A_BOX = 6
MONTHS = 12


@coordinators_only
@require_safe
def today(request):
    """At most twenty queries, however many rows; all work is shown on request (`?darbi=visi`)."""
    now = timezone.now()
    desk = worklist.read(now)
    shows_all = request.GET.get("darbi") == "visi"
    bars = list(Event.objects.upcoming(now).filter(takes_rsvps=True).for_lists(now)[:ROWS_IN_A_BOX])
    return panel(
        request,
        "today",
        {
            "now": now,
            "today": desk.today,
            "desk": desk,
            "work": desk.work if shows_all else desk.work[:WORK_SHOWN],
            "is_cut": not shows_all and len(desk.work) > WORK_SHOWN,
            "formations": desk.formations[:ROWS_IN_A_BOX],
            "steps_total": len(Step),
            "submissions": desk.submissions[:ROWS_IN_A_BOX],
            "awaited": desk.awaited[:ROWS_IN_A_BOX],
            "bars": bars,
            "scale": max(
                (max(row.seats_offered or 0, row.people_coming + row.people_waiting) for row in bars), default=1
            ),
            "residents": registered(now),
            **overview(desk),
        },
        section="today",
    )


def registered(now: datetime) -> dict:
    """How many accounts there were at the end of each of the last twelve months. One query."""
    rows = (
        User.objects.filter(is_active=True)
        .annotate(month=TruncMonth("date_joined"))
        .values("month")
        .annotate(n=Count("pk"))
        .order_by("month")
    )
    joined = {timezone.localdate(row["month"]): row["n"] for row in rows}
    months = [_month_before(timezone.localdate(now).replace(day=1), n) for n in range(MONTHS - 1, -1, -1)]
    totals = [sum(n for month, n in joined.items() if month <= last) for last in months]
    return {
        "points": [(latvian.short_month(month), total) for month, total in zip(months, totals, strict=True)],
        "month": months[-1],
        "now": totals[-1],
        "new": totals[-1] - totals[-2],
    }


def _month_before(first: date, count: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - count, 12)
    return date(year, month + 1, 1)


def overview(desk: worklist.Desk, params: Mapping[str, str] | None = None) -> dict:
    """The neighbourhoods of today that `params` leave, with their councils of this year, and the table's last line.

    One query, and one more where an address names a neighbourhood."""
    found = filters.filter_areas(filters.with_followers(desk.now), desk.councils, params or {}, desk.today)
    return {"rows": found.rows, "totals": _totals(found.rows), "is_narrow": found.is_narrow}


def _totals(rows: list[filters.AreaRow]) -> dict[str, int]:
    there = [row.council for row in rows if row.council]
    return {
        "members": sum(council.members for council in there),
        "seats": sum(council.seats or 0 for council in there),
        "meetings_held": sum(council.meetings_held for council in there),
        "minutes_awaited": sum(council.minutes_awaited for council in there),
        "submissions_open": sum(council.submissions_open for council in there),
        "followers": sum(row.area.followers for row in rows),
        "new_followers": sum(row.area.new_followers for row in rows),
    }
