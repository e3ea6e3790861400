"""A matter: the thread from a resident's proposal to the work done, which people follow."""

import secrets
from collections import defaultdict
from typing import Any

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, ExtractYear, NullIf, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from councils.models.meeting import AgendaItem, closed
from neighbourhoods import latvian
from neighbourhoods.periods import lasts
from people.models import Person, User


class TopicQuerySet(models.QuerySet):
    def in_use(self, on):
        """Those that may be chosen on the day, in the order of the act."""
        return self.filter(lasts(on, "retired_on")).order_by("position", "code")


class Topic(models.Model):
    """What councils deal with (§5.1–5.7); the municipality may add its own."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name_lv = models.CharField(_("name in Latvian"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    paragraph = models.CharField(_("paragraph"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    retired_on = models.DateField(_("not used any more since"), null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self):
        return self.name_lv

    @property
    def label(self):
        """The name in the reader's language, with where it stands in the act."""
        name = self.name_en if self.name_en and get_language() == "en" else self.name_lv
        return f"{name} ({self.paragraph})" if self.paragraph else name

    @property
    def written(self) -> list[str]:
        """What of the label is Latvian for every reader: all of it, unless the municipality gave an English name."""
        return [] if self.name_en else [self.label]


class MatterState(models.TextChoices):
    """Where a matter stands: what the page, the lists, the exports and the mails say of it."""

    ON_AGENDA = "on_agenda", _("To be discussed")
    DISCUSSED = "discussed", _("Discussed")
    ADOPTED = "adopted", _("Adopted")
    REJECTED = "rejected", _("Not adopted")
    WAITING = "waiting", _("Awaiting reply")
    OVERDUE = "overdue", _("Reply overdue")
    SUPPORTED = "supported", _("Supported")
    PARTLY = "partly", _("Partly taken up")
    DECLINED = "declined", _("Declined")
    OTHER = "other", _("Answered")
    DONE = "done", _("Done")
    ABANDONED = "abandoned", _("Not carried out")


def _tables():
    """The managers of councils, resolutions and submissions, whose modules stand after this one."""
    from councils.models import Council, Resolution, Submission

    return Council.objects, Resolution.objects, Submission.objects


