"""The mails about letters to a council, and the handover from one officer to the next."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import handover
from councils.models import Enquiry, Office
from events.emails import Letter
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, address_of, writes
from notices.models import Notice


def _enquiry(notice: Notice) -> Enquiry:
    row = Enquiry.objects.select_related("council__neighbourhood", "person").filter(pk=notice.data["enquiry"]).first()
    if row is None:
        raise NotNeeded("the letter is gone")
    return row


@writes("enquiry_confirm")
def enquiry_confirm(notice: Notice, now: datetime) -> Message:
    """To the writer. Nothing of the letter stands in it: the address may be a stranger's."""
    row = _enquiry(notice)
    if row.confirmed_at is not None:
        raise NotNeeded("confirmed already")
    letter = Letter(
        subject=_("Confirm your letter to the council"),
        lead=[_("Open the link and confirm that the letter is yours. Then the council gets it.")],
        actions=[(_("Confirm the letter"), absolute(reverse("councils:enquiry", args=[row.token])))],
        why=_(
            "You get this e-mail because somebody wrote to the council with your address. "
            "If it was not you, do nothing."
        ),
    )
    return letter.mail(row.council.name, to_unconfirmed=True)


@writes("enquiry_received")
def enquiry_received(notice: Notice, now: datetime) -> Message:
    """To the officers: an answer goes to the writer only when the writer wants one."""
    row = _enquiry(notice)
    address = address_of(row.person) if row.wants_answer else ""
    note = (
        _("Answer this e-mail: the answer goes to the writer, who then sees your address.")
        if address
        else _("The writer does not ask for an answer, so the address is not shown.")
    )
    letter = Letter(
        subject=_("A letter to the council from %(name)s") % {"name": row.person.name},
        lead=[row.text],
        written=[row.text],
        notes=[note],
        actions=[(_("The council’s page"), absolute(row.council.get_absolute_url()))],
        why=_("You get this e-mail because you lead the council or coordinate the councils."),
    )
    return letter.mail(row.council.name, reply_to=address)


@writes("handover")
def handover_letter(notice: Notice, now: datetime) -> Message:
    """To who takes over an office: what is open and by when. Contacts stand on the page only, behind the log-in."""
    office = Office.objects.select_related("council__neighbourhood").filter(pk=notice.data["office"]).first()
    if office is None or office.person_id != notice.person_id:
        raise NotNeeded("the office is gone")
    on = timezone.localdate(now)
    if office.ended_on and office.ended_on <= on:
        raise NotNeeded("the office has ended")
    things = handover.open_things(office.council, now)
    dated = [f"{latvian.number_date(line.on)} {line.title} – {line.text}" for line in things.dated if line.on]
    undated = [f"{line.title} – {line.text}" for line in things.undated]
    lead = [
        _("You take over an office of the council: %(office)s. This is what is open.")
        % {"office": office.get_kind_display()}
    ]
    if dated:
        lead.append("\n".join([_("With a deadline") + ":", *(f"· {line}" for line in dated)]))
    if undated:
        lead.append("\n".join([_("Without a deadline") + ":", *(f"· {line}" for line in undated)]))
    if not things.count:
        lead.append(_("Nothing is open at the moment."))
    page = absolute(reverse("councils:handover", args=[office.council.neighbourhood.slug]))
    letter = Letter(
        subject=_("Handover: %(office)s of the council") % {"office": office.get_kind_display()},
        lead=lead,
        written=[words for line in (*things.dated, *things.undated) for words in line.written],
        notes=[_("Documents and contacts are on the page. Log in to open it, from the first day of the office.")],
        actions=[(_("Open the handover page"), page)],
        why=_("You get this e-mail because you hold, or will hold, an office of the council."),
    )
    return letter.mail(office.council.name)
