from http import HTTPStatus

from django.conf import settings
from django.shortcuts import render
from django.utils import translation

YEAR = 60 * 60 * 24 * 365


def remember_language(response, language):
    """Keep the choice on this device for a year."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)


class ChosenLanguageMiddleware:
    """Latvian, unless this visitor chose another language here. What the browser asks for is not asked: the law makes
    Latvian the language of the site, and a resident's browser is often an English one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ButtonsOnlyMiddleware:
    """What is done with a button, opened as a page: who had to log in after pressing it, or reloads, comes here."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "GET" and response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            page = render(request, "405.html", status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response
