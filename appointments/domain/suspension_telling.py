"""What becomes of the people in a suspended session: ended and told in batches, and asked again when it is lifted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import offers, policies, queues, slots, texts, times, windows
from appointments.domain.places_given import ABOUT
from appointments.enums import APPOINTMENT_TRANSITIONS, AppointmentState, SessionState
from appointments.models import Appointment, Slot
from auditorium import clock
from auditorium.domain import hall_hours, mass_tasks, reminders
from auditorium.domain.mass_tasks import ToDo
from auditorium.domain.reminders import Owed
from auditorium.domain.transitions import transition
from auditorium.enums import FollowUpKind, ReminderPurpose
from auditorium.models import FollowUp, Hall, Villager

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from appointments.models import Suspension
    from appointments.models.appointments import AppointmentQuerySet
    from auditorium.models import User

BATCH = 100
"""How many people one transaction sees to: what it locks and holds in memory does not grow with the hospital."""

FIRST_HOURS = timedelta(hours=2)
ONE_DAY = timedelta(days=1)
"""Somebody looks for another place within a day, while there are places near the old date, and never later than the
old one could have been cancelled; but the hall has at least two open hours for it."""

REASON_LENGTH = 120

_ENDS = APPOINTMENT_TRANSITIONS[AppointmentState.CANCELLED_BY_CLINIC]


def concerned(session_ids: Collection[int]) -> AppointmentQuerySet:
    """The bookings a suspension of these sessions ends; who has arrived is being seen."""
    return Appointment.objects.filter(session__in=session_ids, state__in=_ENDS)


def left(suspension: Suspension) -> AppointmentQuerySet:
    """Those of a suspension that are still to be ended."""
    return Appointment.objects.filter(
        session__suspension=suspension, session__state=SessionState.SUSPENDED, state__in=_ENDS
    )


def told(suspension: Suspension) -> AppointmentQuerySet:
    """Those it ended and made a task of; a place only held for somebody went back to the queue unsaid."""
    tasks = FollowUp.objects.filter(about_kind=ABOUT, about_id=OuterRef("pk"), kind=FollowUpKind.REBOOK)
    return Appointment.objects.filter(
        Exists(tasks),
        session__suspension=suspension,
        state=AppointmentState.CANCELLED_BY_CLINIC,
        ended_at__gte=suspension.created_at,
    )


@transaction.atomic
def tell_batch(suspension: Suspension) -> int:
    """End the next bookings and owe their villagers the news and another place; 0 when nobody is left for us."""
    rows = _locked(left(suspension))
    transition(
        Appointment.objects.filter(pk__in=[row.pk for row in rows]),
        to=AppointmentState.CANCELLED_BY_CLINIC,
        table=APPOINTMENT_TRANSITIONS,
        by=suspension.created_by,
        why=suspension.reason,
        ended_at=clock.now(),
        ended_reason=suspension.reason,
    )
    _free_places(rows)
    offered = [row for row in rows if row.state == AppointmentState.HELD]
    booked = [row for row in rows if row.state != AppointmentState.HELD]
    with translation.override(settings.LANGUAGE_CODE):  # what is stored is read by others, whoever acts
        _silence(rows, suspension.created_by, _("停诊"))
        reason = _("%(who)s停诊（%(why)s），请帮村民改约")
        _tell(booked)
        _ask(booked, suspension, reason, suspension.created_by)
    for row in offered:
        offers.back_in_queue(row, by=suspension.created_by)
    if offered:
        queues.wake_after_commit()
    return len(rows)


@transaction.atomic
def ask_batch(suspension: Suspension, *, by: User | None) -> int:
    """Of those whose session was reopened, ask the next whether they still want to come; 0 when nobody is left.

    Who has another place by now is not troubled.
    """
    asked = FollowUp.objects.filter(
        about_kind=ABOUT,
        about_id=OuterRef("pk"),
        kind=FollowUpKind.REBOOK,
        created_at__gte=suspension.resumed_at,
    )
    waiting = told(suspension).filter(~Exists(asked), session__state=SessionState.OPEN, successor=None)
    rows = _locked(waiting)
    with translation.override(settings.LANGUAGE_CODE):
        _silence(rows, by, _("恢复门诊"))
        _ask(rows, suspension, _("%(who)s恢复门诊了，原来的号已经取消，问村民还要不要约"), by)
    return len(rows)


def _locked(waiting: AppointmentQuerySet) -> list[Appointment]:
    """The next of them, locked as everywhere: villagers by id, slots by id, then the bookings; as they are then."""
    found = list(waiting.order_by("villager_id", "pk").values_list("pk", "villager_id")[:BATCH])
    villagers = Villager.objects.filter(pk__in={villager for _pk, villager in found}).order_by("pk")
    list(villagers.select_for_update(no_key=True).values_list("pk"))
    batch = waiting.filter(pk__in=[pk for pk, _villager in found])
    slots.lock_all(set(batch.values_list("slot_id", flat=True)))
    locked = batch.order_by("pk").select_for_update(of=("self",), no_key=True)
    rows = Appointment.objects.filter(pk__in=list(locked.values_list("pk", flat=True)))
    unread = ("villager__id_number", "villager__other_document_number")
    return list(rows.with_names().with_policies().defer(*unread).order_by("pk"))


def _free_places(rows: Sequence[Appointment]) -> None:
    """Give back the places, one statement for the slots that lose equally many."""
    slots_losing: dict[int, list[int]] = {}
    for slot_id, count in Counter(row.slot_id for row in rows if row.slot_id).items():
        slots_losing.setdefault(count, []).append(slot_id)
    for count, slot_ids in slots_losing.items():
        Slot.objects.filter(pk__in=slot_ids).update(taken=F("taken") - count)


def _silence(rows: Sequence[Appointment], by: User | None, why: str) -> None:
    reminders.silence_all(about_kind=ABOUT, about_ids=[row.pk for row in rows], by=by, why=why)


def _tell(rows: Sequence[Appointment]) -> None:
    owed = [
        Owed(
            about_id=row.pk,
            villager=row.villager,
            hall=row.hall,
            expires_at=times.over(day=row.date, period=row.period, starts_at=row.starts_at),
        )
        for row in rows
    ]
    reminders.owe_all_now(about_kind=ABOUT, owed=owed, purpose=ReminderPurpose.SUSPENDED)


def _ask(rows: Sequence[Appointment], suspension: Suspension, reason: str, by: User | None) -> None:
    """Make a task of each: find another place, in the words to say."""
    halls = Hall.objects.filter(pk__in={row.hall_id for row in rows})
    halls_by_id = halls.prefetch_related("opening_hours", "closures").in_bulk()
    resumed = suspension.resumed_at is not None
    todo = [
        ToDo(
            about_id=row.pk,
            villager=row.villager,
            hall=halls_by_id[row.hall_id],
            due_at=_due(row, halls_by_id[row.hall_id], clock.now()),
            reason=(reason % {"who": row.doctor_name or row.department_name, "why": suspension.reason})[:REASON_LENGTH],
            words=texts.said_on_resuming(row) if resumed else texts.said(row, ReminderPurpose.SUSPENDED),
        )
        for row in rows
    ]
    mass_tasks.open_tasks(about_kind=ABOUT, kind=FollowUpKind.REBOOK, todo=todo, by=by)


def _due(appointment: Appointment, hall: Hall, now: datetime) -> datetime:
    deadline = windows.cancel_deadline(policy=policies.policy_of(appointment), date=appointment.date)
    wanted = hall_hours.last_open_before(hall, min(deadline, now + ONE_DAY)) or now
    due = max(wanted, hall_hours.after_open_hours(hall, now, FIRST_HOURS))
    # A hall that stays shut past the day of the visit: late then, and handed on to whoever stands in.
    return max(min(due, clock.day_bounds(appointment.date)[0] + ONE_DAY), now)
