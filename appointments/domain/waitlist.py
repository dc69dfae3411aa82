"""候补: joining the queue of a department, leaving it, and where somebody stands in it.

To queue is not to be booked. Serving the queue is `turns`, what becomes of an offer `offers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import eligibility, limits, offers, places_given, policies, queues, windows
from appointments.enums import WAITLIST_TRANSITIONS, QueueMode, SessionState, SlotKind, WaitlistState
from appointments.errors import AlreadyWaiting, NothingToWaitFor, NotLive, VillagerNotReady
from appointments.models import ClinicSession, Slot, WaitlistEntry
from auditorium import clock
from auditorium.domain import audit
from auditorium.domain.transitions import transition

if TYPE_CHECKING:
    from datetime import date

    from appointments.domain.policies import Policy
    from appointments.errors import BookingError
    from appointments.models import Department, Doctor
    from auditorium.models import Hall, User, Villager

_SESSIONS_A_QUERY = 50


def join(
    *,
    villager: Villager,
    department: Department,
    hall: Hall,
    by: User,
    first_date: date,
    last_date: date,
    doctor: Doctor | None = None,
    period: str = "",
) -> WaitlistEntry:
    """Put the villager at the end of the queue for whatever comes free on these dates.

    Only where every session meant is full, and while something freed could still be cancelled again. Raises
    VillagerNotReady, AlreadyWaiting, NothingToWaitFor, or what stands against any booking (limits, no-shows).
    """
    policy = policies.policy_for(department)
    entry = WaitlistEntry(
        villager=villager,
        hall=hall,
        department=department,
        doctor=doctor,
        first_date=first_date,
        last_date=last_date,
        period=period,
        joined_by=by,
        joined_at=clock.now(),
    )
    with transaction.atomic():
        entry.villager = villager = places_given.lock_villager(villager.pk)
        _check_once(entry)
        _check_full(entry, policy)
        if refused := why_never(entry, policy):
            raise refused
        entry.save(force_insert=True)
        audit.record(action="joined", what=entry, by=by, hall=hall, villager_id=villager.pk)
    return entry


def leave(*, entry: WaitlistEntry, by: User, why: str = "") -> None:
    """Take the villager out of the queue; a place held for them goes to the next. Raises NotLive."""
    with transaction.atomic():
        places_given.lock_villager(entry.villager_id)
        offer = offers.open_offer(entry)
        if offer:
            offers.decline(appointment=offer, by=by, why=why)
        elif not end(entry, to=WaitlistState.LEFT, by=by, why=why):
            raise NotLive(_("这次排队已经结束了。"))


def end(entry: WaitlistEntry, *, to: WaitlistState, by: User | None, why: str = "") -> int:
    """Close the entry in the state `to`; 0 when it has ended already."""
    return transition(
        WaitlistEntry.objects.filter(pk=entry.pk),
        to=to,
        table=WAITLIST_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
    )


def why_never(entry: WaitlistEntry, policy: Policy) -> BookingError | None:
    """What stands against every session the entry waits for, whoever else waits; None when it may come to a place."""
    villager = entry.villager
    why = eligibility.why_not_ready(villager) or eligibility.why_not_accepted(villager, policy, entry.last_date)
    if why:
        return VillagerNotReady(why)
    return limits.allowed(villager=villager, sessions=_sessions_to_come(entry, policy), policy=policy)[1]


def position(entry: WaitlistEntry) -> int:
    """How many stand before the villager for any of the same sessions, themselves included; 1 is next. Of an
    entry not yet saved, where it would stand."""
    sessions = list(queues.sessions_for(entry).filter(state=SessionState.OPEN, date__gte=clock.today()))
    ahead: set[int] = set()
    for first in range(0, len(sessions), _SESSIONS_A_QUERY):
        few = sessions[first : first + _SESSIONS_A_QUERY]
        waiting = queues.waiting_for(*few)
        ahead.update((waiting.filter(pk__lt=entry.pk) if entry.pk else waiting).values_list("pk", flat=True))
    return len(ahead) + 1


def _check_once(entry: WaitlistEntry) -> None:
    other = WaitlistEntry.objects.pending().filter(villager=entry.villager_id, department=entry.department_id)
    if other.exists():
        raise AlreadyWaiting(
            _("%(name)s已经在%(department)s排队了，一个科室同时只能排一个；要换的话先退出原来的。")
            % {"name": entry.villager.name, "department": entry.department.name}
        )


def _check_full(entry: WaitlistEntry, policy: Policy) -> None:
    """Raise NothingToWaitFor where waiting makes no sense: there are places, or there never will be."""
    if not policy.waitlist:
        raise NothingToWaitFor(_("这家医院不能候补，请选别的时间，或打电话问医院。"))
    now = clock.now()
    sessions = _sessions_to_come(entry, policy)
    still = [session for session in sessions if not windows.why_session_closed(session=session, policy=policy, at=now)]
    if not still:
        raise NothingToWaitFor(_("这几天没有可以候补的班次，请选别的日子。"))
    free = Slot.objects.open().with_free_places().filter(kind=SlotKind.REGULAR, starts_at__gt=now)
    with_places = set(free.filter(session__in=[session.pk for session in still]).values_list("session_id", flat=True))
    if with_places - queues.waited_for(still):
        raise NothingToWaitFor(_("还有号，不用排队，直接约就可以。"))


def _sessions_to_come(entry: WaitlistEntry, policy: Policy) -> list[ClinicSession]:
    """The sessions the entry waits for in which a place could still be offered, now or once they are released."""
    found = queues.sessions_for(entry).filter(
        state=SessionState.OPEN, queue=QueueMode.NUMBERED, date__gte=clock.today()
    )
    now = clock.now()
    return [
        session
        for session in found.select_related("department__hospital", "doctor").order_by("date", "pk")
        if now < windows.cancel_deadline(policy=policy, date=session.date)
    ]
