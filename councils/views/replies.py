"""The pages behind an officer's personal link: a code opens them in this browser, for a while.

Looking changes nothing: programs that check mail for dangers open the links in it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from councils import files, regulation
from councils.forms.replies import AnswerForm, AskForm, CodeForm, DoneForm, NotYetForm, OtherUnitForm
from councils.models import AnswerLink, Council, MunicipalUnit, SubmissionFile
from councils.operations import SubmissionRefused, replies
from events.views import by_link, masked
from neighbourhoods.requests import form_view, posted

View = Callable[..., HttpResponse]


def _private(view: View) -> View:
    """The page is open to whoever has the link."""

    @by_link
    @wraps(view)
    def private(request, token, **more):
        return view(request, get_object_or_404(replies.LINKS, token=token), **more)

    return private


def _opened_only(purpose: str) -> Callable[[View], View]:
    """The code was given in this browser, and the link is good for `purpose`; else the way to the code. What somebody
    had typed when the time ran out is shown again, to be copied."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request, link: AnswerLink, **more):
            now = timezone.now()
            if link.opens(timezone.localdate(now)) != purpose:
                return redirect("councils:reply", link.token)
            if _is_open(request, link, now):
                return view(request, link, **more)
            if request.method != "POST":
                return redirect("councils:reply", link.token)
            typed = [value for name in ("reply", "alternative", "text", "reason") if (value := request.POST.get(name))]
            return _ask_for_code(request, link, now, typed="\n\n".join(typed), status=403)

        return opened

    return decorate


def _key(link: AnswerLink) -> str:
    return f"reply-{link.pk}"


def _is_open(request, link: AnswerLink, now: datetime) -> bool:
    until = request.session.get(_key(link))
    return until is not None and now.timestamp() < until


def _context(link: AnswerLink) -> dict:
    councils = Council.objects.filter(submissions=link.submission).select_related("neighbourhood").by_name()
    return {"link": link, "submission": link.submission, "councils": list(councils)}


def _ask_for_code(request, link, now, *, form=None, typed="", status=200) -> HttpResponse:
    channel = link.officer.person.channels.filter(kind="email", confirmed_at__isnull=False).first()
    context = _context(link) | {
        "form": form or CodeForm(),
        "address": masked(channel.value) if channel else "",
        "awaited": replies.is_code_awaited(link, now),
        "minutes": settings.ANSWER_CODE_MINUTES,
        "typed": typed,
    }
    return render(request, "councils/reply_code.html", context, status=status)


# --- the code ---------------------------------------------------------------------------------------------------------


@_private
@form_view
def reply(request, link):
    """The submission and the form that is due: the answer, or whether it is done. Without the code, the way to it."""
    now = timezone.now()
    on = timezone.localdate(now)
    purpose = link.opens(on)
    if not purpose:
        context = _context(link) | {"why": replies.why_ended(link, on)}
        return render(request, "councils/reply_ended.html", context)
    view = {"answer": _answer, "done": _done}[purpose]
    if request.method == "POST":
        return _opened_only(purpose)(view)(request, link)
    return view(request, link) if _is_open(request, link, now) else _ask_for_code(request, link, now)


@_private
@require_POST
def reply_send_code(request, link):
    try:
        replies.send_code(link=link, now=timezone.now())
    except replies.ReplyRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The code is on its way to your e-mail."))
    return redirect("councils:reply", link.token)


@_private
@require_POST
def reply_open(request, link):
    """The code is right: this browser may work with the link for ANSWER_HOURS."""
    now = timezone.now()
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            replies.check_code(link=link, code=form.cleaned_data["code"], now=now)
        except replies.ReplyRefused as refusal:
            link.refresh_from_db(fields=["wrong_codes", "code_hash"])
            form.add_error("code", str(refusal))
        else:
            request.session.cycle_key()
            request.session[_key(link)] = (now + timedelta(hours=settings.ANSWER_HOURS)).timestamp()
            return redirect("councils:reply", link.token)
    return _ask_for_code(request, link, now, form=form, status=422)


# --- the work ---------------------------------------------------------------------------------------------------------


def _page(request, link, form, *, template="councils/reply.html", status=200, **more) -> HttpResponse:
    row = link.submission
    context = _context(link) | {
        "form": form,
        "files": row.files.select_related("file").order_by("pk"),
        "questions": row.questions.order_by("asked_at", "pk"),
        "hand_overs": row.hand_overs.select_related("from_unit", "to_unit").order_by("at", "pk"),
        **more,
    }
    return render(request, template, context, status=status)


def _answer(request, link):
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AnswerForm(*sent, follow_up_after=regulation.in_force(timezone.localdate())["FOLLOW_UP_AFTER"])
    if form.is_bound and form.is_valid():
        try:
            replies.answer(link=link, now=timezone.now(), **form.cleaned_data)
        except SubmissionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you! The council and its followers are told."))
            return redirect("councils:reply", link.token)
    return _page(request, link, form, status=422 if form.is_bound else 200)


def _done(request, link):
    initial = {"done_on": timezone.localdate()}
    form = DoneForm(request.POST, request.FILES) if request.method == "POST" else DoneForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            replies.say_done(link=link, now=timezone.now(), **form.cleaned_data)
        except SubmissionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you! Everybody sees now that it is done."))
            return redirect("councils:reply", link.token)
    return _page(request, link, form, template="councils/reply_done.html", status=422 if form.is_bound else 200)


def _small_page(request, link, form, write, said, title, submit):
    """A page with a short form: show it, or do what it says and go back."""
    if form.is_bound and form.is_valid():
        try:
            write(link=link, now=timezone.now(), **form.cleaned_data)
        except SubmissionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("councils:reply", link.token)
    context = _context(link) | {"form": form, "title": title, "submit": submit}
    return render(request, "councils/reply_form.html", context, status=422 if form.is_bound else 200)


@_private
@form_view
@_opened_only("answer")
def reply_ask(request, link):
    form = AskForm(posted(request))
    said = _("The council has your question. We write to you when it answers.")
    return _small_page(request, link, form, replies.ask, said, _("Ask the council"), _("Send the question"))


@_private
@form_view
@_opened_only("answer")
def reply_hand_over(request, link):
    units = MunicipalUnit.objects.in_use(timezone.localdate()).exclude(pk=link.submission.answering_unit_id)
    form = OtherUnitForm(posted(request), units=units)
    said = _("Handed over. The other unit has its link.")
    return _small_page(request, link, form, replies.hand_over, said, _("Another unit answers"), _("Hand over"))


@_private
@form_view
@_opened_only("done")
def reply_not_yet(request, link):
    said = _("Thank you! We ask again on that day.")
    form = NotYetForm(posted(request))
    return _small_page(request, link, form, replies.say_not_yet, said, _("It is not done yet"), _("Save"))


@_private
@require_safe
def reply_file(request, link, pk):
    """A file that goes with the submission, for who opened the link."""
    now = timezone.now()
    if not link.opens(timezone.localdate(now)) or not _is_open(request, link, now):
        return redirect("councils:reply", link.token)
    row = get_object_or_404(SubmissionFile.objects.select_related("file"), pk=pk, submission=link.submission)
    return files.response(row.file)
