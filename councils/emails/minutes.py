"""The mail about draft minutes: members may comment on them for some days."""

from datetime import datetime

from django.utils.translation import gettext as _

from councils.models import Minutes
from events.emails import Letter
from events.wording import councils_of
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice
from people.models import Person


@writes("minutes_draft")
def minutes_draft(notice: Notice, now: datetime) -> Message:
    minutes = Minutes.objects.select_related("meeting__event").filter(pk=notice.data["minutes"]).first()
    if minutes is None or minutes.signed_at is not None:
        raise NotNeeded("the draft is signed or gone")
    if minutes.comments_until is None or minutes.comments_until <= now:
        raise NotNeeded("comments are not taken any more")
    councils, today = minutes.meeting.councils.all(), latvian.as_local(now).date()
    if not Person.objects.sitting_in(councils, today).filter(pk=notice.person_id).exists():
        raise NotNeeded("no member any more")
    day = latvian.day(minutes.meeting.held_on, today)
    letter = Letter(
        subject=_("Draft minutes of the meeting of %(day)s") % {"day": day},
        lead=[
            _("The minutes of “%(title)s” are drafted. Read them and say what is wrong or missing.")
            % {"title": minutes.meeting.event.title},
            _("You can comment %(until)s. After that the leader of the meeting signs them.")
            % {"until": latvian.until(minutes.comments_last_on, today)},
        ],
        written=[minutes.meeting.event.title],
        actions=[(_("Read and comment"), absolute(minutes.get_absolute_url()))],
        why=_("You get this e-mail because you are a member of the council."),
    )
    return letter.mail(councils_of(minutes.meeting))
