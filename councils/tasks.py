from celery import shared_task
from django.utils import timezone

from councils.operations import agenda, answers, enquiries, proposals, submissions, voice


@shared_task(name="councils.tasks.sweep")
def sweep():
    """Every minute: warn of a quorum at risk, put what a meeting left unfinished onto the next draft, tell of news
    whose time has come."""
    now = timezone.now()
    answers.warn_of_quorum(now=now)
    agenda.carry_over_everywhere(now=now)
    voice.tell_news(now=now)


@shared_task(name="councils.tasks.remind")
def remind():
    """Every hour of the day: remind the municipality's units of what councils wait for."""
    submissions.plan_reminders(now=timezone.now())


@shared_task(name="councils.tasks.forget")
def forget():
    """Every night: remove what must no longer be kept."""
    now = timezone.now()
    proposals.forget_unconfirmed(now=now)
    enquiries.forget_letters(now=now)
    voice.forget_files(now=now)
