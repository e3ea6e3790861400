from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from dashboard import exports, my, pages_content, views
from dashboard.panel import urls as panel


class PageConverter(StringConverter):
    """The addresses of the text pages, which stand right below the root."""

    regex = "|".join(pages_content.SLUGS)


register_converter(PageConverter, "page")

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("apkaimes/", views.neighbourhood_list, name="neighbourhood-list"),
    path("apkaimes/meklet/", views.find, name="find"),
    path("apkaimes/<slug:slug>/", views.neighbourhood, name="neighbourhood"),
    path("lemumi/", views.submission_list, name="submission-list"),
    path("lemumi/<int:pk>/", views.submission, name="submission"),
    path("meklet/", views.search, name="search"),
    path("mans/", my.my, name="my"),
    path("mans/dati/fails/", my.my_data_file, name="my-data"),
    path("mans/dati/dzest/", my.account_delete, name="account-delete"),
    path("panelis/parskati/<str:kind>.<str:format>", exports.export, name="export"),
    path("panelis/", include(panel.urlpatterns)),
    *panel.rooms,
    path("veseliba/", views.health, name="health"),
    path("stils/", views.style, name="style"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("<page:slug>/", views.page, name="page"),
]
