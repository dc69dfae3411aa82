"""When a booking is and how it stands, in words."""

from datetime import date

import pytest
import time_machine

from appointments.domain import standing
from appointments.enums import AppointmentState, HospitalKnows, Period
from appointments.models import Appointment
from tests.appointments.factories import at

DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def the_day_before():
    with time_machine.travel(at(date(2026, 11, 23), 9), tick=False):
        yield


def booking(**kwargs):
    return Appointment(**{"date": DAY, "state": AppointmentState.BOOKED, **kwargs})


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"starts_at": at(DAY, 8, 30), "period": Period.MORNING}, "11月24日 周二 上午8:30"),
        ({"period": Period.AFTERNOON}, "11月24日 周二 下午"),
        ({}, "11月24日 周二"),
    ],
)
def test_when_says_as_much_as_is_known(known, words):
    assert standing.when(booking(**known)) == words


@pytest.mark.parametrize(
    ("row", "words", "tone"),
    [
        ({}, "已约好", "good"),
        ({"hospital_knows": HospitalKnows.SENT}, "待医院确认", "warn"),
        ({"hospital_knows": HospitalKnows.ACKNOWLEDGED}, "已约好", "good"),
        ({"state": AppointmentState.CANCELLED_BY_VILLAGER}, "已取消", "plain"),
        ({"state": AppointmentState.CANCELLED_BY_CLINIC, "hospital_knows": HospitalKnows.SENT}, "医院停诊", "stop"),
        ({"state": AppointmentState.FULFILLED, "date": date(2026, 11, 1)}, "已就诊", "good"),
        ({"date": date(2026, 11, 1)}, "时间已过", "plain"),
        ({"date": date(2026, 11, 1), "hospital_knows": HospitalKnows.SENT}, "时间已过", "plain"),
    ],
)
def test_words_and_tone(row, words, tone):
    assert (standing.words(booking(**row)), standing.tone(booking(**row))) == (words, tone)


@pytest.mark.parametrize(
    ("known", "over_at"),
    [
        ({"starts_at": at(DAY, 8), "ends_at": at(DAY, 8, 30)}, at(DAY, 8, 30)),
        ({"starts_at": at(DAY, 8)}, at(DAY, 8)),
        ({"period": Period.MORNING}, at(DAY, 12)),
    ],
)
def test_is_over_from_its_end_on(known, over_at):
    with time_machine.travel(over_at, tick=False):
        assert standing.is_over(booking(**known))
    with time_machine.travel(at(DAY, 7, 59), tick=False):
        assert not standing.is_over(booking(**known))
