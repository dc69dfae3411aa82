import contextlib
from datetime import time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appointments.domain.schedule_import.cells import (
    CellError,
    class_of,
    count_of,
    doctor_of,
    fee_of,
    minutes_of,
    name_of,
    same_name,
)
from appointments.enums import ClinicClass, DoctorGrade
from tests.appointments.domain.schedule_import.workbooks import last_words

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def refusal(parse, value):
    with pytest.raises(CellError) as caught:
        parse(value)
    return str(caught.value)


@pytest.mark.parametrize("value", [30, 30.0, "30", "30个", "30 人", "３０", "30号", "30.0"])
def test_count_is_read_with_and_without_its_word(value):
    assert count_of(value) == 30


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("不限", "看不懂号数“不限”，请写整数，例如 30。"),
        (30.5, "看不懂号数“30.5”，请写整数，例如 30。"),
        (True, "看不懂号数“True”，请写整数，例如 30。"),
        (0, "号数是 0，要在 1 到 999 之间。"),
        (-3, "号数是 -3，要在 1 到 999 之间。"),
        (1000, "号数是 1000，要在 1 到 999 之间。"),
    ],
)
def test_count_that_is_none_is_refused(value, sentence):
    assert refusal(count_of, value) == sentence


@pytest.mark.parametrize(
    ("value", "fee"),
    [
        (50, "50"),
        (50.5, "50.50"),
        ("50元", "50"),
        ("¥50", "50"),
        ("￥50.00", "50"),
        ("人民币 50 元/次", "50"),
        ("1,000", "1000"),
        ("免费", "0"),
        (0, "0"),
        ("12.500", "12.50"),
    ],
)
def test_fee_is_read_in_yuan(value, fee):
    assert fee_of(value) == Decimal(fee)


@pytest.mark.parametrize("value", ["-5", "约50", 50.005, "50-80", True, "100000", float("nan"), float("inf")])
def test_fee_that_is_none_is_refused(value):
    assert "挂号费" in refusal(fee_of, value)


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        (30, 30),
        ("30分钟", 30),
        ("半小时", 30),
        ("1小时", 60),
        ("0.5h", 30),
        ("15 min", 15),
        (time(0, 20), 20),
        (timedelta(hours=1), 60),
    ],
)
def test_minutes_are_read_from_words_and_durations(value, minutes):
    assert minutes_of(value) == minutes


@pytest.mark.parametrize("value", [4, 241, "很久", 7.5, True, -30])
def test_minutes_out_of_bounds_are_refused(value):
    assert "每段" in refusal(minutes_of, value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("普通门诊", ClinicClass.ORDINARY),
        (" 专 家 ", ClinicClass.EXPERT),
        ("特需", ClinicClass.SPECIAL),
        ("VIP", ClinicClass.SPECIAL),
    ],
)
def test_class_is_known_by_its_usual_words(value, expected):
    assert class_of(value) == expected


def test_class_not_known_is_refused():
    assert refusal(class_of, "义诊") == "看不懂类别“义诊”，请写普通、专家或特需。"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("李建国", ("李建国", "")),
        ("李 建 国", ("李建国", "")),
        ("张　明", ("张明", "")),
        ("李建国 主任医师", ("李建国", DoctorGrade.CHIEF)),
        ("王芳（副主任医师）", ("王芳", DoctorGrade.ASSOCIATE_CHIEF)),
        ("王芳主治医师", ("王芳", DoctorGrade.ATTENDING)),
        ("李建国医生", ("李建国", "")),
        ("张医生", ("张医生", "")),
        ("John  Smith", ("John Smith", "")),
        ("普通门诊", ("", "")),
        ("-", ("", "")),
        (None, ("", "")),
    ],
)
def test_doctor_is_a_name_with_a_grade_behind_it(value, expected):
    assert doctor_of(value, 40) == expected


@pytest.mark.parametrize("value", ["李建国、王芳", "李建国/王芳", "主任医师"])
def test_doctor_must_be_one(value):
    assert refusal(lambda v: doctor_of(v, 40), value) == f"“{value}”要写一位医生的姓名，几位医生请分几行写。"


def test_name_too_long_or_garbled_is_refused():
    assert refusal(lambda v: name_of(v, 5), "心血管内科门诊") == "“心血管内科门诊”太长，最多 5 个字。"
    assert refusal(lambda v: name_of(v, 5), "骨\ufffd科") == "“骨?科”里有乱码，请重新写。"


def test_names_are_compared_without_width_and_spaces():
    assert same_name("骨科（东 院区）") == same_name("骨科(东院区)")


@given(anything)
def test_every_cell_is_read_or_refused_with_a_sentence(value):
    for parse in (count_of, fee_of, minutes_of, class_of, lambda v: name_of(v, 40), lambda v: doctor_of(v, 40)):
        assert last_words(parse, value, CellError).endswith("。")


@given(st.text())
def test_what_is_read_as_count_is_in_bounds(text):
    with contextlib.suppress(CellError):
        assert 1 <= count_of(text) <= 999
