"""An address as a QR code (docs/adr/0015-qr-codes.md)."""

import io
from datetime import datetime

import segno

from events import codes
from events.models import Phase, Rsvp

QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks
MAIL_SCALE = 5  # pixels of a module


def at_the_door(rsvp: Rsvp, now: datetime) -> str:
    """What the code of a sign-up holds: the address where it is checked in; "" for who is not going, or not into the
    room, and once the event is over."""
    event = rsvp.event
    if rsvp.state != Rsvp.State.GOING or event.phase_at(now) not in (Phase.UPCOMING, Phase.RUNNING):
        return ""
    if not event.has_room or (event.has_link and rsvp.attending == Rsvp.Attending.REMOTE):
        return ""
    return codes.check_in_url(rsvp)


def svg(address: str) -> bytes:
    """For pages and paper, as large as its place; on white in every scheme of colours."""
    file = io.BytesIO()
    _code(address).save(file, kind="svg", border=QUIET, light="#fff", xmldecl=False, omitsize=True, nl=False)
    return file.getvalue()


def png(address: str) -> bytes:
    """For mail programs, which show no SVG: some hundred bytes, about 200 pixels wide."""
    file = io.BytesIO()
    _code(address).save(file, kind="png", scale=MAIL_SCALE, border=QUIET, light="#fff")
    return file.getvalue()


def _code(address: str) -> segno.QRCode:
    return segno.make_qr(address, error="m")
