"""Rooms, activities and their dates for tests, in the week the tests live in."""

from datetime import date, datetime, time, timedelta

import factory
from factory.django import DjangoModelFactory

from auditorium import clock, models
from auditorium.domain.activities import schedule
from auditorium.domain.activities.schedule import ActivityDetails, Time
from tests.factories import ConsentFactory, ContactFactory, HallFactory, PhoneFactory, VillagerFactory

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment by the hall's wall clock."""
    return datetime.combine(day, time(hour, minute), tzinfo=clock.SHANGHAI)


class RoomFactory(DjangoModelFactory):
    """A classroom for thirty."""

    class Meta:
        model = models.Room

    hall = factory.SubFactory(HallFactory)
    name = factory.Sequence(lambda n: f"教室{n}")
    places = 30


def held_in(room: models.Room, *, day: date = TUESDAY, hour: int = 9, hours: int = 2) -> Time:
    """Two hours from nine on Tuesday."""
    starts_at = at(day, hour)
    return Time(starts_at, starts_at + timedelta(hours=hours), room)


def activity_in(room: models.Room, *, weeks: int = 1, day: date = TUESDAY, hour: int = 9, **details) -> models.Activity:
    """A smartphone class in the room, every Tuesday at nine."""
    said = ActivityDetails(**{"title": "智能手机班", **details})
    times = schedule.weekly(held_in(room, day=day, hour=hour), weeks)
    return schedule.create(hall=room.hall, details=said, times=times, by=None)


def told(hall: models.Hall, *, phone: models.Phone | None = None, **kwargs) -> models.Villager:
    """Somebody who agreed to texts and reads them on a phone of their own, or on the one given."""
    villager = VillagerFactory(registered_at=hall, **kwargs)
    ConsentFactory(villager=villager)
    ContactFactory(villager=villager, phone=phone or PhoneFactory())
    return villager
