"""What the web server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kekava_portal.settings")
application = get_wsgi_application()
resolve("/")  # loads every view, which otherwise the first visitor would wait for
# What is loaded stays loaded: looking through it for garbage again and again took a twentieth of the time of the pages.
gc.collect()
gc.freeze()
