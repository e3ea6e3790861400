"""Minutes: what everybody reads, and the work on them from the draft to the approval (§25)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from councils import files, permissions, regulation
from councils.documents import differences, docx, pdf, record
from councils.documents import minutes as documents
from councils.documents.blocks import Document
from councils.forms.minutes import ApproveForm, CommentForm, CorrectForm, HandOverForm, NotesForm, SignForm
from councils.models import Meeting, Minutes, MinutesComment, MinutesVersion
from councils.operations import minutes as operations
from neighbourhoods import latvian
from neighbourhoods.pages import cached_for_visitors
from neighbourhoods.requests import form_view, posted
from notices.emails import absolute


@dataclass(frozen=True)
class Rights:
    """What this person may do with the minutes."""

    sees: bool = False  # before they are published, and what is not public in them
    keeps: bool = False
    signs: bool = False
    publishes: bool = False
    comments: bool = False


def _rights(user, meeting: Meeting) -> Rights:
    """None for a visitor; four queries at most for the others."""
    if not user.is_authenticated:
        return Rights()
    on = timezone.localdate()
    keeps = permissions.can_keep_record(user, meeting, on)
    signs = permissions.can_sign_minutes(user, meeting)
    return Rights(
        sees=keeps or signs or permissions.can_see_record(user, meeting, on),
        keeps=keeps,
        signs=signs,
        publishes=permissions.can_publish_minutes(user),
        comments=permissions.can_comment_minutes(user, meeting, on),
    )


def _minutes(pk: int) -> Minutes:
    rows = Minutes.objects.select_related("meeting__event", "meeting__leader", "meeting__minute_taker")
    rows = rows.select_related("approved_in__event")
    open_comments = Count("comments", filter=Q(comments__settled_at=None))
    return get_object_or_404(rows.annotate(open_comments=open_comments), meeting__pk=pk)


def _version(minutes: Minutes, rights: Rights, number: int | None) -> MinutesVersion:
    """The version asked for, without a number the newest, of those this person may read; 404 when there is none."""
    rows = minutes.versions if rights.sees else operations.published(minutes)
    found = (rows if number is None else rows.filter(number=number)).order_by("-number").first()
    if found is None:
        raise Http404
    found.minutes = minutes
    return found


def _document(version: MinutesVersion, rights: Rights, *, whole: bool) -> Document:
    """The version as people read it: with the closed items for those who may see them and ask for the `whole`."""
    content = version.content if whole and rights.sees else record.public(version.content)
    minutes = version.minutes
    seal = documents.Seal(
        version=version.number,
        sha256=version.sha256,
        address=absolute(minutes.get_absolute_url()),
        signed_name=version.signed_name,
        signed_at=version.signed_at,
        published_at=version.published_at,
        approved_on=minutes.approved_in.held_on if minutes.approved_in else None,
        reason=version.reason,
        is_whole=content == version.content,
    )
    return documents.document(content, seal)


# --- what everybody reads ---------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def minutes(request, pk):
    """The published minutes; before that, their draft for the council and the coordinator, and before that, for who
    keeps the record, the way to draft them."""
    if not Minutes.objects.filter(meeting__pk=pk).exists():
        return _not_drafted(request, pk)
    row = _minutes(pk)
    rights = _rights(request.user, row.meeting)
    newest = operations.published(row).first()
    if newest is not None:
        newest.minutes = row
        return _page(request, newest, rights, whole=False)
    return _page(request, _version(row, rights, None), rights, whole=True)


def _not_drafted(request, pk: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.select_related("event"), pk=pk)
    if not permissions.can_keep_record(request.user, meeting, timezone.localdate()):
        raise Http404
    crumbs = [
        (_("Calendar"), reverse("events:calendar")),
        (latvian.written(meeting.event.title), meeting.event.get_absolute_url()),
    ]
    return render(request, "councils/minutes_none.html", {"meeting": meeting, "crumbs": crumbs})


@login_not_required
@require_safe
@cached_for_visitors
def minutes_version(request, pk, number):
    row = _minutes(pk)
    rights = _rights(request.user, row.meeting)
    return _page(request, _version(row, rights, number), rights, whole=True, says_version=True)


def _page(
    request, version: MinutesVersion, rights: Rights, *, whole: bool, comment_form=None, says_version: bool = False
) -> HttpResponse:
    row = version.minutes
    now = timezone.now()
    history = _history(row)
    takes_comments = operations.takes_comments(row, now) and version.published_at is None
    document = _document(version, rights, whole=whole)
    if comment_form is None and rights.comments and takes_comments:
        comment_form = CommentForm(None, items=version.content["items"])
    context = {
        "row": row,
        "version": version,
        "document": document,
        "says_version": says_version,
        "files": _files(version, whole=whole),
        "rights": rights,
        "history": history,
        "is_newest": bool(history) and history[0].number == version.number,
        "is_tampered": record.digest(version.content) != version.sha256,
        "shows_closed": whole and rights.sees and not record.is_whole(version.content),
        "hides_closed": rights.sees and not whole and not record.is_whole(version.content),
        "comments": _comments(row) if rights.sees and version.published_at is None else [],
        "comment_form": comment_form,
        "takes_comments": takes_comments,
        "crumbs": _crumbs(row),
    }
    return render(request, "councils/minutes.html", context)


def _history(row: Minutes) -> list[MinutesVersion]:
    """What was published, the newest first, each with the number of the one `before` it."""
    rows = list(operations.published(row).defer("content"))
    for version, earlier in zip(rows, [*rows[1:], None], strict=False):
        version.before = earlier.number if earlier else None
    return rows


def _files(version: MinutesVersion, *, whole: bool) -> dict[str, str]:
    """Addresses of the version's files; the newest public one has the short ones, which do not change."""
    args = [version.minutes.meeting_id, *([version.number] if whole else [])]
    return {kind: reverse(f"councils:minutes-{kind}", args=args) for kind in ("pdf", "docx", "json")}


