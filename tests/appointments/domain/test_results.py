"""Result sheets: matched row by row within what the user may mark, good ones in or nothing, twice is once."""

import io
from datetime import date, datetime, timedelta

import pytest
import time_machine
from openpyxl import Workbook

from appointments.domain import bookings, results
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.models import Appointment, HospitalClerk
from auditorium.models import AuditEntry
from tests.admin_rows import administrator
from tests.appointments.factories import DepartmentFactory, HospitalFactory, SlotFactory, at, bookable_villager
from tests.factories import HallFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
HEADER = ("姓名", "就诊日期", "科室", "号", "就诊结果")


@pytest.fixture(autouse=True)
def tuesday_at_nine():
    with time_machine.travel(at(MONDAY + timedelta(days=1), 9), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def hospital():
    return HospitalFactory(name="柯桥区示例医院")


@pytest.fixture
def clerk(hospital):
    user = UserFactory(full_name="陈静")
    HospitalClerk.objects.create(user=user, hospital=hospital)
    return user


def book(hall, hospital, name="张小明", department="骨科", day=MONDAY):
    found = hospital.departments.filter(name=department).first() or DepartmentFactory(
        hospital=hospital, name=department
    )
    slot = SlotFactory(session__allotted_hall=hall, session__date=day, session__department=found)
    with time_machine.travel(at(day - timedelta(days=4), 9), tick=False):
        villager = bookable_villager(hall, name=name)
        return bookings.book(slot=slot, villager=villager, hall=hall, by=desk_user(hall))


def csv(*rows, header=HEADER):
    return "\n".join(",".join(str(cell) for cell in row) for row in (header, *rows)).encode()


def xlsx(*rows, header=HEADER):
    book_ = Workbook()
    for row in (header, *rows):
        book_.worksheets[0].append(row)
    written = io.BytesIO()
    book_.save(written)
    return written.getvalue()


def said(outcome):
    return [(problem.place.row, problem.place.letter, problem.reason) for problem in outcome.problems]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((word, "fulfilled") for word in ("已就诊", " 就诊完成", "看好了", "Attended", "Completed")),
        *((word, "arrived") for word in ("到院", "已签到", "已取号", "Checked in", "checked-in")),
        *((word, "no_show") for word in ("未到", "没来", "爽约", "未就诊", "No-show", "no show", "ABSENT")),
    ],
)
def test_result_is_read_in_the_words_hospitals_use(hall, hospital, clerk, word, state):
    made = book(hall, hospital)
    content = csv((made.reference, word), header=("预约号", "结果"))
    assert results.read(content=content, by=clerk, hospital=hospital).marks == {made.pk: state}


@pytest.mark.parametrize("day", [datetime(2026, 11, 23), "2026-11-23", "11月23日", "11/23", "2026年11月23日 周一"])
def test_row_is_found_by_name_day_and_department(hall, hospital, clerk, day):
    made = book(hall, hospital)
    outcome = results.read(content=xlsx(("张 小明", day, "骨科", None, "已就诊")), by=clerk, hospital=hospital)
    assert (outcome.marks, said(outcome)) == ({made.pk: "fulfilled"}, [])


def test_number_tells_two_of_one_name_apart(hall, hospital, clerk):
    first = book(hall, hospital)
    slot = first.slot
    with time_machine.travel(at(MONDAY - timedelta(days=4), 9), tick=False):
        second = bookings.book(
            slot=slot, villager=bookable_villager(hall, name="张小明"), hall=hall, by=desk_user(hall)
        )
    unclear = results.read(content=csv(("张小明", "2026-11-23", "骨科", "", "未到")), by=clerk, hospital=hospital)
    assert said(unclear) == [(2, "A", "这样的预约不止一个，请写预约号。")]
    rows = [("张小明", "2026-11-23", "骨科", "2号", "未到"), ("张小明", "2026-11-23", "", "1", "已就诊")]
    clear = results.read(content=csv(*rows), by=clerk, hospital=hospital)
    assert clear.marks == {second.pk: "no_show", first.pk: "fulfilled"}


