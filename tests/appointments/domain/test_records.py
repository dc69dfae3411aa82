"""Bookings made elsewhere: written down, changed, cancelled."""

import uuid
from datetime import time, timedelta

import pytest
from django.utils import translation

from appointments.domain import bookings, records
from appointments.domain.records import RecordDetails
from appointments.errors import AlreadyBooked, KeyReused, NotLive, VillagerNotReady
from appointments.models import Appointment, BookingChannel
from auditorium import clock
from auditorium.enums import FollowUpKind, ReminderPurpose, ReminderState
from auditorium.models import FollowUp, Reminder
from tests.appointments.factories import DepartmentFactory, HospitalFactory, SlotFactory, at, bookable_villager
from tests.factories import HallFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    """Somebody whose ID number nobody knows: a booking made elsewhere can still be written down."""
    return VillagerFactory(registered_at=hall)


def details(**known):
    """A hospital in words and a date five days ahead, and what else is known."""
    return RecordDetails(
        **{"hospital_text": "市人民医院", "date": clock.today() + timedelta(days=5), **known}  # type: ignore[arg-type]
    )


def record(villager, hall, desk, key=None, **known):
    return records.record(details=details(**known), villager=villager, hall=hall, by=desk, key=key)


def owed(appointment):
    live = Reminder.objects.about("appointment", appointment.pk).filter(state=ReminderState.PLANNED)
    return dict(live.values_list("purpose", "due_at"))


def test_record_needs_only_a_hospital_and_a_date(villager, hall, desk):
    appointment = record(villager, hall, desk)
    assert (appointment.source, appointment.state, appointment.slot) == ("elsewhere", "booked", None)
    assert appointment.hospital_name == "市人民医院"


def test_record_makes_a_task_of_what_is_missing(villager, hall, desk):
    record(villager, hall, desk)
    task = FollowUp.objects.open().get(villager=villager, kind=FollowUpKind.COMPLETE)
    assert task.reason == "问清楚：哪个科室、几点看"
    assert task.due_at <= at(clock.today() + timedelta(days=5), 8)


def test_record_with_everything_known_makes_no_task(villager, hall, desk):
    record(villager, hall, desk, department_text="骨科", time=time(8, 30))
    assert FollowUp.objects.open().filter(villager=villager).count() == 0


def test_record_plans_the_same_reminders_as_a_place_of_ours(villager, hall, desk):
    appointment = record(bookable_villager(hall), hall, desk, time=time(8, 30))
    assert {ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY} <= owed(appointment).keys()


def test_record_recognises_hospital_department_and_channel_by_name(villager, hall, desk):
    department = DepartmentFactory(hospital=HospitalFactory(name="柯桥区示例医院", short_name="区医院"), name="骨科")
    channel = BookingChannel.objects.create(hospital=department.hospital, name="浙里办")
    appointment = record(villager, hall, desk, hospital_text=" 区医院", department_text="骨科", channel_text="浙里办")
    assert (appointment.hospital, appointment.department, appointment.channel) == (
        department.hospital,
        department,
        channel,
    )
    assert (appointment.hospital_text, appointment.department_text, appointment.channel_text) == ("", "", "")


def test_record_the_same_twice_is_refused_and_named(villager, hall, desk):
    first = record(villager, hall, desk, department_text="骨科", time=time(8, 30))
    with pytest.raises(AlreadyBooked) as refusal:
        record(villager, hall, desk, department_text="骨 科", time=time(8, 30))
    assert first.reference in refusal.value.sentence
    assert Appointment.objects.count() == 1


def test_record_after_a_cancelled_one_is_allowed(villager, hall, desk):
    bookings.cancel(appointment=record(villager, hall, desk), by=desk)
    assert record(villager, hall, desk).is_live is True


def test_record_again_with_its_key_gives_the_same_and_other_content_is_refused(villager, hall, desk):
    key = uuid.uuid4()
    assert record(villager, hall, desk, key=key) == record(villager, hall, desk, key=key)
    with pytest.raises(KeyReused):
        record(villager, hall, desk, key=key, hospital_text="中医院")


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_record_refuses_who_is_gone(hall, desk, field):
    with pytest.raises(VillagerNotReady):
        record(VillagerFactory(registered_at=hall, **{field: clock.today()}), hall, desk)


def test_change_of_the_time_moves_the_reminders(hall, desk):
    villager = bookable_villager(hall)
    appointment = record(villager, hall, desk, time=time(8, 30))
    before = owed(appointment)
    later = details(date=clock.today() + timedelta(days=9), time=time(8, 30))
    changed = records.change(appointment=appointment, details=later, by=desk)
    after = owed(changed)
    assert changed.date == later.date
    assert after[ReminderPurpose.ONE_DAY] > before[ReminderPurpose.ONE_DAY]
    assert (
        Reminder.objects.about("appointment", appointment.pk)
        .filter(due_at__in=before.values())
        .exclude(state=ReminderState.CANCELLED)
        .filter(purpose=ReminderPurpose.ONE_DAY)
        .count()
        == 0
    )


def test_change_that_leaves_the_time_keeps_the_reminders_and_ends_the_task(villager, hall, desk):
    appointment = record(villager, hall, desk, time=time(8, 30))
    before = owed(appointment)
    records.change(appointment=appointment, details=details(time=time(8, 30), department_text="骨科"), by=desk)
    assert owed(appointment) == before
    assert FollowUp.objects.open().filter(kind=FollowUpKind.COMPLETE).count() == 0


def test_change_of_the_hospital_is_told_like_one_of_the_time(hall, desk):
    appointment = record(bookable_villager(hall), hall, desk, time=time(8, 30))
    about = Reminder.objects.about("appointment", appointment.pk)
    about.filter(purpose=ReminderPurpose.THREE_DAYS).update(state=ReminderState.TOLD)
    records.change(appointment=appointment, details=details(time=time(8, 30), hospital_text="中医院"), by=desk)
    assert ReminderPurpose.CHANGED in owed(appointment)


def test_change_that_only_recognises_the_hospital_tells_nobody_anew(hall, desk):
    appointment = record(bookable_villager(hall), hall, desk, time=time(8, 30), hospital_text="中医院")
    before = owed(appointment)
    HospitalFactory(name="中医院")
    records.change(appointment=appointment, details=details(time=time(8, 30), hospital_text="中医院"), by=desk)
    assert owed(appointment) == before


def test_what_is_missing_is_listed_in_the_desk_s_own_language(villager, hall, desk):
    with translation.override("en"):
        record(villager, hall, desk, department_text="")
        assert "、" not in FollowUp.objects.get().reason


def test_change_of_one_that_ended_is_refused(villager, hall, desk):
    appointment = bookings.cancel(appointment=record(villager, hall, desk), by=desk)
    with pytest.raises(NotLive):
        records.change(appointment=appointment, details=details(), by=desk)


def test_change_leaves_a_place_of_ours_alone(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall)
    appointment = bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    with pytest.raises(NotLive):
        records.change(appointment=appointment, details=details(), by=desk)


def test_cancel_of_a_recorded_one_has_no_deadline(villager, hall, desk, time_machine):
    appointment = record(villager, hall, desk, time=time(14, 0))
    time_machine.move_to(at(appointment.date, 10), tick=False)
    assert bookings.cancel(appointment=appointment, by=desk).state == "cancelled_by_villager"


def test_look_alikes_shows_live_bookings_of_the_day(villager, hall, desk):
    appointment = record(villager, hall, desk)
    assert list(records.look_alikes(villager=villager, day=appointment.date)) == [appointment]
    assert list(records.look_alikes(villager=villager, day=appointment.date + timedelta(days=1))) == []
