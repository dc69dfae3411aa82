"""What a hospital's rules come to: its own row over the platform's defaults, and what they say of a slot."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.enums import SessionState
from auditorium import clock
from auditorium.dates import full_date

if TYPE_CHECKING:
    from appointments.models import ClinicSession, Hospital, Slot


@dataclass(frozen=True)
class Policy:
    """A hospital's rules, complete. Field names are those of BookingPolicy.

    Defaults are the platform's: a window of 14 days without the same day, the next day closes at 16:00,
    cancelling until 15:00 the day before, one booking per villager, department and date.
    """

    window_days: int = 14
    same_day: bool = False
    stop_time: time = time(16, 0)
    cancel_days_before: int = 1
    cancel_time: time = time(15, 0)
    one_per_department_and_day: bool = True
    arrive_minutes: int = 15
    bring: str = ""


DEFAULTS = Policy()


def policy_for(hospital: Hospital) -> Policy:
    """The rules in force at a hospital; needs no query when `hospital.policy` was selected with it."""
    try:
        row = hospital.policy
    except ObjectDoesNotExist:
        return DEFAULTS
    own = {f.name: getattr(row, f.name) for f in fields(Policy)}
    return replace(DEFAULTS, **{name: value for name, value in own.items() if value not in (None, "")})


def bring(policy: Policy) -> str:
    """What to bring, in the reader's language when the hospital says nothing of its own."""
    return policy.bring or _("身份证、社保卡（或医保码）、病历")


def _at(day: date, moment: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, moment), timezone.get_default_timezone())


def cancel_deadline(*, policy: Policy, date: date) -> datetime:
    """The last moment at which a booking for `date` can be cancelled with us."""
    return _at(date - timedelta(days=policy.cancel_days_before), policy.cancel_time)


def booking_stop(*, policy: Policy, session: ClinicSession) -> datetime:
    """The moment from which places of a session are no longer given.

    The day before at `stop_time`; where the same day is allowed, when the slot itself begins, which
    `why_not_bookable` checks.
    """
    if policy.same_day:
        return clock.day_bounds(session.date)[1]
    return _at(session.date - timedelta(days=1), policy.stop_time)


def last_day(*, policy: Policy, at: datetime) -> date:
    """The last date inside the booking window."""
    return clock.local(at).date() + timedelta(days=policy.window_days)


def why_session_closed(*, session: ClinicSession, policy: Policy, at: datetime) -> str:
    """One sentence why no place of the session can be booked at `at`; empty when it is offered."""
    if session.state == SessionState.SUSPENDED:
        return _("这个班次停诊了，请选别的时间。")
    if session.date > last_day(policy=policy, at=at):
        opens = session.date - timedelta(days=policy.window_days)
        return _("还没放号，%(day)s起可以约。") % {"day": full_date(opens)}
    if at >= booking_stop(policy=policy, session=session):
        return _("已经过了约号的时间，请选别的日子，或打电话问医院。")
    return ""


def why_not_bookable(*, slot: Slot, policy: Policy, at: datetime) -> str:
    """One sentence why this slot cannot be booked at `at`, places aside; empty when it is offered."""
    return why_session_closed(session=slot.session, policy=policy, at=at) or why_time_closed(slot=slot, at=at)


def why_time_closed(*, slot: Slot, at: datetime) -> str:
    """One sentence why this time of a session on offer cannot be booked at `at`; empty when it can."""
    if not slot.is_open:
        return _("这个时段不接受预约了，请选别的时间。")
    if slot.starts_at <= at:
        return _("这个时间已经过了，请选别的时间。")
    return ""
