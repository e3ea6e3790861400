"""Residents, who holds a role in the portal, and who did what."""

from django.contrib import messages
from django.db.models import OuterRef, Q, Subquery
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from councils import texts
from councils.models import Membership
from dashboard.filters import Address
from dashboard.panel.changes import changes, is_latvian
from dashboard.panel.forms.councils import DayForm
from dashboard.panel.forms.lists import AuditFilter, PeopleFilter
from dashboard.panel.forms.people import RoleForm
from dashboard.panel.page import (
    administrators_only,
    coordinators_only,
    form_page,
    page_of,
    panel,
    query_without_page,
)
from neighbourhoods import latvian
from neighbourhoods.periods import lasts
from neighbourhoods.requests import form_view, posted
from people import operations
from people.models import AuditEntry, Person, Role

# What the audit log's verbs are called.
VERBS = {
    "add_document": gettext_lazy("added a document"),
    "add_paper": gettext_lazy("added a paper"),
    "add_photos": gettext_lazy("added pictures"),
    "add_place": gettext_lazy("added a place"),
    "add_submission_file": gettext_lazy("added a file to a submission"),
    "add_version": gettext_lazy("added a version of a document"),
    "answer_meeting": gettext_lazy("entered whether a member comes"),
    "answer_question": gettext_lazy("answered a unit’s question"),
    "approve_minutes": gettext_lazy("noted that minutes were approved"),
    "ask_members": gettext_lazy("asked the members about draft minutes"),
    "ask_question": gettext_lazy("asked the council a question"),
    "call_roll": gettext_lazy("called the roll"),
    "ask_at_sign_up": gettext_lazy("asked a question at sign-up"),
    "ask_no_more": gettext_lazy("took a question out of the sign-up"),
    "cancel_event": gettext_lazy("cancelled an event"),
    "cancel_rsvp": gettext_lazy("cancelled a sign-up"),
    "carry_out_resolution": gettext_lazy("wrote down that a resolution is carried out"),
    "carry_over": gettext_lazy("took over unfinished items"),
    "change_agenda": gettext_lazy("changed an agenda"),
    "change_agenda_item": gettext_lazy("changed an agenda item"),
    "change_album": gettext_lazy("changed an album"),
    "change_council": gettext_lazy("changed a council"),
    "change_document": gettext_lazy("changed a document"),
    "change_event": gettext_lazy("changed an event"),
    "change_folder": gettext_lazy("changed a folder"),
    "change_news": gettext_lazy("changed news"),
    "change_photo": gettext_lazy("described a picture anew"),
    "change_matter": gettext_lazy("changed the name or topic of a matter"),
    "change_rsvp": gettext_lazy("changed a sign-up"),
    "change_seat_count": gettext_lazy("changed the number of seats"),
    "change_submission": gettext_lazy("changed the draft of a submission"),
    "change_term": gettext_lazy("changed a convocation"),
    "change_substitute": gettext_lazy("corrected a substitute"),
    "check_in": gettext_lazy("noted that somebody came"),
    "close_formation": gettext_lazy("closed a formation"),
    "close_meeting": gettext_lazy("closed a meeting"),
    "close_vote": gettext_lazy("closed a vote"),
    "comment_minutes": gettext_lazy("commented on draft minutes"),
    "complete_step": gettext_lazy("completed a step of a formation"),
    "correct_minutes": gettext_lazy("opened a correction of minutes"),
    "correct_record": gettext_lazy("corrected a meeting’s record"),
    "count_candidates": gettext_lazy("counted candidates"),
    "create_council": gettext_lazy("created a council"),
    "create_event": gettext_lazy("created an event"),
    "create_series": gettext_lazy("created a series of events"),
    "decide_absence_case": gettext_lazy("decided about absences"),
    "decline_proposal": gettext_lazy("declined a resident’s proposal"),
    "delete_folder": gettext_lazy("deleted a folder"),
    "delete_news": gettext_lazy("deleted a draft of news"),
    "delete_photo": gettext_lazy("deleted a picture"),
    "delete_street": gettext_lazy("deleted a street"),
    "discard_submission": gettext_lazy("threw a draft away"),
    "draft_minutes": gettext_lazy("drafted minutes"),
    "drop_resolution": gettext_lazy("deleted a resolution"),
    "drop_task": gettext_lazy("deleted a task"),
    "end_membership": gettext_lazy("ended a mandate"),
    "end_office": gettext_lazy("ended an office"),
    "correct_membership_end": gettext_lazy("corrected the end of a mandate"),
    "correct_office_end": gettext_lazy("corrected the end of an office"),
    "end_officer": gettext_lazy("ended who answers for a unit"),
    "end_role": gettext_lazy("ended a role"),
    "enter_person": gettext_lazy("entered a person"),
    "enter_substitute": gettext_lazy("entered a substitute"),
    "erase_person": gettext_lazy("erased a person"),
    "export": gettext_lazy("downloaded a list"),
    "finish_task": gettext_lazy("finished a task"),
    "forward_submission": gettext_lazy("passed a submission on to an institution"),
    "give_office": gettext_lazy("gave an office"),
    "give_up_resolution": gettext_lazy("wrote down that a resolution will not be carried out"),
    "grant_role": gettext_lazy("gave a role"),
    "hand_over_minutes": gettext_lazy("handed over the originals of minutes"),
    "hand_over_submission": gettext_lazy("handed a submission over to another unit"),
    "import_substitutes": gettext_lazy("imported substitutes"),
    "inform_dome": gettext_lazy("informed the municipal council"),
    "make_album": gettext_lazy("made an album"),
    "make_folder": gettext_lazy("made a folder"),
    "move_agenda_item": gettext_lazy("moved an agenda item to another meeting"),
    "move_meeting": gettext_lazy("moved a meeting"),
    "move_place": gettext_lazy("moved a place to a neighbourhood"),
    "name_officer": gettext_lazy("named who answers for a unit"),
    "offer_seat": gettext_lazy("offered a seat"),
    "open_matter": gettext_lazy("opened a matter"),
    "open_meeting": gettext_lazy("opened a meeting"),
    "open_term": gettext_lazy("opened a convocation"),
    "plan_follow_up": gettext_lazy("planned to ask whether it is done"),
    "plan_step": gettext_lazy("planned a step of a formation"),
    "publish_event": gettext_lazy("published an event"),
    "publish_minutes": gettext_lazy("published minutes"),
    "publish_news": gettext_lazy("published news"),
    "put_opinion_on_agenda": gettext_lazy("put a request for an opinion on an agenda"),
    "raise_absence_case": gettext_lazy("raised a case of absences"),
    "record_done": gettext_lazy("wrote down what was done"),
    "record_minutes": gettext_lazy("wrote down minutes"),
    "record_opinion_request": gettext_lazy("entered a request for an opinion"),
    "record_publication": gettext_lazy("wrote down where a meeting was announced"),
    "record_reply": gettext_lazy("entered a reply"),
    "record_submission": gettext_lazy("entered a proposal"),
    "recount_reply": gettext_lazy("counted a reply’s last day anew"),
    "recuse": gettext_lazy("wrote down a conflict of interest"),
    "refuse_seat": gettext_lazy("wrote down that a seat was refused"),
    "register_submission": gettext_lazy("registered a submission"),
    "remind_unit": gettext_lazy("reminded a unit"),
    "remove_day": gettext_lazy("removed a moved day"),
    "remove_number": gettext_lazy("took back a number of the regulation"),
    "remove_paper": gettext_lazy("took a paper off"),
    "remove_submission_file": gettext_lazy("removed a file from a submission"),
    "remove_substitute": gettext_lazy("removed a substitute"),
    "rename_place": gettext_lazy("corrected a place"),
    "reset_letter": gettext_lazy("put back words of a document"),
    "reset_page": gettext_lazy("put back a page of the site"),
    "restore_document": gettext_lazy("put a document back"),
    "retire_document": gettext_lazy("took a document off"),
    "retire_topic": gettext_lazy("offered a topic no more, or again"),
    "retire_unit": gettext_lazy("offered a unit no more, or again"),
    "retry_notice": gettext_lazy("sent an e-mail again"),
    "invite": gettext_lazy("invited to an event"),
    "offer_service": gettext_lazy("offered an access service"),
    "withdraw_service": gettext_lazy("withdrew an access service"),
    "withdraw_invitation": gettext_lazy("withdrew an invitation"),
    "rsvp": gettext_lazy("signed somebody up"),
    "save_street": gettext_lazy("changed a street"),
    "save_topic": gettext_lazy("changed a topic"),
    "save_unit": gettext_lazy("changed a municipal unit"),
    "schedule_meeting": gettext_lazy("called a meeting"),
    "seat_member": gettext_lazy("added a member"),
    "send_announcement": gettext_lazy("sent a meeting to the administration"),
    "send_handover": gettext_lazy("sent a handover"),
    "send_minutes": gettext_lazy("sent minutes for publication"),
    "send_opinion": gettext_lazy("sent an opinion"),
    "send_submission": gettext_lazy("sent a proposal"),
    "set_day": gettext_lazy("moved a day off or a working day"),
    "set_number": gettext_lazy("set a number of the regulation"),
    "settle_comment": gettext_lazy("settled a comment on minutes"),
    "sign_minutes": gettext_lazy("signed minutes"),
    "start_formation": gettext_lazy("began a formation"),
    "take_proposal": gettext_lazy("took a resident’s proposal onto the agenda"),
    "thank": gettext_lazy("sent the thanks of an event"),
    "unrecuse": gettext_lazy("took back a conflict of interest"),
    "undo_check_in": gettext_lazy("took an arrival back"),
    "walk_in": gettext_lazy("let somebody in who had not signed up"),
    "withdraw_absence_case": gettext_lazy("withdrew a case of absences"),
    "withdraw_news": gettext_lazy("took news off the site"),
    "withdraw_notice": gettext_lazy("e-mail withdrawn"),
    "write_head": gettext_lazy("wrote down who is at a meeting"),
    "write_item": gettext_lazy("wrote on an agenda item"),
    "write_letter": gettext_lazy("wrote words of a document"),
    "write_minutes": gettext_lazy("changed draft minutes"),
    "write_news": gettext_lazy("wrote news"),
    "write_opinion": gettext_lazy("wrote an opinion"),
    "write_page": gettext_lazy("wrote a page of the site"),
    "write_resolution": gettext_lazy("wrote a resolution"),
    "write_results": gettext_lazy("wrote what came of an event"),
    "write_task": gettext_lazy("wrote down a task"),
}


