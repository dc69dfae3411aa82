from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from appointments.domain import bookings, sessions
from appointments.domain.schedule_import import apply
from appointments.domain.schedule_import.apply import (
    Answers,
    MissingAnswerError,
    ScheduleChangedError,
    import_schedule,
    preview,
)
from appointments.domain.schedule_import.outcome import Outcome
from appointments.enums import ClinicClass, DoctorGrade, SessionState
from appointments.models import ClinicSession, Department, Doctor, HospitalClerk
from auditorium.clock import SHANGHAI
from auditorium.models import AuditEntry, Region
from tests.appointments.domain.schedule_import import workbooks
from tests.appointments.domain.schedule_import.workbooks import HEADER, row, sheet_of
from tests.appointments.factories import DepartmentFactory, DoctorFactory, HospitalFactory, at, bookable_villager
from tests.factories import HallFactory, RegionFactory, UserFactory, desk_user, supervisor

pytestmark = pytest.mark.usefixtures("hall")


def load(*rows, by=None, answers=None, good_rows_only=False, header=HEADER, **options):
    return import_schedule(
        content=sheet_of(*rows, header=header),
        answers=answers or Answers(),
        by=by,
        good_rows_only=good_rows_only,
        **options,
    )


def reasons(outcome):
    return [(problem.place.row, problem.place.header, problem.reason) for problem in outcome.problems]


def figures(outcome):
    return (outcome.new, outcome.changed, outcome.unchanged, outcome.conflicts, outcome.bad)


def without(*left_out):
    """Header and a row without some columns."""
    kept = [n for n, name in enumerate(HEADER) if name not in left_out]
    return [HEADER[n] for n in kept], [row()[n] for n in kept]


def book(session, starts=(8,)):
    hall = session.allotted_hall
    slot = session.slots.get(starts_at=at(session.date, *starts))
    return bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk_user(hall))


def test_import_opens_sessions_with_new_departments_and_doctors(hospital, hall):
    outcome = load(row(医生="李建国 主任医师"))
    assert (figures(outcome), outcome.is_applied) == ((1, 0, 0, 0, 0), True)
    assert (outcome.departments, outcome.doctors) == (("柯桥区示例医院 骨科",), ("骨科 李建国",))
    session = ClinicSession.objects.get()
    assert (session.department.name, session.department.initials, session.department.hospital) == (
        "骨科",
        "gk",
        hospital,
    )
    assert (session.doctor.name, session.doctor.initials, session.doctor.grade) == ("李建国", "ljg", DoctorGrade.CHIEF)
    assert (session.date, session.period, session.clinic_class) == (date(2026, 11, 24), "morning", ClinicClass.EXPERT)
    assert (session.fee, session.room, session.allotted_hall, session.last_number) == (50, "301", hall, 30)
    assert [slot.capacity for slot in session.slots.order_by("starts_at")] == [5, 5, 4, 4, 4, 4, 4]


def test_import_says_the_first_sessions_in_words():
    assert [(n.place.row, n.text) for n in load(row()).openings] == [
        (
            2,
            "骨科 李建国 11月24日 周二 上午 08:00-11:30，30 个号，每 30 分钟一段，分配给宝善桥村文化礼堂",
        )
    ]


def test_import_again_changes_nothing():
    load(row(), row(医生="王芳"))
    audited = AuditEntry.objects.count()
    outcome = load(row(), row(医生="王 芳"))
    assert (figures(outcome), outcome.departments, outcome.doctors) == ((0, 0, 2, 0, 0), (), ())
    assert AuditEntry.objects.count() == audited


def test_import_finds_what_is_there_under_other_spelling(hospital):
    department = DepartmentFactory(hospital=hospital, name="骨科（东院区）")
    doctor = DoctorFactory(department=department, name="李建国")
    load(row(医院="示例医院", 科室="骨科(东 院区)", 医生="李 建国"))
    assert ClinicSession.objects.get().doctor == doctor
    assert (Department.objects.count(), Doctor.objects.count()) == (1, 1)


def test_new_department_much_like_a_known_one_is_pointed_out(hospital):
    DepartmentFactory(hospital=hospital, name="心血管内科门诊")
    assert load(row(科室="心血管内科")).departments == (
        "柯桥区示例医院 心血管内科（已有“心血管内科门诊”，请看看是不是同一个）",
    )


