from django.urls import path

from bench import bare
from kekava_portal.urls import *  # noqa: F403  (the portal as it is, error handlers included)
from kekava_portal.urls import urlpatterns

urlpatterns = [
    path("bare/<int:pk>/", bare.event, name="bare"),
    path("bare/<int:pk>/sign-up/", bare.sign_up),
    *urlpatterns,
]
