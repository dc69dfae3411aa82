"""The demo's bookings: some weeks of them before it begins, and the sessions that must be full at every start."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from appointments.demo import sessions
from appointments.demo.story import (
    BOOKED,
    CANCELLED,
    CONFIRMED,
    RECORDED,
    SUSPENDED_FOR,
    TEXT_LOST,
    UNMARKED,
    Booked,
    Recorded,
)
from appointments.domain import acknowledgements, attendance, bookings, desk, policies, suspensions, windows
from appointments.domain.records import RecordDetails
from appointments.enums import SessionState
from appointments.errors import BookingError
from appointments.models import Appointment, ClinicSession, Slot
from auditorium import clock
from auditorium.demo.desk import record_done
from auditorium.demo.past import Story, open_moment
from auditorium.demo.places import uid_of
from auditorium.domain import follow_ups, outcomes
from auditorium.enums import MessageState
from auditorium.models import FollowUp, Hall, Message, Reminder, User, Villager

FILLING_HALL, FILLING_USER = "山外村文化礼堂", "shanwai"


@dataclass
class Bookings:
    """Tells a story who booked what, and what came of it. `desks` are users by the hall they sit at."""

    story: Story
    villagers: dict[str, Villager]
    desks: dict[str, User]
    clerk: User
    began: datetime = field(default_factory=clock.now)

    def tell(self) -> None:
        """Tell all of it; the days behind get the sessions it needs."""
        for day in {clock.today() + timedelta(days=booked.ahead) for booked in BOOKED if booked.ahead < 0}:
            sessions.open_days(day, day)
        for place, booked in enumerate(BOOKED):
            self._tell_booked(booked, after=5 * place)
        for place, recorded in enumerate(RECORDED):
            self._tell_recorded(recorded, after=2 + 5 * place)
        hall = self.villagers[SUSPENDED_FOR[0]].registered_at
        self._tell_suspended(hall)
        self.story.tell(open_moment(hall, days_ago=1, after=140), fill_marked)

    def do_duty(self) -> None:
        """Whoever no text reached was called or visited, until yesterday."""
        today, _tomorrow = clock.day_bounds(clock.local(self.began).date())
        asked = FollowUp.objects.open().filter(kind__in=follow_ups.TELLING, about_kind=bookings.ABOUT)
        for task in asked.filter(created_at__lt=today).select_related("hall"):
            record_done(task, by=self.desks[task.hall.name], note="当面说过了")

    def _tell_booked(self, booked: Booked, *, after: int) -> None:
        villager = self.villagers[booked.villager]
        hall = villager.registered_at
        by = self.desks[hall.name]
        slot = _first_slot(booked)
        made = open_moment(hall, days_ago=booked.days_ago, after=after)
        key = uuid.uuid4()
        self.story.tell(made, lambda: desk.book(slot=slot, villager=villager, hall=hall, by=by, key=key))
        self._tell_outcome(key, booked.became, made=made, over=slot.ends_at + timedelta(hours=2), by=by)

    def _tell_recorded(self, recorded: Recorded, *, after: int) -> None:
        villager = self.villagers[recorded.villager]
        hall = villager.registered_at
        by = self.desks[hall.name]
        day = clock.today() + timedelta(days=recorded.ahead)
        details = RecordDetails(
            date=day,
            hospital_text=recorded.hospital,
            department_text=recorded.department,
            time=time.fromisoformat(recorded.at) if recorded.at else None,
            hospital_number=recorded.number,
            channel_text=recorded.channel,
        )
        made = open_moment(hall, days_ago=recorded.days_ago, after=after)
        key = uuid.uuid4()
        self.story.tell(made, lambda: desk.record(details=details, villager=villager, hall=hall, by=by, key=key))
        over = clock.day_bounds(day)[1] - timedelta(hours=7)
        self._tell_outcome(key, recorded.became, made=made, over=over, by=by)

    def _tell_outcome(self, key: uuid.UUID, became: str, *, made: datetime, over: datetime, by: User) -> None:
        """What came of what was booked at `made` under this key; `over` is after the visit."""
        it = Appointment.objects.filter(requests__key=key)
        why = "儿子陪着去别处看"
        acts: dict[str, tuple[datetime, Callable[[], object]]] = {
            CANCELLED: (
                made + timedelta(days=3),
                lambda: desk.cancel(appointment=it.get(), by=by, why=why, platform_told=False),
            ),
            CONFIRMED: (
                made + timedelta(hours=5),
                lambda: acknowledgements.acknowledge(appointments=it, by=self.clerk),
            ),
            TEXT_LOST: (clock.now(), lambda: _lose_text(it.get())),
        }
        marked = (over, lambda: attendance.mark(appointment=it.get(), to=became, by=by))
        if became == UNMARKED:
            self.story.tell(clock.day_bounds(clock.local(over).date())[1], attendance.close_days)
        elif became:
            self.story.tell(*acts.get(became, marked))

    def _tell_suspended(self, hall: Hall) -> None:
        """Two people have a place in the next session that is suspended; they are to be booked anew."""
        first = clock.today() + timedelta(days=2)
        session = sessions.marked(sessions.SUSPENDED, first, first + timedelta(days=6))[0]
        by = self.desks[hall.name]

        def book() -> None:
            sessions.resume(ClinicSession.objects.filter(pk=session.pk))  # the rota has it suspended already
            for name, slot in zip(SUSPENDED_FOR, session.slots.order_by("starts_at"), strict=False):
                desk.book(slot=slot, villager=self.villagers[name], hall=hall, by=by, key=uuid.uuid4())

        self.story.tell(open_moment(hall, days_ago=4, after=130), book)
        self.story.tell(open_moment(hall, days_ago=1, after=130), lambda: _suspend(session))


def fill_marked() -> None:
    """Book full the sessions that are marked so and can be booked by now."""
    hall, user = Hall.objects.get(uid=uid_of(FILLING_HALL)), User.objects.get(username=FILLING_USER)
    villagers = list(Villager.objects.filter(registered_at=hall).order_by("pk"))
    today = clock.today()
    for session in sessions.marked(sessions.FULL, today, today + timedelta(days=sessions.DAYS_AHEAD)):
        policy = policies.policy_for(session.department)
        if windows.why_session_closed(session=session, policy=policy, at=clock.now()):
            continue
        for place, slot in enumerate(session.slots.filter(taken=0)):
            villager = villagers[(session.date.toordinal() + place) % len(villagers)]
            with suppress(BookingError):  # somebody has played with these very people
                bookings.book(slot=slot, villager=villager, hall=hall, by=user)


def _first_slot(booked: Booked) -> Slot:
    """The time meant: that many times later on the first day from then on with places there."""
    there = Slot.objects.filter(
        session__department__hospital__name=booked.hospital,
        session__department__name=booked.department,
        session__state=SessionState.OPEN,
        session__date__gte=clock.today() + timedelta(days=booked.ahead),
    ).with_free_places()
    there = there.filter(session__doctor__name=booked.doctor) if booked.doctor else there.filter(session__doctor=None)
    return there.order_by("starts_at", "pk")[booked.later]


def _suspend(session: ClinicSession) -> None:
    """The hospital says that it doesn't take place; who booked is told, and owed another place."""
    found = ClinicSession.objects.select_related("department__hospital", "doctor").get(pk=session.pk)
    why = sessions.WHY_SUSPENDED
    suspensions.settle(suspensions.suspend(scope=suspensions.scope_of([found]), why=why, by=None))


def _lose_text(appointment: Appointment) -> None:
    """A receipt says that the text did not arrive. The demo's own line loses nothing, so it is said for it."""
    of_booking = Reminder.objects.about(bookings.ABOUT, appointment.pk)
    text = Message.objects.filter(reminders__in=of_booking, is_copy=False).latest("pk")
    text.state, text.error_code, text.error_text = MessageState.UNDELIVERED, "absent", "关机或不在服务区"
    text.save(update_fields=["state", "error_code", "error_text"])
    outcomes.ask_person(pk=text.pk, at=clock.now(), why="短信没送到")