def test_changed_sheet_updates_and_says_what():
    load(row())
    outcome = load(row(号数=37, 诊室="305", **{"挂号费(元)": "60元"}))
    assert figures(outcome) == (0, 1, 0, 0, 0)
    assert [(n.place.row, n.text) for n in outcome.changes] == [
        (2, "骨科 李建国 11月24日 周二 上午：挂号费 50→60、诊室 301→305、号数 30→37")
    ]
    session = ClinicSession.objects.get()
    assert (session.fee, session.room, session.last_number) == (60, "305", 37)
    assert session.slots.order_by("starts_at").first().numbers == [[1, 5], [31, 31]]


def test_changed_times_and_class_keep_the_session():
    load(row())
    before = ClinicSession.objects.get()
    outcome = load(row(开始="8:30", 类别="特需", 号数=18))
    assert [n.text for n in outcome.changes] == [
        "骨科 李建国 11月24日 周二 上午：类别 专家→特需、时间 08:00-11:30→08:30-11:30、号数 30→18"
    ]
    after = ClinicSession.objects.get()
    assert (after.pk, after.clinic_class) == (before.pk, ClinicClass.SPECIAL)
    assert [slot.numbers for slot in after.slots.order_by("starts_at")][:2] == [[[1, 3]], [[4, 6]]]


def test_cells_left_empty_leave_what_is_there():
    load(row())
    outcome = load(row(类别=None, 诊室=None, **{"挂号费(元)": None}))
    assert figures(outcome) == (0, 0, 1, 0, 0)


def test_booked_places_are_never_dropped_and_what_would_is_listed():
    load(row(), row(医生="王芳"))
    first, second = ClinicSession.objects.order_by("pk")
    kept = [book(first), book(first, (11,)), book(second)]
    outcome = load(row(结束="10:00", 诊室="305"), row(医生="王芳", 号数=1), good_rows_only=True)
    assert figures(outcome) == (0, 1, 0, 1, 0)
    assert reasons(outcome) == [
        (2, "号数", "11:00-11:30 已经约了 1 位，新的时间里没有这些时段，没有改。请先和村民改约。"),
    ]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.room, sum(slot.capacity for slot in second.slots.all())) == ("301", 1)
    for appointment in kept:
        appointment.refresh_from_db()
        assert appointment.is_live


def test_fewer_places_than_booked_stop_at_the_booked_ones():
    load(row())
    session = ClinicSession.objects.get()
    book(session)
    book(session, (9,))
    outcome = load(row(号数=1), good_rows_only=True)
    assert (figures(outcome), reasons(outcome)) == (
        (0, 1, 0, 1, 0),
        [(2, "号数", "已经约了 2 位，号数减不到 1，只能减到 2。")],
    )
    again = load(row(号数=1), good_rows_only=True)
    assert figures(again) == (0, 0, 0, 1, 0)
    assert sum(slot.capacity for slot in session.slots.all()) == 2


def test_nothing_goes_in_unless_all_rows_are_good():
    outcome = load(row(), row(医生="孙丽", 号数=-3))
    assert (outcome.is_applied, figures(outcome)) == (False, (1, 0, 0, 0, 1))
    assert (ClinicSession.objects.count(), Department.objects.count()) == (0, 0)


def test_good_rows_go_in_when_asked():
    outcome = load(row(), row(科室="内科", 医生="孙丽", 号数=-3), good_rows_only=True)
    assert (outcome.is_applied, reasons(outcome)) == (True, [(3, "号数", "号数是 -3，要在 1 到 999 之间。")])
    assert [session.department.name for session in ClinicSession.objects.all()] == ["骨科"]
    assert [department.name for department in Department.objects.all()] == ["骨科"]


def test_preview_says_the_same_and_writes_nothing():
    content = workbooks.nasty()
    shown = preview(content=content, answers=Answers(), by=None)
    assert (shown.is_applied, ClinicSession.objects.count(), Department.objects.count()) == (False, 0, 0)
    done = import_schedule(content=content, answers=Answers(), by=None, good_rows_only=True, expected=shown)
    assert (done, done.is_applied) == (shown, True)
    assert Outcome.from_json(done.as_json()) == done


