"""The feed from which the municipality's own site takes what councils announce (§38)."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.models import Announcement
from events.feeds import ATOM_TYPE
from neighbourhoods import latvian
from notices.emails import absolute

MOST_IN_FEED = 50
PAST_SHOWN = timedelta(days=30)


@login_not_required
@require_safe
def feed(request):
    """Atom: the newest text of each meeting that the portal shows, those called off among them and marked. One query.

    An entry keeps its id however often its meeting moves; `updated` says when the text last changed.
    """
    now = timezone.now()
    rows = Announcement.objects.newest().filter(meeting__event__published_at__isnull=False)
    rows = rows.filter(meeting__event__ends_at__gt=now - PAST_SHOWN).select_related("meeting__event")
    with translation.override("lv"):
        atom = Atom1Feed(
            title=_("Meetings of the resident councils"),
            link=absolute(reverse("events:calendar")),
            description="",
            language="lv",
            feed_url=absolute(reverse("councils:announcement-feed")),
            feed_guid=absolute(reverse("councils:announcement-feed")),
        )
        for row in rows.order_by("-sent_at", "-pk")[:MOST_IN_FEED]:
            event = row.meeting.event
            title = f"{event.title}, {latvian.when(event.starts_at, now)}"
            said = row.text
            if event.cancelled_at:
                title = _("Called off: %(title)s") % {"title": title}
                said = f"{title}\n{event.cancel_reason}\n\n{row.text}"
            atom.add_item(
                title=title,
                link=absolute(event.get_absolute_url()),
                description=linebreaks(said, autoescape=True),
                unique_id=f"urn:uuid:{event.uid}",
                pubdate=event.published_at,
                updateddate=max(filter(None, [row.sent_at, event.cancelled_at, event.published_at])),
            )
        return HttpResponse(atom.writeString("utf-8"), content_type=ATOM_TYPE)
