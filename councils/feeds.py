"""The feed of news, all of it or that of one neighbourhood."""

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from councils import texts
from councils.models import NewsPost, NewsPostQuerySet
from events.feeds import ATOM_TYPE, answer, in_asked_language
from notices.emails import absolute

ENTRIES = 50


@in_asked_language
def news(request: HttpRequest) -> HttpResponse:
    """`?apkaime=` narrows, `?valoda=en` gives the portal's own words in English. One query when nothing is new."""
    now = timezone.now()
    rows = NewsPost.objects.published(now).of(request.GET.get("apkaime", ""))
    facts = rows.order_by().aggregate(count=Count("pk"), changed=Max("changed_at"), came=Max("published_at"))
    return answer(
        request,
        etag=f'"{facts["count"]}-{facts["changed"]}-{facts["came"]}-{translation.get_language()}"',
        last_modified=max(filter(None, [facts["changed"], facts["came"]]), default=None),
        content_type=ATOM_TYPE,
        name="zinas.atom",
        build=lambda: _feed(request, rows),
    )


def _feed(request: HttpRequest, rows: NewsPostQuerySet) -> bytes:
    feed = Atom1Feed(
        title=_("News of the resident councils"),
        link=absolute(reverse("councils:news")),
        description=_("What the councils and the municipality tell"),
        language=translation.get_language(),
        feed_url=absolute(request.get_full_path()),
    )
    for post in rows.for_lists()[:ENTRIES]:
        who = post.council.name if post.council else _("Municipality of Ķekava")
        feed.add_item(
            title=post.title,
            link=absolute(post.get_absolute_url()),
            description=texts.to_html(post.body),
            author_name=who,
            unique_id=absolute(reverse("councils:news-post", args=[post.pk, "zina"])),
            pubdate=post.published_at,
            updateddate=max(post.published_at, post.changed_at),
        )
    return feed.writeString("utf-8").encode()