class MatterQuerySet(models.QuerySet):
    def point(self):
        """Write down of each matter what leads it: the latest public submission and resolution, and when it moved.

        `Submission.save` and `Resolution.save` ask for it; whoever writes such rows otherwise asks for it, too, and the
        hourly sweep sees that nothing was forgotten. Returns how many matters changed. Three queries, and one to write.
        """
        _councils, resolutions, submissions = _tables()
        with transaction.atomic():
            rows: list[Any] = list(self.select_for_update(of=("self",), no_key=True).order_by("pk"))
            asked, decided = defaultdict(list), defaultdict(list)
            for submission in submissions.public().filter(matter__in=rows).defer("text", "reply", "search_text"):
                asked[submission.matter_id].append(submission)
            for resolution in resolutions.public().filter(matter__in=rows).defer("text", "search_text"):
                decided[resolution.matter_id].append(resolution)
            changed = [row for row in rows if row.is_led(asked[row.pk], decided[row.pk])]
            Matter.objects.bulk_update(changed, [name.removesuffix("_id") for name in LED], batch_size=500)
        return len(changed)

    def public(self):
        """What everybody may see: something of it was sent, voted on, or stands on an announced meeting's agenda."""
        return self.filter(ASKED | DECIDED | Exists(self._items()), is_public=True)

    def decided(self):
        """Of these, what a council voted on or sent: the list of decisions."""
        return self.filter(ASKED | DECIDED, is_public=True)

    def with_state(self, on):
        """Add `state` on the day, and `led_by` which it follows from: the latest "submission", "resolution" or "item".

        A resolution voted after the latest submission went out leads; only what is public counts. `state` is None for a
        matter of which nothing is public.
        """
        item = self._items().order_by("-meeting__event__starts_at", "-pk")
        talked = Case(
            When(outcome=AgendaItem.Outcome.DISCUSSED, then=Value(MatterState.DISCUSSED)),
            default=Value(MatterState.ON_AGENDA),
        )
        outcome = Case(
            When(latest_decided__outcome="rejected", then=Value(MatterState.REJECTED)),
            When(latest_decided__carried_out_on__isnull=False, then=Value(MatterState.DONE)),
            When(latest_decided__abandoned_on__isnull=False, then=Value(MatterState.ABANDONED)),
            default=Value(MatterState.ADOPTED),
        )
        decides = DECIDED & Q(is_decided_last=True)
        return self.annotate(
            led_by=Case(
                When(decides, then=Value("resolution")), When(ASKED, then=Value("submission")), default=Value("item")
            ),
            state=Case(
                When(decides, then=outcome),
                When(~ASKED, then=Subquery(item.values(talked=talked)[:1])),
                When(latest_asked__done_on__isnull=False, then=Value(MatterState.DONE)),
                When(latest_asked__replied_on__isnull=False, then=F("latest_asked__outcome")),
                When(latest_asked__reply_due_on__lt=on, then=Value(MatterState.OVERDUE)),
                default=Value(MatterState.WAITING),
                output_field=models.CharField(),
            ),
        )

    def followed_by(self, person):
        """Public ones that this person follows."""
        follows = MatterFollow.objects.confirmed().filter(person=person)
        return self.public().filter(pk__in=follows.values("matter"))

    def with_topic(self):
        """Add `topic_label`, the name of the topic in the reader's language, and `topic_written`, the Latvian one where
        it has no other."""
        rows = Topic.objects.filter(code=OuterRef("topic"))
        name = Coalesce(NullIf("name_en", Value("")), "name_lv") if get_language() == "en" else F("name_lv")
        return self.annotate(
            topic_label=Subquery(rows.values(its_name=name)[:1]),
            topic_written=Subquery(rows.filter(name_en="").values("name_lv")[:1]),
        )

    def latest_moved(self):
        """Those that something happened to most recently first: done, answered, sent, voted on."""
        return self.order_by(F("moved_on").desc(nulls_last=True), "-pk")

    def latest_of_each_state(self):
        """The latest moved of every state, then the second of every state, …; needs `with_state()`."""
        moved = [F("moved_on").desc(), F("pk").desc()]
        rank = Window(RowNumber(), partition_by=[F("state")], order_by=moved)
        return self.latest_moved().annotate(rank_in_state=rank).order_by("rank_in_state", *moved)

    def for_lists(self, on):
        """With all that `councils/_matter.html` shows: the state, what it follows from, the councils. Two queries."""
        rows, _resolutions, _submissions = _tables()
        councils = Prefetch("councils", rows.select_related("neighbourhood").by_name())
        return self.with_state(on).select_related("latest_asked", "latest_decided").prefetch_related(councils)

    def of_year(self, year):
        """Those that a council voted on, or sent, in the year."""
        return self.filter(
            Exists(self._submissions().filter(sent_on__year=year)) | Exists(self._resolutions().filter(year=year))
        )

    def years(self):
        """The years in which something public was voted on or sent, the latest first."""
        _councils, resolutions, submissions = _tables()
        sent = submissions.public().annotate(its_year=ExtractYear("sent_on")).values_list("its_year")
        voted = resolutions.public().annotate(its_year=F("year")).values_list("its_year")
        return [year for (year,) in sent.union(voted).order_by("-its_year")]

    def matching(self, query):
        """Those in whose title, resolutions, submissions or answers every word of `query` stands, in any case."""
        for term in latvian.search_terms(query):
            self = self.filter(
                Q(search_text__contains=term)
                | Exists(self._submissions().filter(search_text__contains=term))
                | Exists(self._resolutions().filter(search_text__contains=term))
            )
        return self

    # What of a matter everybody may see, for a statement about each matter.

    def _submissions(self):
        return _tables()[2].public().filter(matter=OuterRef("pk"))

    def _resolutions(self):
        return _tables()[1].public().filter(matter=OuterRef("pk"))

    def _items(self):
        return AgendaItem.objects.filter(
            matter=OuterRef("pk"), meeting__event__published_at__isnull=False, meeting__event__cancelled_at=None
        ).exclude(closed())


# Does something public lead the matter? An item may have become restricted since the matter was pointed at it.
ASKED = Q(latest_asked__isnull=False)
DECIDED = Q(latest_decided__isnull=False) & ~closed("latest_decided__item")
LED = ("latest_asked_id", "latest_decided_id", "is_decided_last", "moved_on")


