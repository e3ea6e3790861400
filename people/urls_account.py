"""The pages of log-in and registration: allauth's views and their names, with paths in Latvian.

Only those that our settings use (compare `allauth.account.urls` when allauth is raised).
"""

from allauth.account import views
from django.urls import path

from people.views import request_login_code

urlpatterns = [
    path("ienakt/", views.login, name="account_login"),
    path("ienakt/kods/", request_login_code, name="account_request_login_code"),
    path("ienakt/kods/apstiprinat/", views.confirm_login_code, name="account_confirm_login_code"),
    path("iziet/", views.logout, name="account_logout"),
    path("slegts/", views.account_inactive, name="account_inactive"),
    path("registreties/", views.signup, name="account_signup"),
    path("apstiprinat-epastu/", views.email_verification_sent, name="account_email_verification_sent"),
    path("epasts/", views.email, name="account_email"),
    path("parole/", views.password_change, name="account_change_password"),
    path("parole/izveidot/", views.password_set, name="account_set_password"),
    path("parole/apliecinat/", views.reauthenticate, name="account_reauthenticate"),
    path("parole/aizmirsta/", views.password_reset, name="account_reset_password"),
    path("parole/aizmirsta/kods/", views.confirm_password_reset_code, name="account_confirm_password_reset_code"),
    path("parole/aizmirsta/jauna/", views.complete_password_reset, name="account_complete_password_reset"),
    path("parole/aizmirsta/gatavs/", views.password_reset_from_key_done, name="account_password_reset_completed"),
]
