"""Addresses that the base template names, for tests of the look alone."""

from django.http import HttpResponse
from django.urls import include, path


def view(request, *args, **kwargs):
    return HttpResponse()


dashboard = [
    path("", view, name="home"),
    path("apkaimes/", view, name="neighbourhood-list"),
    path("lemumi/", view, name="submission-list"),
    path("mans/", view, name="my"),
    path("panelis/", view, name="panel"),
]
urlpatterns = [
    path("", include((dashboard, "dashboard"))),
    path("", include(([path("kalendars/", view, name="calendar")], "events"))),
    path("ienakt/", view, name="account_login"),
]
