"""Things that are valid without arguments. Each function makes one row and what it needs."""

import hashlib
import itertools
import secrets
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from councils.models import (
    AgendaItem,
    Announcement,
    Council,
    Matter,
    Meeting,
    Membership,
    Minutes,
    MunicipalUnit,
    NewsPost,
    Office,
    OpinionRequest,
    Paper,
    Proposal,
    Resolution,
    RespondingOfficer,
    Seat,
    StoredFile,
    Submission,
    Substitute,
    Term,
)
from elections.models import Formation, FormationStep, Step
from events.models import AccessService, CheckIn, Event, EventSeries, Invitation, Question, Rsvp
from neighbourhoods.models import Neighbourhood, Place, Street
from people.models import ContactChannel, Follow, Person, Role, User

_numbers = itertools.count(1)


def neighbourhood(name="", **fields):
    n = next(_numbers)
    name = name or f"Ķiršu {n}"
    values = {"name": f"{name} apkaime", "short_name": name, "slug": f"apkaime-{n}", "legal_order": n}
    values["valid_from"] = date(2025, 4, 11)
    return Neighbourhood.objects.create(**(values | fields))


def place(name="Ķekava", **fields):
    fields.setdefault("neighbourhood", None)
    fields["neighbourhood"] = fields["neighbourhood"] or neighbourhood()
    values = {"name": name, "kind": Place.Kind.VILLAGE, "valid_from": date(2025, 4, 11)}
    return Place.objects.create(**(values | fields))


def street(name="Ļaudonas iela", **fields):
    fields["neighbourhood"] = fields.get("neighbourhood") or neighbourhood()
    return Street.objects.create(**({"name": name, "town": "Ķekava"} | fields))


def person(name="Līga Šķēle", email="", phone="", **fields):
    """A person without a log-in; with `email` a confirmed address."""
    given, _space, family = name.rpartition(" ")
    row = Person.objects.create(**({"given_name": given or family, "family_name": family if given else ""} | fields))
    if email:
        ContactChannel.objects.create(person=row, kind="email", value=email, confirmed_at=timezone.now())
    if phone:
        ContactChannel.objects.create(person=row, kind="phone", value=phone)
    return row


def user(email="", name="Līga Šķēle", password="gaišs-rīts-2026", **fields):
    """A log-in with its person and a confirmed address, known to allauth, too."""
    from allauth.account.models import EmailAddress

    email = email or f"iedzivotajs{next(_numbers)}@example.org"
    row = User.objects.create_user(email, password)
    person(name, email=email, user=row, **fields)
    EmailAddress.objects.create(user=row, email=email, primary=True, verified=True)
    return row


def role(kind, **fields):
    """A user who holds a portal-wide role."""
    row = user(**fields)
    Role.objects.create(person=row.person, kind=kind, started_on=date(2025, 1, 1))
    return row


def coordinator(**fields):
    return role(Role.Kind.COORDINATOR, **fields)


def administrator(**fields):
    return role(Role.Kind.ADMINISTRATOR, **fields)


def follow(person, neighbourhood):
    return Follow.objects.create(person=person, neighbourhood=neighbourhood)


def event(title="Saruna par ceļiem", neighbourhoods=(), published=True, **fields):
    """A published event two days ahead of now, two hours long, without a limit of seats."""
    starts_at = fields.pop("starts_at", None) or timezone.now() + timedelta(days=2)
    values = {
        "title": title,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "venue": "Tautas nams",
        "published_at": starts_at - timedelta(days=30) if published else None,
    }
    row = Event.objects.create(**(values | fields))
    row.neighbourhoods.set(neighbourhoods)
    return row


def event_series(count=3, title="Valodu kafejnīca", **fields):
    """Weekly events of one series, the first of them two days ahead."""
    first = fields.pop("starts_at", None) or timezone.now() + timedelta(days=2)
    row = EventSeries.objects.create(rule="FREQ=WEEKLY;INTERVAL=1;BYDAY=TU")
    for n in range(count):
        event(title, starts_at=first + timedelta(weeks=n), series=row, **fields)
    return row


