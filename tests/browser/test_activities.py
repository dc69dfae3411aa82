"""The pages of activities in the browser: accessible and fitting at both widths, and usable without JavaScript."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from auditorium import clock
from auditorium.models import Activity, Display, Enrolment, HallClosure, Room, SkillMark, User
from tests.browser.accessibility import assert_accessible
from tests.browser.test_second_screen import paired
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(logged_in: LogIn, site: Site, width: int):
    with site.orm():
        hall = User.objects.get(username="manager").current_hall
        activity = Activity.objects.get(hall=hall, title="智能手机班")
        first, last = activity.dates.first(), activity.dates.last()
        enrolled = Enrolment.objects.enrolled().filter(activity=activity).first()
        skill = activity.skills.first()
    page = logged_in("manager")
    page.set_viewport_size({"width": width, "height": 900})
    for path in (
        "",
        f"for/{enrolled.villager_id}/",
        "week",
        "loudspeaker?days=week",
        "new",
        "rooms/new",
        f"{activity.pk}/",
        f"{activity.pk}/change",
        f"{activity.pk}/cancel",
        f"{activity.pk}/dates/new",
        f"{activity.pk}/poster",
        f"{activity.pk}/sign-up/{enrolled.villager_id}/",
        f"{activity.pk}/signed/{enrolled.villager_id}/",
        f"{activity.pk}/signed/{enrolled.villager_id}/slip",
        f"dates/{first.pk}/roll",
        f"dates/{first.pk}/roll/print",
        f"dates/{last.pk}/move",
        f"dates/{last.pk}/cancel",
        f"enrolments/{enrolled.pk}/off",
        f"enrolments/{enrolled.pk}/skills",
        f"{activity.pk}/skills/{skill.pk}",
        f"{activity.pk}/handouts?q=三",
        f"{activity.pk}/handouts/print",
        f"dates/{first.pk}/feedback",
        "notices",
        "new?like=smartphones",
    ):
        page.goto(f"/activities/{path}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_manager_holds_a_class_without_javascript_and_is_told_of_a_clash(logged_in: LogIn, site: Site):
    with site.orm():
        hall = User.objects.get(username="manager").current_hall
        room = Room.objects.get(hall=hall, name="二楼教室")
        day = clock.today() + timedelta(days=20)
    page = logged_in("manager", java_script_enabled=False)
    for title in ("书法班", "戏迷交流会"):
        page.goto("/activities/new")
        page.fill("[name=title]", title)
        page.fill("[name=day]", f"{day:%Y-%m-%d}")
        page.fill("[name=begins]", "18:30")
        page.fill("[name=ends]", "20:00")
        page.select_option("[name=room]", str(room.pk))
        page.get_by_role("button", name="办这个活动").click()
        expect(page.locator("[data-error-summary]")).to_contain_text("这个时间没人开门，要先说好。")
        page.get_by_label("知道，照样办，有人开门").check()
        page.get_by_role("button", name="办这个活动").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("已经有“书法班”了，请换个时间或场地。")
    expect(page.locator("[name=title]")).to_have_value("戏迷交流会")
    page.goto("/activities/")
    page.get_by_role("link", name="书法班").click()
    expect(page.locator("h1")).to_contain_text("书法班")


def test_who_learned_what_is_marked_by_keyboard_and_without_javascript(logged_in: LogIn, site: Site):
    with site.orm():
        hall = User.objects.get(username="desk").current_hall
        activity = Activity.objects.get(hall=hall, title="智能手机班")
        skill = activity.skills.get(name="预约挂号")
        names = [one.villager.name for one in Enrolment.objects.enrolled().filter(activity=activity)]
    page = logged_in("desk", java_script_enabled=False)
    page.goto(f"/activities/{activity.pk}/")
    page.get_by_role("link", name=re.compile("记谁会了.*预约挂号")).click()
    page.get_by_role("group", name=names[0]).get_by_label("会", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="记下来", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("记下了，改动 1 处。")
    with site.orm():
        assert SkillMark.objects.get(skill=skill).level == "helped"


def test_a_class_in_a_shut_hall_is_asked_about_without_javascript(logged_in: LogIn, site: Site):
    with site.orm():
        hall = User.objects.get(username="manager").current_hall
        room = Room.objects.get(hall=hall, name="大厅")
        day = clock.today() + timedelta(days=40)
        closure = HallClosure.objects.create(hall=hall, first_day=day, last_day=day, reason="修屋顶")
    page = logged_in("manager", java_script_enabled=False)
    page.goto("/activities/new")
    page.fill("[name=title]", "书画交流会")
    page.fill("[name=day]", f"{day:%Y-%m-%d}")
    page.fill("[name=begins]", "09:00")
    page.fill("[name=ends]", "10:00")
    page.select_option("[name=room]", str(room.pk))
    page.get_by_role("button", name="办这个活动").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("礼堂关门（修屋顶）。")
    page.get_by_label("知道，照样办，有人开门").check()
    page.get_by_role("button", name="办这个活动").click()
    expect(page.locator("h1")).to_contain_text("书画交流会")
    expect(page.locator("main")).to_contain_text("礼堂关门（修屋顶）。")
    with site.orm():
        closure.delete()


@pytest.mark.parametrize("width", [1920, 1280, 390])
def test_the_hall_s_board_is_large_has_no_names_and_fits(
    new_page: Callable[..., Page], logged_in: LogIn, site: Site, width: int
):
    screen = new_page()
    screen.set_viewport_size({"width": width, "height": 900})
    paired(screen, logged_in("desk"))
    expect(screen).to_have_url(f"{site.url}/display/board")
    assert_accessible(screen)
    assert screen.evaluate("document.documentElement.scrollWidth") <= width
    expect(screen.get_by_text("居民医保开始缴费了")).to_be_visible()
    smallest = screen.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.board-later .board-date')).fontSize)"
    )
    assert smallest >= width * 0.02
    with site.orm():
        names = Enrolment.objects.values_list("villager__name", flat=True)
        assert not [name for name in names if name in screen.content()]
        Display.objects.all().delete()
