"""Matters: the public thread from a proposal to the work done, its files, and who follows it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from councils import files, permissions, regulation, threads
from councils.documents import letter
from councils.forms.matters import FollowForm
from councils.models import Matter, MatterFollow, Submission, SubmissionFile
from councils.operations import matters
from events.views import by_link, client_network, masked
from neighbourhoods.pages import cached_for_visitors
from neighbourhoods.requests import form_view

LETTERS = {
    "pdf": (letter.pdf_file, "application/pdf"),
    "docx": (letter.docx_file, files.KINDS["docx"]),
}


def _shown(request, pk) -> tuple[Matter, bool]:
    """The matter, and whether this person sees what is not public of it; 404 for who may see nothing."""
    on = timezone.localdate()
    rows = (
        Matter.objects.with_state(on)
        .with_topic()
        .annotate(
            is_shown=Exists(Matter.objects.public().filter(pk=OuterRef("pk"))),
            is_followed=Exists(_follows_of(request.user).filter(matter=OuterRef("pk"))),
        )
    )
    matter = get_object_or_404(rows, pk=pk)
    whole = permissions.can_see_whole_matter(request.user, matter, on)
    if not matter.is_shown and not whole:
        raise Http404
    return matter, whole


def _follows_of(user):
    follows = MatterFollow.objects.confirmed()
    return follows.filter(person=user.person) if user.is_authenticated else follows.none()


def _page(request, matter, whole, *, form=None, status=200) -> HttpResponse:
    on = timezone.localdate()
    context = {
        "matter": matter,
        "councils": list(matter.councils.select_related("neighbourhood").by_name()),
        "thread": threads.read(matter, on, whole=whole),
        "whole": whole,
        "form": form or FollowForm(),
        "crumbs": [(_("Decisions"), reverse("dashboard:submission-list"))],
        "today": on,
        "rules": regulation.in_force(on),
    }
    if whole:
        mine = set(permissions.submits_for(request.user, on).values_list("pk", flat=True))
        context["mine"] = mine
        context["acts"] = bool(mine & {council.pk for council in context["councils"]})
    return render(request, "councils/matter.html", context, status=status)


@login_not_required
@require_safe
@cached_for_visitors
def matter(request, pk, slug):
    row, whole = _shown(request, pk)
    if slug != row.slug:
        return redirect(row, permanent=True)
    return _page(request, row, whole)


# --- following --------------------------------------------------------------------------------------------------------


@require_POST
def matter_follow(request, pk, slug):
    row, _whole = _shown(request, pk)
    matters.follow(matter=row, person=request.user.person, now=timezone.now())
    messages.success(request, _("You follow this matter. We write when it is voted on, answered and done."))
    if not request.user.person.wants_news:
        messages.info(request, _("E-mails with news are switched off for you. Switch them on among your choices."))
    return redirect(row)


@require_POST
def matter_unfollow(request, pk, slug):
    row, _whole = _shown(request, pk)
    matters.unfollow(matter=row, person=request.user.person)
    messages.success(request, _("You no longer follow this matter."))
    return redirect(row)


@login_not_required
@form_view
def matter_follow_guest(request, pk, slug):
    """By an address only: what is said next is the same whoever it belongs to."""
    row, whole = _shown(request, pk)
    if request.method != "POST":
        return redirect(row)
    form = FollowForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            matters.follow_as_guest(
                matter=row,
                email=email,
                network=client_network(request),
                language=get_language() or "lv",
                now=timezone.now(),
            )
        except matters.MatterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Now check your e-mail: we sent a link to %(email)s. Open it and confirm.")
            messages.success(request, said % {"email": masked(email)})
            return redirect(row)
    return _page(request, row, whole, form=form, status=422)


@by_link
@form_view
def matter_follow_link(request, token):
    """The link in the mails: confirm, or stop. Looking changes nothing."""
    follow = MatterFollow.objects.select_related("matter", "person").filter(token=token).first()
    if follow is None or follow.person.erased_at:
        return render(request, "councils/follow_link.html", {"follow": None}, status=404)
    if request.method != "POST":
        return render(request, "councils/follow_link.html", {"follow": follow, "matter": follow.matter})
    now = timezone.now()
    if request.POST.get("choice") == "stop":
        matters.unfollow(matter=follow.matter, person=follow.person, now=now)
        messages.success(request, _("You no longer follow this matter."))
    else:
        matters.confirm_follow(row=follow, now=now)
        messages.success(request, _("You follow this matter. We write when it is voted on, answered and done."))
    return redirect(follow.matter)


# --- files ------------------------------------------------------------------------------------------------------------


def _readable(request, **key) -> tuple[Submission, bool]:
    """A submission that this person may read, sent and public, or of a council of theirs; and whether everybody may."""
    row = get_object_or_404(Submission.objects.select_related("matter", "reply_file", "done_photo"), **key)
    is_open = row.is_public and row.sent_on is not None
    if not is_open and not permissions.can_see_whole_matter(request.user, row.matter, timezone.localdate()):
        raise Http404
    return row, is_open


def _handed_out(answer, is_open: bool):
    """What is not everybody's is kept neither by a proxy nor on a shared computer."""
    if not is_open:
        add_never_cache_headers(answer)
    return answer


@login_not_required
@require_safe
def submission_file(request, pk):
    """A file that goes with a submission, as a download."""
    file = get_object_or_404(SubmissionFile.objects.select_related("file"), pk=pk)
    _row, is_open = _readable(request, pk=file.submission_id)
    return _handed_out(files.response(file.file), is_open)


@login_not_required
@require_safe
def submission_letter(request, pk, kind):
    """The letter with which it went to the municipality; of a draft, as it would go today."""
    make, mimetype = LETTERS[kind]
    row, is_open = _readable(request, pk=pk)
    name = letter.file_name(row, kind)
    content = make(row, on=timezone.localdate())
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _handed_out(HttpResponse(content, content_type=mimetype, headers=headers), is_open)


@login_not_required
@require_safe
def reply_file(request, pk):
    row, is_open = _readable(request, pk=pk)
    if row.reply_file is None:
        raise Http404
    return _handed_out(files.response(row.reply_file), is_open)


@login_not_required
@require_safe
def done_photo(request, pk):
    """The picture of what was done, inside the page."""
    row, is_open = _readable(request, pk=pk)
    if row.done_photo is None:
        raise Http404
    return _handed_out(files.response(row.done_photo, inline=True), is_open)
