from celery import shared_task
from django.utils import timezone

from events import operations


@shared_task(name="events.tasks.sweep")
def sweep():
    """Every minute: let holds and offers run out, then put the reminders that are due into the ledger."""
    now = timezone.now()
    operations.expire(now=now)
    operations.plan_reminders(now=now)
