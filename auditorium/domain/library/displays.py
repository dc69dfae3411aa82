"""The second screen: paired by a code, told what to play by the desk, and empty again when nothing plays.

A screen stands in the room: it gets a resource's own content and nothing of the person it is played for. The desk's
use of it is counted without a name.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit
from auditorium.domain.library import use as uses
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, ResourceKind, UsePlace
from auditorium.models import Display, Phrase, Resource, ResourceFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import Hall, User
    from auditorium.models.library.displays import DisplayQuerySet

PLAYED = (ResourceKind.AUDIO, ResourceKind.VIDEO, ResourceKind.OPERA, ResourceKind.LESSON)
CODE_FOR = timedelta(minutes=10)
IDLE = timedelta(minutes=10)
SEEN_EVERY = timedelta(seconds=20)
MOST_WAITING = 50
"""Screens with a code at one time; more is somebody playing with the address."""


class NoSuchCodeError(DeskError):
    """No screen shows this code now."""


@transaction.atomic
def begin() -> tuple[Display, str]:
    """A screen that wants to be paired, and the token it keeps. DeskError when very many want to."""
    waiting = Display.objects.filter(hall__isnull=True)
    waiting.filter(made_at__lt=clock.now() - CODE_FOR).delete()
    taken = set(waiting.values_list("code", flat=True))
    if len(taken) >= MOST_WAITING:
        raise DeskError(_("正在连的屏幕太多了，请过十分钟再试。"))
    code = next(code for code in iter(lambda: f"{secrets.randbelow(10**6):06}", "") if code not in taken)
    token = secrets.token_urlsafe(32)
    return Display.objects.create(token_hash=_hash(token), code=code), token


def known_by(token: str) -> Display | None:
    """The screen with this token, emptied if nothing played for a while; that it was seen is noted now and then."""
    found = _loaded().filter(token_hash=_hash(token)).first() if token else None
    if found is None or (found.hall_id is None and found.made_at < clock.now() - CODE_FOR):
        return None
    now = clock.now()
    if found.seen_at < now - SEEN_EVERY:
        Display.objects.filter(pk=found.pk).update(seen_at=now)
    if found.use_id and (found.active_at is None or found.active_at < now - IDLE):
        _empty(Display.objects.filter(pk=found.pk, active_at=found.active_at))
        return _loaded().filter(pk=found.pk).first()
    return found


@transaction.atomic
def pair(*, code: str, name: str, hall: Hall, by: User) -> Display:
    """Make the screen that shows this code the hall's. NoSuchCodeError when none does, or no longer."""
    fresh = Display.objects.filter(code=code, hall__isnull=True, made_at__gte=clock.now() - CODE_FOR)
    found = fresh.select_for_update().first() if code else None
    if found is None:
        raise NoSuchCodeError(_("没有屏幕在显示这个配对码。请照屏幕上的数字再输一遍；过了十分钟要重新显示。"))
    found.hall, found.code, found.name, found.paired_by = hall, "", name, by
    found.version += 1
    found.save()
    audit.record(action="display_paired", what=found, by=by, hall=hall)
    return found


@transaction.atomic
def unpair(*, display: Display, by: User) -> None:
    """The hall's no more: the screen forgets at once what it showed."""
    audit.record(action="display_unpaired", what=display, by=by, hall=display.hall)
    display.delete()


@transaction.atomic
def send(*, display: Display, resource: Resource, by: User) -> Display:
    """Play the resource there, from the beginning, for whoever is in the room. DeskError for what does not play."""
    held = _held(display)
    if held.hall is None or resource.kind not in PLAYED:
        raise DeskError(_("这一种不能放到大屏上。"))
    pieces = _pieces(resource)
    if not pieces:
        raise DeskError(_("里面还没有可以放的内容。"))
    held.use = uses.open_resource(resource=resource, hall=held.hall, by=by, place=UsePlace.DISPLAY)
    return _show(held, pieces[0])


@transaction.atomic
def play(*, display: Display) -> None:
    """Go on."""
    _changed(display, is_playing=True, active_at=clock.now())


@transaction.atomic
def pause(*, display: Display) -> None:
    """Hold on; after a while without playing the screen is emptied."""
    _changed(display, is_playing=False, active_at=clock.now())


@transaction.atomic
def step(*, display: Display, by: int, ended: int | None = None) -> None:
    """On to the next piece (`by` 1) or back (-1); after the last one it is done.

    `ended` is the version whose piece the screen says came to its end: said late, it changes nothing.
    """
    held = _held(display)
    if held.use is None or (ended is not None and ended != held.version):
        return
    pieces = _pieces(held.use.resource)
    here = next((index for index, piece in enumerate(pieces) if piece in {held.part, held.phrase}), 0)
    there = max(here + by, 0)
    uses.progress(use=held.use, position=min(uses.END * there // max(len(pieces), 1), uses.END))
    if there < len(pieces):
        _show(held, pieces[there])
    else:
        _empty(Display.objects.filter(pk=held.pk))


@transaction.atomic
def stop(*, display: Display) -> None:
    """Show nothing."""
    _empty(Display.objects.filter(pk=display.pk))


def still_plays(*, display: Display) -> None:
    """The screen says that it is playing: that is not idle."""
    Display.objects.filter(pk=display.pk, is_playing=True).update(active_at=clock.now())


def of_hall(hall: Hall) -> DisplayQuerySet:
    """A hall's screens with what they show."""
    return _loaded().filter(hall=hall)


def is_seen(display: Display) -> bool:
    """Whether the screen is switched on and asks what to do."""
    return display.seen_at >= clock.now() - 3 * SEEN_EVERY


def _loaded() -> DisplayQuerySet:
    return Display.objects.select_related("hall", "use__resource", "part__file", "phrase__audio", "phrase__speaker")


def _held(display: Display) -> Display:
    """The screen, locked; DeskError when it was unpaired meanwhile."""
    held = _loaded().select_for_update(of=("self",)).filter(pk=display.pk).first()
    if held is None:
        raise DeskError(_("这块屏幕已经不连着了。"))
    return held


def _pieces(resource: Resource) -> list[ResourceFile] | list[Phrase]:
    """What is played one after the other."""
    if resource.kind == ResourceKind.LESSON:
        return list(resource.phrases.shown().filter(audio__isnull=False))
    return list(resource.files.filter(role=FileRole.CONTENT))


def _show(display: Display, piece: ResourceFile | Phrase) -> Display:
    display.part = piece if isinstance(piece, ResourceFile) else None
    display.phrase = piece if isinstance(piece, Phrase) else None
    display.is_playing, display.active_at = True, clock.now()
    display.version += 1
    display.save()
    return display


def _changed(display: Display, **values: object) -> None:
    Display.objects.filter(pk=display.pk, use__isnull=False).update(version=F("version") + 1, **values)


def _empty(displays: QuerySet[Display]) -> None:
    displays.update(use=None, part=None, phrase=None, is_playing=False, active_at=None, version=F("version") + 1)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