def _crumbs(row: Minutes) -> list[tuple[str, str]]:
    event = row.meeting.event
    return [(_("Calendar"), reverse("events:calendar")), (latvian.written(event.title), event.get_absolute_url())]


def _comments(row: Minutes):
    return row.comments.select_related("person", "item", "settled_by__person").order_by("commented_at", "pk")


@login_not_required
@require_safe
def minutes_changes(request, pk):
    """What changed from one version to another (`?no=1&lidz=2`), without them between the last two."""
    row = _minutes(pk)
    rights = _rights(request.user, row.meeting)
    rows = row.versions.all() if rights.sees else operations.published(row)
    known = list(rows.order_by("number").values_list("number", flat=True))
    if len(known) < 2:
        raise Http404
    asked = [request.GET.get(name, "") for name in ("no", "lidz")]
    pairs = zip(asked, known[-2:], strict=True)
    before, after = (int(text[:9]) if text.isdecimal() else number for text, number in pairs)
    if before not in known or after not in known or before >= after:
        raise Http404
    pair = [_version(row, rights, number) for number in (before, after)]
    contents = [version.content if rights.sees else record.public(version.content) for version in pair]
    with translation.override(documents.LANGUAGE):
        found = differences.compare(*(documents.sections(content) for content in contents))
    context = {
        "row": row,
        "before": pair[0],
        "after": pair[1],
        "found": found,
        "rights": rights,
        "known": known,
        "crumbs": [*_crumbs(row), (_("Minutes No. %(number)s") % {"number": row}, row.get_absolute_url())],
    }
    return render(request, "councils/minutes_changes.html", context)


MAKERS: dict[str, Callable[[Document], bytes]] = {"pdf": pdf.render, "docx": docx.render}


@login_not_required
@require_safe
def minutes_file(request, pk, kind, number=None):
    """The version as PDF, as DOCX, or as the data that was signed. For everybody it is the newest that is published."""
    row = _minutes(pk)
    rights = _rights(request.user, row.meeting)
    newest = operations.published(row).first() if number is None else None
    if newest is not None:
        newest.minutes = row
    version = newest or _version(row, rights, number)
    whole = newest is None
    if kind == "json":
        content = version.content if whole and rights.sees else record.public(version.content)
        answer = _download(record.canonical(content), "application/json", _file_name(version, kind))
    else:
        made = _made(kind, _document(version, rights, whole=whole))
        answer = _download(made, files.KINDS[kind], _file_name(version, kind))
    if whole and rights.sees:  # a draft, or with what is closed
        add_never_cache_headers(answer)
    return answer


@lru_cache(maxsize=32)
def _made(kind: str, document: Document) -> bytes:
    """A file that many ask for is made once in each process: a long DOCX takes a third of a second."""
    return MAKERS[kind](document)


def _file_name(version: MinutesVersion, kind: str) -> str:
    """ "protokols-8-2026-kirsu-apkaimes-iedzivotaju-padome.pdf": plain letters, which every system takes."""
    councils = slugify(latvian.fold(" ".join(version.content["councils"])))[:80].strip("-")
    state = "" if version.signed_at else "-melnraksts"
    return f"protokols-{version.minutes.number}-{version.minutes.year}-{councils}{state}.{kind}"


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


# --- the work on them -------------------------------------------------------------------------------------------------