def test_nasty_workbook_comes_in_as_far_as_it_is_good():
    outcome = import_schedule(content=workbooks.nasty(), answers=Answers(), by=None, good_rows_only=True)
    assert figures(outcome) == (5, 0, 0, 0, 7)
    assert reasons(outcome) == [
        (9, "日期", "11月26日 周四，表里写的却是“周三”，请核对。"),
        (10, "号数", "号数是 -3，要在 1 到 999 之间。"),
        (11, "医院", "没有“柯桥区示列医院”这家医院，是不是“柯桥区示例医院”？"),
        (12, "", "和第 5 行是同一个班次，一个班次只写一行。"),
        (13, "开始", "李建国这个时间已经有班：第 5 行。请核对。"),
        (14, "日期", "这一天已经过了，不能再排。"),
        (16, "", "和第 15 行是同一个班次，一个班次只写一行。"),
    ]
    said = [
        (f"{s.date:%m-%d}", s.period, s.department.name, str(s.doctor or ""), str(s.allotted_hall or s.allotted_region))
        for s in ClinicSession.objects.order_by("pk")
    ]
    assert said == [
        ("11-24", "morning", "骨科", "李建国", "宝善桥村文化礼堂"),
        ("11-25", "afternoon", "骨科", "李建国", "宝善桥村文化礼堂"),
        ("11-25", "morning", "骨科", "王芳", "宝善桥村文化礼堂"),
        ("11-27", "morning", "骨科", "吴军", "柯桥区"),
        ("11-24", "morning", "内科", "", "宝善桥村文化礼堂"),
    ]
    again = import_schedule(content=workbooks.nasty(), answers=Answers(), by=None, good_rows_only=True)
    assert figures(again) == (0, 0, 5, 0, 7)


def test_sheet_without_hospital_or_allotment_asks(hospital, hall):
    header, cells = without("医院", "分配给")
    with pytest.raises(MissingAnswerError) as caught:
        load(cells, header=header)
    assert (caught.value.question, caught.value.sentence) == (
        "hospital",
        "表里没有“医院”这一列，请说明是哪家医院的排班。",
    )
    with pytest.raises(MissingAnswerError) as caught:
        load(cells, header=header, answers=Answers(hospital=hospital))
    assert (caught.value.question, caught.value.sentence) == (
        "allotment",
        "表里没有“分配给”这一列，请说明这些号分给哪个礼堂或区域。",
    )
    outcome = load(cells, header=header, answers=Answers(hospital=hospital, hall=hall))
    assert (figures(outcome), ClinicSession.objects.get().allotted_hall) == ((1, 0, 0, 0, 0), hall)


def test_answers_hold_only_for_rows_that_do_not_say(county):
    load(row(), row(医生="王芳", 分配给=None), answers=Answers(region=county))
    assert [(s.allotted_hall_id is not None, s.allotted_region) for s in ClinicSession.objects.order_by("pk")] == [
        (True, None),
        (False, county),
    ]


def test_cells_that_someone_must_fill_are_named():
    outcome = load(row(医院=None), row(分配给=None))
    assert reasons(outcome) == [
        (2, "医院", "医院是空的，请补上。"),
        (3, "分配给", "分配给是空的，请写礼堂名称，或者区划名称、代码。"),
    ]


@pytest.mark.parametrize("said", ["宝善桥村文化礼堂", "宝善桥村", "宝善桥 村 文化礼堂"])
def test_hall_is_found_by_its_name(said, hall):
    load(row(分配给=said))
    assert ClinicSession.objects.get().allotted_hall == hall


@pytest.mark.parametrize(
    ("said", "code"), [("柯桥区", "330603000000"), ("330603", "330603000000"), (330603011, "330603011000")]
)
def test_region_is_found_by_name_or_code(said, code):
    Region.objects.create(code="330603011000", name="安昌街道", level="town")
    load(row(分配给=said))
    assert ClinicSession.objects.get().allotted_region_id == code


def test_village_without_hall_is_found_by_the_name_people_say():
    Region.objects.create(code="330603011260", name="西街社区居委会", level="village")
    load(row(分配给="西街社区"))
    assert ClinicSession.objects.get().allotted_region_id == "330603011260"


def test_names_that_several_have_are_refused():
    HallFactory(name="宝善桥村文化礼堂")
    Region.objects.create(code="330203000000", name="柯桥区", level="county")
    outcome = load(row(), row(分配给="柯桥区"), row(分配给="不知道哪里"), row(分配给="330604"))
    assert reasons(outcome) == [
        (2, "分配给", "叫“宝善桥村文化礼堂”的礼堂有 2 个，请改写区划代码。"),
        (3, "分配给", "叫“柯桥区”的地方不止一个，请改写区划代码。"),
        (4, "分配给", "没有叫“不知道哪里”的礼堂或区域，请写礼堂全名，或者区划名称、代码。"),
        (5, "分配给", "没有叫“330604”的礼堂或区域，请写礼堂全名，或者区划名称、代码。"),
    ]


