"""What the demonstration asks at sign-up and offers, and who came: for a portal in which every page has something.

Its numbers come from streams of their own, so that the rest of the demonstration is the same with it and without.
"""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from councils.models import Meeting
from dashboard import demo_content as content
from events.models import AccessService, Answer, CheckIn, Event, Question, Rsvp, SurveyAnswer
from people.models import User

BATCH = 1000


def enter(*, seed: int, now: datetime, by: User) -> None:
    """Write questions and services of events to come, arrivals and surveys of events that were. Inside the caller's
    transaction; the sign-ups must be there. A few statements for each event."""
    coming = {event.title: event for event in Event.objects.filter(is_invented=True, ends_at__gt=now)}
    for asked in content.ASKED:
        if event := coming.get(asked.title):
            _ask(event, asked, _stream(seed, "asked", asked.title))
    _let_in(seed, now, by)


def _stream(seed: int, *of: object) -> random.Random:
    """Numbers that are the same for the same seed and thing, whatever else is loaded."""
    return random.Random(f"{seed} {of}")  # noqa: S311 - a demonstration must be repeatable; nothing here is a secret


def _ask(event: Event, asked: content.Asked, chance: random.Random) -> None:
    Event.objects.filter(pk=event.pk).update(online_capacity=asked.online_capacity)
    rsvps = list(Rsvp.objects.filter(event=event).active().order_by("number"))
    answers = []
    for position, (kind, text, choices) in enumerate(asked.questions, 1):
        question = Question.objects.create(
            event=event, position=position, kind=kind, text=text, choices=list(choices), is_required=bool(choices)
        )
        for rsvp in rsvps:
            if choices:
                answers.append(Answer(rsvp=rsvp, question=question, text=chance.choice(choices)))
            elif chance.random() < 0.4:
                answers.append(Answer(rsvp=rsvp, question=question, is_yes=True))
    Answer.objects.bulk_create(answers, batch_size=BATCH)
    for kind, note, days in asked.services:
        until = event.starts_at - timedelta(days=days) if days else None
        service = AccessService.objects.create(event=event, kind=kind, note=note, ask_until=until)
        if until:
            service.rsvps.set(chance.sample(rsvps, min(2, len(rsvps))))


def _let_in(seed: int, now: datetime, by: User) -> None:
    """Of past events that had a door and were no meetings: who came, what came of it, and how it was."""
    rows = Event.objects.filter(is_invented=True, ends_at__lte=now, cancelled_at=None, takes_rsvps=True)
    past = rows.exclude(pk__in=Meeting.objects.values("event")).exclude(format=Event.Format.REMOTE).order_by("pk")
    arrivals: list[CheckIn] = []
    surveys: list[SurveyAnswer] = []
    for event in past:
        chance = _stream(seed, "came", event.uid)
        arrivals += _arrivals(event, chance, by)
        surveys += _surveys(event, chance)
    CheckIn.objects.bulk_create(arrivals, batch_size=BATCH)
    SurveyAnswer.objects.bulk_create(surveys, batch_size=BATCH)
    for title, results in content.RESULTS.items():
        past.filter(title=title).update(results=results)


def _arrivals(event: Event, chance: random.Random, by: User) -> Iterator[CheckIn]:
    seats = list(Rsvp.objects.filter(event=event, state=Rsvp.State.GOING).order_by("number"))
    came = sorted(chance.sample(seats, round(len(seats) * chance.uniform(0.7, 0.92))), key=lambda rsvp: rsvp.number)
    for rsvp in came:
        yield _arrival(event, chance, by, rsvp=rsvp, people=rsvp.party_size)
    for _n in range(chance.randint(0, 3)):
        yield _arrival(event, chance, by, rsvp=None, people=1)


def _arrival(event: Event, chance: random.Random, by: User, *, rsvp: Rsvp | None, people: int) -> CheckIn:
    at = event.starts_at + timedelta(minutes=chance.randint(-25, 10))
    key = uuid.UUID(int=chance.getrandbits(128), version=4)
    return CheckIn(event=event, rsvp=rsvp, key=key, people=people, at=at, recorded_at=at, by=by)


def _surveys(event: Event, chance: random.Random) -> Iterator[SurveyAnswer]:
    day = timezone.localdate(event.ends_at)
    comments = chance.sample(content.SURVEY_COMMENTS, chance.randint(1, 3))
    for number in range(chance.randint(4, 9)):
        yield SurveyAnswer(
            event=event,
            rating=chance.choice((3, 4, 4, 5, 5, 5)),
            was_heard=chance.choice((True, True, True, False, None)),
            comment=comments[number] if number < len(comments) else "",
            answered_on=day + timedelta(days=1 + number % 3),
        )
