"""Who comes first: which wishes and waitlist entries concern a session, and waking whoever serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Substr

from appointments.enums import WAITLIST_TRANSITIONS, WaitlistState, WishState
from appointments.models import ClinicSession, Department, WaitlistEntry, Wish
from auditorium.domain import wake
from auditorium.domain.transitions import transition
from auditorium.models.regions import SIGNIFICANT_DIGITS
from auditorium.plain_select import holds

if TYPE_CHECKING:
    from collections.abc import Collection

    from appointments.models.sessions import ClinicSessionQuerySet
    from appointments.models.waitlist import WaitlistEntryQuerySet
    from auditorium.models import User

SERVE = "appointments.serve_queues"
"""The task that gives what came free to whoever waits; see `appointments.tasks`."""

_ASKED_OF_A_SESSION = ("department_id", "date", "doctor_id", "period", "allotted_hall_id", "allotted_region_id")
_DIGITS = max(SIGNIFICANT_DIGITS.values())


# Asked at every booking: two probes of partial indexes. Only where anybody waits in the whole department is it asked
# whether they wait for this session.
ANYBODY_WAITS = """
SELECT EXISTS (SELECT 1 FROM appointments_wish WHERE session_id = %s AND state = 'waiting')
    OR EXISTS (SELECT 1 FROM appointments_waitlistentry WHERE department_id = %s AND state = 'waiting')
"""


def wake_after_commit() -> None:
    """Have the queues served once what came free is committed."""
    wake.after_commit(SERVE)


def take_turn(department_id: int) -> Department:
    """The department with its rules, locked until the transaction ends: one turn at a time, before any villager's
    lock."""
    departments = Department.objects.select_for_update(no_key=True, of=("self",))
    return departments.select_related("hospital__policy", "policy").get(pk=department_id)


def waiting_for(*sessions: ClinicSession) -> WaitlistEntryQuerySet:
    """Who waits for a place in any of these few sessions, the first first: of the halls their places go to."""
    wanted = Q(pk__in=[])
    for session in sessions:
        wanted |= _wants(**{name: getattr(session, name) for name in _ASKED_OF_A_SESSION})
    return _queue().filter(wanted)


def is_waited_for() -> Exists:
    """Whether somebody waits for a session of the query this becomes part of."""
    return Exists(_queue().filter(_wants(**{name: OuterRef(name) for name in _ASKED_OF_A_SESSION})))


def is_wished_for() -> Exists:
    """Whether somebody waits for the release of a session of the query this becomes part of, or to be served since."""
    return Exists(Wish.objects.filter(session=OuterRef("pk"), state=WishState.WAITING))


def somebody_waits_for(session: ClinicSession) -> bool:
    """Whether a place of the session belongs to somebody in the queue, or who wished for it before its release."""
    return holds(ANYBODY_WAITS, session.pk, session.department_id) and bool(waited_for([session]))


def somebody_wished_for(session: ClinicSession) -> bool:
    """Whether somebody waits for the session's release, or to be served since."""
    return Wish.objects.filter(session=session, state=WishState.WAITING).exists()


def waited_for(sessions: Collection[ClinicSession]) -> set[int]:
    """The same of several sessions in one query: the keys of those that somebody waits for."""
    asked = ClinicSession.objects.filter(pk__in=[session.pk for session in sessions])
    return set(asked.filter(Q(is_wished_for()) | Q(is_waited_for())).values_list("pk", flat=True))


def entry_goes(pk: int | None, to: WaitlistState, *, by: User | None, **changes: Any) -> int:
    """Move an entry to the state `to` if it may go there; 0 when it may not, or there is none."""
    if pk is None:
        return 0
    return transition(WaitlistEntry.objects.filter(pk=pk), to=to, table=WAITLIST_TRANSITIONS, by=by, **changes)


def sessions_for(entry: WaitlistEntry) -> ClinicSessionQuerySet:
    """The sessions in which the entry's villager would take a place; the entry comes with its hall."""
    found = ClinicSession.objects.for_hall(entry.hall).filter(department=entry.department_id)
    found = found.between(entry.first_date, entry.last_date)
    if entry.doctor_id is not None:
        found = found.filter(doctor=entry.doctor_id)
    return found.filter(period=entry.period) if entry.period else found


def _queue() -> WaitlistEntryQuerySet:
    """Everybody in the queues, with the divisions around their halls: what a session may be allotted to."""
    code = "hall__region_id"
    around = {
        f"around_{digits}": Concat(Substr(code, 1, digits), Value("0" * (_DIGITS - digits)))
        for digits in SIGNIFICANT_DIGITS.values()
    }
    return WaitlistEntry.objects.waiting().alias(**around)


def _wants(**session: Any) -> Q:
    """Which of `_queue` want a place in a session; what is `_ASKED_OF_A_SESSION` is given as values or OuterRefs."""
    allotted = Q(hall=session["allotted_hall_id"])
    for digits in SIGNIFICANT_DIGITS.values():
        allotted |= Q(**{f"around_{digits}": session["allotted_region_id"]})
    return Q(
        allotted,
        Q(doctor__isnull=True) | Q(doctor=session["doctor_id"]),
        Q(period="") | Q(period=session["period"]),
        department=session["department_id"],
        first_date__lte=session["date"],
        last_date__gte=session["date"],
    )
