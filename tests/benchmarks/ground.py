"""What the benchmarks stand on: an empty database, and a hall with people to book for and places to book."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django

django.setup()

from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from datetime import timedelta  # noqa: E402

from django.db import connection  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

from appointments.enums import AppointmentSource, AppointmentState  # noqa: E402
from appointments.models import Appointment, Department, Slot  # noqa: E402
from auditorium import clock  # noqa: E402
from auditorium.enums import ConsentPurpose, IdentityKind  # noqa: E402
from auditorium.models import Consent, Contact, Hall, Phone, User, Villager, VillagerHall  # noqa: E402
from tests.appointments.factories import ClinicSessionFactory, DepartmentFactory, at  # noqa: E402
from tests.factories import HallFactory, OpeningHoursFactory, desk_user  # noqa: E402

SLOTS_PER_SESSION = 10
HALF_AN_HOUR = timedelta(minutes=30)


@contextmanager
def database() -> Iterator[str]:
    """An empty database with every table; yields its name."""
    state = setup_databases(verbosity=0, interactive=False)
    try:
        yield connection.settings_dict["NAME"]
    finally:
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()
        teardown_databases(state, verbosity=0)


def url_of(database: str) -> str:
    """DATABASE_URL of a database beside ours."""
    return f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{database}"


@dataclass
class Ground:
    """A hall, somebody at its desk, and a department whose places are the hall's."""

    hall: Hall
    desk: User
    department: Department

    @classmethod
    def make(cls) -> "Ground":
        """With opening hours, as every hall that has been in use for a day has them."""
        hall = HallFactory()
        for weekday in range(1, 6):
            OpeningHoursFactory(hall=hall, weekday=weekday)
        return cls(hall=hall, desk=desk_user(hall), department=DepartmentFactory())

    def people(self, count: int) -> list[Villager]:
        """Villagers who can be booked for and are told by text on phones of their own."""
        now = clock.now()
        kind = IdentityKind.RESIDENT_ID_SEEN
        people = Villager.objects.bulk_create(
            Villager(name=f"张小{number}", identity_kind=kind, registered_at=self.hall) for number in range(count)
        )
        VillagerHall.objects.bulk_create(VillagerHall(villager=person, hall=self.hall) for person in people)
        Consent.objects.bulk_create(
            Consent(villager=person, purpose=purpose, hall=self.hall, given_at=now)
            for person in people
            for purpose in (ConsentPurpose.HEALTH, ConsentPurpose.REMINDERS)
        )
        phones = Phone.objects.bulk_create(Phone(number=f"+86137{person.pk:08}") for person in people)
        Contact.objects.bulk_create(
            Contact(villager=person, phone=phone) for person, phone in zip(people, phones, strict=True)
        )
        return people

    def places(self, count: int, *, capacity: int) -> list[Slot]:
        """Slots of this many places each, ten to a session, every session in a department of its own."""
        slots: list[Slot] = []
        while len(slots) < count:
            session = ClinicSessionFactory(
                department__hospital=self.department.hospital,
                allotted_hall=self.hall,
                last_number=capacity * SLOTS_PER_SESSION,
            )
            slots += [
                Slot(
                    session=session,
                    starts_at=at(session.date, 8) + HALF_AN_HOUR * n,
                    ends_at=at(session.date, 8) + HALF_AN_HOUR * (n + 1),
                    capacity=capacity,
                    numbers=[[n * capacity + 1, (n + 1) * capacity]],
                )
                for n in range(min(SLOTS_PER_SESSION, count - len(slots)))
            ]
        return Slot.objects.bulk_create(slots)


def booked(here: Ground, slot: Slot, person: Villager, *, number: int) -> Appointment:
    """A booking that is not saved yet."""
    session = slot.session
    return Appointment(
        reference=f"{slot.pk:05}{number:03}",
        source=AppointmentSource.SCHEDULE,
        state=AppointmentState.BOOKED,
        villager=person,
        hall=here.hall,
        slot=slot,
        session=session,
        hospital=session.department.hospital,
        department=session.department,
        date=session.date,
        period=session.period,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        number=number,
        booked_at=clock.now(),
    )


def analyse() -> None:
    """Let the planner know how many rows there are, as autovacuum does within a minute in use."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
