"""等放号: booking a session as soon as its places are released, strictly in the order in which people asked.

Making a wish and serving one both take the department's turn, so no wish is made unseen while its session is
served, and the keys' order is that of asking.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import bookings, eligibility, places_given, policies, queues, revisit_ends, times, windows
from appointments.enums import WISH_TRANSITIONS, QueueMode, SessionState, SlotKind, WishState
from appointments.errors import (
    AlreadyBooked,
    AlreadyWaiting,
    BookingError,
    NothingToWaitFor,
    NotLive,
    SlotFull,
    SlotNotOffered,
)
from appointments.models import ClinicSession, Department, Slot, Wish
from auditorium import clock
from auditorium.dates import clock_time, full_date
from auditorium.domain import audit, follow_ups, hall_hours
from auditorium.domain.transitions import transition
from auditorium.enums import FollowUpKind
from auditorium.models.villagers import gone

if TYPE_CHECKING:
    from datetime import time

    from django.db.models import QuerySet

    from appointments.domain.policies import Policy
    from appointments.models import Appointment
    from appointments.models.sessions import SlotQuerySet
    from auditorium.models import Hall, User, Villager

_TO_SEE_TO_IT = timedelta(hours=4)


def make(
    *, session: ClinicSession, villager: Villager, hall: Hall, by: User | None, not_before: time | None = None
) -> Wish:
    """Have a place of the session booked when it is released, at `not_before` or later where that is said.

    Whether the villager may have it (limits, no-shows) is decided then. Raises VillagerNotReady, AlreadyWaiting, or
    NothingToWaitFor where the session never opens for this hall, is released already, or has no such time.
    """
    with transaction.atomic():
        queues.take_turn(session.department_id)
        villager = places_given.lock_villager(villager.pk)
        session = _load(session.pk)
        policy = policies.policy_for(session.department)
        eligibility.check_villager(villager, policy, session.date)
        why = why_not_to_wait(session=session, hall=hall) or _why_no_time(session, not_before)
        if why:
            raise NothingToWaitFor(why)
        if _waiting().filter(villager=villager, session=session).exists():
            raise AlreadyWaiting(_("%(name)s已经登记过这一班了，放号就约，不用再登记。") % {"name": villager.name})
        wish = Wish.objects.create(
            villager=villager, hall=hall, session=session, not_before=not_before, made_by=by, made_at=clock.now()
        )
        audit.record(action="wished", what=wish, by=by, hall=hall, villager_id=villager.pk)
    return wish


def cancel(*, wish: Wish, by: User | None, why: str = "") -> None:
    """The villager does not want it any more. Raises NotLive when it was tried already."""
    with transaction.atomic():
        places_given.lock_villager(wish.villager_id)
        if not _end(wish, WishState.CANCELLED, by=by, why=why):
            raise NotLive(_("这次登记已经有结果了，不用再取消。"))
        revisit_ends.wish_cancelled(wish, by=by, why=why)


def why_not_to_wait(*, session: ClinicSession, hall: Hall) -> str:
    """One sentence why nobody can wait for the session's release, and what to do; empty when they can.

    The session comes with department, hospital and policies.
    """
    now = clock.now()
    policy = policies.policy_for(session.department)
    if not ClinicSession.objects.for_hall(hall).filter(pk=session.pk).exists():
        return _("这个班次不是分给本礼堂的，请选别的班次。")
    if times.over(day=session.date, period=session.period, starts_at=None) <= now:
        return _("这个班次已经过了，请选别的日子。")
    if session.state == SessionState.SUSPENDED or session.queue == QueueMode.WALK_IN:
        return windows.why_session_closed(session=session, policy=policy, at=now)
    if now >= windows.release_at(policy=policy, day=session.date):
        return _("已经放号，直接约就行；约满了的，可以帮村民排候补。")
    if not places_of(session).exists():
        return _("这个班次没有可以约的号，请选别的班次。")
    return ""


def places_of(session: ClinicSession) -> SlotQuerySet:
    """What will be given of the session, taken or not."""
    return Slot.objects.open().filter(session=session, kind=SlotKind.REGULAR, capacity__gt=0)


def ahead_of(wish: Wish) -> int:
    """How many wished for the same session before."""
    return _waiting().filter(session=wish.session_id, pk__lt=wish.pk).count()


def serve_due() -> int:
    """Serve every session that is released, or that will never be; return how many wishes ended."""
    return sum(serve_session(pk) for pk in _due_sessions())


def serve_session(session_id: int) -> int:
    """Give everybody who wished for the session their turn, if it is time; return how many wishes ended.

    Each turn is a transaction of its own and looks for the first anew: whoever else serves at the same moment, or is
    cut off in the midst, the order holds and nobody is served twice. What is written is in Chinese, whoever's
    request this runs in.
    """
    ended = 0
    with translation.override(settings.LANGUAGE_CODE):
        while _waiting().filter(session=session_id).exists() and _serve_first(session_id):
            ended += 1
    return ended


def _serve_first(session_id: int) -> bool:
    """Try for the first who waits; False when it is nobody's turn."""
    department_id = ClinicSession.objects.values_list("department_id", flat=True).get(pk=session_id)
    with transaction.atomic():
        queues.take_turn(department_id)
        session = _load(session_id)
        wishes = _waiting().filter(session=session).select_related("hall").order_by("pk")
        wish = wishes.first() if _is_time(session) else wishes.filter(gone("villager__")).first()
        if wish is None:
            return False
        wish.villager, wish.session = places_given.lock_villager(wish.villager_id), session
        if _waiting().filter(pk=wish.pk).exists():  # else cancelled while we waited for the lock
            _turn(wish)
        return True


