from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

# The admin has no log-in of its own: visitors go to the portal's, and who is no administrator is refused.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
handler500 = "kekava_portal.errors.server_error"

urlpatterns = [
    path("", include("people.urls")),
    path("", include("notices.urls")),
    path("", include("events.urls")),
    path("", include("councils.urls")),
    path("", include("dashboard.urls")),
    path("konts/", include("people.urls_account")),
    path("parvaldiba/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("parvaldiba/", admin.site.urls),
]
