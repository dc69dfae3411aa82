"""Rows of hospitals and bookings for tests; sessions lie in the middle of the booking window."""

from datetime import date, datetime, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from appointments import models
from appointments.enums import Period
from auditorium import clock
from auditorium.enums import ConsentPurpose, IdentityKind
from auditorium.models import Consent, Hall, Villager
from tests.factories import ContactFactory, HallFactory, RegionFactory, VillagerFactory


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A local moment."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


class HospitalFactory(DjangoModelFactory):
    class Meta:
        model = models.Hospital

    name = factory.Sequence(lambda n: f"柯桥区示例医院{n}")
    region = factory.SubFactory(RegionFactory)
    phone = "057584001234"
    phone_hours = "每天 8:00–17:00"


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Department

    hospital = factory.SubFactory(HospitalFactory)
    name = factory.Sequence(lambda n: f"心血管内科{n}")


class DoctorFactory(DjangoModelFactory):
    class Meta:
        model = models.Doctor

    department = factory.SubFactory(DepartmentFactory)
    name = factory.Sequence(lambda n: f"章医生{n}")


class ClinicSessionFactory(DjangoModelFactory):
    """A morning five days ahead, its places allotted to one hall."""

    class Meta:
        model = models.ClinicSession

    department = factory.SubFactory(DepartmentFactory)
    date = factory.LazyFunction(lambda: clock.today() + timedelta(days=5))
    period = Period.MORNING
    fee = 10
    allotted_hall = factory.SubFactory(HallFactory)


class SlotFactory(DjangoModelFactory):
    """8:00 to 8:30 with three places, numbered from one."""

    class Meta:
        model = models.Slot
        skip_postgeneration_save = True

    session = factory.SubFactory(ClinicSessionFactory)
    starts_at = factory.LazyAttribute(lambda o: at(o.session.date, 8))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(minutes=30))
    capacity = 3
    numbers = factory.LazyAttribute(lambda o: [[1, o.capacity]] if o.capacity else [])

    @factory.post_generation
    def last_number(self, create: bool, extracted: int | None, **kwargs: object) -> None:
        highest = extracted or max((last for _, last in self.numbers), default=0)
        if create and self.session.last_number < highest:
            self.session.last_number = highest
            self.session.save(update_fields=["last_number"])


def bookable_villager(hall: Hall, **kwargs: object) -> Villager:
    """Somebody of this hall whose identity is known and who agreed to be booked for."""
    villager = VillagerFactory(registered_at=hall, identity_kind=IdentityKind.RESIDENT_ID_SEEN, **kwargs)
    Consent.objects.create(villager=villager, purpose=ConsentPurpose.HEALTH, hall=hall, given_at=clock.now())
    return villager


def reachable_villager(hall: Hall, **kwargs: object) -> Villager:
    """A bookable villager who agreed to texts on a phone of their own."""
    villager = bookable_villager(hall, **kwargs)
    Consent.objects.create(villager=villager, purpose=ConsentPurpose.REMINDERS, hall=hall, given_at=clock.now())
    ContactFactory(villager=villager)
    return villager


def released(session: models.ClinicSession, *, window_days: int = 14, at_hour: int = 7) -> datetime:
    """Have the session's department release places at a full hour; returns the moment."""
    models.BookingPolicy.objects.update_or_create(
        department=session.department, defaults={"window_days": window_days, "release_time": time(at_hour)}
    )
    return at(session.date - timedelta(days=window_days), at_hour)


class ScheduleTemplateFactory(DjangoModelFactory):
    """A doctor on Monday mornings from 8:00 to 10:00 with eight places for one hall, ever since."""

    class Meta:
        model = models.ScheduleTemplate

    department = factory.SubFactory(DepartmentFactory)
    doctor = factory.SubFactory(DoctorFactory, department=factory.SelfAttribute("..department"))
    weekday = 1
    period = Period.MORNING
    starts = time(8)
    ends = time(10)
    capacity = 8
    fee = 10
    allotted_hall = factory.SubFactory(HallFactory)
    valid_from = date(2026, 1, 1)


class LeaveFactory(DjangoModelFactory):
    """A doctor away for one Monday."""

    class Meta:
        model = models.Leave

    doctor = factory.SubFactory(DoctorFactory)
    department = factory.SelfAttribute("doctor.department")
    hospital = factory.SelfAttribute("department.hospital")
    first_date = date(2026, 11, 30)
    last_date = factory.SelfAttribute("first_date")
    reason = "医生休假"