def _open(request, pk: int) -> tuple[Minutes, Rights]:
    """The minutes for who sees their draft; to the others they do not exist."""
    row = _minutes(pk)
    rights = _rights(request.user, row.meeting)
    if not rights.sees:
        raise Http404
    return row, rights


def _allow(may: bool) -> None:
    if not may:
        raise PermissionDenied


@require_POST
def minutes_draft(request, pk):
    """One click: the draft from what was written down in the meeting."""
    meeting = get_object_or_404(Meeting.objects.select_related("event"), pk=pk)
    _allow(permissions.can_keep_record(request.user, meeting, timezone.localdate()))
    try:
        row = operations.draft(meeting=meeting, by=request.user, now=timezone.now())
    except operations.MinutesRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("councils:minutes", pk)
    return redirect("councils:minutes-work", row.meeting_id)


@require_safe
def minutes_work(request, pk):
    """Where the minutes stand, and the next step of each who has one to do."""
    row, rights = _open(request, pk)
    return _work(request, row, rights)


def _work(request, row: Minutes, rights: Rights, failed: dict[str, forms.Form] | None = None) -> HttpResponse:
    """`failed` holds the form of the step that was refused, by the step's name."""
    now = timezone.now()
    meeting, is_draft = row.meeting, row.signed_at is None
    versions = list(row.versions.defer("content").select_related("made_by__person").order_by("-number"))
    if not versions:
        raise Http404
    version = versions[0]
    version.minutes = row
    rules = regulation.in_force(meeting.held_on)
    due_on = rules.minutes_due_on(meeting.held_on)
    shown = {name: step.form(request, row, rights, None) for name, step in STEPS.items() if step.form}
    shown["parakstit"].initial["version"] = version.number
    context = {
        "row": row,
        "meeting": meeting,
        "version": version,
        "versions": versions,
        "published": next((one for one in versions if one.published_at), None),
        "rights": rights,
        "forms": {**shown, **(failed or {})},
        "failed": next(iter((failed or {}).values()), None),
        "is_draft": is_draft,
        "is_correction": is_draft and bool(version.reason),
        "is_current": not (is_draft and (rights.keeps or rights.signs)) or operations.is_current(version, rules),
        "takes_comments": operations.takes_comments(row, now),
        "comment_days": rules["MINUTES_COMMENTS"],
        "due_on": due_on,
        "is_late": (meeting.minutes_sent_on or timezone.localdate(now)) > due_on,
        "crumbs": [*_crumbs(row), (_("Minutes No. %(number)s") % {"number": row}, row.get_absolute_url())],
    }
    return render(request, "councils/minutes_work.html", context)