def rsvp(event, person=None, state=Rsvp.State.GOING, now: datetime | None = None, **fields):
    """A row as the operations would have left it."""
    now = now or timezone.now()
    number = (event.rsvps.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    values = {"number": number, "state": state, "rsvped_at": now, "confirmed_at": now}
    if state == Rsvp.State.HELD:
        values |= {"confirmed_at": None, "hold_expires_at": now + timedelta(hours=2)}
    if state == Rsvp.State.OFFERED:
        values |= {"offered_at": now, "offer_expires_at": now + timedelta(hours=24)}
    if state == Rsvp.State.CANCELLED:
        values |= {"cancelled_at": now, "cancelled_for": Rsvp.CancelledFor.SELF}
    from tests import factories

    return Rsvp.objects.create(event=event, person=person or factories.person(), **(values | fields))


def check_in(rsvp=None, event=None, by=None, **fields):
    """An arrival that stands; of somebody without a name when there is no sign-up."""
    now = timezone.now()
    people = rsvp.party_size if rsvp else 1
    values = {"event": event or rsvp.event, "key": uuid4(), "people": people, "at": now, "recorded_at": now}
    return CheckIn.objects.create(rsvp=rsvp, by=by, **(values | fields))


def own_question(event, text="Kuru darbnīcu?", **fields):
    """A question of the organiser's own, with two answers to choose from."""
    values = {"kind": Question.Kind.CHOICE, "choices": ["Koks", "Māls"], "position": 1}
    return Question.objects.create(event=event, text=text, **(values | fields))


def access_service(event, kind="sign", **fields):
    """A service to be asked for until two hours before the start."""
    values = {"ask_until": event.starts_at - timedelta(hours=2)}
    return AccessService.objects.create(event=event, kind=kind, **(values | fields))


def invitation(event, somebody=None, **fields):
    return Invitation.objects.create(
        event=event, person=somebody or person(), **({"invited_at": timezone.now()} | fields)
    )


def council(**fields):
    area = fields.pop("neighbourhood", None) or neighbourhood()
    return Council.objects.create(neighbourhood=area, **({"name": f"{area.short_name}: padome"} | fields))


def term(council=None, seats=7, **fields):
    """An open first convocation with its seats, empty."""
    from tests import factories

    values = {"number": 1, "seat_count": seats, "started_on": date(2026, 1, 9)}
    row = Term.objects.create(council=council or factories.council(), **(values | fields))
    Seat.objects.bulk_create(Seat(term=row, number=n) for n in range(1, seats + 1))
    return row


def membership(term=None, person=None, **fields):
    """A member in the first empty seat."""
    from tests import factories

    term = term or factories.term()
    begins = fields.get("started_on", term.started_on)
    taken = Membership.objects.filter(seat__term=term).lasting_beyond(begins).values("seat")
    values = {
        "seat": term.seats.exclude(pk__in=taken).order_by("number").first(),
        "person": person or factories.person(),
        "started_on": term.started_on,
    }
    return Membership.objects.create(**(values | fields))


def substitute(term=None, person=None, **fields):
    """A candidate who was not elected, after all others of the term."""
    from tests import factories

    term = term or factories.term()
    rank = (term.substitutes.order_by("-rank").values_list("rank", flat=True).first() or 0) + 1
    values = {"term": term, "person": person or factories.person(), "rank": rank, "votes": max(50 - rank, 0)}
    return Substitute.objects.create(**(values | fields))


def office(membership, kind=Office.Kind.CHAIR, **fields):
    values = {
        "council": membership.seat.term.council,
        "person": membership.person,
        "kind": kind,
        "started_on": membership.started_on,
    }
    return Office.objects.create(**(values | fields))


def meeting(council=None, **fields):
    """A published council meeting two days ahead."""
    from tests import factories

    council = council or factories.council()
    values = {"title": "Padomes sēde", "kind": Event.Kind.MEETING, "neighbourhoods": [council.neighbourhood]}
    row = Meeting.objects.create(event=event(**(values | fields)))
    row.councils.set([council])
    return row


def matter(councils=(), title="Apgaismojums Skolas ielā", **fields):
    from tests import factories

    row = Matter.objects.create(title=title, **fields)
    row.councils.set(councils or [factories.council()])
    return row


def agenda_item(meeting=None, title="Par apgaismojumu Skolas ielā", **fields):
    """The next item of a meeting's agenda."""
    from tests import factories

    meeting = meeting or factories.meeting()
    last = meeting.agenda.order_by("-position").values_list("position", flat=True).first() or 0
    return AgendaItem.objects.create(meeting=meeting, title=title, **({"position": last + 1} | fields))


def resolution(item=None, council=None, voted=True, **fields):
    """A resolution on an item, adopted yesterday by five votes to none; with `voted=False` still to be voted on."""
    from tests import factories

    item = item or factories.agenda_item()
    council = council or item.meeting.councils.get()
    values = {"text": "Lūgt pašvaldību ierīkot apgaismojumu Skolas ielā.", "matter": item.matter}
    if voted:
        voted_at = timezone.now() - timedelta(days=1)
        number = council.resolutions.filter(year=voted_at.year).count() + 1
        values |= {"voted_at": voted_at, "year": voted_at.year, "number": number, "outcome": "adopted"}
        values |= {"in_favour": 5, "against": 0, "abstained": 0}
    return Resolution.objects.create(item=item, council=council, **(values | fields))


def municipal_unit(name="", **fields):
    return MunicipalUnit.objects.create(name=name or f"Nodaļa {next(_numbers)}", **fields)


def responding_officer(unit=None, person=None, **fields):
    """Somebody who answers for a unit, with a confirmed address."""
    from tests import factories

    person = person or factories.person("Ilze Ābola", email=f"atbildetajs{next(_numbers)}@example.org")
    values = {"unit": unit or factories.municipal_unit(), "person": person, "started_on": date(2025, 1, 1)}
    return RespondingOfficer.objects.create(**(values | fields))


def submission(councils=(), title="Drošāka gājēju pāreja pie skolas", **fields):
    """Sent three days ago, not answered, due in 27 days."""
    from tests import factories

    today = timezone.localdate()
    councils = councils or [factories.council()]
    values = {"title": title, "sent_on": today - timedelta(days=3), "reply_due_on": today + timedelta(days=27)}
    values["matter"] = fields.pop("matter", None) or factories.matter(councils, title)
    row = Submission.objects.create(**(values | fields))
    row.councils.set(councils)
    return row


def opinion_request(council=None, title="Par autobusa maršrutu", **fields):
    """The municipal council asks: since three days, for an opinion within ten."""
    from tests import factories

    today = timezone.localdate()
    council = council or factories.council()
    values = {"received_on": today - timedelta(days=3), "due_on": today + timedelta(days=10)}
    values["matter"] = fields.pop("matter", None) or factories.matter([council], title)
    return OpinionRequest.objects.create(council=council, title=title, **(values | fields))


def formation(council=None, done=1, next_due_on=None, **fields):
    """A council being formed: the first `done` steps are behind it, the next one is due on a day."""
    from tests import factories

    today = timezone.localdate()
    council = council or factories.council(formation_started_on=today - timedelta(days=60))
    row = Formation.objects.create(council=council, **({"opened_on": today - timedelta(days=60)} | fields))
    FormationStep.objects.bulk_create(
        FormationStep(
            formation=row,
            step=step,
            done_on=today - timedelta(days=50 - n) if n <= done else None,
            due_on=next_due_on if n == done + 1 else None,
        )
        for n, step in enumerate(Step.values, 1)
    )
    return row


def minutes(meeting=None, **fields):
    """Minutes of a meeting, drafted and not signed."""
    from tests import factories

    meeting = meeting or factories.meeting(starts_at=timezone.now() - timedelta(days=9))
    values = {"year": meeting.held_on.year, "number": next(_numbers), "drafted_at": timezone.now()}
    return Minutes.objects.create(meeting=meeting, **(values | fields))


def proposal(council=None, person=None, **fields):
    """A resident's proposal for the agenda, confirmed, not decided."""
    from tests import factories

    now = timezone.now()
    values = {
        "title": "Soliņi pie upes",
        "text": "Nav kur apsēsties.",
        "token": secrets.token_urlsafe(),
        "proposed_at": now,
        "confirmed_at": now,
    }
    council = council or factories.term().council
    return Proposal.objects.create(council=council, person=person or factories.person(), **(values | fields))


def stored_file(name="plans.pdf", **fields):
    """The row of a file; the file itself is not on the disk."""
    values = {"content": "nav/diska", "name": name, "kind": "pdf", "size": 1, "sha256": "0" * 64}
    return StoredFile.objects.create(**(values | {"uploaded_at": timezone.now()} | fields))


def paper(item=None, title="Plāns", **fields):
    """A paper of an agenda item; its file is not on the disk."""
    from tests import factories

    file = fields.pop("file", None) or factories.stored_file()
    return Paper.objects.create(item=item or factories.agenda_item(), file=file, title=title, **fields)


def announcement(meeting=None, **fields):
    """What was sent to the administration ten days before a meeting; with `published_on`, where it stands, too."""
    from tests import factories

    meeting = meeting or factories.meeting()
    text = fields.pop("text", "Padomes sēde\nPlkst. 18.30\n")
    values = {
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "meeting_on": meeting.held_on,
        "sent_at": meeting.event.starts_at - timedelta(days=10),
        "published_url": "https://www.example.org/sede" if fields.get("published_on") else "",
    }
    return Announcement.objects.create(meeting=meeting, **(values | fields))


def news_post(council=None, title="Talka parkā", **fields):
    """Published an hour ago; without a council, of the municipality."""
    moment = timezone.now() - timedelta(hours=1)
    values = {"body": "Nāc!", "published_at": moment, "told_at": moment, "changed_at": moment}
    return NewsPost.objects.create(council=council, title=title, **(values | fields))


def session_of(user: User) -> str:
    """The cookie's value of somebody who is logged in, without the steps of a log-in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    assert session.session_key
    return session.session_key
