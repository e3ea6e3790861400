"""The portal's settings, with the bare page beside its own pages on the same server, database and middleware."""

from kekava_portal.settings import *  # noqa: F403  (all of them: that is the point)
from kekava_portal.settings import BASE_DIR, TEMPLATES

ROOT_URLCONF = "bench.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [BASE_DIR / "templates", BASE_DIR / "bench" / "templates"]}]
