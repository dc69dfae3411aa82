"""What a phone opens by the QR code it was given: one resource, until the grant ends. Nobody is logged in here.

The token in the address is the only key: no cookie is set, none is read, and no address leaves the page it stands on.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from auditorium.domain.library import details, grants
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole
from auditorium.media_types import EPUB
from auditorium.views.access import client_address
from auditorium.views.library import opening, reading
from auditorium.views.library.serving import send
from auditorium.views.library.uses import THEMES, Ways

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from auditorium.models import ResourceGrant

FRAME = "auditorium/library/phone.html"
_GUESSES = 30
_GUESSES_IN = 60
"""So many unknown tokens in so many seconds are taken from one address; then it waits, without a look at the rows."""


@dataclass(frozen=True)
class Held:
    """A grant that opens something, and the token by which it was found."""

    grant: ResourceGrant
    token: str

    def url(self, name: str, *args: object) -> str:
        """An address beneath the token."""
        return reverse(f"auditorium:phone_{name}", args=[self.token, *args])

    def ways(self, uid: UUID) -> PhoneWays:
        """Those of an opening of it, or Http404."""
        return PhoneWays(get_object_or_404(grants.uses_of(self.grant), uid=uid), self)


@dataclass(frozen=True)
class PhoneWays(Ways):
    """The same addresses beneath the token."""

    held: Held

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """No trail, no theme that a session would have to keep, and no token against forgery: there is no session."""
        around = {"frame": FRAME, "theme": THEMES[0], "csrf_token": "", "hall": self.use.hall}
        names = {"ways": self, "progress": self.progress, "use": self.use, "resource": self.use.resource}
        return around | names

    def _url(self, name: str, *args: object) -> str:
        return self.held.url(name, *args)


def by_grant(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hand the view the grant of the token in its address; say in a sentence why there is none or it opens nothing.

    Posts need no token against forgery: no cookie speaks for anybody here, and whoever knows the address may post.
    """

    @csrf_exempt
    @login_not_required
    @sensitive_variables()
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        guesses = f"unknown-grants-{client_address(request)}"
        if cache.get(guesses, 0) >= _GUESSES:
            return _closed(request, _("试的次数太多了，请过一分钟再试。"), status=429)
        try:
            response = view(request, Held(grants.of_token(token), token), *args, **kwargs)
        except grants.UnknownGrantError as unknown:
            cache.add(guesses, 0, _GUESSES_IN)
            with suppress(ValueError):  # the minute was over just now
                cache.incr(guesses)
            return _closed(request, unknown.sentence, status=404)
        except Http404:
            return _closed(request, _("这个地址打不开。请再扫一次二维码，或者到礼堂要一个新的。"), status=404)
        except grants.GrantOverError as over:
            return _closed(request, over.sentence, status=410)
        return _kept_to_itself(response)

    return wrapped


@by_grant
@require_safe
def begin(request: HttpRequest, held: Held) -> HttpResponse:
    """What it is, until when, and the button that opens it; looking at it is no use yet."""
    return _begin(request, held)


@by_grant
@require_POST
def phone_open(request: HttpRequest, held: Held) -> HttpResponse:
    """Open it, which counts as a use."""
    return redirect(PhoneWays(grants.open_resource(grant=held.grant), held).page())


@by_grant
@require_safe
def phone_use(request: HttpRequest, held: Held, uid: UUID) -> HttpResponse:
    """Read, hear or watch."""
    try:
        return opening.show(request, held.ways(uid))
    except DeskError as refusal:
        return _begin(request, held, refused=refusal.sentence)


@by_grant
@require_POST
def phone_progress(request: HttpRequest, held: Held, uid: UUID) -> HttpResponse:
    """How far it got."""
    return opening.told(request, held.ways(uid), ended=held.url("begin"))


@by_grant
@require_safe
def phone_picture(request: HttpRequest, held: Held, uid: UUID, part: int, path: str) -> HttpResponse:
    """A picture out of the book."""
    return reading.picture(held.ways(uid).use, part, path)


@by_grant
@require_safe
def phone_file(request: HttpRequest, held: Held, pk: int) -> HttpResponseBase:
    """One of the resource's files; with `download` it is saved, where the rights holder lets it be."""
    row = get_object_or_404(grants.files_of(held.grant), pk=pk)
    saved = "download" in request.GET or row.file.media_type == EPUB
    if saved and not grants.may_be_kept(held.grant.resource):
        raise Http404
    return send(request, row.file, name=row.title or row.resource.title, download=saved)


@by_grant
@require_safe
def phone_cover(request: HttpRequest, held: Held) -> HttpResponseBase:
    """Its cover."""
    row = get_object_or_404(grants.files_of(held.grant), role=FileRole.COVER)
    return send(request, row.file, name=row.resource.title)


@by_grant
@require_safe
def phone_sound(request: HttpRequest, held: Held, pk: int) -> HttpResponseBase:
    """A phrase of the lesson."""
    phrase = get_object_or_404(grants.phrases_of(held.grant), pk=pk)
    if phrase.audio is None:
        raise Http404
    return send(request, phrase.audio, name=phrase.words)


def _begin(request: HttpRequest, held: Held, refused: str = "") -> HttpResponse:
    has_cover = grants.files_of(held.grant).filter(role=FileRole.COVER).exists()
    kept = [(row, f"{held.url('resource_file', row.pk)}?download=1") for row in grants.kept_files(held.grant)]
    context = {
        "grant": held.grant,
        "resource": held.grant.resource,
        "hall": held.grant.hall,
        "button": details.BUTTONS[held.grant.resource.kind],
        "cover": held.url("cover") if has_cover else "",
        "open": held.url("open"),
        "kept": kept,
        "refused": refused,
    }
    return render(request, "auditorium/library/phone_begin.html", context)


def _closed(request: HttpRequest, sentence: str, *, status: int) -> HttpResponseBase:
    response = render(request, "auditorium/library/phone_closed.html", {"sentence": sentence}, status=status)
    return _kept_to_itself(response)


def _kept_to_itself(response: HttpResponseBase) -> HttpResponseBase:
    """The address, which is the key, is told to nobody, and what was shown is asked for anew each time."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_cache=True)
    return response
