"""What the councils ask of the municipality: drafts, sending, registration, replies, and what was done.

The coordinator does all of it. The officers of a council write, send and follow what their council alone asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from councils import operations, permissions, regulation
from councils.models import (
    COUNCILS,
    Council,
    Matter,
    MunicipalUnit,
    Question,
    Resolution,
    Submission,
    SubmissionFile,
    Topic,
)
from councils.operations import CouncilRefused, SubmissionRefused, matters, submissions
from dashboard.filters import Address
from dashboard.forms import STATE_SLUGS
from dashboard.panel.forms import submissions as forms
from dashboard.panel.forms.lists import SubmissionFilter
from dashboard.panel.page import coordinators_only, form_page, page_of, panel, query_without_page
from neighbourhoods.requests import form_view, posted
from people.models import Person
from people.permissions import can_coordinate

SECTION = "submissions"


@coordinators_only
@require_safe
def submission_list(request):
    """Those without a reply first, by the day it is due; then the others, what moved last first."""
    on = timezone.localdate()
    address = Address(request.GET)
    rows = Submission.objects.with_state(on).prefetch_related(COUNCILS)
    if area := address.neighbourhood():
        through = Submission.councils.through.objects.filter(council__neighbourhood=area)
        rows = rows.filter(pk__in=through.values("submission_id"))
    state = address.key("statuss", ["melnraksti", *STATE_SLUGS])
    if state == "melnraksti":
        rows = rows.filter(sent_on=None)
    elif state:
        rows = rows.filter(state=STATE_SLUGS[state], sent_on__isnull=False)
    waits = Q(replied_on=None, done_on=None)
    rows = rows.matching(address.words("q")).alias(waits=waits)
    rows = rows.order_by("-waits", F("reply_due_on").asc(nulls_first=True), "-pk")
    context = {
        "filter": SubmissionFilter(request.GET or None, on=on),
        "is_narrow": bool(address.chosen),
        "page": page_of(request, rows),
        "query": query_without_page(request),
        "today": on,
    }
    return panel(request, "submissions", context, section=SECTION)


# --- a new one --------------------------------------------------------------------------------------------------------


def _choices(councils, on: date) -> dict:
    """What the forms of a draft offer."""
    members = Person.objects.sitting_in(councils, on)
    return {
        "units": MunicipalUnit.objects.in_use(on),
        "topics": Topic.objects.in_use(on),
        "members": Person.objects.filter(pk__in=members.values("pk")).by_name(),
    }


@form_view
def submission_new(request):
    """Empty; or made of a resolution (`lemums`) or a matter (`jautajums`), with nothing left to type."""
    on = timezone.localdate()
    councils = permissions.submits_for(request.user, on).select_related("neighbourhood").by_name()
    if not councils.exists():
        raise PermissionDenied
    source = _source(request, councils)
    initial = {"sent_on": on, "kind": Submission.Kind.PROPOSAL, **source.initial}
    offered = _choices(councils, on) | {"rules": regulation.in_force(on)}
    form = forms.SubmissionForm(posted(request), councils=councils, initial=initial, **offered)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"matter": source.matter, "resolution": source.resolution}
        try:
            row = operations.record_submission(by=request.user, now=timezone.now(), **given)
        except submissions.AlreadyEntered as refusal:
            messages.info(request, str(refusal))
            return redirect("dashboard:panel-submission", refusal.submission.pk)
        except operations.SubmissionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Sent.") if row.sent_on else _("Saved."))
            return redirect("dashboard:panel-submission", row.pk)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("New proposal"),
        lead=source.lead,
        submit=_("Send"),
        back=source.back or _home(request),
    )


@dataclass(frozen=True)
class _Source:
    """What a new submission is made of."""

    initial: dict
    matter: Matter | None = None
    resolution: Resolution | None = None
    lead: str = ""
    back: str = ""


def _source(request, councils) -> _Source:
    """Raises Http404 for a resolution or a matter that is not of a council for which this person submits."""
    address = Address(request.GET)
    if (pk := address.number("lemums")) is not None:
        rows = Resolution.objects.select_related("item__matter", "matter", "council")
        row = get_object_or_404(rows, pk=pk, council__in=councils, outcome=Resolution.Outcome.ADOPTED)
        matter = row.matter or row.item.matter
        together = Resolution.objects.filter(item=row.item, outcome=row.outcome, council__in=councils)
        initial = {
            "councils": list(Council.objects.filter(pk__in=together.values("council"))),
            "kind": Submission.Kind.OPINION if row.item.kind == row.item.Kind.OPINION else Submission.Kind.PROPOSAL,
            "title": row.item.title[:200],
            "text": row.text,
            "topic": matter.topic if matter else "",
        }
        lead = _("Made of the resolution of %(council)s.") % {"council": row.council.name}
        return _Source(initial, matter, row, lead, matter.get_absolute_url() if matter else "")
    if (pk := address.number("jautajums")) is not None:
        matter = get_object_or_404(Matter.objects.filter(councils__in=councils).distinct(), pk=pk)
        initial = {
            "councils": list(councils.filter(matters=matter)),
            "title": matter.title,
            "topic": matter.topic,
        }
        return _Source(initial, matter, back=matter.get_absolute_url())
    return _Source({})


def _home(request) -> str:
    """Where the list of submissions stands for this person."""
    if can_coordinate(request.user):
        return reverse("dashboard:panel-submissions")
    council = permissions.submits_for(request.user, timezone.localdate()).select_related("neighbourhood").first()
    return reverse("dashboard:council-room", args=[council.neighbourhood.slug]) if council else reverse("dashboard:my")


# --- one submission ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rights:
    """What this person may do with a submission today."""

    edits: bool  # the draft
    records: bool  # what the municipality says and does
    answers: bool  # the unit's questions, and whether it is done


def _load(request, pk) -> tuple[Submission, Rights]:
    """The submission and what this person may do with it; 403 for who may do nothing."""
    on = timezone.localdate()
    rows = Submission.objects.with_state(on).select_related("matter", "answering_unit", "resolution", "presented_by")
    row = get_object_or_404(rows.prefetch_related(COUNCILS), pk=pk)
    rights = Rights(
        edits=permissions.can_edit_submission(request.user, row, on),
        records=permissions.can_record_reply(request.user),
        answers=permissions.can_answer_question(request.user, row, on),
    )
    if not (rights.edits or rights.records or rights.answers):
        raise PermissionDenied
    return row, rights


@form_view
def submission(request, pk):
    """One submission with the one form that is its next step: send it, enter the reply, write down that it is done."""
    on = timezone.localdate()
    row, rights = _load(request, pk)
    step = STEPS[_next_step(row)]
    allowed = step.may(rights) and step.fits(row, on)
    if request.method == "POST" and not allowed:
        raise PermissionDenied
    form = step.form(request, row) if allowed else None
    if form is not None and request.method == "POST" and form.is_valid() and _do(request, row, step, form):
        return redirect("dashboard:panel-submission", pk)
    context = {
        "submission": row,
        "form": form,
        "button": step.title,
        "rights": rights,
        "others": [
            (slug, other.title)
            for slug, other in STEPS.items()
            if slug != _next_step(row) and other.may(rights) and other.fits(row, on)
        ],
        "files": row.files.select_related("file").order_by("pk"),
        "questions": row.questions.order_by("asked_at", "pk"),
        "hand_overs": row.hand_overs.select_related("from_unit", "to_unit").order_by("at", "pk"),
        "officers": submissions.officers(row, on).select_related("person"),
        "back": _home(request),
        "today": on,
    }
    return panel(request, "submission", context, section=SECTION)


def _next_step(row: Submission) -> str:
    if row.sent_on is None:
        return "sutit"
    return "atbilde" if row.replied_on is None else "izdarits"


@form_view
def submission_step(request, pk, step):
    """Another step of a submission, on a page of its own."""
    row, rights = _load(request, pk)
    action = STEPS.get(step)
    if action is None:
        raise Http404
    if not action.may(rights):
        raise PermissionDenied
    if not action.fits(row, timezone.localdate()):
        messages.info(request, _("This is not possible any more, or not yet."))
        return redirect("dashboard:panel-submission", pk)
    form = action.form(request, row)
    if request.method == "POST" and (form is None or form.is_valid()) and _do(request, row, action, form):
        return redirect(action.after(request) if action.after else reverse("dashboard:panel-submission", args=[pk]))
    return form_page(
        request,
        form,
        section=SECTION,
        title=action.title,
        lead=row.title,
        submit=action.button,
        back=reverse("dashboard:panel-submission", args=[pk]),
        crumb=row.title,
        written=[row.title],
        danger=action.danger,
    )


def _do(request, row: Submission, step: "Step", form) -> bool:
    """Do what the form says; a refusal stands in the form, or in a message where there is none."""
    try:
        step.write(submission=row, by=request.user, now=timezone.now(), **(form.cleaned_data if form else {}))
    except CouncilRefused as refusal:
        if form is None:
            messages.error(request, str(refusal))
        else:
            form.add_error(None, str(refusal))
        return False
    messages.success(request, str(step.said))
    return True


SAVED = gettext_lazy("Saved.")


@dataclass(frozen=True)
class Step:
    """Something that can be done with a submission: who may, when, with which form, by which operation."""

    title: str | Promise
    button: str | Promise
    may: Callable[[Rights], bool]
    fits: Callable[[Submission, date], bool]
    form: Callable[[Any, Submission], Any]
    write: Callable[..., Any]
    said: str | Promise = SAVED
    danger: bool = False
    after: Callable[[Any], str] | None = None


def _edits(rights: Rights) -> bool:
    return rights.edits


def _records(rights: Rights) -> bool:
    return rights.records


def _answers(rights: Rights) -> bool:
    return rights.answers


def _is_draft(row: Submission, on: date) -> bool:
    return row.sent_on is None


def _is_waiting(row: Submission, on: date) -> bool:
    return row.sent_on is not None and row.replied_on is None and row.done_on is None


def _is_answered(row: Submission, on: date) -> bool:
    return row.replied_on is not None


def _today() -> date:
    return timezone.localdate()


def _draft_form(request, row):
    initial = {name: getattr(row, name) for name in forms.DraftForm.base_fields}
    return forms.DraftForm(posted(request), initial=initial, **_choices(row.councils.all(), _today()))


def _unit_form(request, row):
    units = MunicipalUnit.objects.in_use(_today()).exclude(pk=row.answering_unit_id)
    return forms.UnitForm(posted(request), units=units)


def _with_files(form):
    def make(request, row, **options):
        if request.method == "POST":
            return form(request.POST, request.FILES, **options)
        return form(initial={"replied_on": _today(), "done_on": row.done_on or _today()}, **options)

    return make


def _reply_form(request, row):
    after = regulation.in_force(_today())["FOLLOW_UP_AFTER"]
    return _with_files(forms.ReplyForm)(request, row, follow_up_after=after)


STEPS: dict[str, Step] = {
    "sutit": Step(
        title=gettext_lazy("Send"),
        button=gettext_lazy("Send"),
        may=_edits,
        fits=_is_draft,
        form=lambda request, row: forms.SendForm(posted(request), initial={"sent_on": _today()}),
        write=operations.send_submission,
        said=gettext_lazy("Sent."),
    ),
    "labot": Step(
        title=gettext_lazy("Change the draft"),
        button=gettext_lazy("Save"),
        may=_edits,
        fits=_is_draft,
        form=_draft_form,
        write=submissions.change_draft,
    ),
    "registret": Step(
        title=gettext_lazy("Enter the registration number"),
        button=gettext_lazy("Save"),
        may=_records,
        fits=_is_waiting,
        form=lambda request, row: forms.RegisterForm(
            posted(request),
            initial={"registered_on": row.registered_on or _today(), "number": row.registration_number},
        ),
        write=submissions.register_submission,
    ),
    "nodot": Step(
        title=gettext_lazy("Choose the unit that answers"),
        button=gettext_lazy("Hand over"),
        may=_records,
        fits=_is_waiting,
        form=_unit_form,
        write=submissions.hand_over,
    ),
    "parsutit": Step(
        title=gettext_lazy("Pass on to the institution (§29)"),
        button=gettext_lazy("Save"),
        may=_records,
        fits=lambda row, on: _is_waiting(row, on) and row.kind == Submission.Kind.INSTITUTION,
        form=lambda request, row: forms.ForwardForm(posted(request), initial={"forwarded_on": _today()}),
        write=submissions.forward,
    ),
    "atgadinat": Step(
        title=gettext_lazy("Remind the unit"),
        button=gettext_lazy("Send the reminder"),
        may=_records,
        fits=lambda row, on: _is_waiting(row, on) and row.answering_unit_id is not None,
        form=lambda request, row: None,
        write=submissions.remind,
        said=gettext_lazy("The reminder is sent."),
    ),
    "atbilde": Step(
        title=gettext_lazy("Enter the reply"),
        button=gettext_lazy("Save"),
        may=_records,
        fits=lambda row, on: row.sent_on is not None,
        form=_reply_form,
        write=operations.record_reply,
    ),
    "vel-ne": Step(
        title=gettext_lazy("It is not done yet"),
        button=gettext_lazy("Save"),
        may=_answers,
        fits=lambda row, on: _is_answered(row, on) and row.done_on is None,
        form=lambda request, row: forms.NotYetForm(posted(request)),
        write=submissions.plan_follow_up,
    ),
    "izdarits": Step(
        title=gettext_lazy("Write down that it is done"),
        button=gettext_lazy("Save"),
        may=_answers,
        fits=lambda row, on: row.sent_on is not None,
        form=_with_files(forms.DoneForm),
        write=operations.record_done,
    ),
    "fails": Step(
        title=gettext_lazy("Add a file"),
        button=gettext_lazy("Add"),
        may=_edits,
        fits=lambda row, on: row.replied_on is None,
        form=_with_files(forms.FileForm),
        write=submissions.add_file,
    ),
    "izmest": Step(
        title=gettext_lazy("Throw the draft away"),
        button=gettext_lazy("Throw away"),
        may=_edits,
        fits=_is_draft,
        form=lambda request, row: None,
        write=submissions.discard_draft,
        said=gettext_lazy("The draft is gone."),
        danger=True,
        after=_home,
    ),
}


@require_POST
def submission_file_remove(request, pk):
    file = get_object_or_404(SubmissionFile.objects.select_related("submission"), pk=pk)
    _row, rights = _load(request, file.submission_id)
    if not rights.edits:
        raise PermissionDenied
    try:
        submissions.remove_file(file=file, by=request.user, now=timezone.now())
    except SubmissionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("dashboard:panel-submission", file.submission_id)


@form_view
def question(request, pk):
    """The council answers what the unit asked."""
    row = get_object_or_404(Question.objects.select_related("submission"), pk=pk)
    _submission, rights = _load(request, row.submission_id)
    if not rights.answers:
        raise PermissionDenied
    back = reverse("dashboard:panel-submission", args=[row.submission_id])
    form = forms.QuestionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            submissions.answer_question(question=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        except SubmissionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The unit is told."))
            return redirect(back)
    title = _("Answer the question")
    return form_page(
        request,
        form,
        section=SECTION,
        title=title,
        lead=f"{row.asked_by}: {row.text}",
        submit=_("Send the answer"),
        back=back,
        crumb=row.submission.title,
        written=[row.text, row.submission.title],
    )


# --- the matter, and what became of a resolution ---------------------------------------------------------------------


@form_view
def matter_edit(request, pk):
    """By which name and topic people find a matter."""
    on = timezone.localdate()
    row = get_object_or_404(Matter, pk=pk)
    if not permissions.can_change_matter(request.user, row, on):
        raise PermissionDenied
    initial = {"title": row.title, "topic": row.topic}
    form = forms.MatterForm(posted(request), topics=Topic.objects.in_use(on), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = matters.change_matter(matter=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        except matters.MatterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(row)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Name and topic of the matter"),
        submit=_("Save"),
        back=row.get_absolute_url(),
        crumb=row.title,
        written=[row.title],
    )


@form_view
def resolution_settle(request, pk):
    """A resolution is carried out, or never will be."""
    on = timezone.localdate()
    row = get_object_or_404(Resolution.objects.select_related("council", "matter"), pk=pk, voted_at__isnull=False)
    if not permissions.can_settle(request.user, row, on):
        raise PermissionDenied
    back = row.matter.get_absolute_url() if row.matter else _home(request)
    form = forms.SettleForm(posted(request), initial={"on": on})
    if request.method == "POST" and form.is_valid():
        given, common = form.cleaned_data, {"resolution": row, "by": request.user, "now": timezone.now()}
        try:
            if given["what"] == form.DONE:
                matters.carry_out(on=given["on"], **common)
            else:
                matters.give_up(on=given["on"], reason=given["reason"], **common)
        except matters.MatterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Is it carried out?"),
        lead=row.text,
        submit=_("Save"),
        back=back,
        crumb=row.matter.title if row.matter else "",
        written=[row.text, row.matter.title if row.matter else ""],
    )
