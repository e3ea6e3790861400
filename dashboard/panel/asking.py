"""What an event asks of those who sign up: own questions, access services; and who is invited to its kept seats."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.db.models.functions import Collate
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from councils.models import Council
from dashboard.panel import operations as panel_operations
from dashboard.panel.forms.asking import InviteMembersForm, QuestionForm, ServiceForm
from dashboard.panel.forms.fields import choose_from
from dashboard.panel.forms.people import InviteForm
from dashboard.panel.page import coordinators_only, form_page, officers_councils, panel
from events import operations
from events.models import AccessService, Event, Invitation, Phase, Question, Rsvp
from events.permissions import can_ask
from neighbourhoods.requests import form_view, posted
from people.permissions import can_coordinate

SECTION = "events"


def _allow(request, event: Event) -> Event:
    if not can_ask(request.user, event, timezone.localdate()):
        raise PermissionDenied
    return event


def _page(event_id: int) -> str:
    return reverse("dashboard:panel-sign-up", args=[event_id])


def _councils(user):
    """Councils whose members this person may invite."""
    if can_coordinate(user):
        return Council.objects.select_related("neighbourhood").by_name()
    return officers_councils(user)


@require_safe
def sign_up(request, pk):
    """Questions, services and invitations of the event. As many queries however many there are."""
    now = timezone.now()
    event = _allow(request, get_object_or_404(Event.objects.with_seats(), pk=pk))
    active = Q(rsvps__in=Rsvp.objects.filter(event=event).active())
    names = [Collate(f"person__{name}", "lv") for name in ("family_name", "given_name")]
    invitations = event.invitations.select_related("person").order_by(*names, "pk")
    coming = dict(Rsvp.objects.filter(event=event).active().values_list("person_id", "state"))
    services = list(event.services.annotate(asked=Count("rsvps", filter=active)).order_by("kind"))
    context = {
        "event": event,
        "coordinates": can_coordinate(request.user),
        "is_open": event.phase_at(now) in (Phase.DRAFT, Phase.UPCOMING),
        "questions": event.questions.asked().annotate(answered=Count("answers")),
        "services": services,
        "may_offer": len(services) < len(AccessService.Kind),
        "invitations": [(row, Rsvp.State(coming[row.person_id]).label if row.person_id in coming else "")
                        for row in invitations],
        "now": now,
    }  # fmt: skip
    return panel(request, "sign_up", context, section=SECTION)


def _write(request, event: Event, form, *, title: str, change: Callable[[], str], remove: str = "", lead: str = ""):
    """One form on a page of its own; `change` does what it says and gives back what to tell."""
    if request.method == "POST" and form.is_valid():
        try:
            told = change()
        except (operations.EventRefused, operations.RsvpRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
            return redirect(_page(event.pk))
    return form_page(
        request,
        form,
        section=SECTION,
        title=title,
        crumb=event.title,
        written=[event.title],
        lead=lead,
        submit=_("Save"),
        back=_page(event.pk),
        remove=remove,
    )


def _take_away(
    request, event: Event, *, title: str, lead: str, submit: str, change: Callable[[], None], told: str, text: str = ""
):
    """Ask once more, then do it; `text` is what of `lead` people wrote in Latvian."""
    if request.method == "POST":
        try:
            change()
        except operations.EventRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, told)
        return redirect(_page(event.pk))
    return form_page(
        request,
        None,
        section=SECTION,
        title=title,
        crumb=event.title,
        written=[event.title, text],
        lead=lead,
        submit=submit,
        back=_page(event.pk),
        danger=True,
    )


# --- questions --------------------------------------------------------------------------------------------------------


@form_view
def question_new(request, pk):
    event = _allow(request, get_object_or_404(Event, pk=pk))
    form = QuestionForm(posted(request))

    def change() -> str:
        operations.ask(event=event, by=request.user, now=timezone.now(), **form.cleaned_data)
        return _("Everyone who signs up is asked this from now on.")

    return _write(request, event, form, title=_("New question"), change=change)


@form_view
def question_edit(request, pk):
    question = get_object_or_404(Question.objects.select_related("event"), pk=pk, retired_at=None)
    event = _allow(request, question.event)
    form = QuestionForm(posted(request), question=question)

    def change() -> str:
        operations.ask(event=event, question=question, by=request.user, now=timezone.now(), **form.cleaned_data)
        return _("Saved.")

    count = question.answers.count()
    lead = ngettext(
        "%(count)d person has answered. Other words ask anew; what was answered is kept.",
        "%(count)d people have answered. Other words ask anew; what was answered is kept.",
        count,
    ) % {"count": count}
    remove = reverse("dashboard:panel-own-question-remove", args=[question.pk])
    return _write(
        request, event, form, title=_("Question"), change=change, remove=remove, lead=lead if count else ""
    )  # fmt: skip


@form_view
def question_remove(request, pk):
    question = get_object_or_404(Question.objects.select_related("event"), pk=pk)
    event = _allow(request, question.event)

    def change() -> None:
        operations.ask_no_more(question=question, by=request.user, now=timezone.now())

    return _take_away(
        request,
        event,
        title=_("Ask no more"),
        lead=_("“%(question)s” – nobody is asked this any more. Answers that were given are kept.")
        % {"question": question.text},
        text=question.text,
        submit=_("Ask no more"),
        change=change,
        told=_("The question is asked no more."),
    )


# --- access services --------------------------------------------------------------------------------------------------


@form_view
def service_new(request, pk):
    event = _allow(request, get_object_or_404(Event, pk=pk))
    form = ServiceForm(posted(request), event=event)

    def change() -> str:
        operations.offer_service(event=event, by=request.user, now=timezone.now(), **form.offered())
        return _("The service is shown on the event’s page.")

    return _write(request, event, form, title=_("New access service"), change=change)


@form_view
def service_edit(request, pk):
    service = get_object_or_404(AccessService.objects.select_related("event"), pk=pk)
    event = _allow(request, service.event)
    form = ServiceForm(posted(request), event=event, service=service)

    def change() -> str:
        operations.offer_service(event=event, by=request.user, now=timezone.now(), **form.offered())
        return _("Saved.")

    remove = reverse("dashboard:panel-access-service-remove", args=[service.pk])
    return _write(request, event, form, title=capfirst(str(service)), change=change, remove=remove)


@form_view
def service_remove(request, pk):
    service = get_object_or_404(AccessService.objects.select_related("event"), pk=pk)
    event = _allow(request, service.event)

    def change() -> None:
        operations.withdraw_service(service=service, by=request.user, now=timezone.now())

    return _take_away(
        request,
        event,
        title=_("Withdraw the service"),
        lead=_("“%(service)s” is no longer shown on the event’s page.") % {"service": capfirst(str(service))},
        submit=_("Withdraw the service"),
        change=change,
        told=_("The service is withdrawn."),
    )


# --- invitations ------------------------------------------------------------------------------------------------------


def _told_of(event: Event, count: int) -> str:
    words = ngettext("%(count)d person is invited.", "%(count)d people are invited.", count) % {"count": count}
    if count and event.published_at is None:
        return f"{words} {_('They are told when the event is published.')}"
    return words if count else _("They are invited already.")


@coordinators_only
@form_view
def invite_person(request, pk):
    event = get_object_or_404(Event, pk=pk)
    now = timezone.now()
    form = InviteForm(posted(request), by=request.user, now=now)

    def change() -> str:
        fresh = panel_operations.enter_and_invite(
            event=event,
            person=form.chosen,
            new_person=form.new_person(),
            is_namesake=form.is_namesake,
            by=request.user,
            now=now,
        )
        return _told_of(event, len(fresh))

    return _write(request, event, form, title=_("Invite somebody"), change=change)


@form_view
def invite_members(request, pk):
    event = _allow(request, get_object_or_404(Event, pk=pk))
    now = timezone.now()
    councils = _councils(request.user)
    form = InviteMembersForm(posted(request))
    choose_from(form, "councils", councils)
    if len(councils) == 1:
        form.fields["councils"].initial = list(councils)

    def change() -> str:
        fresh = panel_operations.invite_members(
            event=event, councils=form.cleaned_data["councils"], by=request.user, now=now
        )
        return _told_of(event, len(fresh))

    return _write(request, event, form, title=_("Invite a council’s members"), change=change)


@form_view
def invitation_withdraw(request, pk):
    invitation = get_object_or_404(Invitation.objects.select_related("event", "person"), pk=pk)
    event = _allow(request, invitation.event)

    def change() -> None:
        operations.withdraw_invitation(invitation=invitation, by=request.user, now=timezone.now())

    return _take_away(
        request,
        event,
        title=_("Withdraw the invitation"),
        lead=_("%(person)s gets no kept seat any more. A seat that was taken stays taken.")
        % {"person": invitation.person},
        submit=_("Withdraw the invitation"),
        change=change,
        told=_("The invitation is withdrawn."),
    )
