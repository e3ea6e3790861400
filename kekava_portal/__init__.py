"""Settings, root addresses and the processes' entrances; stands above the seven rooms."""

from .celery import app as celery_app

__all__ = ["celery_app"]
