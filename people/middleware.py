from django.conf import settings
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
