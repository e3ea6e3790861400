"""Beat and its messages in the nights in which the clock on the wall changes."""

from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import schedule
from django.conf import settings

from kekava_portal import celery_app

MINUTE = timedelta(minutes=1)
# Five past three: for the first time, for the second time, and in the night in which no clock shows it.
MOMENTS = [datetime(2026, 10, 25, 0, 5, tzinfo=UTC), datetime(2026, 10, 25, 1, 5, tzinfo=UTC)]
MOMENTS += [datetime(2027, 3, 28, 1, 5, tzinfo=UTC)]


@pytest.mark.parametrize("now", MOMENTS)
def test_message_of_beat_lives_for_its_minute(now):
    expires = settings.CELERY_BEAT_SCHEDULE["notices-deliver"]["options"]["expires"]
    message = celery_app.amqp.as_task_v2("id", "x", expires=expires, now=now.astimezone(celery_app.timezone))
    assert datetime.fromisoformat(message.headers["expires"]) == now + timedelta(seconds=expires)


@pytest.mark.parametrize("now", MOMENTS)
@pytest.mark.parametrize("ago", [MINUTE, 6 * MINUTE, 66 * MINUTE])
def test_beat_goes_on_from_minute_to_minute(now, ago):
    tick = schedule(MINUTE, nowfun=lambda: now.astimezone(celery_app.timezone), app=celery_app)
    assert tick.is_due((now - ago).astimezone(celery_app.timezone)).is_due
    assert tick.is_due((now - MINUTE / 2).astimezone(celery_app.timezone)) == (False, 30)
