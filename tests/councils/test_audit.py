"""Everything that changes the record leaves an audit entry: who, when, what was before and is now, on whose behalf.

Each public operation of the councils and of their formation that takes `by` has a scenario here; one without fails.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone, translation
from PIL import Image

from councils import operations as package
from councils.models import (
    AbsenceCase,
    DayOverride,
    LetterTemplate,
    Membership,
    Office,
    RegulationValue,
    TextPage,
    Topic,
)
from councils.operations import absences, minutes, opinions, room, submissions, voice
from councils.working_days import next_working_day
from dashboard.panel.changes import changes
from elections.models import Step
from neighbourhoods.models import Place
from people.models import AuditEntry
from tests import factories
from tests.councils import minutes_world
from tests.councils.room_world import MINUTE, STARTS, Mark, World

pytestmark = pytest.mark.django_db

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NEW, CHANGE, GONE = {"after"}, {"before", "after"}, {"before"}  # what the entry says of the thing

MODULES = [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
MODULES.append("elections.operations")

# What takes `by` and is part of another operation, or tells people of it.
PARTS = {
    "announcements.issue": "a part of send_to_administration, publish_meeting and change_meeting",
    "announcements.tell_of_cancellation": "mails of cancel_meeting",
    "proposals.propose": "the proposal says itself who made it and when; it is no record before it is taken",
    "room.record": "what the room's operations write their entries with",
    "settings.record_street": "the entry of a form that saves a street",
    "submissions.tell_councils": "mails of several operations",
}


@dataclass(frozen=True)
class Scenario:
    build: Callable[[], dict[str, Any]]
    says: frozenset[str]
    verb: str


SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str, says: set[str], verb: str = ""):
    """What makes the arguments of an operation, what its entry says, and its verb where it is not the operation's."""

    def register(build: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        SCENARIOS[name] = Scenario(build, frozenset(says), verb or name.partition(".")[2])
        return build

    return register


def now():
    return timezone.now()


def today() -> date:
    return timezone.localdate()


def working_day() -> date:
    return next_working_day(today() + 40 * DAY)


def pdf():
    return ContentFile(b"%PDF-1.7\n%%EOF\n", name="plans.pdf")


def picture():
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return ContentFile(content.getvalue(), name="talka.png")


# --- who sits in the council ------------------------------------------------------------------------------------------


@scenario("roster.create_council", NEW)
def _():
    return {"neighbourhood": factories.neighbourhood(), "name": "Ķiršu padome"}


@scenario("roster.change_council", CHANGE)
def _():
    return {"council": factories.council(), "name": "Ķiršu apkaimes padome"}


@scenario("roster.open_term", NEW)
def _():
    return {"council": factories.council(), "number": 1, "seat_count": 5, "started_on": today()}


@scenario("roster.change_seat_count", CHANGE)
def _():
    return {"term": factories.term(seats=5), "seat_count": 7}


@scenario("roster.change_term", CHANGE)
def _():
    term = factories.term()
    return {"term": term, "started_on": term.started_on - DAY, "ended_on": None, "end_rule": "years"}


@scenario("roster.seat_member", NEW)
def _():
    return {"term": factories.term(), "person": factories.person(), "started_on": today()}


@scenario("roster.end_membership", CHANGE)
def _():
    member = factories.membership()
    return {"membership": member, "ended_on": today(), "reason": Membership.EndReason.RESIGNED}


@scenario("roster.give_office", CHANGE)
def _():
    term = factories.term()
    factories.office(factories.membership(term))
    other = factories.membership(term, factories.person("Ņina Čaka"))
    return {"council": term.council, "person": other.person, "kind": Office.Kind.CHAIR, "started_on": today()}


@scenario("roster.end_office", CHANGE)
def _():
    return {"office": factories.office(factories.membership()), "ended_on": today()}


@scenario("roster.correct_membership_end", CHANGE)
def _():
    member = factories.membership(ended_on=today(), end_reason=Membership.EndReason.RESIGNED)
    return {"membership": member, "ended_on": None, "reason": ""}


@scenario("roster.correct_office_end", CHANGE)
def _():
    return {"office": factories.office(factories.membership(), ended_on=today()), "ended_on": None}


@scenario("roster.send_handover", NEW)
def _():
    return {"office": factories.office(factories.membership(person=factories.person(email="priede@example.org")))}


@scenario("roster.enter_substitute", NEW)
def _():
    return {"term": factories.term(), "person": factories.person(), "rank": 1, "votes": 40}


@scenario("roster.change_substitute", CHANGE)
def _():
    return {"substitute": factories.substitute(), "votes": 41}


@scenario("roster.remove_substitute", GONE)
def _():
    return {"substitute": factories.substitute()}


def next_in_line(**fields):
    """The first substitute of a term with an empty seat."""
    term = factories.term(seats=1)
    member = factories.membership(term)
    Membership.objects.filter(pk=member.pk).update(ended_on=today(), end_reason="resigned")
    return factories.substitute(term, **fields)


@scenario("roster.offer_seat", CHANGE)
def _():
    return {"substitute": next_in_line(), "offered_on": today()}


@scenario("roster.seat_substitute", CHANGE, "seat_member")
def _():
    return {"substitute": next_in_line(offered_on=today()), "started_on": today()}


@scenario("roster.record_refusal", CHANGE, "refuse_seat")
def _():
    return {"substitute": next_in_line(offered_on=today()), "declined_on": today(), "reason": "Pārcēlās."}


# --- absences ---------------------------------------------------------------------------------------------------------


def absent_member():
    member = factories.membership()
    factories.office(member)
    for days in (90, 60, 30):
        meeting = factories.meeting(member.seat.term.council, starts_at=now() - days * DAY)
        meeting.opened_at, meeting.closed_at = meeting.event.starts_at, meeting.event.ends_at
        meeting.save()
        meeting.attendances.create(membership=member, mark="unexcused")
    return member, meeting


def absence_case(**fields):
    member, meeting = absent_member()
    return AbsenceCase.objects.create(membership=member, last_meeting=meeting, raised_on=today() - 20 * DAY, **fields)


@scenario("absences.review", NEW, "raise_absence_case")
def _():
    return {"meeting": absent_member()[1]}


@scenario("absences.decide", NEW, "decide_absence_case")
def _():
    return {"case": absence_case(), "decision": AbsenceCase.Decision.KEPT, "reason": "Slimoja."}


@scenario("absences.inform_dome", NEW)
def _():
    case = absence_case()
    by = factories.coordinator()
    case = absences.decide(
        case=case, decision=AbsenceCase.Decision.RELEASED, reason="Nav atbildējis.", by=by, now=now()
    )
    return {"case": case, "informed_on": today()}


# --- meetings ---------------------------------------------------------------------------------------------------------


def draft(**fields):
    meeting = factories.meeting(factories.term().council, published=False, starts_at=now() + 30 * DAY, **fields)
    factories.agenda_item(meeting)
    return meeting


@scenario("meetings.schedule_meeting", NEW)
def _():
    starts_at = now() + 30 * DAY
    return {
        "councils": [factories.term().council],
        "title": "Padomes sēde",
        "starts_at": starts_at,
        "ends_at": starts_at + HOUR,
        "venue": "Saieta nams",
        "agenda": ["Ceļi"],
        "publish": False,
    }


@scenario("meetings.change_meeting", CHANGE, "change_event")
def _():
    meeting = factories.meeting(factories.term().council)
    return {"meeting": meeting, "capacity": 50, "agenda": ["Ceļi", "Gaismas"]}


@scenario("meetings.publish_meeting", NEW, "publish_event")
def _():
    return {"meeting": draft()}


@scenario("meetings.copy_meeting", NEW, "schedule_meeting")
def _():
    return {"meeting": draft(), "starts_at": now() + 60 * DAY}


@scenario("meetings.schedule_series", NEW, "schedule_meeting")
def _():
    return {"meeting": draft(), "days": [today() + 60 * DAY]}


@scenario("meetings.cancel_meeting", NEW, "cancel_event")
def _():
    return {"meeting": factories.meeting(factories.term().council), "reason": "Nav kvoruma."}


@scenario("meetings.record_minutes", CHANGE)
def _():
    return {"meeting": factories.meeting(starts_at=now() - 3 * DAY), "sent_on": today()}


@scenario("meetings.record_publication", CHANGE)
def _():
    sent = factories.announcement(draft())
    return {"announcement": sent, "published_on": today(), "url": "https://www.example.org/sede"}


@scenario("announcements.send_to_administration", NEW, "send_announcement")
def _():
    return {"meeting": draft()}


@scenario("answers.answer", CHANGE, "answer_meeting")
def _():
    member = factories.membership()
    meeting = factories.meeting(member.seat.term.council)
    return {"meeting": meeting, "membership": member, "answer": "coming"}


@scenario("agenda.add_paper", NEW)
def _():
    return {"item": draft().agenda.get(), "file": factories.stored_file(), "title": "Plāns", "is_restricted": False}


@scenario("agenda.remove_paper", GONE)
def _():
    return {"paper": factories.paper(draft().agenda.get())}


@scenario("agenda.change_item", CHANGE, "change_agenda_item")
def _():
    return {"item": draft().agenda.get(), "title": "Gaismas"}


@scenario("agenda.move_item", CHANGE, "move_agenda_item")
def _():
    source = draft()
    target = factories.meeting(source.councils.get(), published=False, starts_at=now() + 60 * DAY)
    return {"item": source.agenda.get(), "meeting": target}


@scenario("agenda.carry_over", NEW)
def _():
    meeting = draft()
    earlier = factories.meeting(meeting.councils.get(), starts_at=now() - 30 * DAY)
    earlier.opened_at, earlier.closed_at = earlier.event.starts_at, earlier.event.ends_at
    earlier.save()
    factories.agenda_item(earlier, "Veloceliņš", outcome="postponed")
    return {"meeting": meeting}


@scenario("proposals.take_proposal", NEW)
def _():
    proposal = factories.proposal()
    return {"proposal": proposal, "meeting": factories.meeting(proposal.council)}


@scenario("proposals.decline_proposal", NEW)
def _():
    return {"proposal": factories.proposal(), "reason": "Tas ir domes ziņā."}


# --- the meeting's room -----------------------------------------------------------------------------------------------


@scenario("room.open_meeting", NEW)
def _():
    world = World()
    people = [member.person for member in world.members]
    return {
        "meeting": world.meeting,
        "leader": people[0],
        "minute_taker": people[2],
        "opened_at": STARTS,
        "now": STARTS,
    }


@scenario("room.write_head", CHANGE)
def _():
    world = World().open()
    return {
        "meeting": world.meeting,
        "seen": world.meeting.room_revision,
        "residents_present": 12,
        "others_present": "",
        "leader": world.meeting.leader,
        "minute_taker": world.meeting.minute_taker,
        "opened_at": STARTS,
        "now": STARTS,
    }


@scenario("room.call", CHANGE, "call_roll")
def _():
    world = World().open()
    return {"meeting": world.meeting, "membership": world.members[3], "seen": 0, "mark": Mark.PRESENT, "now": STARTS}


@scenario("room.call_rest", CHANGE, "call_roll")
def _():
    world = World().open()
    return {"meeting": world.meeting, "council": world.council, "mark": Mark.PRESENT, "now": STARTS}


@scenario("room.write_item", CHANGE)
def _():
    world = World().open()
    return {"item": world.items[0], "seen": 0, "notes": "Runāja par ceļiem.", "outcome": "", "now": STARTS}


@scenario("room.recuse", NEW)
def _():
    world = World().open().all_here()
    return {"item": world.items[0], "membership": world.members[3], "reason": "Radinieka uzņēmums.", "now": STARTS}


@scenario("room.unrecuse", GONE)
def _():
    world = World().open().all_here()
    row = room.recuse(item=world.items[0], membership=world.members[3], reason="Radinieki.", **world.who)
    return {"recusal": row, "now": STARTS}


def task(world):
    values = {
        "position": 1,
        "seen": 0,
        "title": "Zvanīt",
        "person": world.members[3].person,
        "owner": "",
        "due_on": None,
    }
    return {"item": world.items[0], **values}


@scenario("room.write_task", NEW)
def _():
    return {**task(World().open()), "now": STARTS}


@scenario("room.drop_task", GONE)
def _():
    world = World().open()
    return {"task": room.write_task(**task(world), **world.who), "now": STARTS}


@scenario("room.finish_task", NEW)
def _():
    world = World().open()
    return {"task": room.write_task(**task(world), **world.who), "done_on": STARTS.date(), "now": STARTS}


@scenario("room.close_meeting", NEW)
def _():
    world = World().open().all_here()
    return {"meeting": world.meeting, "closed_at": STARTS + HOUR, "now": STARTS + HOUR}


@scenario("votes.write_resolution", NEW)
def _():
    world = World().open().all_here()
    values = {"position": 1, "seen": 0, "text": "Lūgt ierīkot pāreju.", "owner": "", "due_on": None}
    return {"item": world.items[0], "council": world.council, **values, "now": STARTS}


@scenario("votes.drop_resolution", GONE)
def _():
    return {"resolution": World().open().all_here().resolution(), "now": STARTS}


@scenario("votes.close_vote", NEW)
def _():
    world = World().open().all_here()
    resolution = world.resolution()
    ballots = {member.pk: "in_favour" for member in world.members}
    values = {"seen": resolution.revision, "at": STARTS + MINUTE, "ballots": ballots, "now": STARTS + MINUTE}
    return {"resolution": resolution, **values}


# --- minutes ----------------------------------------------------------------------------------------------------------

AFTER = minutes_world.AFTER


@scenario("minutes.draft", NEW, "draft_minutes")
def _():
    return {"meeting": minutes_world.held_meeting().meeting, "now": AFTER}


@scenario("minutes.write", CHANGE, "write_minutes")
def _():
    world = minutes_world.drafted()
    item = world.meeting.agenda.first()
    return {"minutes": world.minutes, "notes": {item.pk: (item.revision, "Runāja par bedrēm.")}, "now": AFTER}


@scenario("minutes.refresh", CHANGE, "write_minutes")
def _():
    world = minutes_world.drafted()
    world.meeting.agenda.update(notes="Runāja par ielām.")
    return {"minutes": world.minutes, "now": AFTER}


@scenario("minutes.ask_members", CHANGE)
def _():
    return {"minutes": minutes_world.drafted().minutes, "now": AFTER}


@scenario("minutes.comment", NEW, "comment_minutes")
def _():
    world = minutes_world.drafted()
    minutes.ask_members(minutes=world.minutes, by=world.secretary, now=AFTER)
    return {"minutes": world.minutes, "person": world.member.person, "text": "Ne tā.", "now": AFTER, "by": world.member}


@scenario("minutes.settle", NEW, "settle_comment")
def _():
    world = minutes_world.drafted()
    minutes.ask_members(minutes=world.minutes, by=world.secretary, now=AFTER)
    said = {"person": world.member.person, "text": "Ne tā.", "by": world.member}
    return {"comment": minutes.comment(minutes=world.minutes, now=AFTER, **said), "now": AFTER}


@scenario("minutes.sign", NEW, "sign_minutes")
def _():
    world = minutes_world.drafted()
    return {"minutes": world.minutes, "seen": 1, "by": world.leader, "now": AFTER}


@scenario("minutes.correct", NEW, "correct_minutes")
def _():
    return {"minutes": minutes_world.signed().minutes, "reason": "Nepareizs termiņš.", "now": AFTER + 2 * HOUR}


@scenario("minutes.send", NEW, "send_minutes")
def _():
    return {"minutes": minutes_world.signed().minutes, "now": AFTER + 2 * HOUR}


@scenario("minutes.hand_over", CHANGE, "hand_over_minutes")
def _():
    minutes = minutes_world.signed().minutes
    return {"minutes": minutes, "on": AFTER.date(), "to": "Kanceleja", "now": AFTER + 2 * HOUR}


@scenario("minutes.publish", NEW, "publish_minutes")
def _():
    world = minutes_world.signed()
    minutes.send(minutes=world.minutes, by=world.secretary, now=AFTER + 2 * HOUR)
    return {"minutes": world.minutes, "now": AFTER + 3 * HOUR}


@scenario("minutes.approve", CHANGE, "approve_minutes")
def _():
    world = minutes_world.signed()
    later = factories.meeting(world.council, starts_at=AFTER + 10 * DAY)
    return {"minutes": world.minutes, "meeting": later, "now": AFTER + 11 * DAY}


# --- matters, submissions, opinions -----------------------------------------------------------------------------------


@scenario("matters.open_matter", NEW)
def _():
    return {"councils": [factories.council()], "title": "Apgaismojums"}


@scenario("matters.change_matter", CHANGE)
def _():
    return {"matter": factories.matter(), "title": "Soliņi parkā", "topic": "5.1"}


@scenario("matters.carry_out", NEW, "carry_out_resolution")
def _():
    return {"resolution": factories.resolution(), "on": today()}


@scenario("matters.give_up", NEW, "give_up_resolution")
def _():
    return {"resolution": factories.resolution(), "on": today(), "reason": "Pievienots citam."}


@scenario("matters.carried_out_by", NEW, "carry_out_resolution")
def _():
    resolution = factories.resolution()
    fields = {"resolution": resolution, "matter": resolution.matter, "done_on": today()}
    return {"submission": factories.submission([resolution.council], replied_on=today(), outcome="supported", **fields)}


def letter(**fields):
    return factories.submission(**({"sent_on": None, "reply_due_on": None} | fields))


@scenario("submissions.record_submission", NEW)
def _():
    return {"councils": [factories.council()], "title": "Soliņi"}


@scenario("submissions.change_draft", CHANGE, "change_submission")
def _():
    return {"submission": letter(), "title": "Soliņi parkā"}


@scenario("submissions.send_submission", CHANGE)
def _():
    return {"submission": letter(), "sent_on": today()}


@scenario("submissions.discard_draft", GONE, "discard_submission")
def _():
    return {"submission": letter()}


@scenario("submissions.add_file", NEW, "add_submission_file")
def _():
    return {"submission": letter(), "upload": pdf()}


@scenario("submissions.remove_file", GONE, "remove_submission_file")
def _():
    row = letter()
    return {"file": submissions.add_file(submission=row, upload=pdf(), by=None, now=now())}


@scenario("submissions.register_submission", CHANGE)
def _():
    return {"submission": factories.submission(), "registered_on": today(), "number": "12/2026"}


@scenario("submissions.forward", CHANGE, "forward_submission")
def _():
    row = factories.submission(kind="institution", institution="Valsts policija")
    return {"submission": row, "forwarded_on": today()}


@scenario("submissions.hand_over", CHANGE, "hand_over_submission")
def _():
    return {
        "submission": factories.submission(),
        "to_unit": factories.municipal_unit(),
        "reason": "Citas nodaļas ziņā.",
    }


@scenario("submissions.remind", NEW, "remind_unit")
def _():
    unit = factories.municipal_unit(email="nodala@example.org")
    return {"submission": factories.submission(answering_unit=unit)}


@scenario("submissions.ask", NEW, "ask_question")
def _():
    return {"submission": factories.submission(), "text": "Kurā vietā?", "asked_by": "Ilze Ābola"}


@scenario("submissions.answer_question", NEW)
def _():
    row = factories.submission().questions.create(text="Kur?", asked_at=now(), asked_by="Ilze Ābola")
    return {"question": row, "answer": "Pie skolas."}


@scenario("submissions.record_reply", CHANGE)
def _():
    values = {"replied_on": today(), "outcome": "supported", "reply": "Darīsim."}
    return {"submission": factories.submission(), **values}


def answered():
    return factories.submission(replied_on=today(), outcome="supported", reply="Darīsim.")


@scenario("submissions.plan_follow_up", CHANGE)
def _():
    return {"submission": answered(), "follow_up_on": today() + 30 * DAY}


@scenario("submissions.record_done", CHANGE)
def _():
    return {"submission": answered(), "done_on": today()}


@scenario("opinions.record_request", NEW, "record_opinion_request")
def _():
    values = {"title": "Par maršrutu", "received_on": today(), "due_on": today() + 10 * DAY}
    return {"council": factories.term().council, **values}


def request():
    return factories.opinion_request(factories.term().council)


@scenario("opinions.put_on_agenda", NEW, "put_opinion_on_agenda")
def _():
    row = request()
    return {"request": row, "meeting": factories.meeting(row.council)}


@scenario("opinions.write_opinion", CHANGE)
def _():
    return {"request": request(), "opinion": "Atbalstām."}


@scenario("opinions.send_opinion", NEW)
def _():
    row = request()
    opinions.write_opinion(request=row, opinion="Atbalstām.", by=None, now=now())
    return {"request": row, "sent_on": today()}


# --- the council's own voice ------------------------------------------------------------------------------------------


def news(**fields):
    return voice.write_news(council=factories.council(), title="Talka", body="Nāc!", by=None, now=now(), **fields)


@scenario("voice.write_news", NEW)
def _():
    return {"council": factories.council(), "title": "Talka", "body": "Nāc!"}


@scenario("voice.change_news", CHANGE)
def _():
    return {"post": news(), "title": "Lielā talka", "body": "Nāc!"}


@scenario("voice.publish_news", NEW)
def _():
    return {"post": news()}


@scenario("voice.withdraw_news", GONE)
def _():
    return {"post": news(publish_at=now() - HOUR)}


@scenario("voice.delete_news", GONE)
def _():
    return {"post": news()}


def folder(**fields):
    return voice.make_folder(council=factories.council(), name="Plāni", by=None, now=now(), **fields)


@scenario("voice.make_folder", NEW)
def _():
    return {"council": factories.council(), "name": "Plāni"}


@scenario("voice.change_folder", CHANGE)
def _():
    return {"folder": folder(), "name": "Darba plāni", "parent": None}


@scenario("voice.delete_folder", GONE)
def _():
    return {"folder": folder()}


def document():
    return voice.add_document(council=factories.council(), title="Plāns", upload=pdf(), by=None, now=now())


@scenario("voice.add_document", NEW)
def _():
    return {"council": factories.council(), "title": "Plāns", "upload": pdf()}


@scenario("voice.add_version", NEW)
def _():
    return {"document": document(), "upload": ContentFile(b"%PDF-1.7 2\n%%EOF\n", name="plans.pdf"), "note": "Termiņi"}


@scenario("voice.change_document", CHANGE)
def _():
    return {"document": document(), "title": "Darba plāns", "folder": None, "is_public": True}


@scenario("voice.retire_document", CHANGE)
def _():
    return {"document": document()}


def album():
    event = factories.event(starts_at=now() - 5 * DAY)
    return voice.make_album(event=event, title="Talka", by=None, now=now())


@scenario("voice.make_album", NEW)
def _():
    return {"event": factories.event(starts_at=now() - 5 * DAY), "title": "Talka"}


@scenario("voice.change_album", CHANGE)
def _():
    return {"album": album(), "title": "Lielā talka", "is_published": False}


@scenario("voice.add_photos", NEW)
def _():
    return {"album": album(), "photos": [(picture(), "Kaimiņi grābj lapas")]}


def photo():
    return voice.add_photos(album=album(), photos=[(picture(), "Kaimiņi grābj lapas")], by=None, now=now())[0]


@scenario("voice.change_photo", CHANGE)
def _():
    return {"photo": photo(), "alt": "Kaimiņi stāda kokus"}


@scenario("voice.delete_photo", GONE)
def _():
    return {"photo": photo()}


@scenario("voice.write_page", NEW)
def _():
    return {"slug": "par-padomem", "language": "lv", "title": "Par padomēm", "body": "Teksts", "known": ["par-padomem"]}


@scenario("voice.reset_page", GONE)
def _():
    TextPage.objects.create(slug="par-padomem", language="lv", title="Par", body="Teksts", changed_at=now())
    return {"slug": "par-padomem", "language": "lv"}


# --- what the municipality sets ---------------------------------------------------------------------------------------


@scenario("settings.set_number", NEW)
def _():
    return {"code": "MINUTES_SENT", "value": 7, "paragraph": "Nr. 1/2027 §2", "valid_from": today() + 30 * DAY}


@scenario("settings.remove_number", GONE)
def _():
    values = {"value": "7", "paragraph": "§25", "valid_from": today() + 30 * DAY}
    return {"row": RegulationValue.objects.create(code="MINUTES_SENT", **values)}


TOPIC = {"name_lv": "Sports", "name_en": "Sports", "paragraph": "", "position": 9}


@scenario("settings.save_topic", NEW)
def _():
    return {"topic": None, **TOPIC}


@scenario("settings.retire_topic", CHANGE)
def _():
    return {"topic": Topic.objects.get(code="5.5")}


@scenario("settings.save_unit", NEW)
def _():
    return {"unit": None, "name": "Ceļu nodaļa", "email": "celi@example.org"}


@scenario("settings.retire_unit", CHANGE)
def _():
    return {"unit": factories.municipal_unit()}


@scenario("settings.name_officer", NEW)
def _():
    name = {"given_name": "Ilze", "family_name": "Ābola", "email": "ilze@example.org"}
    return {"unit": factories.municipal_unit(), **name, "started_on": today()}


@scenario("settings.end_officer", CHANGE)
def _():
    return {"officer": factories.responding_officer(), "ended_on": today()}


@scenario("settings.add_place", NEW)
def _():
    area = factories.neighbourhood()
    return {"neighbourhood": area, "name": "Ķīši", "kind": Place.Kind.VILLAGE, "valid_from": today()}


@scenario("settings.move_place", CHANGE)
def _():
    return {"place": factories.place(), "neighbourhood": factories.neighbourhood(), "on": today() + DAY}


@scenario("settings.rename_place", CHANGE)
def _():
    return {"place": factories.place(), "name": "Ķīšu ciems", "kind": Place.Kind.VILLAGE}


@scenario("settings.delete_street", GONE)
def _():
    return {"street": factories.street()}


@scenario("settings.set_day", NEW)
def _():
    return {"day": working_day(), "is_working": False, "note": "MK rīkojums"}


@scenario("settings.import_days", NEW, "set_day")
def _():
    from councils.operations.settings import Day

    return {"days": [Day(day=working_day(), is_working=False, note="MK rīkojums")]}


@scenario("settings.remove_day", GONE)
def _():
    return {"row": DayOverride.objects.create(day=working_day(), is_working=False, note="MK rīkojums")}


@scenario("settings.write_letter", NEW)
def _():
    return {"code": "submission_letter", "text": "Lūdzam izskatīt."}


@scenario("settings.reset_letter", GONE)
def _():
    LetterTemplate.objects.create(code="submission_letter", text="Lūdzam", changed_at=now())
    return {"code": "submission_letter"}


# --- how a council is formed ------------------------------------------------------------------------------------------


@scenario("elections.start_formation", NEW)
def _():
    return {"council": factories.council(), "opened_on": today()}


@scenario("elections.plan_step", CHANGE)
def _():
    return {"formation": factories.formation(), "step": Step.DECISION, "due_on": today() + 10 * DAY}


@scenario("elections.complete_step", CHANGE)
def _():
    return {"formation": factories.formation(), "step": Step.DECISION, "done_on": today()}


@scenario("elections.count_candidates", CHANGE)
def _():
    return {"formation": factories.formation(), "candidates": 6}


@scenario("elections.close_formation", NEW)
def _():
    return {"formation": factories.formation(), "closed_on": today(), "reason": "Pieteicās trīs."}


# --- the tests --------------------------------------------------------------------------------------------------------


def short(module: str) -> str:
    return module.removeprefix("councils.operations.").removesuffix(".operations")


def operations() -> dict[str, Callable]:
    found = {}
    for path in MODULES:
        module = importlib.import_module(path)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__ == path and not name.startswith("_")
            if is_own and "by" in inspect.signature(function).parameters:
                found[f"{short(path)}.{name}"] = function
    return found


OPERATIONS = operations()


def test_every_operation_with_an_actor_has_its_scenario():
    assert set(OPERATIONS) == set(SCENARIOS) | set(PARTS)
    assert not set(SCENARIOS) & set(PARTS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_operation_leaves_its_entry(name):
    told = SCENARIOS[name]
    arguments = told.build()
    by = arguments.setdefault("by", factories.coordinator())
    at = arguments.setdefault("now", now())
    known = set(AuditEntry.objects.values_list("pk", flat=True))
    OPERATIONS[name](**arguments)
    entries = AuditEntry.objects.exclude(pk__in=known)
    entry = entries.filter(verb=told.verb).first()
    assert entry, f"no {told.verb} among {sorted(entries.values_list('verb', flat=True))}"
    assert {(row.by, row.at) for row in entries} == {(by, at)}
    assert entry.target
    assert entry.label
    assert told.says <= {key for key, value in entry.details.items() if value is not None}, entry.details
    with translation.override("lv"):
        unsaid = {change.name for row in entries for change in changes(row) if re.fullmatch("[a-z_0-9]+", change.name)}
    assert not unsaid, "the log shows these to a clerk as they stand in the code"
