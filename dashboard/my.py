"""My page, the file with what the portal knows about me, and the deletion of the account."""

import hashlib
import hmac
import json
import secrets
import time
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.db.models.expressions import OuterRef, Subquery
from django.db.models.functions import Collate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from councils import answers
from councils.models import AbsenceCase, Attendance, Ballot, Matter, Meeting, Recusal
from dashboard import operations
from events.models import Event, Rsvp, RsvpQuerySet
from neighbourhoods.models import Neighbourhood
from neighbourhoods.requests import form_view, posted
from notices import adapter
from people.forms import DeleteAccountForm
from people.models import AuditEntry, Follow, Person

PAST_SHOWN = 10


def _mine(person: Person) -> RsvpQuerySet:
    """The sign-ups the person has not cancelled; those of a cancelled event among them."""
    return Rsvp.objects.filter(person=person).active().select_related("event").prefetch_related("event__neighbourhoods")


def _follows(person: Person, now: datetime) -> list[tuple[Neighbourhood, Event | None]]:
    """What the person follows, each with the next event announced there, soonest first. Two queries, for any number."""
    everywhere = Event.neighbourhoods.through.objects.values("event_id")
    here = Event.neighbourhoods.through.objects.filter(neighbourhood=OuterRef(OuterRef("neighbourhood")))
    upcoming = Event.objects.upcoming(now).filter(Q(pk__in=here.values("event_id")) | ~Q(pk__in=everywhere))
    rows = list(
        Follow.objects.filter(person=person)
        .select_related("neighbourhood")
        .annotate(next_event_id=Subquery(upcoming.values("pk")[:1]))
        .order_by(Collate("neighbourhood__short_name", "lv"), "pk")
    )
    events = Event.objects.in_bulk([row.next_event_id for row in rows if row.next_event_id])
    follows = [(row.neighbourhood, events.get(row.next_event_id)) for row in rows]
    return sorted(follows, key=lambda pair: (pair[1] is None, pair[1] and pair[1].starts_at))


@require_GET
def my(request):
    """What I have signed up for, what I follow, and the way to my choices."""
    now = timezone.now()
    person = request.user.person
    on = timezone.localdate(now)
    memberships = answers.memberships_of(person, on)
    follows = _follows(person, now)
    home = next((area for area, _event in follows if area.pk == person.home_neighbourhood_id), None)
    context = {
        "person": person,
        "upcoming": _mine(person).filter(event__ends_at__gt=now).with_ahead().order_by("event__starts_at", "pk"),
        "past": _mine(person)
        .prefetch_related(None)
        .filter(event__ends_at__lte=now, event__cancelled_at=None, state=Rsvp.State.GOING)
        .order_by("-event__starts_at", "-pk")[:PAST_SHOWN],
        "follows": follows,
        "matters": Matter.objects.followed_by(person).with_state(timezone.localdate(now)).latest_moved(),
        "home": home or person.home_neighbourhood,
        "calls": answers.calls(memberships, now),
        "today": on,
        "memberships": [row for row in memberships if row.started_on <= on],
    }
    return render(request, "dashboard/my.html", context)


# --- what the portal knows about me ----------------------------------------------------------------------------------


def known_about(person: Person) -> dict:
    """Everything kept about a person, for a program to read (GDPR art. 15 and 20). Texts of mails are not kept."""
    user = person.user
    return {
        "person": {
            "name": person.name,
            "language": person.language,
            "home_neighbourhood": person.home_neighbourhood and person.home_neighbourhood.name,
            "wants_news": person.wants_news,
            "wants_reminders": person.wants_reminders,
            "entered_at": person.created_at,
        },
        "account": {
            "email": user and user.email,
            "addresses": list(EmailAddress.objects.filter(user=user).order_by("pk").values("email", "verified")),
            "registered_at": user and user.date_joined,
            "last_login_at": user and user.last_login,
            "has_password": bool(user and user.has_usable_password()),
        },
        "contacts": list(person.channels.order_by("kind").values("kind", "value", "confirmed_at")),
        "follows": [
            {"neighbourhood": row.neighbourhood.name, "since": row.followed_at}
            for row in person.follows.select_related("neighbourhood").order_by("followed_at", "pk")
        ],
        **_of_events(person),
        **_of_matters(person),
        **_of_councils(person),
        "roles": list(person.roles.order_by("started_on", "pk").values("kind", "started_on", "ended_on")),
        "messages": list(
            person.notices.order_by("planned_at", "pk").values("kind", "planned_at", "sent_at", "sent_to", "last_error")
        ),
        "done_for_me": list(
            AuditEntry.objects.filter(on_behalf_of=person).order_by("at", "pk").values("at", "verb", "label")
        ),
        # On what is left out: it may be the name of somebody else.
        "done_by_me": list(
            AuditEntry.objects.filter(by=user).order_by("at", "pk").values("at", "verb") if user else ()
        ),
    }


