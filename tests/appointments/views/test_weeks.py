"""The week's grid on its page."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings
from appointments.enums import ChannelKind, ClinicClass, DoctorGrade, Period, SessionState
from appointments.models import BookingChannel, BookingPolicy
from tests.appointments.factories import (
    ClinicSessionFactory,
    DepartmentFactory,
    DoctorFactory,
    SlotFactory,
    at,
    reachable_villager,
)
from tests.appointments.pages import read
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False):
        yield


@pytest.fixture
def department():
    return DepartmentFactory(name="心血管内科", hospital__name="柯桥区示例医院")


@pytest.fixture
def slot(hall, department):
    """A slot of the department for this hall, in a session of its own."""

    def build(day=TUESDAY, hour=8, taken=0, **kwargs):
        session = ClinicSessionFactory(department=department, date=day, allotted_hall=hall, **kwargs)
        return SlotFactory(session=session, starts_at=at(day, hour), taken=taken)

    return build


def week(villager, department, **query):
    return reverse("appointments:week", args=[villager.pk, department.pk], query=query or None)


def check(villager, slot):
    return reverse("appointments:check", args=[villager.pk, slot.pk])


def test_week_is_404_out_of_scope_and_for_a_department_no_longer_in_use(at_desk, villager, department, slot):
    slot()
    assert at_desk.get(week(reachable_villager(HallFactory()), department)).status_code == 404
    department.is_active = False
    department.save()
    assert at_desk.get(week(villager, department)).status_code == 404


def test_week_says_what_every_session_is_in_words(at_desk, hall, desk, villager, department, slot):
    doctor = DoctorFactory(department=department, name="章建国", grade=DoctorGrade.CHIEF)
    slot(doctor=doctor, clinic_class=ClinicClass.EXPERT, fee=50)
    slot(WEDNESDAY, doctor=doctor, clinic_class=ClinicClass.EXPERT, fee=50, state=SessionState.SUSPENDED)
    slot(MONDAY, 14, period=Period.AFTERNOON)
    slot(WEDNESDAY, taken=3)
    own = slot(MONDAY + timedelta(days=4))
    bookings.book(slot=own, villager=villager, hall=hall, by=desk)
    words = read(at_desk.get(week(villager, department))).words
    for said in [
        "周一 11月23日 周二 11月24日 周三 11月25日",
        "章建国 主任医师 专家 50元",
        "普通门诊 10元",
        "上午 余 3",
        "上午 停诊",
        "下午 已截止",
        "上午 约满",
        "上午 已约",
        "提前 14 天放号，现在能约到12月7日 周一。 第二天的号，约到前一天下午4:00为止。",
    ]:
        assert said in words, said


def test_week_says_from_when_a_session_can_be_booked(at_desk, villager, department, slot):
    slot(MONDAY + timedelta(days=15))
    page = read(at_desk.get(week(villager, department, **{"from": "2026-12-07"})))
    assert "上午 11月24日放号" in page.words
    assert "这七天还没有能约的号。没放号的班次，点一下登记“放号就约”。" in page.words


def test_week_says_at_what_hour_places_are_released(at_desk, villager, department, slot):
    BookingPolicy.objects.create(hospital=department.hospital, window_days=7, release_time=time(7))
    slot(MONDAY + timedelta(days=8))
    words = read(at_desk.get(week(villager, department, **{"from": "2026-11-30"}))).words
    assert "上午 11月24日 7:00放号" in words
    assert "提前 7 天早上7:00放号，现在能约到11月30日 周一。" in words


ON_SITE = "每天 7:30 起一楼窗口有 20 个现场号"
NUMBER = "打电话问医院： 0575 8400 1234 每天 8:00–17:00"


def test_week_without_a_free_place_says_what_the_hospital_still_has(at_desk, villager, department, slot):
    BookingPolicy.objects.create(hospital=department.hospital, on_site=ON_SITE)
    slot(taken=3)
    words = read(at_desk.get(week(villager, department))).words
    assert words.count(f"现场号：{ON_SITE} {NUMBER}") == 1


def test_closed_session_says_what_the_hospital_still_has(at_desk, villager, department, slot):
    BookingPolicy.objects.create(hospital=department.hospital, on_site=ON_SITE)
    slot()
    closed = slot(MONDAY, 14, period=Period.AFTERNOON)
    words = read(at_desk.get(week(villager, department, session=closed.session_id))).words
    assert f"14:00–14:30 不能约 现场号：{ON_SITE} {NUMBER}" in words
    words = read(at_desk.get(week(villager, department))).words
    assert (f"现场号：{ON_SITE}" in words, NUMBER in words) == (True, False)


def test_week_without_sessions_names_numbers_on_site(at_desk, villager, department):
    BookingPolicy.objects.create(hospital=department.hospital, on_site=ON_SITE)
    assert f"现场号：{ON_SITE}" in read(at_desk.get(week(villager, department))).words


def test_week_opens_the_earliest_session_and_focuses_its_first_free_time(at_desk, villager, department, slot):
    first = slot(taken=3)
    second = SlotFactory(session=first.session, starts_at=at(TUESDAY, 9), numbers=[[4, 6]])
    page = read(at_desk.get(week(villager, department)))
    assert (page.focus, page.links[page.focus]) == (check(villager, second), "9:00–9:30 余 3")
    assert "11月24日 周二 上午 · 选时间 8:00–8:30 约满" in page.words
    assert check(villager, first) not in page.links


def test_week_opens_the_session_asked_for_without_and_with_htmx(at_desk, villager, department, slot):
    slot()
    other = slot(WEDNESDAY, 14, period=Period.AFTERNOON)
    address = next(
        link for link in read(at_desk.get(week(villager, department))).links if f"session={other.session_id}" in link
    )
    assert address == f"?from=2026-11-23&session={other.session_id}"
    page = read(at_desk.get(week(villager, department) + address))
    partial = at_desk.get(week(villager, department) + address, headers={"HX-Request": "true"})
    assert (page.focus, read(partial).focus) == (check(villager, other), check(villager, other))
    assert "<main" not in partial.content.decode()


def test_week_puts_the_wanted_doctor_first_and_keeps_them_while_turning(at_desk, villager, department, slot):
    wanted = DoctorFactory(department=department, name="丁一鸣")
    slot(doctor=DoctorFactory(department=department, name="章建国", grade=DoctorGrade.CHIEF))
    later = slot(WEDNESDAY, doctor=wanted)
    page = read(at_desk.get(week(villager, department, doctor=wanted.pk)))
    assert page.words.index("丁一鸣") < page.words.index("章建国")
    assert page.focus == check(villager, later)
    assert page.links[f"?from=2026-11-30&doctor={wanted.pk}"] == "后七天"


def test_week_turns_between_today_and_the_week_after_the_window(at_desk, villager, department, slot):
    slot(MONDAY + timedelta(days=9))
    links = read(at_desk.get(week(villager, department))).links
    assert (links["?from=2026-11-23"], links["?from=2026-12-07"]) == ("前七天", "后七天")
    last = read(at_desk.get(week(villager, department, **{"from": "2026-12-14"}))).links
    assert [words for words in last.values() if "七天" in words] == ["前七天"]


@pytest.mark.parametrize("query", ["?from=yesterday&session=x&doctor=", "?from=2026-02-30"])
def test_week_passes_over_an_address_that_makes_no_sense(at_desk, villager, department, slot, query):
    first = slot()
    assert read(at_desk.get(week(villager, department) + query)).focus == check(villager, first)


def test_week_without_a_free_place_says_so(at_desk, villager, department, slot):
    slot(taken=3)
    page = read(at_desk.get(week(villager, department)))
    assert ("这七天没有能约的号了，请看看别的日子或别的科室。" in page.words, page.focus) == (True, "")


def test_week_without_sessions_shows_how_the_hospital_is_booked_elsewhere(at_desk, villager, department):
    BookingChannel.objects.create(
        hospital=department.hospital, name="浙里办", kind=ChannelKind.APP, steps="首页 → 看病就诊", needs="医保码"
    )
    page = read(at_desk.get(week(villager, department)))
    assert "这七天没有分给本礼堂的号" in page.words
    assert "柯桥区示例医院还可以这样约 浙里办 手机应用 首页 → 看病就诊 要准备：医保码" in page.words
    assert page.links[reverse("appointments:record", args=[villager.pk])] == "约好了，登记下来"


def test_week_without_sessions_or_channels_gives_the_hospitals_number(at_desk, villager, department):
    words = read(at_desk.get(week(villager, department))).words
    assert "打电话问医院：0575 8400 1234 每天 8:00–17:00" in words


@pytest.mark.parametrize("doctors", [1, 10])
def test_week_asks_the_database_a_fixed_number_of_times(
    at_desk, villager, department, slot, doctors, django_assert_num_queries
):
    for _ in range(doctors):
        doctor = DoctorFactory(department=department)
        for day in range(7):
            slot(MONDAY + timedelta(days=day), doctor=doctor)
    with django_assert_num_queries(16):
        response = at_desk.get(week(villager, department), headers={"HX-Request": "true"})
    assert response.content.decode().count("余 3") == doctors * 6 + 1