@coordinators_only
@require_safe
def people_list(request):
    """Everybody the portal knows, with how to reach them: for the coordinator's eyes."""
    on = timezone.localdate()
    address = Address(request.GET)
    council = Membership.objects.held(on).filter(person=OuterRef("pk")).order_by("pk")
    rows = Person.objects.filter(erased_at=None).matching(address.words("q"))
    if area := address.neighbourhood():
        rows = rows.filter(home_neighbourhood=area)
    state = address.key("statuss", ["konts", "bez-konta"])
    if state:
        rows = rows.filter(user__isnull=state == "bez-konta")
    rows = rows.annotate(
        council=Subquery(council.values("seat__term__council__neighbourhood__short_name")[:1]),
        council_slug=Subquery(council.values("seat__term__council__neighbourhood__slug")[:1]),
    )
    rows = rows.select_related("user", "home_neighbourhood").prefetch_related("channels").by_name()
    context = {
        "filter": PeopleFilter(request.GET or None, on=on),
        "is_narrow": bool(address.chosen),
        "page": page_of(request, rows),
        "query": query_without_page(request),
    }
    return panel(request, "people", context, section="people")


# --- roles and the audit log: administrators --------------------------------------------------------------------------


@administrators_only
@require_safe
def role_list(request):
    on = timezone.localdate()
    rows = Role.objects.select_related("person__user", "granted_by__person")
    context = {
        "held": rows.filter(lasts(on)).order_by("kind", "started_on", "pk"),
        "former": rows.filter(ended_on__lte=on).order_by("-ended_on", "-pk"),
    }
    return panel(request, "roles", context, section="roles")


