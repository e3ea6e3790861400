"""The ledger of messages: what was sent, what was not, and what can be sent once more."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from dashboard.filters import Address
from dashboard.panel import worklist
from dashboard.panel.forms.lists import MailFilter
from dashboard.panel.page import coordinators_only, page_of, panel, query_without_page
from notices import operations
from notices.models import Notice, State
from people.models import Person

# The states as the address has them; "kavejas" is a moment, not a state: due, and still not sent.
STATES = {
    "neizdevas": State.FAILED,
    "neskaidri": State.UNCERTAIN,
    "kavejas": None,
    "ieplanoti": State.PLANNED,
    "nosutiti": State.SENT,
    "atsaukti": State.CANCELLED,
    "nevajadzigi": State.SKIPPED,
}
KINDS = {
    "account_mail": gettext_lazy("message about an account"),
    "announcement_to_publish": gettext_lazy("meeting to be published on the municipality’s site"),
    "announcement_to_withdraw": gettext_lazy("meeting to be taken off the municipality’s site"),
    "answer_code": gettext_lazy("code for an officer’s link"),
    "answer_invite": gettext_lazy("link to answer a council"),
    "answer_remind": gettext_lazy("reminder to answer a council"),
    "enquiry_confirm": gettext_lazy("letter to a council: link to confirm"),
    "enquiry_received": gettext_lazy("letter to a council"),
    "event_announced": gettext_lazy("event announced"),
    "event_cancelled": gettext_lazy("event cancelled"),
    "event_invited": gettext_lazy("invitation to an event"),
    "event_moved": gettext_lazy("event moved"),
    "event_thanks": gettext_lazy("thanks after an event"),
    "follow_up": gettext_lazy("unit asked whether it is done"),
    "handover": gettext_lazy("handover of an office"),
    "hold_lapsed": gettext_lazy("sign-up not confirmed in time"),
    "matter_answered": gettext_lazy("followers told: answered"),
    "matter_done": gettext_lazy("followers told: done"),
    "matter_follow": gettext_lazy("link to follow a matter"),
    "matter_voted": gettext_lazy("followers told: voted"),
    "meeting_call": gettext_lazy("member asked: are you coming?"),
    "minutes_draft": gettext_lazy("draft minutes to comment on"),
    "offer_lapsed": gettext_lazy("offered seat not taken in time"),
    "opinion_asked": gettext_lazy("council asked for its opinion"),
    "opinion_written": gettext_lazy("opinion waits to be sent"),
    "proposal_confirm": gettext_lazy("link to confirm a proposal"),
    "proposal_declined": gettext_lazy("proposal declined"),
    "proposal_received": gettext_lazy("proposal for the agenda received"),
    "proposal_taken": gettext_lazy("proposal taken onto the agenda"),
    "question_answered": gettext_lazy("council answered a unit’s question"),
    "question_asked": gettext_lazy("unit’s question to the council"),
    "quorum_at_risk": gettext_lazy("too few members come"),
    "reminder": gettext_lazy("reminder"),
    "rsvp_cancelled": gettext_lazy("sign-up cancelled by the organiser"),
    "rsvp_confirm": gettext_lazy("link to confirm a sign-up"),
    "rsvp_confirmed": gettext_lazy("sign-up confirmed"),
    "rsvp_exists": gettext_lazy("already signed up"),
    "rsvp_offer": gettext_lazy("seat offered"),
    "rsvp_seated": gettext_lazy("seat given from the queue"),
    "rsvp_waiting": gettext_lazy("place in the queue"),
    "series_announced": gettext_lazy("dates of a series announced"),
    "series_cancelled": gettext_lazy("dates of a series cancelled"),
    "submission_answered": gettext_lazy("council told of the answer"),
    "news_post": gettext_lazy("followers told: news"),
}
TITLES = {
    "neizdevas": gettext_lazy("Not sent"),
    "neskaidri": gettext_lazy("Perhaps sent twice"),
    "kavejas": gettext_lazy("Waiting too long"),
    "ieplanoti": pgettext_lazy("e-mails", "Planned"),
    "nosutiti": pgettext_lazy("e-mails", "Sent"),
    "atsaukti": pgettext_lazy("e-mails", "Withdrawn"),
    "nevajadzigi": pgettext_lazy("e-mails", "Not needed"),
}


@coordinators_only
@require_safe
def mail_list(request):
    """How many messages there are of each state, and those of one state; at first what was not sent."""
    late = Notice.objects.late(timezone.now() - worklist.MAIL_IS_LATE)
    address = Address({"statuss": "neizdevas", **request.GET.dict()})
    state = address.key("statuss", STATES) or "neizdevas"
    counts = dict(
        Notice.objects.with_state().order_by().values_list("state").annotate(n=Count("pk")).values_list("state", "n")
    )
    numbers = [
        (slug, TITLES[slug], late.count() if found is None else counts.get(found, 0)) for slug, found in STATES.items()
    ]
    rows = late if STATES[state] is None else Notice.objects.with_state().filter(state=STATES[state])
    if words := address.words("q"):
        rows = rows.filter(person__in=Person.objects.matching(words).values("pk"))
    page = page_of(request, rows.select_related("person").order_by("-due_at", "-pk"))
    for notice in page.object_list:
        notice.words = KINDS.get(notice.kind, notice.kind)
    context = {
        "numbers": numbers,
        "state": state,
        "title": TITLES[state],
        "can_retry": state == "neizdevas",
        "can_withdraw": state in ("ieplanoti", "kavejas"),
        "filter": MailFilter(request.GET or None),
        "page": page,
        "query": query_without_page(request),
    }
    return panel(request, "mail", context, section="mail")


@coordinators_only
@require_POST
def mail_retry(request, pk):
    notice = get_object_or_404(Notice.objects.select_related("person"), pk=pk)
    try:
        operations.retry(notice=notice, by=request.user, now=timezone.now())
    except operations.NoticeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The e-mail will be sent again within a minute."))
    return redirect("dashboard:panel-mail")


@coordinators_only
@require_POST
def mail_withdraw(request, pk):
    notice = get_object_or_404(Notice.objects.select_related("person"), pk=pk)
    try:
        operations.withdraw(notice=notice, by=request.user, now=timezone.now())
    except operations.NoticeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The e-mail is withdrawn: nobody will get it."))
    return redirect(f"{reverse('dashboard:panel-mail')}?statuss=ieplanoti")