def test_bad_rows_are_named_by_row_column_and_reason(hall, hospital, clerk):
    made = book(hall, hospital)
    future = book(hall, hospital, name="王月珍", day=MONDAY + timedelta(days=5))
    rows = [
        ("张小明", "2026-11-23", "骨科", "", "不知道"),
        ("张小明", "2026-11-23", "骨科", "", ""),
        ("张小明", "2026-11-23", "骨科", "", "停诊"),
        ("张小明", "二十三号", "骨科", "", "已就诊"),
        ("", "2026-11-23", "骨科", "", "已就诊"),
        ("张小明", "2026-11-23", "", "", "已就诊"),
        ("李根生", "2026-11-23", "骨科", "", "已就诊"),
        ("王月珍", f"{future.date}", "骨科", "", "已就诊"),
        ("张小明", "2026-11-23", "骨科", "", "已就诊"),
    ]
    outcome = results.read(content=csv(*rows), by=clerk, hospital=hospital)
    assert said(outcome) == [
        (2, "E", "看不懂结果“不知道”，请写已就诊、到院或未到。"),
        (3, "E", "结果是空的，请写已就诊、到院或未到。"),
        (4, "E", "停诊、取消、改约不是就诊结果，也不算没去。请在排班里办停诊，或者让礼堂取消。"),
        (5, "B", "看不懂日期“二十三号”，请写成 2026-11-24 这样，一行写一天。"),
        (6, "A", "没有预约号的，要写姓名、日期，再写科室或者号。"),
        (7, "C", "没有预约号的，要写姓名、日期，再写科室或者号。"),
        (8, "A", "没有找到这个人这一天的预约，请核对姓名、日期、科室和号。"),
        (9, "E", "还没到日子，11月28日 周六那天起才能登记。"),
    ]
    assert (outcome.marks, outcome.bad, outcome.changing) == ({made.pk: "fulfilled"}, 8, 1)


def test_reference_must_fit_the_name_and_day_written_beside_it(hall, hospital, clerk):
    made = book(hall, hospital)
    header = ("预约号", "姓名", "日期", "结果")
    rows = [
        (made.reference, "李根生", "2026-11-23", "已就诊"),
        (made.reference, "张小明", "2026-11-22", "已就诊"),
        ("22222222", "张小明", "2026-11-23", "已就诊"),
    ]
    outcome = results.read(content=csv(*rows, header=header), by=clerk, hospital=hospital)
    assert said(outcome) == [
        (2, "B", "预约号和姓名对不上，请核对。"),
        (3, "C", "预约号和日期对不上，请核对。"),
        (4, "A", "没有这个预约号，请核对。"),
    ]
    assert outcome.marks == {}


def test_other_hospitals_booking_is_not_found_and_nothing_of_it_is_said(hall, hospital, clerk):
    other = book(hall, HospitalFactory(name="绍兴市示例医院"), name="陶金土")
    by_reference = csv((other.reference, "", "", "未到"), header=("预约号", "姓名", "日期", "结果"))
    by_name = csv(("陶金土", "2026-11-23", "骨科", "", "未到"))
    for content in (by_reference, by_name):
        for whose in (hospital, None):
            outcome = results.read(content=content, by=clerk, hospital=whose)
            assert outcome.marks == {}
            assert "绍兴" not in str(said(outcome))
            assert len(outcome.problems) == 1


def test_called_off_booking_never_becomes_a_no_show(hall, hospital, clerk):
    made = book(hall, hospital)
    Appointment.objects.update(state="cancelled_by_clinic")
    outcome = results.read(content=csv(("张小明", "2026-11-23", "骨科", "", "未到")), by=clerk, hospital=hospital)
    assert said(outcome) == [(2, "E", "这个预约现在是“医院停诊”，不能登记去没去。")]
    Appointment.objects.filter(pk=made.pk).update(state="unmarked")
    outcome = results.read(content=csv(("张小明", "2026-11-23", "骨科", "", "未到")), by=clerk, hospital=hospital)
    assert outcome.marks == {made.pk: "no_show"}


def test_rows_that_contradict_each_other_are_both_left_out(hall, hospital, clerk):
    made = book(hall, hospital)
    row = ("张小明", "2026-11-23", "骨科", "")
    outcome = results.read(content=csv((*row, "未到"), (*row, "已就诊")), by=clerk, hospital=hospital)
    assert [reason for _row, _letter, reason in said(outcome)] == [
        "和第 3 行说的不一样，请核对。",
        "和第 2 行说的不一样，请核对。",
    ]
    assert outcome.marks == {}
    agreed = results.read(content=csv((*row, "到院"), (*row, "已就诊")), by=clerk, hospital=hospital)
    assert (agreed.marks, said(agreed)) == ({made.pk: "fulfilled"}, [])


