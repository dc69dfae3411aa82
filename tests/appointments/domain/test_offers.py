"""候补有号了: what taking, refusing and losing a held place does to it and to nothing else."""

from datetime import timedelta

import pytest
import time_machine

from appointments.domain import bookings, offers, suspensions, turns, waitlist
from appointments.enums import HospitalKnows, SessionState
from appointments.errors import NotLive, OfferOver, VillagerNotReady
from appointments.models import Appointment, ClinicSession, Slot
from auditorium import clock
from auditorium.enums import ReminderPurpose
from auditorium.models import FollowUp, Reminder
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user
from tests.outbox import at as moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(moment("11-23 10:00"), tick=False) as now:
        yield now


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def slot(hall):
    """Two places, five days ahead."""
    return SlotFactory(session__allotted_hall=hall, capacity=2)


@pytest.fixture
def held(slot, hall, desk):
    """Both places held for the first two of the queue."""
    session = slot.session
    made = [bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk) for _ in range(2)]
    for _ in range(2):
        waitlist.join(
            villager=bookable_villager(hall),
            department=session.department,
            hall=hall,
            by=desk,
            first_date=session.date,
            last_date=session.date,
        )
    for appointment in made:
        bookings.cancel(appointment=appointment, by=desk)
    turns.serve_waitlists()
    return list(Appointment.objects.filter(state="held").order_by("pk"))


def states(*rows):
    return [type(row).objects.get(pk=row.pk).state for row in rows]


def offered(appointment):
    return Reminder.objects.get(about_id=appointment.pk, purpose=ReminderPurpose.OFFERED)


def test_accepting_one_offer_leaves_the_others(held, desk):
    first, second = held
    offers.accept(appointment=first, by=desk)
    assert states(first, second) == ["booked", "held"]
    assert states(first.waitlist_entry, second.waitlist_entry) == ["booked", "offered"]
    assert (offered(first).state, offered(second).state) == ("cancelled", "planned")


def test_accepting_asks_a_hospital_that_wants_to_be_asked(held, slot, desk):
    slot.session.department.hospital.acknowledges = True
    slot.session.department.hospital.save()
    assert offers.accept(appointment=held[0], by=desk).hospital_knows == HospitalKnows.UNSENT


def test_accepting_in_a_session_that_closed_meanwhile_is_refused(held, slot, desk):
    ClinicSession.objects.filter(pk=slot.session_id).update(state=SessionState.SUSPENDED)
    with pytest.raises(OfferOver):
        offers.accept(appointment=held[0], by=desk)
    assert states(*held) == ["held", "held"]


def test_accepting_asks_again_whether_the_villager_can_be_booked_for(held, desk):
    held[0].villager.consents.all().delete()
    with pytest.raises(VillagerNotReady):
        offers.accept(appointment=held[0], by=desk)
    assert states(held[0], held[0].waitlist_entry) == ["held", "offered"]


@pytest.mark.parametrize("refuse", ["decline", "leave", "lapse"])
def test_an_offer_that_came_to_nothing_frees_its_place_and_owes_no_news_of_it(held, slot, desk, monday, refuse):
    first, second = held
    if refuse == "decline":
        offers.decline(appointment=first, by=desk)
    elif refuse == "leave":
        waitlist.leave(entry=first.waitlist_entry, by=desk)
    else:
        Appointment.objects.filter(pk=first.pk).update(held_until=clock.now())
        assert offers.lapse_overdue() == 1
    assert (offered(first).state, offered(second).state) == ("cancelled", "planned")
    assert (Slot.objects.get(pk=slot.pk).taken, states(second)) == (1, ["held"])


def test_overdue_in_one_session_leaves_the_other_sessions_to_the_sweep(held, slot, monday):
    monday.shift(timedelta(hours=2))
    assert offers.lapse_overdue(SlotFactory().session) == 0
    assert (offers.lapse_overdue(slot.session), offers.lapse_overdue()) == (2, 0)


def test_who_is_back_in_the_queue_after_a_suspension_can_still_leave_it(held, slot, desk):
    """The place they had been offered is no offer any more."""
    entry = held[0].waitlist_entry
    suspensions.settle(suspensions.suspend(scope=suspensions.scope_of([slot.session]), why="停电", by=None))
    assert states(entry) == ["waiting"]
    waitlist.leave(entry=entry, by=desk)
    assert states(entry) == ["left"]
    with pytest.raises(NotLive):
        waitlist.leave(entry=entry, by=desk)


def test_the_villager_is_told_in_words_of_what_they_lost(held, monday):
    monday.shift(timedelta(hours=2))
    offers.lapse_overdue()
    task = FollowUp.objects.filter(villager=held[0].villager).get()
    assert task.reason == "候补的号没有在时间内答复，已经给了下一位"
    assert task.words == ("张小明您好，给您留的候补号过了时间，已经给了别人。还要看的话，我们再帮您排，或约别的时间。")