@administrators_only
@form_view
def role_give(request):
    now = timezone.now()
    initial = {"started_on": timezone.localdate(now)}
    form = RoleForm(posted(request), by=request.user, now=now, initial=initial)
    if request.method == "POST" and form.is_valid() and (person := form.chosen):
        given = form.cleaned_data
        role = operations.grant_role(
            person=person, kind=given["kind"], by=request.user, now=now, on=given["started_on"]
        )
        told = {"person": role.person, "role": role.get_kind_display()}
        messages.success(request, _("%(person)s is now %(role)s.") % told)
        return redirect("dashboard:panel-roles")
    return form_page(
        request,
        form,
        section="roles",
        title=_("Give a role"),
        lead=_("A role goes to somebody who has registered. Write the name or the e-mail of the account."),
        submit=_("Give the role"),
        back=reverse("dashboard:panel-roles"),
    )


@administrators_only
@form_view
def role_end(request, pk):
    role = get_object_or_404(Role.objects.select_related("person").filter(ended_on=None), pk=pk)
    now = timezone.now()
    form = DayForm(posted(request), initial={"ended_on": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_role(role=role, by=request.user, now=now, on=form.cleaned_data["ended_on"])
        except operations.RoleRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The role is ended."))
            return redirect("dashboard:panel-roles")
    return form_page(
        request,
        form,
        section="roles",
        title=f"{capfirst(role.get_kind_display())}: {role.person}",
        submit=_("End the role"),
        danger=True,
        back=reverse("dashboard:panel-roles"),
    )


OF_LETTERS = ("write_letter", "reset_letter")  # what they changed is a document with a code for its name


@administrators_only
@require_safe
def audit(request):
    """Who did what, for whom, the newest first; words are looked for in the names of both people."""
    address = Address(request.GET)
    rows = AuditEntry.objects.all()
    if begin := address.day("no"):
        rows = rows.filter(at__date__gte=begin)
    if end := address.day("lidz"):
        rows = rows.filter(at__date__lte=end)
    if verb := address.key("veids", VERBS):
        rows = rows.filter(verb=verb)
    for term in latvian.search_terms(address.words("q")):
        rows = rows.filter(Q(by__person__search_text__contains=term) | Q(on_behalf_of__search_text__contains=term))
    page = page_of(request, rows.select_related("by__person", "on_behalf_of").order_by("-at", "-pk"))
    for entry in page.object_list:
        entry.words = VERBS.get(entry.verb, entry.verb)
        entry.changes = changes(entry)
        entry.written = [entry.label] if is_latvian(entry) else []
        if entry.verb in OF_LETTERS and entry.label in texts.LETTERS:
            entry.label, entry.written = texts.LETTERS[entry.label].title, []
    context = {
        "filter": AuditFilter(request.GET or None, kinds=sorted(VERBS.items(), key=lambda item: str(item[1]))),
        "is_narrow": bool(address.chosen),
        "page": page,
        "query": query_without_page(request),
    }
    return panel(request, "audit", context, section="audit")
