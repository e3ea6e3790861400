"""Before a meeting: a member says whether they come; whoever may reads its papers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from councils import answers, files, permissions
from councils.models import Attendance, Meeting, Membership, Paper
from councils.operations import MeetingRefused
from councils.operations import answers as operations
from events.views import by_link
from neighbourhoods.requests import form_view


def _by_token(token: str) -> tuple[Meeting, Membership]:
    """The meeting and the membership behind a mailed link; 404 for one that is none, or whose member sits no more."""
    try:
        meeting_id, membership_id = answers.read_token(token)
    except signing.BadSignature as error:
        raise Http404 from error
    meeting = get_object_or_404(Meeting.objects.select_related("event"), pk=meeting_id)
    return meeting, get_object_or_404(answers.sitting(meeting).select_related("person"), pk=membership_id)


@by_link
@form_view
def answer_by_link(request, token, answer=""):
    """From the mail: a page with one button for the answer of the link, and the others to choose from; scanners of
    mails follow links, so looking at the page changes nothing."""
    meeting, membership = _by_token(token)
    now = timezone.now()
    if request.method == "POST":
        try:
            operations.answer(meeting=meeting, membership=membership, answer=answer, by=None, now=now)
        except MeetingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Thank you, your answer is written down."))
        return redirect("councils:meeting-answers", token)
    attendance = meeting.attendances.filter(membership=membership).first()
    context = {
        "meeting": meeting,
        "event": meeting.event,
        "member": membership.person,
        "token": token,
        "chosen": answer if answer in Attendance.Answer.values else "",
        "answered": attendance.answer if attendance else "",
        "choices": answers.choices(meeting),
        "is_open": answers.takes_answers(meeting, now),
        "join_url": answers.join_url(meeting.event, now),
    }
    return render(request, "councils/answer.html", context)


@require_POST
def answer(request, pk):
    """The same for a member who is logged in: from the own page and the council's room."""
    meeting = get_object_or_404(Meeting.objects.select_related("event"), pk=pk)
    membership = answers.sitting(meeting).filter(person=request.user.person).first()
    if membership is None:
        raise PermissionDenied
    try:
        operations.answer(
            meeting=meeting,
            membership=membership,
            answer=request.POST.get("answer", ""),
            by=request.user,
            now=timezone.now(),
        )
    except MeetingRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you, your answer is written down."))
    slug = membership.seat.term.council.neighbourhood.slug
    goes_home = request.POST.get("back") == "my"
    return redirect(reverse("dashboard:my") if goes_home else reverse("dashboard:council-room", args=[slug]))


@login_not_required
@never_cache
@require_safe
def paper(request, pk):
    """A paper to download: everybody's once the meeting is public, unless it or its item is not; then the council's."""
    row = get_object_or_404(Paper.objects.select_related("file", "item__parent__parent", "item__meeting__event"), pk=pk)
    if not permissions.can_read_paper(request.user, row, timezone.localdate()):
        raise Http404
    return files.response(row.file)
