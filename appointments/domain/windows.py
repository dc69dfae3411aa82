"""When a session's places can be had and given back: from its release to its stop, until its cancel deadline."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain import times
from appointments.enums import QueueMode, SessionState, SlotKind, StopRule
from auditorium import clock
from auditorium.dates import clock_time, full_date

if TYPE_CHECKING:
    from appointments.domain.policies import Policy
    from appointments.models import ClinicSession, Slot


def release_at(*, policy: Policy, day: date) -> datetime:
    """The moment from which places of a day can be had."""
    return times.at(day - timedelta(days=policy.window_days), policy.release_time)


def last_day(*, policy: Policy, at: datetime) -> date:
    """The last date whose places are released."""
    here = clock.local(at)
    return here.date() + timedelta(days=policy.window_days - (here.time() < policy.release_time))


def stop_at(*, policy: Policy, day: date, period: str) -> datetime:
    """The moment from which places of a period of a day are no longer given, whatever happens in between."""
    if policy.same_day:
        return times.at(day, policy.same_day_stop(period))
    return _day_before_stop(policy, day)


def cancel_deadline(*, policy: Policy, date: date) -> datetime:
    """The last moment at which a booking for `date` can be cancelled with us."""
    if policy.cancel_on_workdays:
        last = policy.workdays.before(date, policy.cancel_days_before)
    else:
        last = date - timedelta(days=policy.cancel_days_before)
    return times.at(last, policy.cancel_time)


def why_session_closed(*, session: ClinicSession, policy: Policy, at: datetime) -> str:
    """One sentence why no place of the session can be booked at `at`, and what to do; empty when it is offered."""
    if session.state == SessionState.SUSPENDED:
        return _("这个班次停诊了，请选别的时间。")
    if session.queue == QueueMode.WALK_IN:
        return _("这一场先到先看，不用预约，当天直接去就行。")
    released = release_at(policy=policy, day=session.date)
    if at < released:
        return _not_yet(released)
    if _has_stopped(session, policy, at):
        return _too_late(policy)
    if policy.same_day and _waits_for_the_day(session, policy, at):
        return _("今天不再约这天的号，%(day)s当天还可以约。") % {"day": full_date(session.date)}
    return ""


def why_not_bookable(*, slot: Slot, policy: Policy, at: datetime) -> str:
    """One sentence why this slot cannot be booked at `at`, places aside; empty when it is offered."""
    return why_session_closed(session=slot.session, policy=policy, at=at) or why_time_closed(slot=slot, at=at)


def why_time_closed(*, slot: Slot, at: datetime) -> str:
    """One sentence why this time of a session on offer cannot be booked at `at`; empty when it can."""
    if not slot.is_open or slot.kind != SlotKind.REGULAR:
        return _("这个时段不接受预约了，请选别的时间。")
    if slot.starts_at <= at:
        return _("这个时间已经过了，请选别的时间。")
    return ""


def is_before_release(*, session: ClinicSession, policy: Policy, at: datetime) -> bool:
    """Whether the session is 即将放号."""
    return session.state == SessionState.OPEN and at < release_at(policy=policy, day=session.date)


def _day_before_stop(policy: Policy, day: date) -> datetime:
    if policy.stop_rule == StopRule.PREVIOUS_WORKDAY:
        return times.at(policy.workdays.before(day, 1), policy.stop_time)
    return times.at(day - timedelta(days=1), policy.stop_time)


def _has_stopped(session: ClinicSession, policy: Policy, at: datetime) -> bool:
    return at >= stop_at(policy=policy, day=session.date, period=session.period)


def _waits_for_the_day(session: ClinicSession, policy: Policy, at: datetime) -> bool:
    """Between the stop of the day before and midnight, where the day itself is given again."""
    if policy.stop_rule == StopRule.SAME_DAY or clock.local(at).date() >= session.date:
        return False
    return at >= _day_before_stop(policy, session.date)


def _not_yet(released: datetime) -> str:
    here = clock.local(released)
    if here.time() == time(0, 0):
        return _("还没放号，%(day)s起可以约。") % {"day": full_date(here.date())}
    return _("还没放号，%(day)s%(time)s起可以约。") % {"day": full_date(here.date()), "time": clock_time(released)}


def _too_late(policy: Policy) -> str:
    if policy.on_site:
        return _("已经过了约号的时间，请选别的日子，或去现场取号：%(on_site)s") % {"on_site": policy.on_site}
    return _("已经过了约号的时间，请选别的日子，或打电话问医院。")