def _of_events(person: Person) -> dict:
    rsvps = Rsvp.objects.filter(person=person).select_related("event")
    rsvps = rsvps.prefetch_related("answers__question", "services", "check_ins")
    return {
        "own_calendar_since": person.calendar_keys.values_list("made_at", flat=True).first(),
        "invitations": [
            {"event": row.event.title, "invited_at": row.invited_at}
            for row in person.invitations.select_related("event").order_by("invited_at", "pk")
        ],
        "sign_ups": [
            {
                "event": rsvp.event.title,
                "starts_at": rsvp.event.starts_at,
                "number": rsvp.number,
                "state": rsvp.state,
                "people": rsvp.party_size,
                "how": rsvp.attending,
                "on_reserved_seat": rsvp.is_reserved,
                "came_without_signing_up": rsvp.is_walk_in,
                "name_on_list": rsvp.name_on_list,
                "question": rsvp.question,
                "answers": [{"question": row.question.text, "answer": row.value} for row in rsvp.answers.all()],
                "access_services": [row.kind for row in rsvp.services.all()],
                "seat_at_once": rsvp.seat_at_once,
                "wants_reminder": rsvp.wants_reminder,
                "network": rsvp.network,
                "signed_up_at": rsvp.rsvped_at,
                "confirmed_at": rsvp.confirmed_at,
                "offered_at": rsvp.offered_at,
                "affirmed_at": rsvp.affirmed_at,
                "surveyed_at": rsvp.surveyed_at,
                "cancelled_at": rsvp.cancelled_at,
                "cancelled_for": rsvp.cancelled_for,
                "arrivals": [
                    {"people": row.people, "at": row.at, "taken_back_at": row.undone_at} for row in rsvp.check_ins.all()
                ],
            }
            for rsvp in rsvps.order_by("rsvped_at", "pk")
        ],
    }


def _of_matters(person: Person) -> dict:
    return {
        "matters_followed": [
            {
                "matter": row.matter.title,
                "since": row.followed_at,
                "confirmed_at": row.confirmed_at,
                "network": row.network,
            }
            for row in person.matter_follows.select_related("matter").order_by("followed_at", "pk")
        ],
        "proposals": [
            {
                "council": row.council.name,
                "title": row.title,
                "text": row.text,
                "for": row.on_behalf_of,
                "network": row.network,
                "proposed_at": row.proposed_at,
                "confirmed_at": row.confirmed_at,
                "decision": row.decision,
                "reason": row.reason,
            }
            for row in person.proposals.select_related("council").order_by("proposed_at", "pk")
        ],
        "letters": [
            {
                "council": row.council.name,
                "text": row.text,
                "wants_answer": row.wants_answer,
                "network": row.network,
                "written_at": row.written_at,
                "confirmed_at": row.confirmed_at,
            }
            for row in person.enquiries.select_related("council").order_by("written_at", "pk")
        ],
        "answers_for": [
            {"unit": row.unit.name, "from": row.started_on, "until": row.ended_on}
            for row in person.answers_for.select_related("unit").order_by("started_on", "pk")
        ],
        "speaks_for": list(person.presents.order_by("pk").values_list("title", flat=True)),
    }


