"""The header's switches: each remembers the choice and leads back to where it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from auditorium.context_processors import TEXT_SIZE_COOKIE
from auditorium.domain import preferences
from auditorium.forms.preferences import HallForm, LanguageForm, ShortcutsForm, TextSizeForm
from auditorium.models import Hall
from auditorium.views.access import StaffRequest

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_YEAR = 365 * 24 * 3600


def back(request: HttpRequest) -> HttpResponse:
    """To the page named in `next` if it is one of ours, else to the desk."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return redirect(wanted)
    return redirect("auditorium:desk")


def remember_on_this_computer(response: HttpResponse, name: str, value: str) -> HttpResponse:
    """Keep the choice for the login page and whoever logs in here for the first time."""
    response.set_cookie(
        name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        preferences.choose_language(language=language, by=request.user)
    return remember_on_this_computer(back(request), settings.LANGUAGE_COOKIE_NAME, language)


@login_not_required
@require_POST
def set_text_size(request: HttpRequest) -> HttpResponse:
    """标准, 大字 or 特大."""
    form = TextSizeForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    text_size = form.cleaned_data["text_size"]
    if request.user.is_authenticated:
        preferences.choose_text_size(text_size=text_size, by=request.user)
    return remember_on_this_computer(back(request), TEXT_SIZE_COOKIE, text_size)


@require_POST
def set_shortcuts(request: StaffRequest) -> HttpResponse:
    """Single keys on or off."""
    form = ShortcutsForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    preferences.switch_shortcuts(on=form.cleaned_data["shortcuts"], by=request.user)
    return back(request)


@require_http_methods(["GET", "HEAD", "POST"])
def choose_hall(request: StaffRequest) -> HttpResponse:
    """The halls in scope; choosing one sits the user at its desk."""
    halls = Hall.objects.for_user(request.user).active()
    if request.method == "POST":
        form = HallForm(request.POST, halls=halls)
        if not form.is_valid():
            raise Http404
        preferences.choose_hall(hall=form.cleaned_data["hall"], by=request.user)
        return back(request)
    words = request.GET.get("name", "").strip()
    found = halls.select_related("region").filter(name__contains=words)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    context = {"page_obj": page, "words": words, "query": urlencode({"name": words})}
    return render(request, "auditorium/choose_hall.html", context)
