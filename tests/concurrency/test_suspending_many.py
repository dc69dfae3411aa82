"""A whole hospital: two thousand people in bounded batches, everybody told once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.domain import suspension_telling, suspensions
from appointments.domain.places_given import ABOUT
from appointments.domain.suspensions import Scope
from appointments.enums import AppointmentSource, AppointmentState, SuspensionState
from appointments.models import Appointment, Slot
from auditorium import clock
from auditorium.domain import wording
from auditorium.enums import FollowUpKind, ReminderPurpose
from auditorium.models import FollowUp, Reminder
from tests.appointments.factories import ClinicSessionFactory, HospitalFactory, SlotFactory, at, reachable_villager
from tests.factories import HallFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.hard]
PEOPLE, SESSIONS = 2_000, 20
STATEMENTS_PER_BATCH = 45


def book_full(hospital):
    """Twenty sessions of different halls over five days, a hundred people in each."""
    for number in range(SESSIONS):
        hall = HallFactory()
        session = ClinicSessionFactory(
            department__hospital=hospital, allotted_hall=hall, date=clock.today() + timedelta(days=3 + number % 5)
        )
        each = PEOPLE // SESSIONS
        slot = SlotFactory(session=session, starts_at=at(session.date, 8), capacity=each, taken=each)
        people = [reachable_villager(hall) for _ in range(each)]
        Appointment.objects.bulk_create(
            Appointment(
                reference=f"{number:03d}{place:05d}",
                source=AppointmentSource.SCHEDULE,
                state=AppointmentState.BOOKED,
                villager=villager,
                hall=hall,
                slot=slot,
                session=session,
                hospital=hospital,
                department=session.department,
                date=session.date,
                period=session.period,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                number=place,
                booked_at=clock.now(),
            )
            for place, villager in enumerate(people, start=1)
        )


def test_two_thousand_are_told_once_each_in_batches_of_a_bounded_size():
    hospital = HospitalFactory()
    book_full(hospital)
    week = Scope(hospital=hospital, first_date=clock.today(), last_date=clock.today() + timedelta(days=10))
    suspension = suspensions.suspend(scope=week, why="台风", by=None)
    wording.current_templates(ABOUT)  # written down when first asked for
    with CaptureQueriesContext(connection) as queries:
        assert suspensions.settle(suspension) == PEOPLE
    assert len(queries) <= (PEOPLE / suspension_telling.BATCH + 1) * STATEMENTS_PER_BATCH
    suspension.refresh_from_db()
    assert suspension.state == SuspensionState.SETTLED
    news = Reminder.objects.filter(purpose=ReminderPurpose.SUSPENDED).values("about_id").distinct().count()
    tasks = FollowUp.objects.filter(kind=FollowUpKind.REBOOK).values("about_id").distinct().count()
    assert (news, tasks) == (PEOPLE, PEOPLE)
    assert (Reminder.objects.count(), FollowUp.objects.count()) == (PEOPLE, PEOPLE)
    assert set(Slot.objects.values_list("taken", "is_open")) == {(0, False)}
