"""The second screen: paired by a code, told what to play or open by the desk, and empty again when nothing plays.

A screen stands in the room: it gets a resource's own content and nothing of the person it is played for. The desk's
use of it is counted without a name. A resource is shown piece by piece: files, a lesson's phrases, a course's steps; of
a book the desk turns the leaves.
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
from auditorium.domain.library import leaves, playlists
from auditorium.domain.library import use as uses
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, UsePlace
from auditorium.media_types import BOOKS
from auditorium.models import Display, Phrase, Resource, ResourceFile

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.domain.library.leaves import Leaf
    from auditorium.domain.library.pages import Links
    from auditorium.domain.library.playlists import Piece
    from auditorium.models import Hall, User
    from auditorium.models.library.displays import DisplayQuerySet

CODE_FOR = timedelta(minutes=10)
IDLE = timedelta(minutes=10)
READ_FOR = timedelta(minutes=30)
"""A page stands still while it is read, and talked about."""

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
    if found.use_id and (found.active_at is None or found.active_at < now - (READ_FOR if is_read(found) else IDLE)):
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
def rename(*, display: Display, name: str, by: User) -> None:
    """Call it something else."""
    if Display.objects.filter(pk=display.pk).update(name=name):
        audit.record(action="changed", what=display, by=by, hall=display.hall, fields=["name"])


@transaction.atomic
def unpair(*, display: Display, by: User) -> None:
    """The hall's no more: the screen forgets at once what it showed."""
    audit.record(action="display_unpaired", what=display, by=by, hall=display.hall)
    display.delete()


def send(*, display: Display, resource: Resource, by: User) -> Display:
    """Show the resource there, from the beginning, for whoever is in the room. DeskError for what cannot be shown."""
    if display.hall is None or resource.kind not in playlists.SHOWN:
        raise DeskError(_("这一种不能放到大屏上。"))
    pieces = playlists.of([resource], hall=display.hall)[resource.pk]
    if not pieces:
        raise DeskError(_("里面还没有可以放的内容。"))
    if isinstance(pieces[0], ResourceFile) and pieces[0].file.media_type in BOOKS:
        leaves.leaf(pieces[0].file, chapter=0, number=0)  # what cannot be opened is said before anything changes
    with transaction.atomic():
        held = _held(display)
        held.use = uses.open_resource(resource=resource, hall=display.hall, by=by, place=UsePlace.DISPLAY)
        return _show(held, pieces[0])


@transaction.atomic
def play(*, display: Display) -> None:
    """Go on. A book has nothing that plays."""
    if not is_read(_held(display)):
        _changed(display, is_playing=True, active_at=clock.now())


@transaction.atomic
def pause(*, display: Display) -> None:
    """Hold on; after a while without playing the screen is emptied."""
    _changed(display, is_playing=False, active_at=clock.now())


@transaction.atomic
def step(*, display: Display, by: int, ended: int | None = None) -> None:
    """On to the next piece (`by` 1) or back (-1); after the last one it is done.

    `ended` is the version whose piece came to its end: said late, it changes nothing.
    """
    held = _held(display)
    if held.use is None or held.hall is None or (ended is not None and ended != held.version):
        return
    pieces = playlists.of([held.use.resource], hall=held.hall)[held.use.resource_id]
    there = max(playlists.place(held, pieces) + by, 0)
    _progress(held, there, of=len(pieces))
    if there < len(pieces):
        _show(held, pieces[there])
    else:
        _empty(Display.objects.filter(pk=held.pk))


def turn(*, display: Display, by: int) -> None:
    """A leaf on (`by` 1) or back (-1); past either end of the book as `step`. DeskError when it cannot be opened."""
    seen = _loaded().filter(pk=display.pk).first()
    if seen is None or seen.part is None or not is_read(seen):
        return
    there = leaves.beyond(seen.part.file, chapter=seen.chapter, number=seen.leaf, by=by)
    if there:
        _open_at(seen, there)
    else:
        step(display=seen, by=by, ended=seen.version)


