from django.urls import path, re_path

from events import feeds, views

app_name = "events"
urlpatterns = [
    path("kalendars/", views.calendar, name="calendar"),
    path("kalendars/abonet/", feeds.subscribe, name="subscribe"),
    path("kalendars.ics", feeds.calendar, name="calendar-ics"),
    path("kalendars.atom", feeds.atom, name="calendar-atom"),
    path("apkaimes/<slug:slug>/kalendars.ics", feeds.neighbourhood, name="neighbourhood-ics"),
    path("apkaimes/<slug:slug>/padome/kalendars.ics", feeds.council, name="council-ics"),
    path("iegult/kalendars/", feeds.embed, name="embed"),
    path("mans/kalendars/", feeds.own, name="own-calendar"),
    path("mans/kalendars/<str:token>.ics", feeds.mine, name="own-ics"),
    path("pasakumi/serija/<int:pk>.ics", feeds.series, name="series-ics"),
    path("pasakumi/<int:pk>-<slug:slug>/", views.detail, name="detail"),
    path("pasakumi/<int:pk>-<slug:slug>.ics", views.ics, name="ics"),
    path("pasakumi/<int:pk>-<slug:slug>.png", feeds.picture, name="picture"),
    path("pasakumi/<int:pk>-<slug:slug>/pieteikties/", views.rsvp_create, name="rsvp-create"),
    path("pasakumi/<int:pk>-<slug:slug>/pieteikties-viesis/", views.rsvp_guest, name="rsvp-guest"),
    path("pasakumi/<int:pk>-<slug:slug>/gaida-apstiprinajumu/", views.rsvp_sent, name="rsvp-sent"),
    path("pasakumi/<int:pk>-<slug:slug>/plakats.pdf", views.poster, name="poster"),
    path("pasakumi/<int:pk>-<slug:slug>/darba-kartiba.pdf", views.agenda_sheet, name="agenda"),
    path("e/<int:pk>/", views.short, name="short"),
    re_path(r"^ieeja/(?P<pk>[0-9]{1,18})-(?P<mark>[0-9a-f]{20})/$", views.check_in, name="check-in"),
    path("r/<str:token>/", views.rsvp, name="rsvp"),
    path("r/<str:token>/apstiprinat/", views.rsvp_confirm, name="rsvp-confirm"),
    path("r/<str:token>/pienemt/", views.rsvp_accept, name="rsvp-accept"),
    path("r/<str:token>/kalendars.ics", views.rsvp_ics, name="rsvp-ics"),
    path("r/<str:token>/kods.svg", views.rsvp_code, name="rsvp-code"),
    path("r/<str:token>/aptauja/", views.survey, name="survey"),
    path("r/<str:token>/apliecinajums.pdf", views.certificate, name="certificate"),
    re_path(r"^r/(?P<token>[^/]+)/(?P<answer>ja|ne)/$", views.rsvp_answer, name="rsvp-answer"),
]
