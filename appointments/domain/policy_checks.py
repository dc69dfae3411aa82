"""What contradicts itself in a hospital's rules, told before they are saved.

Rules are weighed as they hold in the end: a row over what stands above it, in a week without holidays. What can
never work stops the saving; what only has no effect, or hits some weekdays, is said and saved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain import offers, policies, times, windows
from appointments.domain.workdays import Workdays
from appointments.enums import Period, StopRule
from auditorium import clock
from auditorium.dates import clock_time, weekday

if TYPE_CHECKING:
    from appointments.domain.policies import Policy
    from appointments.models import BookingPolicy, Hospital

MONDAY = date(2001, 1, 8)
WEEK = tuple(MONDAY + timedelta(days=n) for n in range(7))
"""Any ordinary week."""


@dataclass(frozen=True)
class Finding:
    """One contradiction, at the field that brought it in. A harmless one is said and does not stop the saving."""

    field: str
    sentence: str
    is_harmless: bool = False


@dataclass(frozen=True)
class _Clash:
    """What contradicts what, the likeliest mistake first."""

    fields: tuple[str, ...]
    sentence: str
    is_harmless: bool = False

    def at(self, said: frozenset[str]) -> Finding:
        """At the first of its fields that was filled in; where none was, at the likeliest mistake."""
        field = next((name for name in self.fields if name in said), self.fields[0])
        return Finding(field, self.sentence, self.is_harmless)


class _PlainWeeks(Workdays):
    """No holidays: Monday to Friday people work."""

    def is_workday(self, day: date) -> bool:
        """By the weekday alone."""
        return day.weekday() < 5


def in_row(row: BookingPolicy, above: Policy = policies.DEFAULTS) -> list[Finding]:
    """What a row, saved or not, contradicts in itself or in the rules above it."""
    said = frozenset(policies.said_by(row))
    return [clash.at(said) for clash in _clashes(policies.merged(row, above), said)]


def in_departments(row: BookingPolicy, hospital: Hospital) -> list[Finding]:
    """What a hospital's row makes impossible in departments with rules of their own; one query."""
    above = policies.merged(row)
    said = frozenset(policies.said_by(row))
    own = {finding.sentence for finding in in_row(row)}
    return [
        Finding(clash.at(said).field, f"{department.name}：{clash.sentence}")
        for department in hospital.departments.filter(policy__isnull=False).select_related("policy")
        for clash in _clashes(policies.merged(department.policy, above), frozenset(policies.said_by(department.policy)))
        if not clash.is_harmless and clash.sentence not in own
    ]


def _clashes(policy: Policy, said: frozenset[str]) -> Iterator[_Clash]:
    plain = replace(policy, workdays=_PlainWeeks())
    yield from _of_booking(plain)
    yield from _of_same_day_stops(plain, said)
    yield from _of_cancelling(plain)
    yield from _of_limits(plain, said)
    yield from _of_no_shows(plain, said)
    yield from _of_waitlist(plain, said)
    yield from _of_pick_up(plain)


def _of_booking(policy: Policy) -> Iterator[_Clash]:
    if policy.stop_rule == StopRule.SAME_DAY and not policy.same_day:
        yield _Clash(
            ("stop_rule", "same_day"),
            _("当天不可约，就不能按当天的时间截止。请让当天可约，或改成前一天截止。"),
        )
    when = ("release_time", "stop_time", "window_days", "stop_rule")
    had = {period: [day for day in WEEK if _can_be_had(policy, day, period)] for period in Period}
    if not any(had.values()):
        if not policy.window_days and not policy.same_day:
            why = _("提前 0 天，当天又不可约，一个号也约不到。请写提前几天，或让当天可约。")
            yield _Clash(("window_days", "same_day"), why)
        else:
            yield _Clash(when, _("放号的时候已经截止了，一个号也约不到。请早一些放号，或晚一些截止。"))
        return
    for period, days in had.items():
        if not days:
            yield _Clash(
                (f"stop_{period}", "release_time"),
                _("%(period)s的号放号以前就截止了，永远约不到。请早一些放号，或晚一些截止。")
                % {"period": period.label},
            )
    if missed := [day for day in WEEK if not any(day in days for days in had.values())]:
        yield _Clash(
            ("stop_rule", "window_days", "release_time"),
            _("%(days)s的号放号的时候已经截止了，约不到。这些日子也看病的话，请提前多几天放号。")
            % {"days": _names(missed)},
            is_harmless=True,
        )
    if policy.window_days and policy.same_day and all(_only_on_the_day(policy, day) for day in WEEK):
        yield _Clash(when, _("放号的时候前一天的已经截止了，要到当天零点才约得到。请早一些放号，或写提前 0 天。"))


def _of_same_day_stops(policy: Policy, said: frozenset[str]) -> Iterator[_Clash]:
    for period in Period:
        name = f"stop_{period}"
        if not policy.same_day:
            if name in said:
                yield _Clash((name,), _("当天不可约，当天的截止时间不起作用。"), is_harmless=True)
        elif policy.same_day_stop(period) > _ends(period):
            yield _Clash(
                (name,),
                _("%(period)s看病到%(time)s为止，截止要在这以前。") % _at(period, _ends(period)),
            )
    if policy.same_day and policy.stop_rule == StopRule.SAME_DAY and "stop_time" in said:
        yield _Clash(("stop_time",), _("按当天的时间截止，前一天的截止时间不起作用。"), is_harmless=True)


