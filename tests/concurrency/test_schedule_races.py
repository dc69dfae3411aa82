"""Two who open the same weekly schedules at once, and a leave beside them; each with a control."""

from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from threading import Barrier, BrokenBarrierError
from unittest import mock

import pytest
from django.db import IntegrityError, transaction

from appointments.domain import leaves, schedules
from appointments.enums import SessionState
from appointments.models import ClinicSession
from auditorium import clock
from tests.admin_rows import administrator
from tests.appointments.factories import LeaveFactory, ScheduleTemplateFactory
from tests.concurrency.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def templates():
    first = ScheduleTemplateFactory(valid_from=date(2020, 1, 1))
    return [
        first,
        *(
            ScheduleTemplateFactory(
                valid_from=date(2020, 1, 1), weekday=weekday, department=first.department, doctor=first.doctor
            )
            for weekday in range(2, 8)
        ),
    ]


def held_up_until(all_have_looked):
    """`missing` as it is, but nobody goes on with what they found before all have looked for the first time."""
    real = schedules.missing

    def look(templates, **kwargs):
        found = real(templates, **kwargs)
        with suppress(BrokenBarrierError):
            all_have_looked.wait(5)
        return found

    return mock.patch.object(schedules, "missing", look)


def test_two_openers_open_each_session_once_and_neither_fails(templates):
    looked = Barrier(2)
    with held_up_until(looked):
        results = at_once([partial(schedules.open_ahead, by=None)] * 2)
    looked.abort()
    sessions = list(ClinicSession.objects.values_list("template", "date"))
    assert sorted(results) == [0, len(sessions)]
    assert len(sessions) == len(set(sessions)) > 14


@pytest.mark.postgres
def test_two_openers_control_without_the_lock_one_fails(templates):
    """Without the hospital's lock both go on with what they saw, and the constraint stops one of them."""
    with held_up_until(Barrier(2)), mock.patch.object(schedules, "lock_hospitals"):
        results = at_once([partial(schedules.open_ahead, by=None)] * 2)
    assert [type(result) for result in results].count(IntegrityError) == 1


def test_nothing_stays_open_in_a_leave_that_came_while_sessions_were_opened(templates):
    doctor, boss = templates[0].doctor, administrator()
    first = clock.today() + timedelta(days=1)

    def go_away():
        with transaction.atomic():
            leave = LeaveFactory(doctor=doctor, first_date=first, last_date=first + timedelta(days=60))
            leaves.carry_out(leave=leave, by=boss)

    results = at_once([partial(schedules.open_ahead, by=None), go_away])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert not ClinicSession.objects.filter(date__gte=first, state=SessionState.OPEN).exists()
    assert schedules.open_ahead(by=None) == 0
