from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("pasts/", views.mailbox, name="mailbox"),
    path("pasts/<slug:name>/", views.mailbox_message, name="mailbox-message"),
    path("pasts/<slug:name>/html/", views.mailbox_html, name="mailbox-html"),
    path("pasts/<slug:name>/pielikums/<int:number>/", views.mailbox_file, name="mailbox-file"),
]
