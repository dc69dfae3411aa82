"""A household comes to the desk, is signed up in one go, and both hear of it by text; then the class is called off."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from auditorium import clock
from auditorium.domain.activities import cancelling, schedule
from auditorium.domain.activities.schedule import ActivityDetails, Time
from auditorium.enums import MessageState, ReminderPurpose
from auditorium.models import Activity, Attendance, Message, Reminder, Room, User, Villager
from tests.browser.accessibility import assert_accessible
from tests.site import Site
from tests.waiting import wait_until

SENT = (MessageState.SENT, MessageState.DELIVERED)


@pytest.fixture
def activity(site: Site) -> Activity:
    """A class of two dates at the demo's first hall, with one place for now."""
    with site.orm():
        manager = User.objects.get(username="manager")
        room = Room.objects.get(hall=manager.current_hall, name="大厅")
        begins = datetime.combine(clock.today() + timedelta(days=5), time(18), tzinfo=clock.SHANGHAI)
        times = schedule.weekly(Time(begins, begins + timedelta(hours=1), room), 2)
        details = ActivityDetails(title="剪纸班", places=1, materials="剪刀")
        return schedule.create(hall=manager.current_hall, details=details, times=times, by=manager)


def texts_about(villager: Villager, activity: Activity, purpose: str) -> list[str]:
    """What was sent to somebody about an activity."""
    lines = Attendance.objects.filter(villager=villager, date__activity=activity).values("pk")
    owed = Reminder.objects.filter(about_kind="enrolment", about_id__in=lines, purpose=purpose)
    sent = Message.objects.filter(reminders__in=owed, state__in=SENT, is_copy=False)
    return list(sent.values_list("body", flat=True))


def test_a_household_is_signed_up_moves_up_and_hears_everything(
    logged_in: Callable[..., Page], site: Site, activity: Activity
):
    with site.orm():
        husband, wife = Villager.objects.filter(household__name="张小明家").order_by("pk")[:2]
    desk = logged_in("desk")
    desk.goto(f"/people/{husband.pk}/")
    desk.get_by_role("link", name="报名活动").first.click()
    desk.locator(".entry", has_text="剪纸班").first.get_by_role("link", name=re.compile("报名")).click()
    expect(desk.locator("h1")).to_have_text(f"给{husband.name}报名")
    expect(desk.get_by_label(husband.name)).to_be_checked()
    desk.get_by_label(wife.name).check()
    assert_accessible(desk)
    desk.get_by_role("button", name="报名", exact=True).click()
    expect(desk.locator("h1")).to_have_text("报上名了")
    expect(desk.locator(".entry", has_text=wife.name)).to_contain_text("候补")
    assert_accessible(desk)

    with site.orm():
        (said,) = wait_until(lambda: texts_about(husband, activity, ReminderPurpose.CONFIRMATION))
        assert "剪纸班报上名了" in said
    signed = desk.url
    desk.goto("/demo/phone/")
    expect(desk.locator(".handset", has_text=husband.name).first).to_contain_text(said)
    desk.goto(signed)
    desk.get_by_role("link", name="打印报名单").click()
    expect(desk.locator(".sheet")).to_contain_text("剪刀")
    assert_accessible(desk)

    desk.goto(f"/activities/{activity.pk}/")
    desk.locator(".entry", has_text=husband.name).get_by_role("link", name=re.compile("不来了")).click()
    desk.get_by_role("button", name="取消这个报名").click()
    expect(desk.locator("main")).to_contain_text(f"{wife.name}候补轮到了")
    with site.orm():
        (said,) = wait_until(lambda: texts_about(wife, activity, ReminderPurpose.OFFERED))
        assert "剪纸班轮到" in said
        cancelling.cancel(activity=activity, why="老师有事", by=None)
        (said,) = wait_until(lambda: texts_about(wife, activity, ReminderPurpose.CANCELLED))
        assert "取消了，不用来了" in said
