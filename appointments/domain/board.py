"""今天和明天: the hall's people with appointments on these two days, and who of them must still be told something."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from appointments.domain import head_counts, times
from appointments.domain.hall_days import CALLED_OFF
from appointments.domain.places_given import ABOUT
from appointments.models import Appointment, Route
from auditorium import clock
from auditorium.enums import REMINDER_LIVE, FollowUpKind, ReminderState
from auditorium.models import Contact, FollowUp, Message, Reminder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appointments.models import ClinicSession
    from auditorium.models import Hall, User, Villager

_ASKED = (FollowUpKind.CALL, FollowUpKind.KNOCK, FollowUpKind.REBOOK)
_UNTOLD = (*REMINDER_LIVE, ReminderState.MISSED)


@dataclass(frozen=True)
class Line:
    """One booking: whom to reach first about it, how to get there, and what somebody must still be told.

    `untold` is what they should know by now and perhaps do not, with its texts.
    """

    appointment: Appointment
    contact: Contact | None
    route: Route | None
    tasks: list[FollowUp] = field(default_factory=list)
    untold: list[Reminder] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """The bookings of one day in order of time."""

    date: date
    lines: list[Line]


@dataclass(frozen=True)
class Board:
    """Two days of a hall. `to_tell` comes first on the page; `sessions` are held at the hall today."""

    days: list[Day]
    to_tell: list[Line]
    sessions: list[ClinicSession]


def of_hall(*, hall: Hall, user: User) -> Board:
    """The board as it is now, in seven queries however many people there are."""
    today = clock.today()
    tomorrow = today + timedelta(days=1)
    contacts = Contact.objects.in_order().select_related("phone")
    rows = list(
        Appointment.objects.for_user(user)
        .filter(hall=hall, date__in=(today, tomorrow))
        .with_names()
        .defer("villager__id_number", "villager__other_document_number")
        .prefetch_related(Prefetch("villager__contacts", contacts))
        .order_by("date", "starts_at", "pk")
    )
    lines = _lines(rows, hall, user)
    going = [line for line in lines if line.appointment.state not in CALLED_OFF]
    return Board(
        days=[Day(day, _in_order(line for line in going if line.appointment.date == day)) for day in (today, tomorrow)],
        to_tell=[line for line in lines if line.tasks or line.untold],
        sessions=list(head_counts.held_at(hall).filter(date=today)),
    )


def _lines(rows: list[Appointment], hall: Hall, user: User) -> list[Line]:
    tasks, untold = _owed({row.pk: row.villager for row in rows}, user)
    routes = {route.hospital_id: route for route in Route.objects.filter(hall=hall)}
    return [
        Line(
            appointment=row,
            contact=next(iter(row.villager.contacts.all()), None),
            route=routes.get(row.hospital_id) if row.hospital_id and not _is_here(row, hall) else None,
            tasks=tasks.get(row.pk, []),
            untold=untold.get(row.pk, []) if row.is_live else [],
        )
        for row in rows
    ]


def _owed(about: dict[int, Villager], user: User) -> tuple[dict[int | None, list[FollowUp]], dict[int, list[Reminder]]]:
    """The open tasks about each booking, and what should be told about it by now and is not, with its texts.

    What waits for a person is among it only where no such task is open.
    """
    tasks: dict[int | None, list[FollowUp]] = {}
    asked = FollowUp.objects.for_user(user).open().filter(about_kind=ABOUT, about_id__in=about, kind__in=_ASKED)
    for task in asked.select_related("contact__phone").order_by("due_at", "pk"):
        tasks.setdefault(task.about_id, []).append(task)
    untold: dict[int, list[Reminder]] = {}
    owed = Reminder.objects.for_user(user).filter(about_kind=ABOUT, about_id__in=about, due_at__lte=clock.now())
    texts = Message.objects.select_related("contact").order_by("pk")
    owed = owed.filter(state__in=_UNTOLD).prefetch_related(Prefetch("messages", texts)).order_by("due_at", "pk")
    for reminder in owed:
        if reminder.state != ReminderState.FOLLOW_UP or reminder.about_id not in tasks:
            reminder.villager = about[reminder.about_id]
            untold.setdefault(reminder.about_id, []).append(reminder)
    return tasks, untold


def _is_here(row: Appointment, hall: Hall) -> bool:
    """Whether people are seen at this very hall, so that nobody needs a bus."""
    return row.session is not None and row.session.held_at_id == hall.pk


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """By time; where none is known by its part of the day (the databases disagree about where nothing comes)."""
    return sorted(lines, key=lambda line: (_begins(line.appointment), line.appointment.pk))


def _begins(row: Appointment) -> datetime:
    return times.begins(day=row.date, period=row.period, starts_at=row.starts_at)
