from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from councils.models import AgendaItem, Matter
from councils.operations import MeetingRefused, opinions
from councils.operations.opinions import OpinionRefused
from notices.operations import deliver
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def who(now):
    return {"by": factories.coordinator(), "now": now}


@pytest.fixture
def chair():
    return factories.office(factories.membership(person=factories.person(email="peteris@example.org")))


@pytest.fixture
def asked(chair, who):
    return opinions.record_request(
        council=chair.council,
        title="Par autobusa maršrutu",
        text="Vai atcelt pieturu?",
        received_on=ON - DAY,
        due_on=ON + 14 * DAY,
        **who,
    )


@pytest.fixture
def meeting(chair, now):
    return factories.meeting(chair.council, starts_at=now + 9 * DAY)


def test_request_opens_a_matter_and_tells_the_officers(asked, chair, now):
    deliver(now=now)
    assert mail.outbox[0].to == ["peteris@example.org"]
    assert "Vai atcelt pieturu?" in mail.outbox[0].body
    assert list(asked.matter.councils.all()) == [chair.council]
    assert AuditEntry.objects.filter(verb="record_opinion_request").count() == 1


def test_request_becomes_an_agenda_item_with_its_matter(asked, meeting, who):
    factories.agenda_item(meeting, "Cits")
    item = opinions.put_on_agenda(request=asked, meeting=meeting, **who)
    assert (item.kind, item.position, item.matter, item.title) == (
        AgendaItem.Kind.OPINION,
        2,
        asked.matter,
        "Par autobusa maršrutu",
    )
    assert opinions.item_of(asked) == item
    assert Matter.objects.with_state(ON).get(pk=asked.matter_id).state == "on_agenda"
    with pytest.raises(OpinionRefused):
        opinions.put_on_agenda(request=asked, meeting=meeting, **who)


def test_item_that_was_put_off_may_stand_on_the_next_agenda(asked, meeting, chair, who, now):
    item = opinions.put_on_agenda(request=asked, meeting=meeting, **who)
    item.outcome = AgendaItem.Outcome.POSTPONED
    item.save()
    later = factories.meeting(chair.council, starts_at=now + 12 * DAY)
    assert opinions.put_on_agenda(request=asked, meeting=later, **who).meeting == later


def test_agenda_refuses_another_councils_meeting_and_one_that_is_over(asked, chair, who, now):
    with pytest.raises(OpinionRefused):
        opinions.put_on_agenda(request=asked, meeting=factories.meeting(starts_at=now + DAY), **who)
    past = factories.meeting(chair.council, starts_at=now - DAY)
    with pytest.raises(MeetingRefused):
        opinions.put_on_agenda(request=asked, meeting=past, **who)


def test_opinion_is_written_from_the_resolution_and_sent(asked, meeting, chair, who, now):
    item = opinions.put_on_agenda(request=asked, meeting=meeting, **who)
    resolution = factories.resolution(item, text="Pieturu neatcelt.", voted_at=now)
    deliver(now=now)
    mail.outbox.clear()

    row = opinions.write_opinion(
        request=asked, opinion="Pieturu neatcelt.", resolution=resolution, by=chair.person.user, now=now
    )
    deliver(now=now)
    assert len(mail.outbox) == 1, "the coordinator hears that it waits"

    row = opinions.send_opinion(request=row, sent_on=ON, **who)
    assert (row.sent_on, row.resolution) == (ON, resolution)
    for call in (
        lambda: opinions.write_opinion(request=row, opinion="Tomēr atcelt.", **who),
        lambda: opinions.send_opinion(request=row, sent_on=ON, **who),
        lambda: opinions.put_on_agenda(request=row, meeting=meeting, **who),
    ):
        with pytest.raises(OpinionRefused):
            call()


def test_refuses_what_cannot_be(asked, chair, who, now):
    fields = {"council": chair.council, "title": "Par ceļu", "received_on": ON, "due_on": ON + DAY}
    rejected = factories.resolution(factories.agenda_item(factories.meeting(chair.council)), outcome="rejected")
    foreign = factories.resolution()
    upload = SimpleUploadedFile("virus.pdf", b"MZ")
    for call in (
        lambda: opinions.record_request(**(fields | {"received_on": ON + DAY}), **who),
        lambda: opinions.record_request(**(fields | {"due_on": ON - DAY}), **who),
        lambda: opinions.record_request(**(fields | {"title": ""}), **who),
        lambda: opinions.record_request(**fields, upload=upload, **who),
        lambda: opinions.write_opinion(request=asked, opinion=" ", **who),
        lambda: opinions.write_opinion(request=asked, opinion="Jā.", resolution=rejected, **who),
        lambda: opinions.write_opinion(request=asked, opinion="Jā.", resolution=foreign, **who),
        lambda: opinions.send_opinion(request=asked, sent_on=ON, **who),
    ):
        with pytest.raises(OpinionRefused):
            call()
    row = opinions.write_opinion(request=asked, opinion="Jā.", **who)
    for day in (ON + DAY, ON - 2 * DAY):
        with pytest.raises(OpinionRefused):
            opinions.send_opinion(request=row, sent_on=day, **who)
