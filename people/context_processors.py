import time

from neighbourhoods import pages
from people.models import Person

SCHEMES = ("auto", *pages.SCHEMES)
_demo = {"until": 0.0, "loaded": False}


def demo_is_loaded() -> bool:
    """Does this portal hold invented people? Asked of the database at most every 30 seconds by each process."""
    if time.monotonic() >= _demo["until"]:
        _demo["loaded"] = Person.objects.filter(is_invented=True).exists()
        _demo["until"] = time.monotonic() + 30
    return bool(_demo["loaded"])


def portal(request):
    """What the base template needs on every page; no query but the rare one above."""
    scheme = request.COOKIES.get("krasas", "auto")
    return {"color_scheme": scheme if scheme in SCHEMES else "auto", "demo_band": demo_is_loaded()}
