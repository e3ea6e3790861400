"""The code of a sign-up, shown at the door: an address that nobody can guess, and that no column holds."""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from events.models import Rsvp
from notices.emails import absolute

SALT = "events.codes.check_in"
LENGTH = 20  # hexadecimal digits, 80 bits: short enough for a code that a phone reads at once from a paper


def _mark(rsvp: Rsvp, secret: str | bytes) -> str:
    # With the token: a key given once more to another row, as after a restored copy, does not open that one.
    return salted_hmac(SALT, f"{rsvp.pk}:{rsvp.token}", secret=secret, algorithm="sha256").hexdigest()[:LENGTH]


def check_in_url(rsvp: Rsvp) -> str:
    """The public address of the sign-up's code, as it stands in its QR picture. No query.

    It names nobody and lets nobody change anything: what it opens depends on who opens it.
    """
    return absolute(reverse("events:check-in", args=[rsvp.pk, _mark(rsvp, settings.SECRET_KEY)]))


def is_code_of(rsvp: Rsvp, mark: str) -> bool:
    """Is this the code of the sign-up? One made before the portal's secret was changed still is."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(mark, _mark(rsvp, secret)) for secret in secrets)
