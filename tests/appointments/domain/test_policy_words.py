"""How rules read."""

from dataclasses import replace
from datetime import date, time

import pytest

from appointments.domain import policy_words
from appointments.domain.policies import DEFAULTS, RULES
from tests.appointments.factories import at

MONDAY_MORNING = at(date(2026, 11, 23), 9)


@pytest.mark.parametrize(
    ("rules", "release", "stop"),
    [
        ({}, "提前 14 天放号，现在能约到12月7日 周一。", "第二天的号，约到前一天下午4:00为止。"),
        (
            {"window_days": 7, "release_time": time(15), "stop_rule": "previous_workday"},
            "提前 7 天下午3:00放号，现在能约到11月29日 周日。",
            "号约到前一个工作日下午4:00为止，周末和节假日以后的要早些约。",
        ),
        (
            {"window_days": 0, "same_day": True, "release_time": time(7)},
            "当天早上7:00放号。",
            "当天也能约：上午的号到上午11:00，下午的号到下午4:00。",
        ),
        (
            {"same_day": True, "stop_rule": "same_day", "stop_morning": time(10, 30)},
            "提前 14 天放号，现在能约到12月7日 周一。",
            "当天也能约：上午的号到上午10:30，下午的号到下午4:00。",
        ),
        (
            {"same_day": True},
            "提前 14 天放号，现在能约到12月7日 周一。",
            "约到前一天下午4:00；当天又能约，上午的号到上午11:00，下午的号到下午4:00。",
        ),
        (
            {"same_day": True, "stop_rule": "previous_workday"},
            "提前 14 天放号，现在能约到12月7日 周一。",
            "约到前一个工作日下午4:00；当天又能约，上午的号到上午11:00，下午的号到下午4:00。",
        ),
    ],
)
def test_desk_reads_when_places_can_be_had(time_machine, rules, release, stop):
    time_machine.move_to(MONDAY_MORNING)
    assert policy_words.window_in_words(replace(DEFAULTS, **rules), MONDAY_MORNING) == [release, stop]


def test_every_rule_reads_as_words():
    words = {rule: policy_words.in_words(DEFAULTS, rule) for rule in RULES}
    assert "" not in words.values()
    assert (words["window_days"], words["stop_time"], words["same_day"]) == ("14 天", "下午4:00", "否")
    assert (words["per_week"], words["minimum_age"], words["documents"]) == ("不限", "不限年龄", "都可以")
    assert (words["offer_minutes"], words["max_moves"], words["stop_rule"]) == ("120 分钟", "2 次", "前一天")
    told = replace(DEFAULTS, documents=("resident_id", "passport"), minimum_age=14, per_week=2)
    said = [policy_words.in_words(told, rule) for rule in ("documents", "minimum_age", "per_week")]
    assert said == ["居民身份证、护照", "14 周岁", "2 次"]