def test_short_name_of_two_hospitals_names_neither():
    HospitalFactory(name="柯桥区第二示例医院", short_name="示例医院")
    [(_row, header, reason)] = reasons(load(row(医院="示例医院")))
    assert (header, reason[:13]) == ("医院", "没有“示例医院”这家医院，")


def test_what_is_out_of_use_is_refused(hospital):
    closed = HospitalFactory(name="停用医院", is_active=False)
    department = DepartmentFactory(hospital=hospital, name="皮肤科", is_active=False)
    doctor = DoctorFactory(department__hospital=hospital, department__name="骨科", name="李建国", is_active=False)
    outcome = load(row(医院=closed.name), row(科室=department.name), row(医生=doctor.name))
    assert reasons(outcome) == [
        (2, "医院", "“停用医院”已经停用，请先请管理员启用。"),
        (3, "科室", "科室“皮肤科”已经停用，请先启用。"),
        (4, "医生", "医生“李建国”已经不出诊，请先启用。"),
    ]


def test_what_is_over_is_refused_unless_it_is_as_it_was():
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=SHANGHAI), tick=False):
        load(row(日期="2026-11-20"), row(日期="2026-11-20", 医生="王芳"))
    outcome = load(
        row(日期="2026-11-20"),
        row(日期="2026-11-20", 医生="王芳", 号数=40),
        row(日期="2026-11-20", 医生="赵敏"),
        row(日期="2026-11-23"),
        row(日期="2026-11-23", 时段="下午", 开始="13:30", 结束="17:00"),
        good_rows_only=True,
    )
    assert figures(outcome) == (1, 0, 1, 0, 3)
    assert reasons(outcome) == [
        (3, "日期", "这一天已经过了，不能再排。"),
        (4, "日期", "这一天已经过了，不能再排。"),
        (5, "日期", "这个班次已经开始了，不能再排。"),
    ]


def test_one_clinic_may_give_places_to_several_halls():
    other = HallFactory(name="后仓村文化礼堂")
    outcome = load(row(), row(分配给=other.name))
    assert figures(outcome) == (2, 0, 0, 0, 0)


def test_doctor_in_two_places_at_once_is_refused(hospital, hall):
    department = DepartmentFactory(hospital=hospital, name="骨科")
    sessions.open_session(
        details=sessions.SessionDetails(
            department=department,
            doctor=DoctorFactory(department=department, name="李建国"),
            date=date(2026, 11, 24),
            period="afternoon",
            starts=datetime(2026, 1, 1, 11).time(),
            ends=datetime(2026, 1, 1, 15).time(),
            slot_minutes=30,
            capacity=8,
            hall=hall,
        ),
        by=None,
    )
    outcome = load(
        row(), row(时段="下午", 开始="11:00", 结束="15:00", 类别=None, 号数=8, 诊室=None, **{"挂号费(元)": None})
    )
    assert reasons(outcome) == [(3, "开始", "李建国这个时间已经有班：第 2 行。请核对。")]
    assert reasons(load(row())) == [(2, "开始", "李建国这个时间已经有班：系统里 11:00-15:00 的班次。请核对。")]
    ClinicSession.objects.update(state=SessionState.SUSPENDED)
    assert figures(load(row())) == (1, 0, 0, 0, 0)


def test_session_moved_in_the_same_sheet_does_not_clash_with_where_it_was():
    load(row())
    outcome = load(row(结束="10:00", 号数=12), row(时段="下午", 开始="11:00", 结束="12:30"))
    assert figures(outcome) == (1, 1, 0, 0, 0)


def test_two_doctors_of_one_name_are_worth_a_look():
    outcome = load(row(), row(科室="内科"))
    assert figures(outcome) == (2, 0, 0, 0, 0)
    assert [(n.place.row, n.text) for n in outcome.notices] == [
        (3, "李建国同一时间也在骨科（第 2 行），请看看是不是同一个人。")
    ]