@form_view
def minutes_edit(request, pk):
    """The free text of every item, and the number of the minutes."""
    row, rights = _open(request, pk)
    _allow(rights.keeps)
    items = row.meeting.agenda.numbered()
    form = NotesForm(posted(request), minutes=row, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            version = operations.write(
                minutes=row,
                notes=form.notes(),
                number=form.cleaned_data["number"],
                by=request.user,
                now=timezone.now(),
            )
        except operations.NotesOvertaken as refusal:
            form.show_overtaken(refusal)
        except operations.MinutesRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved as version %(number)d.") % {"number": version.number})
            return redirect("councils:minutes-work", pk)
    context = {"row": row, "form": form, "crumbs": [*_crumbs(row), _to_work(row)]}
    return render(request, "councils/minutes_edit.html", context)


def _to_work(row: Minutes) -> tuple[str, str]:
    label = _("Work on the minutes No. %(number)s") % {"number": row}
    return label, reverse("councils:minutes-work", args=[row.meeting_id])


@require_POST
def minutes_comment(request, pk):
    row, rights = _open(request, pk)
    _allow(rights.comments)
    version = _version(row, rights, None)
    form = CommentForm(request.POST, items=version.content["items"])
    if form.is_valid():
        item = row.meeting.agenda.filter(pk=form.cleaned_data["item"]).first() if form.cleaned_data["item"] else None
        try:
            operations.comment(
                minutes=row,
                person=request.user.person,
                item=item,
                text=form.cleaned_data["text"],
                by=request.user,
                now=timezone.now(),
            )
        except operations.MinutesRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your comment is saved. The secretary and the other members see it."))
            return redirect(f"{row.get_absolute_url()}#komentari")
    return _page(request, version, rights, whole=True, comment_form=form)


@require_POST
def comment_settle(request, pk, comment):
    row, rights = _open(request, pk)
    _allow(rights.keeps)
    found = get_object_or_404(MinutesComment, pk=comment, minutes=row)
    operations.settle(comment=found, by=request.user, now=timezone.now())
    messages.success(request, _("Marked as settled."))
    return redirect(f"{reverse('councils:minutes-version', args=[pk, _version(row, rights, None).number])}#komentari")


@require_safe
def signed_file(request, pk, number):
    """What the leader signed, for the council and the coordinator: the signature is nobody else's to have."""
    row, rights = _open(request, pk)
    version = _version(row, rights, number)
    if version.signed_file is None:
        raise Http404
    answer = files.response(version.signed_file)
    add_never_cache_headers(answer)
    return answer


# --- steps ------------------------------------------------------------------------------------------------------------

MakeForm = Callable[[Any, Minutes, Rights, Any], forms.Form]


@dataclass(frozen=True)
class Step:
    """One thing done with the minutes: who may, the form that asks for more, what is done, what is said then."""

    may: Callable[[Rights], bool]
    do: Callable[[Any, Minutes, dict, datetime], Any]
    said: Any
    form: MakeForm | None = None


def _sign_form(request, row: Minutes, rights: Rights, data: Any) -> forms.Form:
    """The page fills in the number of the version that it shows."""
    return SignForm(
        data,
        request.FILES if data is not None else None,
        signs_alone=rights.signs,
        takes_comments=operations.takes_comments(row, timezone.now()),
    )


def _sign(request, row: Minutes, values: dict, now: datetime) -> None:
    operations.sign(
        minutes=row,
        seen=values["version"],
        upload=values["upload"],
        before_comments_end=values.get("before_comments_end", False),
        by=request.user,
        now=now,
    )


def _approve_form(request, row: Minutes, rights: Rights, data: Any) -> forms.Form:
    meetings = operations.later_meetings(row, timezone.now())
    return ApproveForm(data, meetings=meetings, initial={"meeting": row.approved_in_id})


def _hand_over_form(request, row: Minutes, rights: Rights, data: Any) -> forms.Form:
    initial = {"on": row.originals_handed_on or timezone.localdate(), "to": row.originals_handed_to}
    return HandOverForm(data, initial=initial)


STEPS = {
    "viedoklis": Step(
        may=lambda rights: rights.keeps,
        do=lambda request, row, values, now: operations.ask_members(minutes=row, by=request.user, now=now),
        said=gettext_lazy("The members are asked by e-mail."),
    ),
    "atjaunot": Step(
        may=lambda rights: rights.keeps,
        do=lambda request, row, values, now: operations.refresh(minutes=row, by=request.user, now=now),
        said=gettext_lazy("The draft says what the meeting's record says now."),
    ),
    "parakstit": Step(
        may=lambda rights: rights.keeps or rights.signs,
        do=_sign,
        said=gettext_lazy("Signed. The minutes do not change any more."),
        form=_sign_form,
    ),
    "nosutit": Step(
        may=lambda rights: rights.keeps or rights.signs,
        do=lambda request, row, values, now: operations.send(minutes=row, by=request.user, now=now),
        said=gettext_lazy("Sent for publication. The coordinator sees it among the tasks."),
    ),
    "originali": Step(
        may=lambda rights: rights.keeps,
        do=lambda request, row, values, now: operations.hand_over(minutes=row, by=request.user, now=now, **values),
        said=gettext_lazy("Saved."),
        form=_hand_over_form,
    ),
    "publicet": Step(
        may=lambda rights: rights.publishes,
        do=lambda request, row, values, now: operations.publish(minutes=row, by=request.user, now=now),
        said=gettext_lazy("Published. Everybody can read the minutes now."),
    ),
    "apstiprinat": Step(
        may=lambda rights: rights.keeps,
        do=lambda request, row, values, now: operations.approve(minutes=row, by=request.user, now=now, **values),
        said=gettext_lazy("Saved."),
        form=_approve_form,
    ),
    "labojums": Step(
        may=lambda rights: rights.keeps,
        do=lambda request, row, values, now: operations.correct(minutes=row, by=request.user, now=now, **values),
        said=gettext_lazy("The correction is open. What is published stays until the new version is published."),
        form=lambda request, row, rights, data: CorrectForm(data),
    ),
}


@require_POST
def minutes_step(request, pk, step):
    row, rights = _open(request, pk)
    found = STEPS.get(step)
    if found is None:
        raise Http404
    _allow(found.may(rights))
    form = found.form(request, row, rights, request.POST) if found.form else None
    if form is not None and not form.is_valid():
        return _work(request, row, rights, {step: form})
    try:
        found.do(request, row, form.cleaned_data if form else {}, timezone.now())
    except (operations.MinutesRefused, files.FileRefused) as refusal:
        if form is None:
            messages.error(request, str(refusal))
            return redirect("councils:minutes-work", pk)
        form.add_error(None, str(refusal))
        return _work(request, row, rights, {step: form})
    messages.success(request, str(found.said))
    return redirect("councils:minutes-work", pk)