def _of_cancelling(policy: Policy) -> Iterator[_Clash]:
    opens = _begins(Period.MORNING)
    if not policy.cancel_days_before and policy.cancel_time > opens:
        yield _Clash(
            ("cancel_time", "cancel_days_before"),
            _("当天%(time)s就开始看病了，看完了不能再取消。请写%(time)s以前的时间，或提前一天取消。")
            % {"time": clock_time(opens)},
        )
    never = [day for day in WEEK if _deadline(policy, day) <= windows.release_at(policy=policy, day=day)]
    fields = ("cancel_days_before", "cancel_time", "window_days", "release_time", "cancel_on_workdays")
    if len(never) == len(WEEK):
        yield _Clash(fields, _("还没放号，取消的时间就过了，一个号也取消不了。请晚一些截止取消，或早一些放号。"))
    elif never:
        yield _Clash(
            fields,
            _("%(days)s的号放号的时候，取消的时间已经过了，要取消只能找医院。") % {"days": _names(never)},
            is_harmless=True,
        )


def _of_limits(policy: Policy, said: frozenset[str]) -> Iterator[_Clash]:
    limits = {
        "per_day": (_("一天"), policy.per_day),
        "per_week": (_("一周"), policy.per_week),
        "per_month": (_("一月"), policy.per_month),
        "per_quarter": (_("一季"), policy.per_quarter),
    }
    told = set()
    for (name, (short, less)), (longer_name, (long, more)) in combinations(limits.items(), 2):
        if less is not None and more is not None and less > more and name not in told:
            told.add(name)
            words = {"short": short, "less": less, "long": long, "more": more}
            yield _Clash(
                (name, longer_name),
                _("%(short)s最多 %(less)d 次，%(long)s却最多 %(more)d 次。%(short)s的不能比%(long)s的多。") % words,
            )
    half_day = "one_per_department_and_period"
    if policy.one_per_department_and_day and not policy.one_per_department_and_period and half_day in said:
        yield _Clash((half_day,), _("同科室一天只能约一次，半天能约几次就不起作用。"), is_harmless=True)


def _of_no_shows(policy: Policy, said: frozenset[str]) -> Iterator[_Clash]:
    rest = ("no_show_days", "no_show_penalty_days", "no_show_scope")
    if not policy.no_show_threshold:
        for name in rest:
            if name in said:
                yield _Clash((name,), _("没去 0 次就是不限制，这一项不起作用。"), is_harmless=True)
        return
    if not policy.no_show_days:
        yield _Clash(
            ("no_show_days", "no_show_threshold"),
            _("没去几次就限制，要写多少天内算。不想限制的话，“没去几次就限制”写 0。"),
        )
    if not policy.no_show_penalty_days:
        yield _Clash(
            ("no_show_penalty_days", "no_show_threshold"),
            _("没去几次就限制，要写限制多少天。不想限制的话，“没去几次就限制”写 0。"),
        )


def _of_waitlist(policy: Policy, said: frozenset[str]) -> Iterator[_Clash]:
    if not policy.waitlist:
        if "offer_minutes" in said:
            yield _Clash(("offer_minutes",), _("不可以候补，这一项不起作用。"), is_harmless=True)
        return
    left = max(_waking_minutes(windows.release_at(policy=policy, day=day), _deadline(policy, day)) for day in WEEK)
    if 0 < left < policy.offer_minutes:
        yield _Clash(
            ("offer_minutes", "window_days", "cancel_days_before"),
            _("候补的号要留 %(minutes)d 分钟，从放号到取消截止只有 %(left)d 分钟。请留短一些。")
            % {"minutes": policy.offer_minutes, "left": left},
        )


def _of_pick_up(policy: Policy) -> Iterator[_Clash]:
    for period in Period:
        until = policy.pick_up_by(period)
        if until is None:
            continue
        if until <= _begins(period):
            yield _Clash(
                (f"pick_up_{period}",),
                _("%(period)s%(time)s才开始看病，最晚取号要在这以后。") % _at(period, _begins(period)),
            )
        elif until > _ends(period):
            yield _Clash(
                (f"pick_up_{period}",),
                _("%(period)s看病到%(time)s为止，最晚取号要在这以前。") % _at(period, _ends(period)),
            )


def _can_be_had(policy: Policy, day: date, period: str) -> bool:
    """Whether there is a moment at which a place of this period of the day can be had."""
    opens = windows.release_at(policy=policy, day=day)
    if _only_on_the_day(policy, day):
        opens = max(opens, times.at(day, time(0, 0)))
    return opens < windows.stop_at(policy=policy, day=day, period=period)


def _only_on_the_day(policy: Policy, day: date) -> bool:
    """Whether a day that can be booked on the day itself cannot be booked before it."""
    if not policy.same_day or policy.stop_rule == StopRule.SAME_DAY:
        return False
    before = windows.stop_at(policy=replace(policy, same_day=False), day=day, period=Period.MORNING)
    return windows.release_at(policy=policy, day=day) >= before


def _deadline(policy: Policy, day: date) -> datetime:
    return windows.cancel_deadline(policy=policy, date=day)


def _waking_minutes(begin: datetime, end: datetime) -> int:
    """The minutes between two moments in which an offer's time runs."""
    total = timedelta(0)
    day = clock.local(begin).date()
    while times.at(day, offers.FIRST_HOUR) < end:
        first, last = times.at(day, offers.FIRST_HOUR), times.at(day, offers.LAST_HOUR)
        total += max(min(end, last) - max(begin, first), timedelta(0))
        day += timedelta(days=1)
    return int(total.total_seconds()) // 60


def _begins(period: str) -> time:
    return clock.local(times.begins(day=MONDAY, period=period, starts_at=None)).time()


def _ends(period: str) -> time:
    return clock.local(times.over(day=MONDAY, period=period, starts_at=None)).time()


def _at(period: Period, moment: time) -> dict[str, str]:
    return {"period": str(period.label), "time": clock_time(moment)}


def _names(days: list[date]) -> str:
    return _("、").join(weekday(day) for day in days)
