from celery import shared_task
from django.utils import timezone

from people import operations


@shared_task(name="people.tasks.forget")
def forget():
    """Every night: remove what must no longer be kept."""
    now = timezone.now()
    operations.forget_old_entries(now=now)
    operations.forget_guests(now=now)
    operations.forget_unconfirmed_accounts(now=now)
    operations.forget_strangers(now=now)
