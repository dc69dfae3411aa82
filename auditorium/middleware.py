"""What holds for every request: the chosen language, and that personal pages are kept by nobody."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control

GetResponse = Callable[[HttpRequest], HttpResponse]


def chosen_language(request: HttpRequest) -> str:
    """The user's language; before login, the one last chosen on this computer; else Chinese.

    The browser's own wish is not asked: a hall's PC is often set up in English by whoever installed it.
    """
    if request.user.is_authenticated:
        chosen = request.user.language
    else:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class ChosenLanguageMiddleware:
    """Speaks the chosen language for the time of the request. Stands after AuthenticationMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class CompressPagesMiddleware(GZipMiddleware):
    """Compresses pages, and leaves files that can be asked for in parts as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A part is counted in the file's own bytes."""
        return response if response.has_header("Accept-Ranges") else super().process_response(request, response)


class DeskSessionMiddleware(SessionMiddleware):
    """Sessions that a second screen in the same browser does not keep alive: it asks all day, and nobody sits there."""

    SCREEN = "/display/"

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """As every page, except the screen's, which leaves the session as it found it."""
        return response if request.path.startswith(self.SCREEN) else super().process_response(request, response)


class PrivatePagesMiddleware:
    """Nothing shown to somebody who is logged in stays in a cache or on the disk of a shared PC."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, private=True, no_store=True)
        return response