def _of_councils(person: Person) -> dict:
    mine = {"membership__person": person}
    attended = Attendance.objects.filter(**mine).select_related("meeting__event")
    kept_out = Recusal.objects.filter(**mine).select_related("item__meeting__event")
    ballots = Ballot.objects.filter(**mine).select_related("resolution__item__meeting__event")
    led = Meeting.objects.filter(Q(leader=person) | Q(minute_taker=person)).select_related("event")
    comments = person.minutes_comments.select_related("minutes__meeting__event")
    return {
        "memberships": [
            {
                "council": row.seat.term.council.name,
                "from": row.started_on,
                "until": row.ended_on,
                "why_it_ended": row.end_reason,
            }
            for row in person.memberships.select_related("seat__term__council").order_by("started_on", "pk")
        ],
        "offices": [
            {"council": row.council.name, "office": row.kind, "from": row.started_on, "until": row.ended_on}
            for row in person.offices.select_related("council").order_by("started_on", "pk")
        ],
        "substitutions": [
            {
                "council": row.term.council.name,
                "place": row.rank,
                "votes": row.votes,
                "applied_at": row.applied_at,
                "offered_on": row.offered_on,
                "seated_on": row.seated_on,
                "declined_on": row.declined_on,
                "declined_because": row.declined_because,
            }
            for row in person.substitutions.select_related("term__council").order_by("pk")
        ],
        "meetings": [
            {
                "meeting": row.meeting.event.title,
                "starts_at": row.meeting.event.starts_at,
                "answer": row.answer,
                "answered_at": row.answered_at,
                "mark": row.mark,
                "arrived_at": row.arrived_at,
                "left_at": row.left_at,
                "note": row.note,
            }
            for row in attended.order_by("meeting__event__starts_at", "pk")
        ],
        "meetings_led": [
            {
                "meeting": row.event.title,
                "starts_at": row.event.starts_at,
                "led": row.leader_id == person.pk,
                "took_minutes": row.minute_taker_id == person.pk,
            }
            for row in led.order_by("event__starts_at", "pk")
        ],
        "kept_out_of": [
            {"meeting": row.item.meeting.event.title, "item": row.item.title, "reason": row.reason}
            for row in kept_out.order_by("pk")
        ],
        "votes": [
            {
                "meeting": row.resolution.item.meeting.event.title,
                "resolution": row.resolution.text,
                "vote": row.choice,
            }
            for row in ballots.order_by("pk")
        ],
        "absence_cases": list(
            AbsenceCase.objects.filter(**mine)
            .order_by("raised_on", "pk")
            .values("raised_on", "decision", "decided_on", "reason", "dome_informed_on")
        ),
        "comments_on_minutes": [
            {
                "meeting": row.minutes.meeting.event.title,
                "comment": row.text,
                "commented_at": row.commented_at,
                "settled_at": row.settled_at,
            }
            for row in comments.order_by("commented_at", "pk")
        ],
        "tasks": list(person.tasks.order_by("pk").values("title", "due_on", "done_on")),
    }


@require_GET
@never_cache
def my_data_file(request):
    content = json.dumps(known_about(request.user.person), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return HttpResponse(
        content,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="mani-dati-{timezone.localdate():%Y-%m-%d}.json"'},
    )


# --- deletion --------------------------------------------------------------------------------------------------------

CODE_KEY = "delete_account_code"
ATTEMPTS = 3


def _digest(code: str) -> str:
    digits = "".join(character for character in code if character.isdigit())
    return hashlib.sha256(f"{settings.SECRET_KEY}:{digits}".encode()).hexdigest()


def _send_code(request, now) -> None:
    code = f"{secrets.randbelow(10**8):08d}"
    until = now + timedelta(minutes=settings.CODE_MINUTES)
    request.session[CODE_KEY] = {"digest": _digest(code), "until": until.timestamp(), "attempts": 0}
    adapter.send(
        mail="delete_account_code",
        user=request.user,
        to=request.user.email,
        now=now,
        code=f"{code[:4]}-{code[4:]}",
    )


def _pending_code(request) -> dict | None:
    """The code sent to this session, while it is valid and not guessed at too often."""
    pending = request.session.get(CODE_KEY)
    if pending and pending["until"] > time.time() and pending["attempts"] < ATTEMPTS:
        return pending
    return None


def _code_check(request):
    def is_right(code: str) -> bool:
        pending = _pending_code(request)
        if pending is None:
            return False
        pending["attempts"] += 1
        request.session[CODE_KEY] = pending
        return hmac.compare_digest(pending["digest"], _digest(code))

    return is_right


@never_cache
@form_view
def account_delete(request):
    """Ask for the password, or mail a code to who has none, and delete the account."""
    now = timezone.now()
    user = request.user
    by_code = not user.has_usable_password()
    if request.method == "POST" and (refusal := ratelimit.consume_or_429(request, action="reauthenticate", user=user)):
        return refusal
    if request.method == "POST" and by_code and request.POST.get("action") == "send":
        if ratelimit.consume(request, action="request_login_code", key=user.email):
            _send_code(request, now)
            messages.info(request, _("We sent a code to %(email)s.") % {"email": user.email})
        else:
            messages.error(request, _("Too fast. Wait a little and try again."))
        return redirect("dashboard:account-delete")
    asks_code = by_code and _pending_code(request) is not None
    form = None
    if asks_code or not by_code:
        data = posted(request)
        form = DeleteAccountForm(data, user=user, is_right_code=_code_check(request) if by_code else None)
        if form.is_bound and form.is_valid():
            try:
                operations.delete_account(user=user, now=now)
            except operations.DeletionRefused as error:
                messages.error(request, str(error))
                return redirect("people:data")
            logout(request)
            messages.success(request, _("Your account is deleted. Thank you for taking part!"))
            return redirect("dashboard:home")
        if form.is_bound and by_code and _pending_code(request) is None:
            messages.error(request, _("The code no longer works. Ask for a new one."))
            return redirect("dashboard:account-delete")
    context = {"form": form, "by_code": by_code, "asks_code": asks_code}
    return render(request, "dashboard/my_delete.html", context, status=422 if form and form.is_bound else 200)