class Matter(models.Model):
    """What proposals, agenda items, resolutions and submissions on the same thing hang on."""

    councils = models.ManyToManyField("councils.Council", related_name="matters", verbose_name=_("councils"))
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(max_length=80, editable=False)
    topic = models.CharField(_("topic"), max_length=10, blank=True)  # code of a Topic
    began_at = models.DateTimeField(_("began"), default=timezone.now)
    is_public = models.BooleanField(_("public"), default=True)
    # What the lists ask of every matter; `MatterQuerySet.point` keeps it, for computed anew it costs too much.
    latest_asked = models.ForeignKey(
        "councils.Submission", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    latest_decided = models.ForeignKey(
        "councils.Resolution", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    is_decided_last = models.BooleanField(default=False, editable=False)
    moved_on = models.DateField(_("last moved"), null=True, blank=True, editable=False, db_index=True)
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)
    search_text = models.TextField(editable=False, default="")

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(latvian.fold(self.title))[:80].strip("-") or "jautajums"
        self.search_text = latvian.search_text(self.title)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("councils:matter", args=[self.pk, self.slug])

    def is_led(self, asked, decided):
        """Take over what leads the matter, from all that was asked and decided; did anything of it change?"""
        before = [getattr(self, name) for name in LED]
        self.latest_asked = max(asked, key=lambda row: (row.sent_on, row.pk), default=None)
        self.latest_decided = max(decided, key=lambda row: (row.voted_at, row.pk), default=None)
        sent_on = self.latest_asked and self.latest_asked.sent_on
        voted_on = self.latest_decided and timezone.localdate(self.latest_decided.voted_at)
        self.is_decided_last = bool(voted_on and (sent_on is None or voted_on > sent_on))
        self.moved_on = max((row.moved_on for row in (*asked, *decided)), default=None)
        return before != [getattr(self, name) for name in LED]


class MatterFollowQuerySet(models.QuerySet):
    def confirmed(self):
        """Those of whom it is known that they want it: with an account, or by the link."""
        return self.filter(confirmed_at__isnull=False)


class MatterFollow(models.Model):
    """A person is told once of each: voted, answered, done. Without an account the link in a mail confirms it."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="follows", verbose_name=_("matter"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="matter_follows", verbose_name=_("person"))
    followed_at = models.DateTimeField(_("since"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    token = models.CharField(max_length=43, unique=True, default=secrets.token_urlsafe, editable=False)
    network = models.CharField(_("network"), max_length=50, blank=True, editable=False)

    objects = MatterFollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow of a matter")
        verbose_name_plural = _("follows of matters")
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "person"],
                name="matter_is_followed_once",
                violation_error_message=_("You already follow this matter."),
            )
        ]

    def __str__(self):
        return f"{self.person} → {self.matter}"


class ProposalQuerySet(models.QuerySet):
    def confirmed(self):
        """Those whose sender is known: written with an account, or confirmed by the link."""
        return self.filter(confirmed_at__isnull=False)

    def undecided(self):
        return self.confirmed().filter(decided_at=None).order_by("proposed_at", "pk")


class Proposal(models.Model):
    """An agenda item proposed by a resident, an association, a foundation or a business (§31).

    The chair takes it or declines it with a reason, which the proposer receives.
    """

    class Decision(models.TextChoices):
        TAKEN = "taken", _("taken onto the agenda")
        DECLINED = "declined", _("declined")

    council = models.ForeignKey("councils.Council", models.PROTECT, related_name="proposals", verbose_name=_("council"))
    matter = models.ForeignKey(
        Matter, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("matter")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="proposals", verbose_name=_("proposed by"))
    on_behalf_of = models.CharField(_("association or business"), max_length=200, blank=True)
    title = models.CharField(_("what about"), max_length=200)
    text = models.TextField(_("proposal"), max_length=5000)
    topic = models.CharField(_("topic"), max_length=10, blank=True)
    token = models.CharField(max_length=43, unique=True, editable=False)
    network = models.CharField(_("network"), max_length=50, blank=True, editable=False)
    proposed_at = models.DateTimeField(_("proposed"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    item = models.ForeignKey(
        AgendaItem, models.SET_NULL, null=True, blank=True, related_name="proposals", verbose_name=_("agenda item")
    )
    is_invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_at=None) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="proposal_is_decided_at_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(decision="declined") | ~Q(reason=""),
                name="proposal_is_declined_with_a_reason",
                violation_error_message=_("Say why the proposal is declined."),
            ),
        ]

    def __str__(self):
        return self.title