def _turn(wish: Wish) -> None:
    """Book for the wish, or end it with the reason and have somebody offer something else."""
    if wish.villager.is_gone:
        why = eligibility.why_gone(wish.villager)
        _end(wish, WishState.CANCELLED, by=None, why=why)
        revisit_ends.wish_cancelled(wish, by=None, why=why)
        return
    try:
        appointment = _book(wish)
    except AlreadyBooked as error:
        _end(wish, WishState.MISSED, by=None, why=error.sentence)
        revisit_ends.wish_booked(wish)
    except BookingError as error:
        _end(wish, WishState.MISSED, by=None, why=error.sentence)
        revisit_ends.wish_missed(wish)
        _ask_for_another(wish, error.sentence)
    else:
        _end(wish, WishState.BOOKED, by=None, appointment=appointment)
        revisit_ends.wish_booked(wish)


def _book(wish: Wish) -> Appointment:
    """The earliest place that suits. Raises what `bookings.book` does."""
    session = wish.session
    policy = policies.policy_for(session.department)
    closed = windows.why_session_closed(session=session, policy=policy, at=clock.now())
    if session.state == SessionState.OPEN and not places_of(session).exists():
        closed = _("这个班次没有可以约的号了")
    if closed:
        raise SlotNotOffered(closed)
    refused: BookingError = SlotFull(_full(wish))
    for slot in _from(places_of(session).with_free_places(), wish.not_before):
        try:
            return bookings.book(
                slot=slot, villager=wish.villager, hall=wish.hall, by=None, in_person=False, for_wish=True
            )
        except (SlotFull, SlotNotOffered) as error:  # gone this very moment: the next time may still be there
            refused = error
    raise refused


def _full(wish: Wish) -> str:
    if wish.not_before is None:
        return _("放号的时候号已经约完了")
    return _("放号的时候%(time)s以后的号已经约完了") % {"time": clock_time(wish.not_before)}


def _end(wish: Wish, to: WishState, *, by: User | None, why: str = "", appointment: Appointment | None = None) -> int:
    return transition(
        Wish.objects.filter(pk=wish.pk),
        to=to,
        table=WISH_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
        appointment=appointment,
    )


def _ask_for_another(wish: Wish, why: str) -> None:
    session = wish.session
    now = clock.now()
    follow_ups.open_task(
        hall=wish.hall,
        villager=wish.villager,
        kind=FollowUpKind.CALL,
        reason=(_("放号没约上，请换医生、换日子或排候补：%(why)s") % {"why": why})[:120],
        words=_(
            "%(name)s您好，您等的%(day)s%(period)s的号没有约上。我们帮您换一天、换一位医生，或者排候补，您看哪样好？"
        )
        % {"name": wish.villager.name, "day": full_date(session.date), "period": session.get_period_display()},
        due_at=hall_hours.after_open_hours(wish.hall, now, _TO_SEE_TO_IT),
        about_kind=revisit_ends.WISH,
        about_id=wish.pk,
    )


def _due_sessions() -> list[int]:
    """The sessions with wishes to serve, the earliest released first; a fixed number of queries where there is none."""
    now = clock.now()
    places = Slot.objects.open().filter(session=OuterRef("session"), kind=SlotKind.REGULAR, capacity__gt=0)
    hopeless = Q(session__state=SessionState.SUSPENDED) | Q(session__queue=QueueMode.WALK_IN) | ~Exists(places)
    due = set(_waiting().filter(hopeless | gone("villager__")).values_list("session", flat=True))
    firsts = dict(_waiting().order_by().values_list("session__department").annotate(Min("session__date")))
    departments = Department.objects.select_related("hospital__policy", "policy").filter(pk__in=list(firsts))
    for department in departments:
        last = windows.last_day(policy=policies.policy_for(department), at=now)
        if firsts[department.pk] <= last:
            released = _waiting().filter(session__department=department, session__date__lte=last)
            due |= set(released.values_list("session", flat=True))
    return sorted(due)


def _is_time(session: ClinicSession) -> bool:
    """Whether places of the session can be had now, or never."""
    policy: Policy = policies.policy_for(session.department)
    never = session.queue == QueueMode.WALK_IN or not places_of(session).exists()
    return never or not windows.is_before_release(session=session, policy=policy, at=clock.now())


def _why_no_time(session: ClinicSession, not_before: time | None) -> str:
    if not_before is None or _from(places_of(session), not_before):
        return ""
    last = places_of(session).order_by("-starts_at")[0]
    return _("这个班次%(time)s以后没有号，最晚的一个是%(last)s，请把时间改早一点。") % {
        "time": clock_time(not_before),
        "last": clock_time(last.starts_at),
    }


def _load(session_id: int) -> ClinicSession:
    sessions = ClinicSession.objects.select_related("department__hospital__policy", "department__policy", "doctor")
    return sessions.get(pk=session_id)


def _from(places: SlotQuerySet, not_before: time | None) -> list[Slot]:
    """The places at this time of day or later, the earliest first."""
    found = places.order_by("starts_at", "pk")
    return [slot for slot in found if not_before is None or clock.local(slot.starts_at).time() >= not_before]


def _waiting() -> QuerySet[Wish]:
    return Wish.objects.filter(state=WishState.WAITING)
