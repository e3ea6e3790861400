"""A real mail server, and messages in the ledger that can really be written: announcements of an event."""

from collections.abc import Iterator

import pytest
from aiosmtpd.smtp import Envelope, Session

from events.models import Event
from notices import operations
from notices.models import Notice
from tests import factories
from tests.servers import SmtpSink, _Door


class Sink(SmtpSink):
    """Also fails before the text comes: `at_recipient` is what it answers to RCPT, or "drop"."""

    def __init__(self) -> None:
        super().__init__()
        self.at_recipient: dict[str, str] = {}  # by address

    async def handle_RCPT(self, server: _Door, session: Session, envelope: Envelope, address: str, options) -> str:
        answer = self.at_recipient.get(address, "")
        if answer == "drop":
            server.cut()
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with Sink() as server:
        settings.EMAIL_BACKEND = "notices.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
        yield server


@pytest.fixture
def event(db, now) -> Event:
    return factories.event(starts_at=now.replace(day=25, hour=18, minute=30))


@pytest.fixture
def plan(event, now):
    """`plan("a@example.org", …)` puts an announcement for a new person with each address into the ledger."""

    def plan_announcements(*addresses: str, **fields) -> list[Notice]:
        rows = []
        for address in addresses:
            person = factories.person(email=address)
            key = f"event_announced:{event.pk}:{person.pk}"
            fields.setdefault("data", {"event": event.pk})
            operations.plan(
                key=key, kind="event_announced", about=f"event:{event.pk}", person_id=person.pk, now=now, **fields
            )
            rows.append(Notice.objects.get(key=key))
        return rows

    return plan_announcements
