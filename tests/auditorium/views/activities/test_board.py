"""The hall's screen and its notices: no names, no login on a paired screen, and only what is this hall's."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain.activities import announcement, cancelling, enrolling, notices
from auditorium.domain.library import displays
from auditorium.models import HallClosure, Notice, OpeningHours
from tests.admin_rows import hall_manager
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.auditorium.views.activities.test_pages import go, words
from tests.factories import HallFactory, ResourceFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂", market_days="六")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def manager(hall):
    return hall_manager(hall)


@pytest.fixture
def screen(client, hall, desk):
    """A browser that was paired, in which nobody is logged in."""
    display, token = displays.begin()
    displays.pair(code=display.code, name="大厅电视", hall=hall, by=desk)
    client.cookies["display"] = token
    return client


def test_board_tells_the_week_with_room_and_lunar_date_and_no_names(screen, hall, desk):
    activity = activity_in(RoomFactory(hall=hall, name="二楼教室"), weeks=2, teacher="茹小琴")
    off = activity_in(RoomFactory(hall=hall), hour=14, title="剪纸班")
    cancelling.cancel(activity=off, why="老师有事", by=desk)
    activity_in(RoomFactory(), title="别处的班")
    enrolling.sign_up(activity=activity, villagers=[told(hall, name="欧阳荣根")], by=desk)
    notices.put_up(hall=hall, words="医保开始缴费", first_day=MONDAY, last_day=TUESDAY, by=desk)
    shown = words(go(screen, "screen_board"))
    for said in ("智能手机班", "二楼教室", "农历十月十五", "赶集日", "医保开始缴费", "剪纸班", "取消了"):
        assert said in shown, said
    for hidden in ("欧阳荣根", "茹小琴", "别处的班", "老师有事"):
        assert hidden not in shown, hidden


def test_board_says_on_which_days_the_hall_is_shut(screen, hall):
    shut_on_wednesday(hall)
    HallClosure.objects.update(first_day=TUESDAY, last_day=TUESDAY)
    assert words(go(screen, "screen_board")).count("礼堂关门（修屋顶）") == 1


def test_only_a_paired_screen_shows_it_and_only_while_nothing_plays(screen, hall, desk, client):
    resource = ResourceFactory(kind="audio")
    assert go(screen, "screen_board").status_code == 200
    display = hall.displays.get()
    use = displays.uses.open_resource(resource=resource, hall=hall, by=desk, place="display")
    type(display).objects.filter(pk=display.pk).update(use=use, is_playing=True, active_at=at(MONDAY, 9))
    assert go(screen, "screen_board").status_code == 302
    displays.unpair(display=hall.displays.get(), by=desk)
    assert go(screen, "screen_board").status_code == 302
    client.cookies.clear()
    assert go(client, "screen_board").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_board_asks_a_fixed_number_of_queries(screen, hall, desk, count, django_assert_num_queries):
    for each in range(count):
        activity_in(RoomFactory(hall=hall), weeks=2, hour=9 + each)
        notices.put_up(hall=hall, words="医保开始缴费", first_day=MONDAY, last_day=TUESDAY, by=desk)
    with django_assert_num_queries(4):
        go(screen, "screen_board")


def test_board_shows_as_many_days_as_fit_a_television(screen, hall):
    for ahead in range(1, 7):
        for hour in (9, 14):
            activity_in(RoomFactory(hall=hall), day=MONDAY + timedelta(days=ahead), hour=hour, title=f"{ahead}班")
    shown = words(go(screen, "screen_board"))
    assert [f"{ahead}班" in shown for ahead in range(1, 7)] == [True, True, True, False, False, False]


def test_a_screen_that_plays_nothing_is_led_to_the_board(screen):
    assert go(screen, "screen").headers["Location"] == reverse("auditorium:screen_board")


def test_a_manager_puts_a_notice_up_and_takes_it_down(client, manager, hall):
    client.force_login(manager)
    new = {"words": "12月1日起医保缴费", "first_day": "2026-11-23", "last_day": "2026-12-31"}
    assert "通知挂出来了。" in words(go(client, "notices", **new))
    refused = words(go(client, "notices", **new | {"words": "打13800000021"}))
    assert "不要写手机号" in refused
    notice = Notice.objects.get()
    client.force_login(hall_manager(HallFactory()))
    assert go(client, "notice_down", notice.pk, x="1").status_code == 404
    client.force_login(manager)
    go(client, "notice_down", notice.pk, x="1")
    assert not Notice.objects.exists()


def test_notices_are_read_out(hall, desk):
    assert announcement.paragraphs(hall=hall, first=TUESDAY) == []
    notices.put_up(hall=hall, words="医保开始缴费", first_day=MONDAY, last_day=TUESDAY, by=desk)
    assert announcement.paragraphs(hall=hall, first=TUESDAY)[1:3] == [
        "医保开始缴费。",
        "有不清楚的，到礼堂来问，或者打电话，0575-84000000。",
    ]
    assert announcement.paragraphs(hall=hall, first=TUESDAY + timedelta(days=1)) == []


NEW = {"kind": "class", "title": "剪纸班", "day": "2026-11-25", "begins": "14:00", "ends": "15:30", "weeks": "2"}


def shut_on_wednesday(hall):
    HallClosure.objects.create(hall=hall, first_day=date(2026, 12, 2), last_day=date(2026, 12, 2), reason="修屋顶")


def test_a_series_that_meets_a_closure_is_asked_about_once(client, manager, hall):
    room = RoomFactory(hall=hall)
    shut_on_wednesday(hall)
    client.force_login(manager)
    new = NEW | {"room": room.pk}
    shown = words(go(client, "activity_new", **new))
    assert "12月2日 周三礼堂关门（修屋顶）。" in shown
    assert "知道，照样办，有人开门" in shown
    assert not hall.activities.exists()
    go(client, "activity_new", **new, sure="on")
    activity = hall.activities.get()
    assert activity.dates.count() == 2
    assert words(go(client, "activity", activity.pk)).count("12月2日 周三礼堂关门（修屋顶）。") == 1


def test_one_more_date_in_the_evening_is_asked_about_and_one_by_day_is_not(client, manager, hall):
    room = RoomFactory(hall=hall)
    OpeningHours.objects.create(hall=hall, weekday=3, opens=time(8), closes=time(17))
    activity = activity_in(room)
    client.force_login(manager)
    evening = {"day": "2026-11-25", "begins": "18:30", "ends": "20:00", "room": room.pk}
    assert "礼堂只开上午8:00–下午5:00" in words(go(client, "activity_date_add", activity.pk, **evening, sure="False"))
    assert activity.dates.count() == 1
    go(client, "activity_date_add", activity.pk, **evening, sure="on")
    go(client, "activity_date_add", activity.pk, **evening | {"begins": "09:00", "ends": "10:00"}, sure="False")
    assert activity.dates.count() == 3


def test_shutting_the_hall_in_the_admin_says_what_is_held_then(client, manager, hall):
    activity_in(RoomFactory(hall=hall), weeks=2)
    client.force_login(manager)
    page = reverse("admin:auditorium_hall_change", args=[hall.pk])
    form = {"name": hall.name, "phone": str(hall.phone), "address": "", "market_days": ""}
    empty = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0"}
    rows = {f"opening_hours-{name}": value for name, value in empty.items()}
    rows |= {"closures-TOTAL_FORMS": "1", "closures-INITIAL_FORMS": "0", "closures-0-hall": hall.pk}
    rows |= {"closures-0-first_day": "2026-12-01", "closures-0-last_day": "2026-12-01", "closures-0-reason": "修屋顶"}
    shown = words(client.post(page, form | rows, follow=True))
    assert "12月1日 周二礼堂关门（修屋顶）。可是那天有“智能手机班”，要不要改时间？" in shown
    assert "11月24日" not in shown
