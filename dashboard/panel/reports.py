"""All files that the panel gives away, on one page."""

from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dashboard.panel.forms.lists import ReportFilter
from dashboard.panel.page import coordinators_only, panel

# kind, words, what is in it, names in the address that narrow it
KINDS = (
    ("councils", _("Councils"), _("State, seats, members and meetings of this year."), ("apkaime",)),
    ("members", _("Members of councils"), _("Who sits in which council, with contacts."), ("apkaime",)),
    (
        "roster",
        _("Seats of councils"),
        _("Every seat, the empty ones, too, as of today. Another day is chosen on the council’s page."),
        ("apkaime",),
    ),
    ("substitutes", _("Next candidates"), _("Who takes over when a mandate ends early (§19)."), ("apkaime",)),
    ("meetings", _("Meetings"), _("Meetings of councils with the days of their minutes."), ("apkaime", "no", "lidz")),
    (
        "matters",
        _("Decisions"),
        _("What councils voted on and sent, the answers, and where it stands."),
        ("apkaime", "no", "lidz"),
    ),
    ("events", _("Events"), _("All events with their seats and sign-ups."), ("apkaime", "no", "lidz")),
    ("rsvps", _("Sign-ups"), _("Who signed up for what."), ("apkaime", "no", "lidz")),
)


@coordinators_only
@require_safe
def reports(request):
    """The period and the neighbourhood are chosen once and stand in the addresses of all files."""
    form = ReportFilter(request.GET or None, on=timezone.localdate())
    chosen = {name: request.GET[name] for name in ReportFilter.FIELDS if request.GET.get(name)}
    files = [
        {
            "kind": kind,
            "words": words,
            "text": text,
            "query": urlencode({name: value for name, value in chosen.items() if name in names}),
        }
        for kind, words, text, names in KINDS
    ]
    return panel(request, "reports", {"filter": form, "files": files, "is_narrow": bool(chosen)}, section="reports")
