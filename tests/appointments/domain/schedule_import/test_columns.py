import pytest

from appointments.domain.schedule_import.columns import Column, column_of


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("科室", Column.DEPARTMENT),
        ("科 室 名 称", Column.DEPARTMENT),
        ("出诊医生", Column.DOCTOR),
        ("出诊日期*", Column.DATE),
        ("星期", Column.WEEKDAY),
        ("上/下午", Column.PERIOD),
        ("开始时间", Column.START),
        ("结束时间：", Column.END),
        ("出诊时间", Column.TIME),
        ("时段长度（分钟）", Column.SLOT_LENGTH),
        ("号源数", Column.CAPACITY),
        ("挂号费(元)", Column.FEE),
        ("挂号费\n（元）", Column.FEE),
        ("号别", Column.CLINIC_CLASS),
        ("诊室", Column.ROOM),
        ("分配给（礼堂或区域）", Column.ALLOTMENT),
        ("Department", Column.DEPARTMENT),
        ("START TIME", Column.START),
        ("start_time", Column.START),
        ("Slot length (min)", Column.SLOT_LENGTH),
        ("Ｄａｔｅ", Column.DATE),
        ("allotted to", Column.ALLOTMENT),
        ("原因", Column.REASON),
    ],
)
def test_header_is_known_in_both_languages(header, column):
    assert column_of(header) == column


@pytest.mark.parametrize("header", ["", "序号", "备注", "()", "柯桥区示例医院 11月门诊排班表"])
def test_other_words_are_no_header(header):
    assert column_of(header) is None
