"""How a rule reads to whoever sets it: 14 天, 下午4:00, 不可以."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from django.utils.translation import gettext as _

from appointments.domain import policies, windows
from appointments.domain.eligibility import RESIDENT_ID
from appointments.domain.policies import Policy
from appointments.enums import NoShowScope, StopRule
from auditorium.dates import clock_time, full_date
from auditorium.enums import OtherDocument

_DAYS = ("window_days", "cancel_days_before", "no_show_days", "no_show_penalty_days")
_MINUTES = ("offer_minutes", "arrive_minutes")
_LIMITS = ("per_day", "per_week", "per_month", "per_quarter")


def document_choices() -> list[tuple[str, str]]:
    """Every document a hospital may accept or not, the resident ID first."""
    return [(RESIDENT_ID, _("居民身份证")), *((str(kind), str(kind.label)) for kind in OtherDocument)]


def in_words(policy: Policy, rule: str) -> str:
    """What a policy says on one rule."""
    value = getattr(policy, rule)
    if rule in _SAID_APART:
        return _SAID_APART[rule](policy)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, time):
        return clock_time(value)
    if isinstance(value, int):
        return _number(rule, value)
    return value or (_("不限") if rule in _LIMITS else _("不写"))


def window_in_words(policy: Policy, at: datetime) -> list[str]:
    """When places are released and until when they can be had, as the desk tells it: one sentence each."""
    last = full_date(windows.last_day(policy=policy, at=at))
    released = {"days": policy.window_days, "time": clock_time(policy.release_time), "last": last}
    return [_release_in_words(policy) % released, _stop_in_words(policy)]


def _release_in_words(policy: Policy) -> str:
    at_midnight = policy.release_time == time(0, 0)
    if not policy.window_days:
        return _("当天放号。") if at_midnight else _("当天%(time)s放号。")
    if at_midnight:
        return _("提前 %(days)d 天放号，现在能约到%(last)s。")
    return _("提前 %(days)d 天%(time)s放号，现在能约到%(last)s。")


def _stop_in_words(policy: Policy) -> str:
    stops = {
        "before": clock_time(policy.stop_time),
        "morning": clock_time(policy.stop_morning),
        "afternoon": clock_time(policy.stop_afternoon),
    }
    if not policy.same_day:
        if policy.stop_rule == StopRule.PREVIOUS_WORKDAY:
            return _("号约到前一个工作日%(before)s为止，周末和节假日以后的要早些约。") % stops
        return _("第二天的号，约到前一天%(before)s为止。") % stops
    if policy.stop_rule == StopRule.SAME_DAY or not policy.window_days:
        return _("当天也能约：上午的号到%(morning)s，下午的号到%(afternoon)s。") % stops
    if policy.stop_rule == StopRule.PREVIOUS_WORKDAY:
        return _("约到前一个工作日%(before)s；当天又能约，上午的号到%(morning)s，下午的号到%(afternoon)s。") % stops
    return _("约到前一天%(before)s；当天又能约，上午的号到%(morning)s，下午的号到%(afternoon)s。") % stops


def _documents(policy: Policy) -> str:
    named = dict(document_choices())
    return _("、").join(named[name] for name in policy.documents) if policy.documents else _("都可以")


def _number(rule: str, value: int) -> str:
    if rule in _DAYS:
        return _("%(count)d 天") % {"count": value}
    if rule in _MINUTES:
        return _("%(count)d 分钟") % {"count": value}
    if rule == "minimum_age":
        return _("%(age)d 周岁") % {"age": value} if value else _("不限年龄")
    return _("%(count)d 次") % {"count": value}


_SAID_APART: dict[str, Callable[[Policy], str]] = {
    "documents": _documents,
    "bring": policies.bring,
    "stop_rule": lambda policy: str(StopRule(policy.stop_rule).label),
    "no_show_scope": lambda policy: str(NoShowScope(policy.no_show_scope).label),
}
