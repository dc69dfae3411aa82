"""What classes put on a villager's timeline and the hall's day, and what an answer by text does."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium import ports, sms_length
from auditorium.activity_enums import ActivityKind
from auditorium.domain import reminder_rules, wording
from auditorium.domain.activities import cancelling, default_templates, enrolling, roll
from auditorium.enums import TOGETHER, MessageAudience, ReminderPurpose, TextLanguage
from auditorium.models import Attendance, Enrolment, MessageTemplate, Reminder, ReminderRule
from auditorium.ports import Answered, Link
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def room(hall):
    return RoomFactory(hall=hall, name="二楼教室")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return told(hall)


@pytest.fixture
def service():
    return ports.service_for("enrolment")


def line_of(activity, villager, by=None):
    enrolling.sign_up(activity=activity, villagers=[villager], by=by)
    return Attendance.objects.filter(villager=villager).earliest("date__starts_at")


def test_timeline_has_every_date_and_what_came_of_it(service, room, desk, villager, monday_at_nine):
    activity = activity_in(room, weeks=3)
    line = line_of(activity, villager)
    first, second, _third = activity.dates.all()
    cancelling.cancel_date(date=second, why="老师有事", by=desk)
    monday_at_nine.move_to(at(TUESDAY, 12))
    roll.mark(date=first, marks={line.pk: "present"}, by=desk)
    assert [(one.title, one.detail, one.state, one.tone) for one in service.timeline(villager, desk)] == [
        ("活动：智能手机班", "二楼教室", "来了", "good"),
        ("活动：智能手机班", "二楼教室", "活动取消了", "stop"),
        ("活动：智能手机班", "二楼教室", "报上名了", "plain"),
    ]


def test_timeline_says_once_that_somebody_signed_off(service, room, desk, villager):
    line = line_of(activity_in(room, weeks=3), villager)
    enrolling.sign_off(enrolment=line.enrolment, by=desk, why="有事来不了")
    (entry,) = service.timeline(villager, desk)
    assert (entry.at, entry.state, entry.detail) == (at(MONDAY, 9), "不来了", "11月24日 周二 有事来不了")
    assert service.timeline(villager, desk_user(HallFactory())) == []


@pytest.mark.parametrize("count", [1, 3])
def test_timeline_takes_two_queries_and_today_one(
    service, hall, room, desk, villager, count, django_assert_num_queries
):
    for each in range(count):
        line_of(activity_in(room, weeks=2, hour=9 + 2 * each), villager)
    desk.role_list  # noqa: B018  read once per request
    with django_assert_num_queries(2):
        assert len(service.timeline(villager, desk)) == 2 * count
    with time_machine.travel(at(TUESDAY, 8), tick=False), django_assert_num_queries(1):
        assert [entry.detail for entry in service.today(hall, desk)] == ["二楼教室 · 1人"] * count


def test_a_no_signs_off_from_a_single_date_only_and_only_from_the_own_phone(service, room, villager):
    line = line_of(activity_in(room), villager)
    assert service.on_reply(line.pk, yes=True, own=True, may_decide=False) == Answered()
    assert service.on_reply(line.pk, yes=False, own=True, may_decide=False) == Answered(cancels=True)
    asked = service.on_reply(line.pk, yes=False, own=False, may_decide=True)
    assert asked == Answered(task="不是本人的手机，请问过村民再取消")
    assert service.cancel(line.pk, why="村民回短信取消") == ""
    assert Enrolment.objects.get().state == "cancelled"
    assert service.cancel(line.pk, why="村民回短信取消") == ""


def test_a_no_to_one_date_of_a_class_is_asked_about(service, room, villager):
    line = line_of(activity_in(room, weeks=2), villager)
    answered = service.on_reply(line.pk, yes=False, own=True, may_decide=False)
    assert answered == Answered(task="村民说不来了，请问清楚是这一次不来，还是以后都不来")


def test_what_the_desk_can_do_and_where_it_is(service, room, villager):
    line = line_of(activity_in(room), villager)
    assert service.choices(villager) == [Link("报名活动", reverse("auditorium:activities_for", args=[villager.pk]))]
    assert service.url(line.pk) == reverse("auditorium:activity", args=[line.date.activity_id])
    assert service.short(line.pk) == "张小明24日9:00"
    assert service.short(line.pk, "en") == "张小明 24 Nov 9:00"
    assert service in ports.services()


def test_others_phones_do_not_hear_of_a_clinic(service, room, villager):
    line = line_of(activity_in(room, title="关节炎义诊", kind=ActivityKind.CLINIC), villager)
    said = service.variables_of([line.pk], MessageAudience.DISCREET)[line.pk]
    assert (said["what"], said["place"]) == ("活动", "礼堂二楼教室参加活动")
    assert service.variables_of([line.pk], MessageAudience.OWN)[line.pk]["what"] == "关节炎义诊"


@pytest.mark.parametrize("language", TextLanguage.values)
def test_texts_use_what_they_may_and_have_values_for_it(service, room, villager, language):
    line = line_of(activity_in(room, weeks=2), villager)
    bodies = service.default_texts(language)
    purposes = {purpose for purpose, _audience in bodies}
    assert set(bodies) == {(purpose, audience) for purpose in purposes for audience in MessageAudience.values}
    for (purpose, audience), body in bodies.items():
        wording.check(about_kind="enrolment", audience=audience, purpose=purpose, body=body)
        if purpose != TOGETHER:
            said = service.variables_of([line.pk], audience, language)[line.pk]
            assert set(wording.variables_in(body)) - {"name", "ask"} <= {name for name, value in said.items() if value}


@pytest.mark.parametrize("audience", MessageAudience.values)
def test_chinese_texts_fit_one_part(audience):
    variables = wording.variables_for(about_kind="enrolment", audience=audience)
    usual = {one.name: one.usual or one.longest for one in variables}
    for (purpose, eyes), body in default_templates.BODIES.items():
        if eyes == audience and purpose != TOGETHER:
            template = MessageTemplate(about_kind="enrolment", purpose=purpose, audience=audience, body=body)
            text = wording.render(template, usual, "柯桥文化礼堂").body
            assert sms_length.parts(text) == 1, text


def test_callers_say_it_in_chinese_with_what_to_bring(service, room, villager):
    line = line_of(activity_in(room, weeks=2, materials="手机"), villager)
    hello = "张小明您好，我是宝善桥村文化礼堂的。"
    where = "11月24日周二上午9:00到宝善桥村文化礼堂二楼教室"
    assert {purpose: service.words(line.pk, purpose) for purpose in ("confirmation", "one_day", "offered")} == {
        "confirmation": f"{hello}智能手机班给您报上名了：{where}，共2次。请带手机。",
        "one_day": f"{hello}请记得{where}参加智能手机班。请带手机。",
        "offered": f"{hello}您排的智能手机班有位置了，给您报上了：{where}，共2次。请带手机。不来请说一声。",
    }


def test_a_rule_may_add_a_reminder_some_hours_before(hall, room, villager):
    ReminderRule.objects.create(about_kind="enrolment", purpose=ReminderPurpose.TWO_HOURS, hall=hall, hours=2)
    assert reminder_rules.rules_for(hall, "enrolment")[ReminderPurpose.TWO_HOURS].is_on
    line_of(activity_in(room, day=TUESDAY + timedelta(days=3), hour=14), villager)
    owed = Reminder.objects.order_by("due_at").values_list("purpose", flat=True)
    assert list(owed) == ["confirmation", "one_day", "two_hours"]


def test_still_due_only_while_the_place_and_the_date_stand(service, room, desk, villager, monday_at_nine):
    activity = activity_in(room, weeks=3)
    line_of(activity, villager)
    first, second, third = Attendance.objects.order_by("date__starts_at")
    cancelling.cancel_date(date=second.date, why="老师有事", by=desk)
    assert service.still_due([first.pk, second.pk, third.pk]) == {first.pk, third.pk}
    monday_at_nine.move_to(at(TUESDAY, 9))
    assert not service.still_due([first.pk])
    enrolling.sign_off(enrolment=third.enrolment, by=desk)
    assert not service.still_due([third.pk])
