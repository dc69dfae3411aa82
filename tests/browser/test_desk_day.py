"""The day at the desk in the browser: putting aside and going on without JavaScript, tasks and doors for everybody."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from auditorium import clock
from auditorium.domain import follow_ups
from auditorium.enums import FollowUpKind
from auditorium.models import FollowUp, User, Villager
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.fixture
def task(site: Site) -> FollowUp:
    """Somebody of the demo's first hall to knock for, and to call before."""
    with site.orm():
        hall = User.objects.get(username="desk").current_hall
        villager = Villager.objects.of_hall(hall).filter(contacts__phone__isnull=False).first()
        due_at = clock.now() + timedelta(hours=2)
        for kind in (FollowUpKind.KNOCK, FollowUpKind.CALL):
            task = follow_ups.open_task(
                hall=hall, villager=villager, kind=kind, reason="短信没送到", words="带身份证来礼堂", due_at=due_at
            )
    return task


def test_a_half_filled_form_waits_and_comes_back(logged_in: LogIn):
    page = logged_in("desk", java_script_enabled=False)
    page.goto("/people/new")
    page.fill("[name=name]", "徐伯明")
    page.fill("[name=group]", "2组")
    page.click("button:has-text('先放一放')")
    row = page.locator("#visits .entry", has_text="徐伯明").first
    expect(row).to_contain_text("留着填了一半的表")
    row.get_by_role("button", name="接着办").click()
    expect(page).to_have_url(re.compile(r"/people/new\?resume=\d+$"))
    expect(page.locator("[name=name]")).to_have_value("徐伯明")
    expect(page.locator("[name=group]")).to_have_value("2组")
    expect(page.locator("[data-error-summary]")).to_have_count(0)
    page.goto("/")
    page.locator("#visits .entry", has_text="徐伯明").first.get_by_role("button", name="办好了").click()
    expect(page.locator(".alert-success")).to_contain_text("徐伯明的事办好了。")


@pytest.mark.parametrize("width", [1280, 390])
def test_tasks_and_doors_are_accessible_and_fit(logged_in: LogIn, task: FollowUp, width: int):
    page = logged_in("desk")
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", "/tasks/", f"/tasks/{task.pk}/", "/tasks/door-list"):
        page.goto(path)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_call_that_reaches_nobody_leads_to_the_next_step(logged_in: LogIn, task: FollowUp):
    page = logged_in("desk")
    page.goto(f"/tasks/{task.pk}/")
    page.get_by_role("button", name="我来办").click()
    page.get_by_role("button", name="没联系上，到时再打").click()
    expect(page.locator(".alert-success")).to_contain_text("下一步：打电话")


def test_doors_print_without_javascript_too(logged_in: LogIn, task: FollowUp):
    page = logged_in("desk", java_script_enabled=False)
    page.goto("/tasks/door-list")
    expect(page.get_by_text("按 Ctrl+P 打印。")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".paper-tools")).to_be_hidden()
    expect(page.locator(".door-hand").first).to_be_hidden()
    expect(page.locator(".door").first).to_contain_text("已告知")
