"""What an organiser asks of those who sign up, what they offer them, and whom they invite."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from events.models import AccessService, Event, Invitation, Question
from events.operations.base import EventRefused, about, lock, offer_free_seats
from notices import operations as notices
from people import operations as people
from people.models import Person, User

MOST_QUESTIONS = 20


def _open(event_id: int, now: datetime) -> Event:
    """The event, locked; EventRefused once it has begun or is cancelled."""
    event = lock(event_id)
    if event.cancelled_at or (event.published_at and event.starts_at <= now):
        raise EventRefused(_("A cancelled or past event can no longer be changed."))
    return event


def _write(row: Any) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise EventRefused(" ".join(dict.fromkeys(error.messages))) from error
    row.save()


ASKED = ("text", "kind", "choices", "is_required")


def _logged(question: Question) -> dict[str, Any]:
    """As the audit log keeps a question."""
    return {
        "question": question.text,
        "answer_kind": question.kind,
        "choices": question.choices,
        "is_required": question.is_required,
    }


@transaction.atomic
def ask(
    *,
    event: Event,
    text: str,
    kind: str,
    choices: Iterable[str] = (),
    is_required: bool = False,
    question: Question | None = None,
    by: User | None,
    now: datetime,
) -> Question:
    """Ask something of everyone who signs up, or ask `question` otherwise.

    A question that was answered keeps its answers: asked in other words, in another kind or without a choice that it
    had, it is retired, and the new one takes its place. Raises EventRefused for a question that is asked already or was
    taken away, for choices of fewer than two, and once the event has begun. Locks the event row.
    """
    row = _open(event.pk, now)
    offered = list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    if kind == Question.Kind.CHOICE and len(offered) < 2:
        raise EventRefused(_("Write at least two answers to choose from."))
    asked = Question.objects.filter(event=row).asked()
    if question is None and asked.count() >= MOST_QUESTIONS:
        raise EventRefused(_("Twenty questions at most: long forms are not filled in."))
    kept = offered if kind == Question.Kind.CHOICE else []
    if question is not None:  # as it is now, and not as it was when the form was opened
        question = Question.objects.filter(pk=question.pk, event=row, retired_at=None).first()
        if question is None:
            raise EventRefused(_("Somebody else took this question away meanwhile."))
    values: dict[str, Any] = {"text": text, "kind": kind, "is_required": is_required, "choices": kept}
    before = _logged(question) if question else {}
    if question is None:
        last = asked.last()
        question = Question(event=row, position=last.position + 1 if last else 1, **values)
    elif question.answers.exists() and (
        (question.text, question.kind) != (text, kind) or set(question.choices) - set(kept)
    ):
        Question.objects.filter(pk=question.pk).update(retired_at=now)
        question = Question(event=row, position=question.position, **values)
    else:
        for name, value in values.items():
            setattr(question, name, value)
    _write(question)
    details = {"before": before, "after": _logged(question)} if before else {"after": _logged(question)}
    people.record(by=by, verb="ask_at_sign_up", target=row, now=now, details=details)
    return question


@transaction.atomic
def ask_no_more(*, question: Question, by: User | None, now: datetime) -> None:
    """The form leaves the question out; what was answered stays. Asking no more twice changes nothing."""
    row = _open(question.event_id, now)
    if question.retired_at:
        return
    before = _logged(question)
    if question.answers.exists():
        Question.objects.filter(pk=question.pk).update(retired_at=now)
    else:
        question.delete()
    people.record(by=by, verb="ask_no_more", target=row, now=now, details={"before": before})


@transaction.atomic
def offer_service(
    *, event: Event, kind: str, note: str = "", ask_until: datetime | None = None, by: User | None, now: datetime
) -> AccessService:
    """Say that the event has an access service, or change what is said of it.

    Raises EventRefused for a last day to ask after the start, and once the event has begun. Locks the event row.
    """
    row = _open(event.pk, now)
    if ask_until and ask_until > row.starts_at:
        raise EventRefused(_("It must be asked for before the event starts."))
    service = AccessService.objects.filter(event=row, kind=kind).first() or AccessService(event=row, kind=kind)
    service.note, service.ask_until = note, ask_until
    _write(service)
    after = {"service": kind, "note": note, "ask_until": ask_until or ""}
    people.record(by=by, verb="offer_service", target=row, now=now, details={"after": after})
    return service


@transaction.atomic
def withdraw_service(*, service: AccessService, by: User | None, now: datetime) -> None:
    """The event has the service no more. Raises EventRefused while somebody asked for it: they must be told first."""
    row = _open(service.event_id, now)
    if service.rsvps.active().exists():
        raise EventRefused(_("Somebody asked for this. Talk to them before you take it away."))
    people.record(by=by, verb="withdraw_service", target=row, now=now, details={"before": {"service": service.kind}})
    service.delete()


@transaction.atomic
def copy_asking(*, source: Event, target: Event) -> None:
    """Ask at `target` what `source` asks, and offer the same access services, to be asked for as long before the start.

    For an event that was just made from another, in the transaction that made it; nobody is invited by this.
    """
    Question.objects.bulk_create(
        Question(event=target, **{name: getattr(row, name) for name in ("position", *ASKED)})
        for row in Question.objects.filter(event=source).asked()
    )
    AccessService.objects.bulk_create(
        AccessService(
            event=target,
            kind=row.kind,
            note=row.note,
            ask_until=row.ask_until and target.starts_at - (source.starts_at - row.ask_until),
        )
        for row in AccessService.objects.filter(event=source).order_by("pk")
    )


@transaction.atomic
def invite(*, event: Event, persons: Iterable[Person], by: User | None, now: datetime) -> list[Invitation]:
    """Invite people, who may then sit on reserved seats, and write to each once when the event is published.

    Who is invited already stays so, without another mail; who waits may get a reserved seat at once. Returns the new
    invitations. Locks the event row.
    """
    row = _open(event.pk, now)
    known = set(row.invitations.values_list("person_id", flat=True))
    fresh = [
        Invitation(event=row, person=person, invited_at=now, invited_by=by)
        for person in {person.pk: person for person in persons}.values()
        if person.pk not in known
    ]
    Invitation.objects.bulk_create(fresh)
    for invitation in fresh:  # one entry each: the name in it goes when the person is erased
        people.record(by=by, verb="invite", target=row, now=now, on_behalf_of=invitation.person)
    if row.published_at:
        tell_invited(row, now)
        offer_free_seats(row, now)
    return fresh


def tell_invited(event: Event, now: datetime) -> None:
    """One invitation by mail to each who is invited; whoever has it already gets no other."""
    notices.plan_many(
        [(f"event_invited:{event.pk}:{pk}", person) for pk, person in event.invitations.values_list("pk", "person_id")],
        kind="event_invited",
        about=about(event),
        now=now,
        expires_at=event.starts_at,
        data={"event": event.pk},
    )


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User | None, now: datetime) -> None:
    """The person is invited no more; a seat that was taken stays taken. The mail, if still unsent, is not sent."""
    row = _open(invitation.event_id, now)
    people.record(by=by, verb="withdraw_invitation", target=row, now=now, on_behalf_of=invitation.person)
    invitation.delete()
