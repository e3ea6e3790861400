"""The mail to those who follow a neighbourhood: its council, or the municipality, has news."""

from datetime import datetime

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from councils import texts
from councils.models import NewsPost
from events.emails import Letter
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice
from people.models import Follow

WORDS = 60


@writes("news_post")
def news_post(notice: Notice, now: datetime) -> Message:
    """The beginning of the post as it stands now. Three queries."""
    post = NewsPost.objects.published(now).select_related("council").filter(pk=notice.data["post"]).first()
    if post is None:
        raise NotNeeded("the post is taken off")
    if not notice.person.wants_news:
        raise NotNeeded("wants no news any more")
    follows = Follow.objects.filter(person=notice.person_id)
    if post.council:
        follows = follows.filter(neighbourhood__council=post.council)
    if not follows.exists():
        raise NotNeeded("does not follow any more")
    begins = Truncator(texts.plain(post.body)).words(WORDS)
    letter = Letter(
        subject=post.title,
        lead=[begins],
        written=[post.title, begins],
        actions=[(_("Read on"), absolute(post.get_absolute_url()))],
        why=_("You get this e-mail because you follow the neighbourhood.")
        if post.council
        else _("You get this e-mail because you follow a neighbourhood."),
    )
    return letter.mail(post.council.name if post.council else _("Municipality of Ķekava"))
