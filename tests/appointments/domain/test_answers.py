"""A villager's yes or no by text: confirms, cancels in a while, takes or refuses an offer."""

from datetime import timedelta

import pytest
import time_machine

from appointments.domain import answers, bookings, turns, waitlist
from appointments.enums import AppointmentState, WaitlistState
from appointments.models import WaitlistEntry
from auditorium.domain import delivery, replies
from auditorium.enums import TextLanguage
from auditorium.ports import Answered
from tests.appointments.factories import SlotFactory, reachable_villager
from tests.factories import SmsLineFactory, desk_user
from tests.outbox import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def slot():
    return SlotFactory(capacity=1)


@pytest.fixture
def hall(slot):
    return slot.session.allotted_hall


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def booked(slot, hall, desk):
    return bookings.book(slot=slot, villager=reachable_villager(hall), hall=hall, by=desk)


@pytest.fixture
def offered(slot, hall, desk, booked):
    """The one place, given back and held for who waited for it."""
    entry = waitlist.join(
        villager=reachable_villager(hall, name="李根生"),
        department=slot.session.department,
        hall=hall,
        by=desk,
        first_date=slot.session.date,
        last_date=slot.session.date,
    )
    bookings.cancel(appointment=booked, by=desk)
    turns.serve_waitlists()
    return entry.offers.get()


def reply(appointment, *, yes, own=True, may_decide=False):
    answered = answers.on_reply(appointment.pk, yes=yes, own=own, may_decide=may_decide)
    appointment.refresh_from_db()
    return answered


def test_short_names_nothing_but_whose_and_when(booked):
    assert answers.short(booked.pk) == f"{booked.villager.name[:4]}28日8:00"


def test_short_is_said_in_english_to_who_reads_it(booked):
    assert answers.short(booked.pk, TextLanguage.ENGLISH) == f"{booked.villager.name[:4]} 28 Nov 8:00"


def test_yes_changes_nothing(booked):
    assert (reply(booked, yes=True), booked.state) == (Answered(), AppointmentState.BOOKED)


def test_no_from_the_own_phone_cancels_in_a_while(booked, slot):
    assert (reply(booked, yes=False), booked.state) == (Answered(cancels=True), AppointmentState.BOOKED)
    assert answers.cancel(booked.pk, why="村民回短信取消") == ""
    booked.refresh_from_db()
    slot.refresh_from_db()
    assert (booked.state, booked.ended_reason, slot.taken) == (
        AppointmentState.CANCELLED_BY_VILLAGER,
        "村民回短信取消",
        0,
    )
    assert answers.cancel(booked.pk, why="又一次") == ""


def test_no_from_another_phone_never_cancels(booked):
    answered = reply(booked, yes=False, own=False, may_decide=True)
    assert (answered, booked.state) == (Answered(task="不是本人的手机，请问过村民再取消"), AppointmentState.BOOKED)


def test_no_after_the_deadline_is_a_task_that_says_whom_to_phone(booked, monday):
    monday.move_to(at("11-27 15:00"))
    assert "打电话给医院" in reply(booked, yes=False).task
    assert "打电话给医院" in answers.cancel(booked.pk, why="")
    booked.refresh_from_db()
    assert booked.state == AppointmentState.BOOKED


def test_yes_takes_an_offer(offered):
    assert offered.state == AppointmentState.HELD
    assert (reply(offered, yes=True), offered.state) == (Answered(), AppointmentState.BOOKED)
    assert WaitlistEntry.objects.get().state == WaitlistState.BOOKED


def test_somebody_who_may_decide_takes_an_offer_for_the_villager(offered):
    assert "不是本人的手机" in reply(offered, yes=True, own=False).task
    assert offered.state == AppointmentState.HELD
    assert (reply(offered, yes=True, own=False, may_decide=True), offered.state) == (
        Answered(),
        AppointmentState.BOOKED,
    )


def test_no_gives_an_offer_to_the_next(offered, slot):
    assert (reply(offered, yes=False), offered.state) == (Answered(), AppointmentState.CANCELLED_BY_VILLAGER)
    assert WaitlistEntry.objects.get().state == WaitlistState.LEFT


def test_a_yes_is_to_the_offer_whatever_else_the_phone_was_told(offered, hall, desk, monday):
    line = SmsLineFactory()
    later = SlotFactory(session__allotted_hall=hall)
    bookings.book(slot=later, villager=offered.villager, hall=hall, by=desk)
    delivery.sweep()
    number = offered.villager.contacts.get().phone.number.as_e164
    replies.receive(line=line, number=number, text="要")
    offered.refresh_from_db()
    assert offered.state == AppointmentState.BOOKED


def test_yes_too_late_is_a_task(offered, monday):
    monday.move_to(offered.held_until + timedelta(seconds=1))
    assert "已经过了时间" in reply(offered, yes=True).task
    assert offered.state == AppointmentState.HELD
