"""The pages of activities in the browser: accessible and fitting at both widths, and usable without JavaScript."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from auditorium import clock
from auditorium.models import Activity, Enrolment, Room, User
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_are_accessible_and_fit(logged_in: LogIn, site: Site, width: int):
    with site.orm():
        hall = User.objects.get(username="manager").current_hall
        activity = Activity.objects.get(hall=hall, title="智能手机班")
        first, last = activity.dates.first(), activity.dates.last()
        enrolled = Enrolment.objects.enrolled().filter(activity=activity).first()
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
    expect(page.locator("[data-error-summary]")).to_contain_text("已经有“书法班”了，请换个时间或场地。")
    expect(page.locator("[name=title]")).to_have_value("戏迷交流会")
    page.goto("/activities/")
    page.get_by_role("link", name="书法班").click()
    expect(page.locator("h1")).to_contain_text("书法班")
