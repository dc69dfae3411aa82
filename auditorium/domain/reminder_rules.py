"""How long before, at what hour, and to whom else: what each place has set, and what holds where nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from auditorium.dates import clock_time
from auditorium.enums import AHEAD, ReminderPurpose
from auditorium.models import ReminderRule
from auditorium.models.regions import SIGNIFICANT_DIGITS, codes_around
from auditorium.plain_select import PlainSelect

if TYPE_CHECKING:
    from auditorium.models import Hall

FIRST_HOUR, LAST_HOUR = time(8), time(20)
"""Nothing that can wait is sent outside these hours (Asia/Shanghai)."""

MOST_DAYS, MOST_HOURS, LONGEST_GAP = 14, 6, 72


@dataclass(frozen=True)
class Rule:
    """What holds for one purpose at one hall.

    Told `days` before at a minute of the hall's own among the `minutes` from `at` on, or `before` the event; left out
    where it would follow another text within `gap`. `copies`: relatives get it too, where the villager agreed.
    """

    is_on: bool = True
    days: int = 0
    at: time = FIRST_HOUR
    minutes: int = 1
    before: timedelta = timedelta()
    gap: timedelta = timedelta()
    copies: bool = True


USUAL: Mapping[str, Rule] = {
    ReminderPurpose.THREE_DAYS: Rule(days=3, at=time(9), minutes=180, gap=timedelta(hours=20)),
    ReminderPurpose.ONE_DAY: Rule(days=1, at=time(16), minutes=30, gap=timedelta(hours=20)),
    ReminderPurpose.TWO_HOURS: Rule(is_on=False, before=timedelta(hours=2), gap=timedelta(hours=2)),
}
"""What holds where nobody has set anything; what is not named here is told at once."""

Rules = Mapping[str, Rule]

_AROUND = ", ".join("%s" for _level in SIGNIFICANT_DIGITS)
RULES = PlainSelect(
    ReminderRule,
    f"""
    SELECT {{columns}} FROM auditorium_reminderrule this
    WHERE about_kind = %s
        AND (hall_id = %s OR region_id IN ({_AROUND}) OR hall_id IS NULL AND region_id IS NULL)
    """,  # noqa: S608  only places for values
)


def rules_for(hall: Hall, about_kind: str) -> Rules:
    """The rules of one hall for one kind of thing, by purpose, in one query."""
    codes = codes_around(hall.region_id)
    return _in_force(RULES.all(about_kind, hall.pk, *codes))


def rules_of(halls: Iterable[Hall], about_kinds: Iterable[str]) -> dict[tuple[int, str], Rules]:
    """The same for several halls and kinds, in one query."""
    around = {hall.pk: codes_around(hall.region_id) for hall in halls}
    kinds = set(about_kinds)
    regions = {code for codes in around.values() for code in codes}
    here = Q(hall__in=around) | Q(region__in=regions) | Q(hall=None, region=None)
    found = list(ReminderRule.objects.filter(here, about_kind__in=kinds))
    return {
        (pk, kind): _in_force(
            row
            for row in found
            if row.about_kind == kind
            and (row.hall_id == pk if row.hall_id else row.region_id is None or row.region_id in codes)
        )
        for pk, codes in around.items()
        for kind in kinds
    }


def rule_of(rules: Rules, purpose: str) -> Rule:
    """What holds for one purpose."""
    return rules.get(purpose, _AT_ONCE)


def in_words(row: ReminderRule) -> str:
    """提前1天，下午4:00到4:30; or that it is told at once, or not at all."""
    return words_of(row.purpose, _as_rule(row))


def words_of(purpose: str, rule: Rule) -> str:
    """The same of what holds for a purpose."""
    if not rule.is_on:
        return _("不发")
    if purpose == ReminderPurpose.TWO_HOURS:
        return _("提前%(hours)d小时，晚上和清早不发") % {"hours": rule.before.seconds // 3600}
    if purpose not in AHEAD:
        return _("马上")
    return _("提前%(days)d天，%(first)s到%(last)s") % {
        "days": rule.days,
        "first": clock_time(rule.at),
        "last": clock_time(_later(rule.at, rule.minutes)),
    }


def check(row: ReminderRule) -> None:
    """Raise ValidationError, by field, unless the rule says one thing and something that can be done."""
    wrong: dict[str, str] = {}
    if row.purpose not in AHEAD:
        _check_at_once(wrong, row)
    elif row.purpose == ReminderPurpose.TWO_HOURS:
        _check_hours(wrong, row)
    else:
        _check_days(wrong, row)
    if row.gap_hours is not None and not 1 <= row.gap_hours <= LONGEST_GAP:
        wrong.setdefault("gap_hours", _("填1到%(most)d小时。") % {"most": LONGEST_GAP})
    if row.region_id and row.hall_id:
        wrong["hall"] = _("区域和礼堂只填一个。")
    if wrong:
        raise ValidationError(wrong)


_AT_ONCE = Rule()


def _check_at_once(wrong: dict[str, str], row: ReminderRule) -> None:
    _refuse(wrong, row, ("days", "at", "hours", "gap_hours"), _("这一种是当时就告诉的，这里不用填。"))
    if not row.is_on:
        wrong["is_on"] = _("这一种一定要告诉村民，不能关。")


def _check_hours(wrong: dict[str, str], row: ReminderRule) -> None:
    _refuse(wrong, row, ("days", "at"), _("“提前几小时”只填几小时。"))
    if row.hours is None:
        _require(wrong, row, "hours")
    elif not 1 <= row.hours <= MOST_HOURS:
        wrong["hours"] = _("填1到%(most)d小时。") % {"most": MOST_HOURS}


def _check_days(wrong: dict[str, str], row: ReminderRule) -> None:
    _refuse(wrong, row, ("hours",), _("这一种按天算，几小时不用填。"))
    if row.days is None:
        _require(wrong, row, "days")
    elif row.purpose == ReminderPurpose.ONE_DAY and row.days != 1:
        wrong["days"] = _("“提前一天”只能填1；要更早，请改“提前几天”。")
    elif row.purpose == ReminderPurpose.THREE_DAYS and not 2 <= row.days <= MOST_DAYS:
        wrong["days"] = _("填2到%(most)d天；前一天另有一条。") % {"most": MOST_DAYS}
    if row.at is None:
        _require(wrong, row, "at")
    elif not FIRST_HOUR <= row.at < LAST_HOUR:
        wrong["at"] = _("晚上8点到早上8点不发短信，请填这以外的时间。")


def _refuse(wrong: dict[str, str], row: ReminderRule, fields: Iterable[str], why: str) -> None:
    wrong.update({name: why for name in fields if getattr(row, name) is not None})


def _require(wrong: dict[str, str], row: ReminderRule, field: str) -> None:
    if row.is_on:
        wrong[field] = _("要发，就请填这一项。")


def _in_force(rows: Iterable[ReminderRule]) -> Rules:
    """What these rows of one hall come to: the nearest comes last and stands."""
    return {**USUAL, **{row.purpose: _as_rule(row) for row in sorted(rows, key=_nearness)}}


def _nearness(row: ReminderRule) -> int:
    """Everywhere, then the wider region before the narrower, then the hall itself."""
    if row.hall_id:
        return 13
    return len(row.region_id.rstrip("0")) if row.region_id else 0


def _as_rule(row: ReminderRule) -> Rule:
    usual = USUAL.get(row.purpose, _AT_ONCE)
    at = row.at or usual.at
    return replace(
        usual,
        is_on=row.is_on,
        copies=row.copies,
        days=usual.days if row.days is None else row.days,
        at=at,
        minutes=min(usual.minutes, (LAST_HOUR.hour - at.hour) * 60 - at.minute),
        before=usual.before if row.hours is None else timedelta(hours=row.hours),
        gap=usual.gap if row.gap_hours is None else timedelta(hours=row.gap_hours),
    )


def _later(moment: time, minutes: int) -> time:
    total = moment.hour * 60 + moment.minute + minutes
    return time(total // 60, total % 60)