def turn_to(*, display: Display, chapter: int) -> None:
    """To the beginning of a chapter of the book that is shown; of one that is not there, to the last."""
    seen = _loaded().filter(pk=display.pk).first()
    if seen and seen.part and is_read(seen):
        _open_at(seen, leaves.leaf(seen.part.file, chapter=chapter, number=0))


@transaction.atomic
def stop(*, display: Display) -> None:
    """Show nothing."""
    _empty(Display.objects.filter(pk=display.pk))


def still_plays(*, display: Display) -> None:
    """The screen says that it is playing: that is not idle."""
    Display.objects.filter(pk=display.pk, is_playing=True).update(active_at=clock.now())


def is_read(display: Display) -> bool:
    """Whether it shows a book: nothing plays, and leaves are turned."""
    return display.part is not None and display.part.file.media_type in BOOKS


def read_on(display: Display, *, links: Links | None = None) -> Leaf | None:
    """The leaf of a book it shows; None where it shows no book, or one that can no longer be opened."""
    if display.part is None or not is_read(display):
        return None
    try:
        return leaves.leaf(display.part.file, chapter=display.chapter, number=display.leaf, links=links)
    except DeskError:
        return None


def captions(display: Display) -> ResourceFile | None:
    """The captions of the film or sound it plays."""
    if display.part is None or is_read(display):
        return None
    of = ResourceFile.objects.filter(resource=display.part.resource_id, role=FileRole.CONTENT).count()
    return next(iter(uses.beside(display.part, FileRole.CAPTIONS, of=of)), None)


def of_hall(hall: Hall) -> DisplayQuerySet:
    """A hall's screens with what they show."""
    return _loaded().filter(hall=hall)


def is_seen(display: Display) -> bool:
    """Whether the screen is switched on and asks what to do."""
    return display.seen_at >= clock.now() - 3 * SEEN_EVERY


def _loaded() -> DisplayQuerySet:
    return Display.objects.select_related(
        "hall", "use__resource", "part__file", "part__resource", "phrase__audio", "phrase__speaker", "phrase__resource"
    )


def _held(display: Display) -> Display:
    """The screen, locked; DeskError when it was unpaired meanwhile."""
    held = _loaded().select_for_update(of=("self",)).filter(pk=display.pk).first()
    if held is None:
        raise DeskError(_("这块屏幕已经不连着了。"))
    return held


def _show(display: Display, piece: Piece) -> Display:
    display.part = piece if isinstance(piece, ResourceFile) else None
    display.phrase = piece if isinstance(piece, Phrase) else None
    display.chapter = display.leaf = 0
    display.is_playing, display.active_at = not is_read(display), clock.now()
    display.version += 1
    display.save()
    return display


@transaction.atomic
def _open_at(seen: Display, leaf: Leaf) -> None:
    """Of two desks that turn at once one does."""
    unchanged = Display.objects.filter(pk=seen.pk, version=seen.version, use__isnull=False)
    there = {"chapter": leaf.chapter, "leaf": leaf.number}
    if unchanged.update(**there, active_at=clock.now(), version=F("version") + 1) and seen.use and seen.hall:
        pieces = playlists.of([seen.use.resource], hall=seen.hall)[seen.use.resource_id]
        _progress(seen, playlists.place(seen, pieces) + leaf.chapter / len(leaf.chapters), of=len(pieces))


def _progress(display: Display, done: float, *, of: int) -> None:
    if display.use:
        uses.progress(use=display.use, position=min(int(uses.END * done / max(of, 1)), uses.END))


def _changed(display: Display, **values: object) -> None:
    Display.objects.filter(pk=display.pk, use__isnull=False).update(version=F("version") + 1, **values)


def _empty(displays: QuerySet[Display]) -> None:
    displays.update(use=None, part=None, phrase=None, is_playing=False, active_at=None, version=F("version") + 1)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
