"""Whatever happens around a queue, in whatever order: no place is lost, none is given twice, and the first comes first.

What may happen is drawn by hypothesis; what must hold is asked after every step, and what must have been given after
every sweep. What a planted bug breaks is found; the
controls of the order and of answers are in tests/concurrency.
"""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from unittest import mock

import hypothesis.strategies as st
import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from appointments.domain import (
    bookings,
    eligibility,
    moves,
    numbers,
    offers,
    policies,
    queues,
    slots,
    suspensions,
    turns,
    waitlist,
    windows,
)
from appointments.enums import AppointmentState, SessionState, WaitlistState
from appointments.errors import BookingError
from appointments.models import Appointment, BookingPolicy, ClinicSession, Slot, Suspension, WaitlistEntry
from auditorium import clock
from auditorium.models import FollowUp, Villager
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    SlotFactory,
    at,
    bookable_villager,
)
from tests.factories import HallFactory, RegionFactory, UserFactory
from tests.outbox import at as moment

pytestmark = [pytest.mark.django_db, pytest.mark.hard]

START = moment("11-23 10:00")
ANY = st.integers(min_value=0, max_value=1000)


class Queues(RuleBasedStateMachine):
    """Two halls of a town and one of another, two departments of a hospital, full sessions of halls and of regions."""

    def __init__(self):
        super().__init__()
        self.inside = transaction.atomic()
        self.inside.__enter__()
        self.travelling = time_machine.travel(START, tick=False)
        self.clock = self.travelling.start()
        self.by = UserFactory(is_superuser=True)
        self.build()

    def teardown(self):
        self.travelling.stop()
        transaction.set_rollback(True)
        self.inside.__exit__(None, None, None)

    def build(self):
        county = RegionFactory(code="330603000000", level="county")
        town = RegionFactory(code="330603101000", level="town", parent=county)
        villages = [RegionFactory(code=code) for code in ("330603101201", "330603101202", "330603102201")]
        self.halls = [HallFactory(region=village) for village in villages]
        first = DepartmentFactory()
        second = DepartmentFactory(hospital=first.hospital)
        BookingPolicy.objects.create(hospital=first.hospital, per_week=2, max_moves=9)
        self.places = [(first, DoctorFactory(department=first)), (first, None), (second, None)]
        self.villagers = [bookable_villager(self.halls[n % 3]) for n in range(5)]
        day = clock.today()
        allotted = [{"allotted_hall": self.halls[0]}, {"allotted_region": town}, {"allotted_region": county}]
        for n, (department, doctor) in enumerate(self.places):
            for ahead in (2, 3):
                session = ClinicSessionFactory(
                    department=department,
                    doctor=doctor,
                    date=day + timedelta(days=ahead),
                    period="afternoon" if n == 1 else "morning",
                    **{"allotted_hall": None} | allotted[(n + ahead) % 3],
                )
                slot = SlotFactory(session=session, starts_at=at(session.date, 14 if n == 1 else 8), capacity=1)
                bookings.book(slot=slot, villager=bookable_villager(self.halls[0]), hall=self.halls[0], by=self.by)

    def pick(self, found, n):
        rows = list(found)
        return rows[n % len(rows)] if rows else None

    @rule(who=ANY, where=ANY, ahead=st.sampled_from([(2, 2), (3, 3), (2, 3)]), period=st.sampled_from(["", "morning"]))
    def join(self, who, where, ahead, period):
        villager = self.villagers[who % len(self.villagers)]
        department, doctor = self.places[where % len(self.places)]
        first, last = (START.date() + timedelta(days=days) for days in ahead)
        with suppress(BookingError):
            waitlist.join(
                villager=villager,
                department=department,
                hall=villager.registered_at,
                by=self.by,
                first_date=first,
                last_date=last,
                doctor=doctor,
                period=period,
            )

    @rule(n=ANY)
    def leave(self, n):
        if entry := self.pick(WaitlistEntry.objects.pending(), n):
            waitlist.leave(entry=entry, by=self.by)

    @rule(who=ANY, n=ANY, inline=st.booleans())
    def book(self, who, n, inline):
        villager = self.villagers[who % len(self.villagers)]
        slot = self.pick(Slot.objects.with_policies().order_by("pk"), n)
        if inline:
            turns.serve_before(slot.session)
        with suppress(BookingError):
            bookings.book(slot=slot, villager=villager, hall=villager.registered_at, by=self.by)

    @rule(n=ANY)
    def cancel(self, n):
        if appointment := self.pick(Appointment.objects.live().with_names().with_policies().order_by("pk"), n):
            with suppress(BookingError):
                bookings.cancel(appointment=appointment, by=self.by)

    @rule(n=ANY, yes=st.booleans())
    def answer(self, n, yes):
        ever = Appointment.objects.filter(waitlist_entry__isnull=False).with_names().order_by("-pk")
        if appointment := self.pick(ever, n):
            with suppress(BookingError):
                if yes:
                    offers.accept(appointment=appointment, by=self.by)
                else:
                    offers.decline(appointment=appointment, by=self.by)

    @rule(n=ANY, to=ANY)
    def move(self, n, to):
        booked = Appointment.objects.filter(state=AppointmentState.BOOKED).order_by("pk")
        if appointment := self.pick(booked, n):
            slot = self.pick(Slot.objects.order_by("pk"), to)
            with suppress(BookingError):
                moves.move(appointment=appointment, slot=slot, by=self.by)

    @rule(n=ANY, settled=st.booleans())
    def suspend(self, n, settled):
        session = self.pick(ClinicSession.objects.select_related("department__hospital").order_by("pk"), n)
        with suppress(BookingError):
            suspension = suspensions.suspend(scope=suspensions.scope_of([session]), why="医生外出", by=None)
            if settled:
                suspensions.settle(suspension)

    @rule(n=ANY)
    def resume(self, n):
        if suspension := self.pick(Suspension.objects.exclude(state="resumed"), n):
            suspensions.resume(suspension=suspension, by=self.by)

    @rule(n=ANY)
    def add_place(self, n):
        slots.add_capacity(slot=self.pick(Slot.objects.order_by("pk"), n), extra=1, by=self.by)

    @rule(n=ANY)
    def die(self, n):
        if n % 5 == 0:
            Villager.objects.filter(pk=self.villagers[n % len(self.villagers)].pk).update(died_on=clock.today())

    @rule(minutes=st.sampled_from([30, 130, 600]))
    def time_passes(self, minutes):
        self.clock.shift(timedelta(minutes=minutes))

    @rule()
    def sweep(self):
        """What the worker does; then nothing is free that somebody could have, and nobody was passed over."""
        known = Appointment.objects.order_by("pk").values_list("pk", flat=True).last() or 0
        suspensions.settle_all()
        offers.lapse_overdue()
        turns.serve_waitlists()
        turns.clear_over()
        held = Appointment.objects.filter(state=AppointmentState.HELD)
        assert not held.filter(held_until__lte=clock.now()).exists()
        for entry in WaitlistEntry.objects.waiting().select_related("hall", "villager"):
            wanted = queues.sessions_for(entry).filter(state=SessionState.OPEN)
            for slot in Slot.objects.with_policies().filter(session__in=wanted):
                if not could_have(entry, slot):
                    continue
                assert not slot.free, f"{slot} stays free while {entry} waits"
                for offer in held.filter(slot=slot, pk__gt=known):
                    assert offer.waitlist_entry_id < entry.pk, f"{offer} went past {entry}"

    @invariant()
    def places_are_counted(self):
        for slot in Slot.objects.all():
            occupying = Appointment.objects.occupying().filter(slot=slot).count()
            assert slot.taken == occupying
            assert 0 <= slot.taken <= slot.capacity

    @invariant()
    def no_number_is_given_twice(self):
        given = Appointment.objects.occupying().values_list("session", "number")
        assert max(Counter(given).values(), default=1) == 1

    @invariant()
    def one_pending_entry_per_villager_and_department(self):
        pending = WaitlistEntry.objects.pending().values_list("villager", "department")
        assert max(Counter(pending).values(), default=1) == 1

    @invariant()
    def who_is_offered_a_place_has_one(self):
        held = Appointment.objects.filter(state=AppointmentState.HELD).values_list("waitlist_entry", flat=True)
        offered = WaitlistEntry.objects.filter(state=WaitlistState.OFFERED).values_list("pk", flat=True)
        assert sorted(held) == sorted(offered)

    @invariant()
    def no_place_is_held_past_the_deadline(self):
        for appointment in Appointment.objects.filter(state=AppointmentState.HELD).with_names().with_policies():
            if appointment.held_until > clock.now():
                bookings.check_deadline(appointment)


def could_have(entry, slot):
    """Whether the entry's villager could book the slot now, were it free and nobody before them: asked of the desk."""
    policy = policies.policy_for(slot.session.department)
    try:
        eligibility.check(slot=slot, villager=entry.villager, hall=entry.hall, for_wish=True)
    except BookingError:
        return False
    return clock.now() < windows.cancel_deadline(policy=policy, date=slot.session.date)


def run(examples, steps=40, phases=(Phase.generate,)):
    run_state_machine_as_test(
        Queues,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=phases,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_queues_lose_no_place_give_none_twice_and_keep_their_order():
    run(examples=15)


def claims_nothing(slot_id):
    """A place given without being counted."""
    return numbers.lowest_free(Slot.objects.get(pk=slot_id).numbers, numbers.occupied(slot_id))


PLANTED = {
    "a place that is not counted": (slots, "claim", claims_nothing),
    "a place that is not given back": (slots, "release", lambda slot_id: None),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_queues_control_a_planted_bug_is_found(bug):
    module, name, instead = PLANTED[bug]
    with mock.patch.object(module, name, instead), pytest.raises(Exception):  # noqa: B017, PT011 whichever rule finds it
        run(examples=100)
    assert not FollowUp.objects.exists()
