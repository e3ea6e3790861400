"""The mails to those who follow a matter: it was voted on, answered, done.

Each reads the matter anew; what is not public any more, or was taken back, is told to nobody.
"""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from councils.models import Matter, MatterFollow, Resolution, Submission
from events.emails import Letter
from events.wording import councils_of
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice


def _matter(notice: Notice) -> Matter:
    """The public matter, which this person still follows."""
    matter = Matter.objects.filter(pk=notice.data["matter"], is_public=True).first()
    if matter is None:
        raise NotNeeded("the matter is gone or not public")
    if not notice.person.wants_news:
        raise NotNeeded("wants no news any more")
    return matter


def _stop(notice: Notice, matter: Matter) -> tuple[str, str]:
    """The link to follow no more, of somebody who follows."""
    follow = MatterFollow.objects.confirmed().filter(matter=matter, person=notice.person_id).first()
    if follow is None:
        raise NotNeeded("does not follow any more")
    return (_("Follow this matter no more"), absolute(reverse("councils:matter-follow-link", args=[follow.token])))


def _resolution(notice: Notice) -> Resolution:
    row = Resolution.objects.public().select_related("council").filter(pk=notice.data["resolution"]).first()
    if row is None:
        raise NotNeeded("no public vote stands")
    return row


def _submission(notice: Notice) -> Submission:
    row = Submission.objects.public().filter(pk=notice.data["submission"]).first()
    if row is None:
        raise NotNeeded("the submission is gone or not public")
    return row


def _letter(notice: Notice, matter: Matter, subject: str, lead: list[str], *written: str) -> Message:
    letter = Letter(
        subject=subject % {"title": matter.title},
        lead=[text for text in lead if text],
        actions=[(_("See how it went"), absolute(matter.get_absolute_url()))],
        links=[_stop(notice, matter)],
        written=[matter.title, *written],
        why=_("You get this e-mail because you follow this matter."),
    )
    return letter.mail(councils_of(matter))


@writes("matter_voted")
def matter_voted(notice: Notice, now: datetime) -> Message:
    matter, row = _matter(notice), _resolution(notice)
    if row.outcome == Resolution.Outcome.ADOPTED:
        lead = _("%(council)s adopted the resolution: %(text)s")
    else:
        lead = _("%(council)s did not adopt the resolution: %(text)s")
    votes = _("For %(in_favour)d, against %(against)d, abstained %(abstained)d.") % {
        "in_favour": row.in_favour,
        "against": row.against,
        "abstained": row.abstained,
    }
    told = lead % {"council": row.council.name, "text": row.text}
    return _letter(notice, matter, _("Voted: %(title)s"), [told, votes], row.text)


@writes("matter_answered")
def matter_answered(notice: Notice, now: datetime) -> Message:
    matter, row = _matter(notice), _submission(notice)
    if row.replied_on is None:
        raise NotNeeded("the reply was taken back")
    outcome = _("The municipality answered: %(outcome)s.") % {"outcome": row.get_outcome_display()}
    instead = _("What is offered instead: %(text)s") % {"text": row.alternative} if row.alternative else ""
    return _letter(notice, matter, _("Answered: %(title)s"), [outcome, row.reply, instead], row.reply, row.alternative)


@writes("matter_done")
def matter_done(notice: Notice, now: datetime) -> Message:
    matter = _matter(notice)
    done_on = _submission(notice).done_on if "submission" in notice.data else _resolution(notice).carried_out_on
    if done_on is None:
        raise NotNeeded("it is not done after all")
    lead = _("It is done, as of %(day)s.") % {"day": latvian.day(done_on, now)}
    return _letter(notice, matter, _("Done: %(title)s"), [lead])


@writes("matter_follow")
def matter_follow(notice: Notice, now: datetime) -> Message:
    """Somebody gave this address; whether it follows already, only the mail says."""
    follow = MatterFollow.objects.select_related("matter").filter(pk=notice.data["follow"]).first()
    if follow is None or not follow.matter.is_public:
        raise NotNeeded("the follow is gone")
    address = absolute(reverse("councils:matter-follow-link", args=[follow.token]))
    if follow.confirmed_at:
        subject, lead = _("You follow already: %(title)s"), _("There is nothing to do. The link lets you stop.")
        action = _("What I follow")
    else:
        subject, lead = _("Confirm that you follow: %(title)s"), _("Open the link and press the button.")
        action = _("Confirm")
    told = _("Then you get one e-mail when the council votes, when the municipality answers and when it is done.")
    letter = Letter(
        subject=subject % {"title": follow.matter.title},
        lead=[lead, told] if not follow.confirmed_at else [lead],
        actions=[(action, address)],
        written=[follow.matter.title],
        why=_("You get this e-mail because somebody gave your address here. If it was not you, do nothing."),
    )
    return letter.mail(councils_of(follow.matter), to_unconfirmed=True)
