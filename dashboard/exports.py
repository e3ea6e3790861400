"""Tables of the panel as files: /panelis/parskati/<kind>.<ending>, narrowed by the same address as the screen."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dashboard import operations
from dashboard.filters import filter_rsvps
from dashboard.resources import REPORTS, Report, RsvpReport
from events.models import Event, Rsvp
from events.permissions import can_see_rsvps
from neighbourhoods.formats import LatvianCSV, SafeXLSX
from people.permissions import can_coordinate

FORMATS: dict[str, type[SafeXLSX] | type[LatvianCSV]] = {"xlsx": SafeXLSX, "csv": LatvianCSV}


def _report(request, kind: str, now) -> Report:
    """The table this person may have: all of them, or the sign-ups of one event that they prepare."""
    report = REPORTS[kind]
    if can_coordinate(request.user):
        return report(request.GET, now)
    if report is RsvpReport:
        event_id = filter_rsvps(Rsvp.objects.none(), request.GET).chosen.get("pasakums")
        event = Event.objects.filter(pk=event_id).first() if event_id else None
        if event and can_see_rsvps(request.user, event, timezone.localdate(now)):
            return report(request.GET, now, within=event.rsvps.all())
    raise PermissionDenied


@never_cache
@require_GET
def export(request, kind, format):
    """The file; who took it stands in the audit log before it is sent."""
    if kind not in REPORTS or format not in FORMATS:
        raise Http404
    now = timezone.now()
    report = _report(request, kind, now)
    dataset = report.export()
    writer = FORMATS[format]()
    content = writer.export_data(dataset)
    name = f"{report.file_name}-{report.on:%Y-%m-%d}.{format}"
    operations.record_export(
        name=name,
        about=report.about,
        filters=report.filtered.chosen,
        rows=len(dataset),
        by=request.user,
        now=now,
    )
    return HttpResponse(
        content,
        content_type=f"{writer.get_content_type()}; charset=utf-8" if format == "csv" else writer.get_content_type(),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
