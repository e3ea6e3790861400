"""The Celery application; its schedule and options are in the settings."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kekava_portal.settings")
TRANSPORT_ALIASES["embedded"] = "kekava_portal.fsbroker:Transport"

app = Celery("kekava_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
