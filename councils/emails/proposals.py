"""The mails about an agenda item that somebody proposed (§31): the link, the officers' task, the decision."""

from datetime import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from councils.models import Matter, Proposal
from events.emails import Letter
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice


def _proposal(notice: Notice) -> Proposal:
    rows = Proposal.objects.select_related("council__neighbourhood", "person", "matter", "item__meeting__event")
    row = rows.filter(pk=notice.data["proposal"]).first()
    if row is None:
        raise NotNeeded("the proposal is gone")
    return row


def _own_page(row: Proposal) -> str:
    return absolute(reverse("councils:proposal", args=[row.token]))


@writes("proposal_confirm")
def proposal_confirm(notice: Notice, now: datetime) -> Message:
    row = _proposal(notice)
    if row.confirmed_at is not None:
        raise NotNeeded("confirmed already")
    letter = Letter(
        subject=_("Confirm your proposal: %(title)s") % {"title": row.title},
        lead=[_("Open the link and confirm that the proposal is yours. Then the council reads it.")],
        actions=[(_("Confirm the proposal"), _own_page(row))],
        written=[row.title],
        why=_(
            "You get this e-mail because somebody wrote to the council with your address. "
            "If it was not you, do nothing."
        ),
    )
    return letter.mail(row.council.name, to_unconfirmed=True)


@writes("proposal_received")
def proposal_received(notice: Notice, now: datetime) -> Message:
    """To the officers: take it onto an agenda or decline it."""
    row = _proposal(notice)
    if row.decided_at is not None or row.confirmed_at is None:
        raise NotNeeded("decided already")
    text = Truncator(row.text).words(80)
    letter = Letter(
        subject=_("A proposal for the agenda: %(title)s") % {"title": row.title},
        lead=[
            _("%(name)s proposes an item for the council’s agenda (§31).")
            % {"name": row.on_behalf_of or row.person.name},
            text,
        ],
        written=[row.title, text],
        actions=[(_("Take it or decline it"), absolute(reverse("dashboard:panel-proposal", args=[row.pk])))],
        why=_("You get this e-mail because you lead the council or coordinate the councils."),
    )
    return letter.mail(row.council.name)


@writes("proposal_taken")
def proposal_taken(notice: Notice, now: datetime) -> Message:
    row = _proposal(notice)
    if row.decision != Proposal.Decision.TAKEN or row.item is None:
        raise NotNeeded("not taken")
    event = row.item.meeting.event
    if event.published_at and event.cancelled_at is None:
        told = _("The council talks about it on %(when)s. You may come and listen.")
        lead, action = (
            told % {"when": latvian.when(event.starts_at, now)},
            (_("About the meeting"), absolute(event.get_absolute_url())),
        )
    else:
        lead = _("It is on the agenda of a meeting that is being prepared.")
        action = (_("My proposal"), _own_page(row))
    matter = Matter.objects.public().filter(pk=row.matter_id).first()  # not yet while the meeting is being prepared
    letter = Letter(
        subject=_("On the agenda: %(title)s") % {"title": row.title},
        lead=[_("Your proposal is taken onto the council’s agenda."), lead],
        actions=[action],
        written=[row.title],
        notes=[_("We write to you when the council has voted, when the municipality answers and when it is done.")],
        links=[(_("See how it went"), absolute(matter.get_absolute_url()))] if matter else [],
        why=_("You get this e-mail because you proposed this to the council."),
    )
    return letter.mail(row.council.name)


@writes("proposal_declined")
def proposal_declined(notice: Notice, now: datetime) -> Message:
    row = _proposal(notice)
    if row.decision != Proposal.Decision.DECLINED:
        raise NotNeeded("not declined")
    letter = Letter(
        subject=_("Not taken onto the agenda: %(title)s") % {"title": row.title},
        lead=[_("The council does not take your proposal onto its agenda. The reason:"), row.reason],
        actions=[(_("My proposal"), _own_page(row))],
        written=[row.title, row.reason],
        why=_("You get this e-mail because you proposed this to the council."),
    )
    return letter.mail(row.council.name)
