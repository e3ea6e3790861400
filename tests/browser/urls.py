"""The portal's addresses and one at which it is broken."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from kekava_portal.urls import urlpatterns as portal


@login_not_required
def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [path("salauzts/", broken), *portal]