def test_class_must_be_said_where_there_are_two():
    load(row(医生=None, 类别="普通"), row(医生=None, 类别="专家"))
    outcome = load(row(医生=None, 类别=None))
    assert reasons(outcome) == [(2, "类别", "系统里这个时段有几个类别的班次，请在类别里写明是哪一个。")]


def test_sessions_the_sheet_leaves_out_stay_and_are_named():
    load(row(), row(医生="王芳"))
    book(ClinicSession.objects.get(doctor__name="王芳"))
    outcome = load(row())
    assert figures(outcome) == (0, 0, 1, 0, 0)
    assert [notice.text for notice in outcome.notices] == [
        "系统里有、表里没有，没有动：骨科 王芳 11月24日 周二 上午，已约 1 位。"
    ]
    assert ClinicSession.objects.count() == 2


def test_clerk_imports_their_own_hospital_for_any_hall(hospital):
    clerk = UserFactory()
    HospitalClerk.objects.create(user=clerk, hospital=hospital)
    HospitalFactory(name="别家医院")
    outcome = load(row(), row(医院="别家医院"), by=clerk, good_rows_only=True)
    assert (figures(outcome), reasons(outcome)) == (
        (1, 0, 0, 0, 1),
        [(3, "医院", "“别家医院”的排班不归您导入。")],
    )


def test_supervisor_imports_any_hospital_for_halls_of_the_region(county, hall):
    HallFactory(name="后仓村文化礼堂", region=RegionFactory(code="330203009205"))
    Region.objects.create(code="330203000000", name="海曙区", level="county")
    outcome = load(
        row(),
        row(分配给="后仓村文化礼堂"),
        row(分配给="海曙区"),
        row(分配给="330203"),
        row(分配给="柯桥区"),
        by=supervisor(county),
        good_rows_only=True,
    )
    assert figures(outcome) == (2, 0, 0, 0, 3)
    assert [reason for _row, _header, reason in reasons(outcome)] == [
        "没有叫“后仓村文化礼堂”的礼堂或区域，请写礼堂全名，或者区划名称、代码。",
        "没有叫“海曙区”的礼堂或区域，请写礼堂全名，或者区划名称、代码。",
        "“海曙区”不在您管的范围里，不能把号分给它。",
    ]


def test_others_import_nothing(hall):
    outcome = load(row(), by=desk_user(hall))
    assert reasons(outcome) == [(2, "医院", "“柯桥区示例医院”的排班不归您导入。")]


def test_outcome_that_is_no_longer_the_one_shown_changes_nothing():
    load(row())
    content = sheet_of(row(结束="10:00", 号数=12))
    shown = preview(content=content, answers=Answers(), by=None)
    book(ClinicSession.objects.get(), (11,))
    with pytest.raises(ScheduleChangedError):
        import_schedule(content=content, answers=Answers(), by=None, good_rows_only=True, expected=shown)
    assert sum(slot.capacity for slot in ClinicSession.objects.get().slots.all()) == 30


def test_import_tries_again_when_others_came_between(monkeypatch):
    real, calls = apply.make_plan, []

    def planned(**kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise IntegrityError
        return real(**kwargs)

    monkeypatch.setattr(apply, "make_plan", planned)
    assert (figures(load(row())), len(calls)) == ((1, 0, 0, 0, 0), 2)


def test_import_gives_up_when_others_keep_coming_between(monkeypatch):
    def planned(**kwargs):
        raise IntegrityError

    monkeypatch.setattr(apply, "make_plan", planned)
    with pytest.raises(ScheduleChangedError):
        load(row())


def test_import_takes_as_many_statements_for_many_rows(django_assert_num_queries, django_assert_max_num_queries):
    names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]
    load(*(row(医生=f"李{name}") for name in names))
    later = date(2026, 11, 24) + timedelta(days=1)
    with django_assert_max_num_queries(16) as few:
        load(row(医生="李甲", 日期=later))
    with django_assert_num_queries(len(few)):
        load(*(row(医生=f"李{name}", 日期=later + timedelta(days=1)) for name in names))


def test_changes_take_as_many_statements_for_many_rows(django_assert_num_queries, django_assert_max_num_queries):
    names = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"]
    load(*(row(医生=f"李{name}") for name in names))
    with django_assert_max_num_queries(24) as few:
        load(row(医生="李甲", 号数=40, 诊室="1"))
    with django_assert_num_queries(len(few)):
        load(*(row(医生=f"李{name}", 号数=50, 诊室="2") for name in names))