def test_second_import_changes_nothing(hall, hospital, clerk):
    made = book(hall, hospital)
    content = csv(("张小明", "2026-11-23", "骨科", "", "已就诊"))
    first = results.read(content=content, by=clerk, hospital=hospital)
    assert results.carry_out(marks=first.marks, by=clerk, hospital=hospital) == 1
    acts = AuditEntry.objects.filter(action__in=("fulfilled", "results_imported")).order_by("pk")
    written = [(act.action, act.actor, act.why) for act in acts]
    assert written == [("fulfilled", clerk, "医院的就诊结果"), ("results_imported", clerk, "")]
    again = results.read(content=content, by=clerk, hospital=hospital)
    assert (again.changing, again.unchanged) == (0, 1)
    assert results.carry_out(marks=again.marks, by=clerk, hospital=hospital) == 0
    assert acts.count() == 2
    assert Appointment.objects.get(pk=made.pk).state == "fulfilled"


def test_hospital_knows_better_than_the_desk(hall, hospital, clerk):
    made = book(hall, hospital)
    Appointment.objects.update(state="no_show")
    outcome = results.read(content=csv(("张小明", "2026-11-23", "骨科", "", "已就诊")), by=clerk, hospital=hospital)
    results.carry_out(marks=outcome.marks, by=clerk, hospital=hospital)
    assert Appointment.objects.get(pk=made.pk).state == "fulfilled"


@pytest.mark.parametrize(
    "content", [b"", csv(("x", "y"), header=("a", "b")), csv(("张小明",), header=("姓名",)), b"PK\x03\x04rubbish"]
)
def test_file_that_is_no_result_sheet_is_refused(content):
    with pytest.raises(UnreadableScheduleError):
        results.read(content=content, by=None)


def test_totals_and_blank_rows_are_passed_over(hall, hospital, clerk):
    rows = [("张小明", "2026-11-23", "骨科", "", "已就诊"), ("", "", "", "", ""), ("合计", "", "", "", "")]
    book(hall, hospital)
    assert said(results.read(content=csv(*rows), by=clerk, hospital=hospital)) == []


def test_a_whole_row_is_read_whatever_its_name_begins_with(hall, hospital, clerk):
    rows = [("备注", "2026-11-23", "骨科", "1", "已就诊")]
    assert said(results.read(content=csv(*rows), by=clerk, hospital=hospital)) == [
        (2, "A", "没有找到这个人这一天的预约，请核对姓名、日期、科室和号。")
    ]


def test_what_a_heading_says_in_brackets_is_left_aside(hall, hospital, clerk):
    made = book(hall, hospital)
    header = ("姓名", "就诊日期", "科室", "号", "就诊结果（已就诊/未到）")
    content = csv(("张小明", "2026-11-23", "骨科", "", "未到"), header=header)
    assert results.read(content=content, by=clerk, hospital=hospital).marks == {made.pk: "no_show"}


def test_a_worksheet_without_headings_is_named_and_the_others_are_read(hall, hospital, clerk):
    made = book(hall, hospital)
    workbook = Workbook()
    workbook.active.append(["请在下一张表里填"])
    sheet = workbook.create_sheet("结果")
    for row in (HEADER, ("张小明", "2026-11-23", "骨科", "", "已就诊")):
        sheet.append(row)
    written = io.BytesIO()
    workbook.save(written)
    outcome = results.read(content=written.getvalue(), by=clerk, hospital=hospital)
    assert outcome.marks == {made.pk: "fulfilled"}
    assert [notice.text for notice in outcome.notices] == ["这张工作表没有找到表头，没有读。"]


def test_problems_come_in_the_order_of_the_rows(hall, hospital, clerk):
    book(hall, hospital)
    person = ("张小明", "2026-11-23", "骨科", "")
    rows = [(*person, "已就诊"), (*person, "未到"), ("王芳", "2026-11-23", "骨科", "", "已就诊")]
    outcome = results.read(content=csv(*rows), by=clerk, hospital=hospital)
    assert [row for row, _letter, _reason in said(outcome)] == [2, 3, 4]


@pytest.mark.parametrize("people", [1, 30])
def test_reading_asks_once_however_long_the_sheet(hall, hospital, clerk, people, django_assert_num_queries):
    names = [f"村民{each}" for each in range(people)]
    for name in names:
        book(HallFactory(), hospital, name=name)
    rows = [(name, "2026-11-23", "骨科", "", "已就诊") for name in names]
    clerk.role_list  # noqa: B018 - read once per request
    with django_assert_num_queries(1):
        outcome = results.read(content=csv(*rows), by=clerk, hospital=hospital)
    assert outcome.changing == people


def test_administrator_marks_what_any_hospital_sends(hall, hospital):
    made = book(hall, hospital)
    sheet = csv(("张小明", MONDAY, "骨科", "", "已就诊"))
    outcome = results.read(content=sheet, by=administrator(), hospital=hospital)
    assert outcome.marks == {made.pk: "fulfilled"}
    assert results.carry_out(marks=outcome.marks, by=administrator(), hospital=hospital) == 1
