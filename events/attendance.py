"""Who came and what they thought, in numbers: they stay when the names are erased."""

from django.db.models import Avg, Count, OuterRef, Q, QuerySet, Subquery, Sum

from events.models import CheckIn, Event, SurveyAnswer

FEWEST_ANSWERS = 3  # of a survey; fewer would tell who said what


def with_attendance(events: QuerySet[Event]) -> QuerySet[Event]:
    """Add `came` and `came_without_sign_up` (people, None where nobody was checked in), `survey_answers_given` and
    `survey_average`, which is None below FEWEST_ANSWERS."""
    arrivals = CheckIn.objects.standing().filter(event=OuterRef("pk")).order_by().values("event")
    unannounced = arrivals.filter(Q(rsvp=None) | Q(rsvp__is_walk_in=True))
    answers = SurveyAnswer.objects.filter(event=OuterRef("pk")).order_by().values("event").annotate(n=Count("pk"))
    average = answers.filter(n__gte=FEWEST_ANSWERS).annotate(average=Avg("rating")).values("average")
    return events.annotate(
        came=Subquery(arrivals.annotate(n=Sum("people")).values("n")),
        came_without_sign_up=Subquery(unannounced.annotate(n=Sum("people")).values("n")),
        survey_answers_given=Subquery(answers.values("n")),
        survey_average=Subquery(average),
    )
