"""What a hall holds and when: a class on several dates or a single event, made and changed.

Rooms are locked before anything is asked of them, so two things never meet in one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import ActivityKind
from auditorium.dates import full_date
from auditorium.domain import audit
from auditorium.domain.activities import learning, places, rooms, telling
from auditorium.errors import DeskError, EndedError
from auditorium.models import Activity, ActivityDate, Attendance, Room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.models import Hall, User
    from auditorium.models.activities.activities import RoomQuerySet

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ActivityDetails:
    """What somebody writes down of an activity; the fields are those of the model."""

    title: str
    kind: str = ActivityKind.CLASS
    summary: str = ""
    audience: str = ""
    from_age: int | None = None
    teacher: str = ""
    places: int | None = None
    materials: str = ""
    closes_at: datetime | None = None


@dataclass(frozen=True)
class Time:
    """From when to when, and in which room."""

    starts_at: datetime
    ends_at: datetime
    room: Room


def weekly(first: Time, times: int) -> list[Time]:
    """The same weekday and hour, `times` weeks on end."""
    return [Time(first.starts_at + WEEK * week, first.ends_at + WEEK * week, first.room) for week in range(times)]


@transaction.atomic
def create(
    *, hall: Hall, details: ActivityDetails, times: Sequence[Time], by: User | None, skills: Sequence[str] = ()
) -> Activity:
    """Write an activity down with its dates and what it teaches, all of it or nothing.

    Raises RoomTaken where something else is held, DeskError for a room of another hall or too small, or times over.
    """
    locked = rooms.lock(time.room.pk for time in times)
    activity = Activity.objects.create(hall=hall, created_by=by, **asdict(details))
    audit.record(action="added", what=activity, by=by, hall=hall)
    for time in times:
        _write(activity, time, locked[time.room.pk])
    learning.teach(activity=activity, names=skills, by=by)
    return activity


@transaction.atomic
def change(
    *, activity: Activity, details: ActivityDetails, by: User | None, skills: Sequence[str] | None = None
) -> Activity:
    """Correct what is said of an activity; places that are added go to who waits first, who is told.

    Raises DeskError, changing nothing, where more have signed up than there would be places, a room is too small, or
    a skill would go that somebody was marked on. `skills` None: as they are.
    """
    held = places.lock(activity.pk)
    _require_open(held)
    if details.places is not None and details.places < (taken := places.taken(held)):
        raise DeskError(_("已经有%(taken)d人报上名了，名额不能比这少。") % {"taken": taken})
    for date in held.dates.coming().select_related("room"):
        rooms.check_seats(room=date.room, places=details.places)
    said = asdict(details)
    changed = [name for name, value in said.items() if getattr(held, name) != value]
    if changed:
        for name in changed:
            setattr(held, name, said[name])
        held.save(update_fields=changed)
        audit.record(action="changed", what=held, by=by, hall=held.hall, fields=changed)
        places.fill(held, by=by)
    if skills is not None:
        learning.teach(activity=held, names=skills, by=by)
    return held


@transaction.atomic
def add_date(*, activity: Activity, time: Time, by: User | None) -> ActivityDate:
    """One more date: whoever has a place or waits is to come then too, and those with a place are told.

    Raises RoomTaken, DeskError or EndedError, having written nothing.
    """
    room = rooms.lock([time.room.pk])[time.room.pk]
    held = places.lock(activity.pk)
    _require_open(held)
    date = _write(held, time, room)
    audit.record(action="changed", what=held, by=by, hall=held.hall, fields=["dates"])
    people = list(held.enrolments.live())
    Attendance.objects.bulk_create(
        Attendance(enrolment=one, date=date, hall_id=held.hall_id, villager_id=one.villager_id) for one in people
    )
    telling.changed(date)
    return date


@transaction.atomic
def move_date(*, date: ActivityDate, time: Time, by: User | None) -> ActivityDate:
    """Another time or room: everybody with a place is told, and reminded of the new time instead of the old one.

    Raises RoomTaken, DeskError or EndedError, having changed nothing.
    """
    room = rooms.lock([time.room.pk])[time.room.pk]
    held = places.lock(date.activity_id)
    fresh = ActivityDate.objects.select_related("activity", "hall").get(pk=date.pk)
    require_coming(fresh)
    _check(held, time, room, besides=fresh.pk)
    new = {"starts_at": time.starts_at, "ends_at": time.ends_at, "room_id": room.pk}
    changed = [name for name, value in new.items() if getattr(fresh, name) != value]
    if changed:
        for name, value in new.items():
            setattr(fresh, name, value)
        fresh.save(update_fields=[*new])
        audit.record(action="moved", what=fresh, by=by, hall=held.hall, fields=changed)
        telling.changed(fresh)
    return fresh


def require_coming(date: ActivityDate) -> None:
    """Raise EndedError where a date was called off or has begun."""
    if not date.takes_place:
        raise EndedError(_("%(day)s这一次已经取消了。") % {"day": full_date(date.starts_at)})
    if date.starts_at <= clock.now():
        raise EndedError(_("%(day)s这一次已经开始了，不能再改。") % {"day": full_date(date.starts_at)})


def halls_rooms(hall: Hall) -> RoomQuerySet:
    """Where the hall can hold something."""
    return Room.objects.usable().filter(hall=hall)


def _write(activity: Activity, time: Time, room: Room) -> ActivityDate:
    _check(activity, time, room)
    return ActivityDate.objects.create(
        activity=activity, hall=activity.hall, room=room, starts_at=time.starts_at, ends_at=time.ends_at
    )


def _check(activity: Activity, time: Time, room: Room, besides: int = 0) -> None:
    """Raise DeskError unless the activity can be held then in the locked room."""
    if room.hall_id != activity.hall_id or not room.is_active:
        raise DeskError(_("这个场地不能用，请另选一个。"))
    if time.ends_at <= time.starts_at:
        raise DeskError(_("结束时间要晚于开始时间。"))
    if time.starts_at <= clock.now():
        raise DeskError(_("%(day)s这个时间已经过了，请写以后的时间。") % {"day": full_date(time.starts_at)})
    if activity.dates.scheduled().filter(starts_at=time.starts_at).exclude(pk=besides).exists():
        raise DeskError(_("这个活动在%(day)s这个时间已经有一次了。") % {"day": full_date(time.starts_at)})
    rooms.check_seats(room=room, places=activity.places)
    rooms.check_free(room=room, starts_at=time.starts_at, ends_at=time.ends_at, besides=besides)


def _require_open(activity: Activity) -> None:
    if not activity.is_open:
        raise EndedError(_("这个活动已经取消了。"))
