"""Letters to a council: written on its page, delivered to its officers once the writer's address is proved."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.models import Council, Enquiry
from councils.operations.announcements import officers_or_coordinators
from councils.operations.base import CouncilRefused, lock_at_work, patience, write
from notices import operations as notices
from people import operations as people
from people.models import Person

DAY = timedelta(days=1)


class EnquiryRefused(CouncilRefused):
    """The letter is not taken in; the text says why, to the writer."""


def about(enquiry: Enquiry) -> str:
    """The ledger's name for everything sent about a letter."""
    return f"enquiry:{enquiry.pk}"


@transaction.atomic
def write_to_council(
    *, council: Council, person: Person, text: str, now: datetime, wants_answer: bool = False
) -> Enquiry:
    """Write with an account: the officers get it at once. The same text sent twice within a day is one letter.

    Raises EnquiryRefused where no council works, and for more than HOLDS_PER_ADDRESS letters of one person within a
    day. Locks the council.
    """
    row = lock_at_work(council, now, EnquiryRefused)
    today = Enquiry.objects.filter(person=person, confirmed_at__isnull=False, written_at__gt=now - DAY)
    if same := today.filter(council=row, text=text).first():
        return same
    if today.count() >= settings.HOLDS_PER_ADDRESS:
        raise EnquiryRefused(_("You have written several letters today. Write the next one tomorrow."))
    enquiry = _write(row, person, now, text=text, wants_answer=wants_answer, confirmed_at=now)
    _deliver(enquiry, now)
    return enquiry


@transaction.atomic
def write_as_guest(
    *,
    council: Council,
    name: str,
    email: str,
    text: str,
    network: str,
    language: str,
    now: datetime,
    wants_answer: bool = False,
) -> Enquiry:
    """Write with a name and an address, which proves itself by the link we mail; until then nobody reads the letter.

    The mail holds nothing of the letter, so that nobody sends advertisements to strangers through us. The limits are
    those of guests at events. Raises EnquiryRefused where no council works, and when the address or the network has too
    many letters that wait for their link, or the address wrote too many today. Locks the council.
    """
    row = lock_at_work(council, now, EnquiryRefused)
    person = people.person_by_email(email=email, name=name, language=language, now=now)
    waiting = Enquiry.objects.unconfirmed(now - timedelta(hours=settings.HOLD_HOURS))
    if same := waiting.filter(council=row, person=person, text=text).first():
        return same
    if waiting.filter(person=person).count() >= settings.HOLDS_PER_ADDRESS:
        raise EnquiryRefused(_("Too many letters wait for this e-mail. Open the links in your mail first."))
    if network and waiting.filter(network=network).count() >= settings.HOLDS_PER_NETWORK:
        raise EnquiryRefused(_("Too many letters came from your network just now. Try again in an hour, or log in."))
    enquiry = _write(row, person, now, text=text, wants_answer=wants_answer, network=network)
    _tell(enquiry, "enquiry_confirm", person.pk, now, expires_at=now + patience())
    return enquiry


@transaction.atomic
def confirm_enquiry(*, enquiry: Enquiry, now: datetime) -> Enquiry:
    """The writer opened the link and pressed the button: the address is proved, the officers get the letter.

    Confirming twice changes nothing. Raises EnquiryRefused once the link is too old, and for more than
    HOLDS_PER_ADDRESS letters within a day. Locks the letter.
    """
    rows = Enquiry.objects.select_for_update(no_key=True, of=("self",)).select_related("person", "council")
    row = rows.get(pk=enquiry.pk)
    if row.confirmed_at is not None:
        return row
    if row.written_at + patience() <= now or row.person.erased_at:
        raise EnquiryRefused(_("This link is too old. Write the letter again."))
    sent = Enquiry.objects.filter(person=row.person, confirmed_at__gt=now - DAY)
    if sent.count() >= settings.HOLDS_PER_ADDRESS:
        raise EnquiryRefused(_("You have written several letters today. Write the next one tomorrow."))
    people.confirm_email(person=row.person, now=now)
    row.confirmed_at, row.network = now, ""
    row.save(update_fields=["confirmed_at", "network"])
    _deliver(row, now)
    return row


def _write(council: Council, person: Person, now: datetime, **fields) -> Enquiry:
    return write(Enquiry(council=council, person=person, written_at=now, **fields), EnquiryRefused)


def _deliver(enquiry: Enquiry, now: datetime) -> None:
    for person_id in officers_or_coordinators(enquiry.council_id, timezone.localdate(now)):
        _tell(enquiry, "enquiry_received", person_id, now)


def _tell(enquiry: Enquiry, kind: str, person_id: int, now: datetime, expires_at: datetime | None = None) -> None:
    notices.plan(
        key=f"{kind}:{enquiry.pk}:{person_id}",
        kind=kind,
        about=about(enquiry),
        person_id=person_id,
        now=now,
        expires_at=expires_at,
        data={"enquiry": enquiry.pk},
    )


def forget_letters(*, now: datetime) -> int:
    """Delete letters whose link nobody opened within UNCONFIRMED_DAYS, and delivered ones after GUEST_DAYS, with people
    of whom nothing else is known; returns how many letters. One transaction for each."""
    unopened = Enquiry.objects.filter(confirmed_at=None, written_at__lte=now - patience())
    delivered = Enquiry.objects.filter(confirmed_at__lte=now - timedelta(days=settings.GUEST_DAYS))
    count = 0
    for row in (unopened | delivered).select_related("person").order_by("pk"):
        with transaction.atomic():
            row.delete()
            people.forget_stranger(person=row.person, now=now)
        count += 1
    return count
