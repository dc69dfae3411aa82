"""How people, dates and states are written."""

from datetime import date, datetime, time

import pytest
import time_machine
from django.utils import translation

from auditorium import clock
from auditorium.enums import FollowUpState, MessageState, ReminderState, VisitState
from auditorium.models import FollowUp, Message, Reminder, Visit
from auditorium.templatetags import desk


def test_face_is_the_first_character():
    assert [desk.face(name) for name in ("张小明", " 欧阳兰", "")] == ["张", "欧", ""]


@time_machine.travel("2026-11-23T16:30Z", tick=False)  # already the 24th at the hall
def test_age_is_counted_by_the_halls_day():
    assert [desk.age(day) for day in (date(1954, 11, 24), date(1954, 11, 25), None)] == [72, 71, None]


@time_machine.travel("2026-11-23T01:00Z", tick=False)
def test_dates_and_times_follow_the_language():
    moment = datetime(2026, 11, 24, 8, 30, tzinfo=clock.SHANGHAI)
    with translation.override("zh-hans"):
        written = [desk.full_date(moment), desk.clock_time(moment), desk.lunar_date(moment)]
    with translation.override("en"):
        english = [desk.full_date(moment), desk.clock_time(time(14, 5))]

    assert written == ["11月24日 周二", "上午8:30", "农历十月十六"]
    assert english == ["Tuesday 24 November", "2:05 pm"]


def test_what_is_not_known_is_written_as_nothing():
    assert [desk.full_date(None), desk.clock_time(None), desk.lunar_date(None), desk.masked(None)] == [""] * 4


def test_phone_is_masked():
    assert desk.masked("+8613812340021") == "138****0021"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Visit(state=VisitState.WAITING), "warn"),
        (Visit(state=VisitState.DONE), "plain"),
        (FollowUp(state=FollowUpState.WRONG_NUMBER), "stop"),
        (Message(state=MessageState.DELIVERED), "good"),
        (Message(state="undelivered"), "stop"),
        (Reminder(state=ReminderState.FOLLOW_UP), "warn"),
    ],
)
def test_tone_says_how_a_state_is_to_be_taken(row, expected):
    assert desk.tone(row) == expected
