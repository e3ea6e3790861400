from django.urls import path

from people import views

app_name = "people"
urlpatterns = [
    path("valoda/", views.language, name="language"),
    path("krasas/", views.scheme, name="scheme"),
    path("mans/profils/", views.profile, name="profile"),
    path("mans/apkaimes/", views.follows, name="follows"),
    path("mans/apkaimes/<slug:slug>/sekot/", views.follow, name="follow"),
    path("mans/apkaimes/<slug:slug>/nesekot/", views.unfollow, name="unfollow"),
    path("mans/dati/", views.data, name="data"),
    path("a/<str:token>/", views.settings_by_link, name="settings-by-link"),
]
