"""Serving the queues: whatever came free goes to the first who waits for it, strictly in order.

One turn at a time in a department, under its row's lock, which is taken before any villager's. Each turn looks at
the queue anew, so the order holds however many workers serve it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import eligibility, limits, offers, places_given, policies, queues, waitlist, windows, wishes
from appointments.enums import SessionState, SlotKind, WaitlistState
from appointments.errors import AlreadyBooked, BookingError, SlotFull, SlotNotOffered
from appointments.models import Slot, WaitlistEntry
from auditorium import clock
from auditorium.domain import follow_ups, hall_hours
from auditorium.enums import FollowUpKind

if TYPE_CHECKING:
    from appointments.domain.policies import Policy
    from appointments.models import ClinicSession, Department
    from appointments.models.waitlist import WaitlistEntryQuerySet

_SOONEST_DEADLINE = timedelta(days=15)
"""No cancel deadline lies further before its date than this, holidays and days before together."""


def serve_waitlists() -> int:
    """Hold every place that came free for whoever is first in its queue; return how many turns were taken."""
    departments = WaitlistEntry.objects.waiting().order_by("department_id").values_list("department_id", flat=True)
    return sum(serve_department(pk) for pk in departments.distinct())


def serve_before(session: ClinicSession) -> None:
    """Give whoever comes before a desk that wants a place of the session their turn, so that no desk waits for a
    worker that is down. To be called before a transaction begins."""
    if queues.somebody_waits_for(session):
        wishes.serve_session(session.pk)
        serve_department(session.department_id)


def serve_department(department_id: int) -> int:
    """The same for one department."""
    turns = 0
    while _serve_first(department_id):
        turns += 1
    return turns


def clear_over() -> int:
    """Close the entries for whose last day nothing can be offered any more, and ask that they be told."""
    cleared = 0
    soon = clock.today() + _SOONEST_DEADLINE
    entries = WaitlistEntry.objects.waiting().filter(last_date__lte=soon)
    for entry in entries.select_related("department__hospital__policy", "department__policy", "hall", "villager"):
        policy = policies.policy_for(entry.department)
        if clock.now() >= windows.cancel_deadline(policy=policy, date=entry.last_date):
            cleared += _close(entry, WaitlistState.OVER, _("到截止时间都没有空出号来"))
    return cleared


def _serve_first(department_id: int) -> bool:
    """Give the first who waits, and for whom there is a place, their turn; False when there is nobody."""
    with transaction.atomic():
        department = queues.take_turn(department_id)
        policy = policies.policy_for(department)
        free = _free_slots(department, policy)
        if not free:
            return False
        for entry in _queue(department):
            slot = next((slot for slot in free if _suits(slot.session, entry)), None)
            if slot is None:
                continue
            _turn(entry, slot, policy)
            return True
    return False


def _turn(entry: WaitlistEntry, slot: Slot, policy: Policy) -> None:
    """Offer the slot to the entry, or close the entry when its villager cannot have it.

    Nothing when the entry has ended or the place is gone meanwhile: the next turn sees that.
    """
    entry.villager = places_given.lock_villager(entry.villager_id)
    if not WaitlistEntry.objects.filter(pk=entry.pk, state=WaitlistState.WAITING).exists():
        return
    try:
        eligibility.check_villager(entry.villager, policy, slot.session.date)
        limits.check(villager=entry.villager, session=slot.session, policy=policy)
    except AlreadyBooked as error:
        waitlist.end(entry, to=WaitlistState.REFUSED, by=None, why=error.sentence)
    except BookingError as error:
        _close(entry, WaitlistState.REFUSED, error.sentence)
    else:
        with suppress(SlotFull, SlotNotOffered), transaction.atomic():
            offers.make(entry=entry, slot=places_given.load_slot(slot.pk), policy=policy)


def _free_slots(department: Department, policy: Policy) -> list[Slot]:
    """What can be offered now, the earliest first; the sessions come with it. A release is first for its wishes."""
    now = clock.now()
    found = (
        Slot.objects.open()
        .with_free_places()
        .filter(
            kind=SlotKind.REGULAR,
            session__department=department,
            session__date__gte=clock.today(),
            session__state=SessionState.OPEN,
        )
        .exclude(session__in=queues.wished_for())
        .select_related("session")
        .order_by("starts_at", "pk")
    )
    return [
        slot
        for slot in found
        if not windows.why_not_bookable(slot=slot, policy=policy, at=now)
        and now < windows.cancel_deadline(policy=policy, date=slot.session.date)
    ]


def _queue(department: Department) -> WaitlistEntryQuerySet:
    return WaitlistEntry.objects.waiting().filter(department=department).select_related("hall", "department")


def _suits(session: ClinicSession, entry: WaitlistEntry) -> bool:
    """Whether the entry waits for the session; the same as `queues.waiting_for`, in memory."""
    region = entry.hall.region_id
    around = {region[:digits].ljust(12, "0") for digits in (2, 4, 6, 9, 12)}
    return (
        entry.first_date <= session.date <= entry.last_date
        and entry.doctor_id in (None, session.doctor_id)
        and entry.period in ("", session.period)
        and (session.allotted_hall_id == entry.hall_id or session.allotted_region_id in around)
    )


def _close(entry: WaitlistEntry, to: WaitlistState, why: str) -> int:
    """End the entry and ask somebody to tell the villager: a queue that came to nothing is not silent."""
    with transaction.atomic():
        if not waitlist.end(entry, to=to, by=None, why=why):
            return 0
        now = clock.now()
        follow_ups.open_task(
            hall=entry.hall,
            villager=entry.villager,
            kind=FollowUpKind.CALL,
            reason=_("候补没排到：%(why)s") % {"why": why},
            words=_("%(name)s您好，您在%(department)s排的候补没有排到。还要看的话，我们帮您约别的时间。")
            % {"name": entry.villager.name, "department": entry.department.name},
            due_at=max(hall_hours.next_opening(entry.hall, now) or now, now) + timedelta(hours=4),
        )
    return 1
