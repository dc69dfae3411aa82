"""The desk's pages of activities: what they show, whom they let in, in a fixed number of queries."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain import visits
from auditorium.domain.activities import cancelling, enrolling
from auditorium.models import Activity, Attendance, Enrolment, HallClosure, Household, Role, Room
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, UserFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂", market_days="十")


@pytest.fixture
def room(hall):
    return RoomFactory(hall=hall, name="二楼教室")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def client(client, desk):
    client.force_login(desk)
    return client


@pytest.fixture
def as_manager(client, hall):
    user = UserFactory(current_hall=hall)
    Role.objects.create(user=user, role="hall_manager", hall=hall)
    client.force_login(user)
    return client


def go(client, page, *args, **posted):
    url = reverse(f"auditorium:{page}", args=args)
    return client.post(url, posted, follow=True) if posted else client.get(url)


def words(response):
    """What stands on the page, without runs of spaces."""
    return " ".join(response.content.decode().split())


NEW = {
    "kind": "class",
    "title": "剪纸班",
    "day": "2026-11-25",
    "begins": "14:00",
    "ends": "15:30",
    "weeks": "3",
    "places": "12",
}


def test_list_shows_what_the_hall_holds_with_lunar_date_and_market_day(client, room):
    activity_in(room, places=3)
    activity_in(RoomFactory(), title="别处的班")
    shown = words(go(client, "activities"))
    assert "智能手机班" in shown
    assert "农历十月十六" in shown
    assert "还有 3 个位置（一共 3 个）" in shown
    assert "赶集日" not in shown
    assert "别处的班" not in shown
    assert "办一个活动" not in shown


def test_list_says_what_to_do_where_nothing_is_held(client, as_manager):
    assert "写下名称、哪天几点、在哪里，就能报名。" in words(go(as_manager, "activities"))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_a_fixed_number_of_queries(client, hall, room, desk, count, django_assert_num_queries):
    activities = [activity_in(room, weeks=2, hour=9 + 2 * each, places=2) for each in range(count)]
    for _each in range(count):
        enrolling.sign_up(activity=activities[0], villagers=[told(hall)], by=desk)
    visitor = told(hall)
    for name, args, queries in (
        ("activities", (), 12),
        ("activity", (activities[0].pk,), 19),
        ("activity_week", (), 9),
        ("activity_roll_sheet", (activities[0].dates.first().pk,), 8),
        ("activities_for", (visitor.pk,), 17),
        ("activity_sign_up", (activities[0].pk, visitor.pk), 17),
        ("activity_handout_sheet", (activities[0].pk,), 10),
    ):
        with django_assert_num_queries(queries):
            go(client, name, *args)


def test_of_another_hall_there_is_nothing(client):
    activity = activity_in(RoomFactory())
    enrolling.sign_up(activity=activity, villagers=[told(activity.hall)], by=None)
    date, enrolment = activity.dates.get(), Enrolment.objects.get()
    mine = told(client_hall := HallFactory())
    for name, args in (
        ("activity", (activity.pk,)),
        ("activity_poster", (activity.pk,)),
        ("activity_roll", (date.pk,)),
        ("activity_roll_sheet", (date.pk,)),
        ("activity_sign_off", (enrolment.pk,)),
        ("activity_sign_up", (activity.pk, mine.pk)),
        ("activity_signed", (activity.pk, enrolment.villager_id)),
        ("activity_slip", (activity.pk, enrolment.villager_id)),
        ("activities_for", (enrolment.villager_id,)),
        ("activity_learner", (enrolment.pk,)),
        ("activity_feedback", (date.pk,)),
        ("activity_handouts", (activity.pk,)),
        ("activity_handout_sheet", (activity.pk,)),
    ):
        assert go(client, name, *args).status_code == 404, name
    assert client_hall.activities.count() == 0


def test_the_desk_changes_nothing(client, room):
    activity = activity_in(room)
    date = activity.dates.get()
    for name, args in (
        ("activity_new", ()),
        ("room_new", ()),
        ("activity_change", (activity.pk,)),
        ("activity_cancel", (activity.pk,)),
        ("activity_date_add", (activity.pk,)),
        ("activity_date_move", (date.pk,)),
        ("activity_date_cancel", (date.pk,)),
        ("activity_handouts", (activity.pk,)),
        ("notices", ()),
    ):
        assert go(client, name, *args).status_code == 403, name
        assert go(client, name, *args, why="老师有事").status_code == 403, name


def test_new_makes_a_series(as_manager, room):
    response = go(as_manager, "activity_new", **NEW, room=room.pk)
    activity = Activity.objects.get()
    assert response.redirect_chain == [(reverse("auditorium:activity", args=[activity.pk]), 302)]
    assert [one.starts_at for one in activity.dates.all()] == [
        at(date(2026, 11, 25) + timedelta(weeks=week), 14) for week in range(3)
    ]


def test_new_says_what_stands_in_the_room_and_keeps_what_was_typed(as_manager, room):
    activity_in(room, day=date(2026, 12, 2), hour=15)
    shown = words(go(as_manager, "activity_new", **NEW, room=room.pk))
    assert "二楼教室在12月2日 周三下午3:00到下午5:00已经有“智能手机班”了，请换个时间或场地。" in shown
    assert 'value="剪纸班"' in shown
    assert Activity.objects.count() == 1


def test_new_asks_for_a_room_first_and_room_new_adds_one(as_manager, hall):
    assert "先写下礼堂有哪些场地" in words(go(as_manager, "activity_new"))
    go(as_manager, "room_new", name="大厅", places="80")
    assert Room.objects.get().hall == hall
    assert "这个礼堂已经有同名的场地了。" in words(go(as_manager, "room_new", name="大厅", places="90"))


def test_new_fills_in_a_festival(as_manager, room):
    shown = words(as_manager.get(reverse("auditorium:activity_new"), {"festival": "2026-12-22"}))
    assert 'value="我们的节日·冬至"' in shown
    assert 'value="2026-12-22"' in shown


def test_change_move_add_and_cancel(as_manager, room):
    activity = activity_in(room, weeks=2)
    first, second = activity.dates.all()
    said = {"kind": "class", "title": "手机班", "closes_on": "2026-11-30"}
    go(as_manager, "activity_change", activity.pk, **said)
    moved = {"day": "2026-11-25", "begins": "09:00", "ends": "10:00", "room": room.pk}
    go(as_manager, "activity_date_move", first.pk, **moved)
    go(as_manager, "activity_date_add", activity.pk, **moved | {"day": "2026-12-09"})
    go(as_manager, "activity_date_cancel", second.pk, why="老师有事")
    activity.refresh_from_db()
    assert (activity.title, activity.closes_at) == ("手机班", at(date(2026, 12, 1), 0))
    assert [(one.starts_at.day, one.state) for one in activity.dates.all()] == [
        (25, "scheduled"),
        (1, "cancelled"),
        (9, "scheduled"),
    ]
    assert "这个活动取消了：礼堂修屋顶。" in words(go(as_manager, "activity_cancel", activity.pk, why="礼堂修屋顶"))


def household(hall):
    home = Household.objects.create(hall=hall, name="张小明家")
    old = {"household": home, "birth_date": date(1954, 2, 7)}
    return (
        told(hall, **old),
        told(hall, name="李秀英", **old),
        told(hall, name="章小红", household=home, birth_date=MONDAY),
    )


def test_sign_up_offers_the_household_and_says_who_cannot(client, hall, room):
    activity = activity_in(room, from_age=60, places=1)
    husband, wife, child = household(hall)
    shown = words(go(client, "activity_sign_up", activity.pk, husband.pk))
    assert "章小红不到60岁，这个活动是请60岁以上的人来的。" in shown
    response = go(client, "activity_sign_up", activity.pk, husband.pk, people=[husband.pk, wife.pk])
    assert response.redirect_chain[-1][0] == reverse("auditorium:activity_signed", args=[activity.pk, husband.pk])
    assert [(one.villager, one.state) for one in Enrolment.objects.order_by("pk")] == [
        (husband, "enrolled"),
        (wife, "waiting"),
    ]
    assert "候补的有位置了，我们马上告诉本人，不用再来问。" in words(response)
    slip = words(go(client, "activity_slip", activity.pk, husband.pk))
    assert "李秀英（候补）" in slip
    refused = go(client, "activity_sign_up", activity.pk, child.pk, people=[child.pk])
    assert Enrolment.objects.count() == 2
    assert "张小明已经报过名了" in words(refused)


def test_sign_up_says_what_stands_against_it_when_the_button_is_pressed(client, hall, room, desk):
    activity, villager = activity_in(room), told(hall)
    cancelling.cancel(activity=activity, why="老师有事", by=desk)
    url = reverse("auditorium:activity_sign_up", args=[activity.pk, villager.pk])
    response = client.post(url, {"people": [villager.pk]})
    assert (response.status_code, Enrolment.objects.count()) == (409, 0)
    assert "这个活动已经取消了。" in words(response)


def test_activity_offers_whoever_is_served_and_finds_others(client, hall, room, desk):
    activity = activity_in(room)
    villager = told(hall, name="欧阳荣根")
    visits.serve(visit=VisitFactory(hall=hall, villager=villager, label=""), by=desk)
    assert "给欧阳荣根报名" in words(go(client, "activity", activity.pk))
    assert "没有找到。" in words(go(client, "activity_find", activity.pk, q="无此人"))
    assert go(client, "activity_find", activity.pk).status_code == 302


def test_sign_off_gives_the_place_on_and_says_to_whom(client, hall, room, desk):
    activity = activity_in(room, places=1)
    first, _second = enrolling.sign_up(activity=activity, villagers=[told(hall), told(hall, name="李秀英")], by=desk)
    assert "张小明不来了吗？" in words(go(client, "activity_sign_off", first.pk))
    shown = words(go(client, "activity_sign_off", first.pk, why="time"))
    assert "李秀英候补轮到了，我们会告诉本人。" in shown
    first.refresh_from_db()
    assert (first.state, first.ended_reason) == ("cancelled", "有事来不了")
    assert "这次报名已经取消了。" in words(go(client, "activity_sign_off", first.pk, why="time"))


def test_roll_marks_who_came(client, hall, room, desk, monday_at_nine):
    activity = activity_in(room)
    enrolling.sign_up(activity=activity, villagers=[told(hall)], by=desk)
    date_, line = activity.dates.get(), Attendance.objects.get()
    assert "还没到11月24日 周二，到那天再点名。" in words(go(client, "activity_roll", date_.pk))
    monday_at_nine.move_to(at(TUESDAY, 10))
    client.force_login(desk)
    shown = words(go(client, "activity_roll", date_.pk, **{f"line-{line.pk}": "present"}))
    assert "记下了，改动 1 人。" in shown
    assert "来了 1 人，报名 1 人" in shown


def test_roll_of_a_date_called_off_is_refused_in_one_sentence(client, hall, room, desk):
    activity = activity_in(room)
    enrolling.sign_up(activity=activity, villagers=[told(hall)], by=desk)
    date_, line = activity.dates.get(), Attendance.objects.get()
    cancelling.cancel_date(date=date_, why="老师有事", by=desk)
    shown = words(go(client, "activity_roll", date_.pk, **{f"line-{line.pk}": "present"}))
    assert "11月24日 周二这一次已经取消了，不用点名。" in shown
    line.refresh_from_db()
    assert line.state == "expected"


def test_papers(client, hall, room, desk):
    activity = activity_in(room, weeks=2, teacher="茹小琴", materials="手机", places=3)
    enrolling.sign_up(activity=activity, villagers=[told(hall)], by=desk)
    week = words(go(client, "activity_week"))
    assert "农历十月十六" in week
    assert week.count("赶集日") == 1  # 11月28日 is 农历十月二十
    assert "茹小琴" in words(go(client, "activity_poster", activity.pk))
    assert "张小明" in words(go(client, "activity_roll_sheet", activity.dates.first().pk))
    assert "乡亲们，大家好！" in words(go(client, "activity_loudspeaker"))
    today = words(client.get(reverse("auditorium:activity_loudspeaker"), {"days": "today"}))
    assert "这几天没有活动，不用广播" in today


def test_who_is_back_reads_which_places_went_to_others(client, hall, room, desk):
    villager = told(hall)
    enrolling.sign_up(activity=activity_in(room), villagers=[villager], by=desk)
    moved = words(go(client, "villager_move", villager.pk, moved_away_on="2026-11-23"))
    assert "不来了" in moved
    back = words(go(client, "villager_move", villager.pk, back="1"))
    assert "原来报的活动（智能手机班）位置已经让给别人，还想来，请重新报名。" in back


def test_week_says_on_which_days_the_hall_is_shut(client, hall):
    HallClosure.objects.create(hall=hall, first_day=TUESDAY, last_day=TUESDAY, reason="修屋顶")
    assert words(go(client, "activity_week")).count("礼堂关门（修屋顶）") == 1


def test_activities_for_shows_how_a_villager_stands(client, hall, room, desk):
    activity, villager = activity_in(room), told(hall)
    assert reverse("auditorium:activity_sign_up", args=[activity.pk, villager.pk]) in words(
        go(client, "activities_for", villager.pk)
    )
    enrolling.sign_up(activity=activity, villagers=[villager], by=desk)
    assert reverse("auditorium:activity_signed", args=[activity.pk, villager.pk]) in words(
        go(client, "activities_for", villager.pk)
    )
