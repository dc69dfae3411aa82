"""One thing at a time in a room: asked, and written, under the room's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium.dates import clock_time, full_date
from auditorium.domain import audit
from auditorium.errors import DeskError
from auditorium.models import ActivityDate, Room

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from auditorium.models import Hall, User


class RoomTaken(DeskError):
    """Something else is held there then."""


@transaction.atomic
def add(*, hall: Hall, name: str, places: int, by: User | None) -> Room:
    """One more room of the hall. Raises ValidationError where it has one of that name."""
    room = Room(hall=hall, name=name, places=places)
    room.full_clean()
    room.save()
    audit.record(action="added", what=room, by=by, hall=hall)
    return room


def lock(room_ids: Iterable[int]) -> dict[int, Room]:
    """The rooms, locked in the order of their keys until the transaction ends: what is free now stays so."""
    rooms = Room.objects.select_for_update(no_key=True).filter(pk__in=set(room_ids)).order_by("pk")
    return {room.pk: room for room in rooms}


def check_free(*, room: Room, starts_at: datetime, ends_at: datetime, besides: int = 0) -> None:
    """Raise RoomTaken, saying by what, unless the locked room is free then; `besides` is a date that may go."""
    taken = ActivityDate.objects.scheduled().filter(room=room, starts_at__lt=ends_at, ends_at__gt=starts_at)
    clash = taken.exclude(pk=besides).select_related("activity").order_by("starts_at").first()
    if clash:
        raise RoomTaken(
            _("%(room)s在%(day)s%(start)s到%(end)s已经有“%(title)s”了，请换个时间或场地。")
            % {
                "room": room.name,
                "day": full_date(clash.starts_at),
                "start": clock_time(clash.starts_at),
                "end": clock_time(clash.ends_at),
                "title": clash.activity.title,
            }
        )


def check_seats(*, room: Room, places: int | None) -> None:
    """Raise DeskError where more people could sign up than the room has places for."""
    if places is not None and places > room.places:
        raise DeskError(
            _("%(room)s只坐得下%(seats)d人，名额不能超过它。请换场地，或少写几个名额。")
            % {"room": room.name, "seats": room.places}
        )
