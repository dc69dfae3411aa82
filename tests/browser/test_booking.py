"""Where, when, check: by keyboard, on a phone, in the largest type, and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment, ClinicSession, Department
from auditorium.models import Villager
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]
CHECK = re.compile(r"/slots/\d+/$")
PLACE = re.compile(r"/appointments/book/\d+/$")
WEEK = re.compile(r"/departments/\d+/")


@pytest.fixture
def place(site: Site) -> str:
    """The page where 张小明's booking begins."""
    with site.orm():
        return f"/appointments/book/{Villager.objects.get(name='张小明').pk}/"


@pytest.fixture
def week(site: Site, place: str) -> str:
    """The week of the department with most sessions."""
    with site.orm():
        busiest = max(Department.objects.all(), key=lambda row: ClinicSession.objects.filter(department=row).count())
        return f"{place}departments/{busiest.pk}/"


def test_box_finds_while_typing_and_enter_opens_the_first(logged_in: LogIn, place: str):
    page = logged_in("desk")
    page.goto(place)
    page.keyboard.press("/")
    page.keyboard.type("gk")
    expect(page.locator("[data-results-for=gk] [data-result]").first).to_contain_text("骨科")
    expect(page.locator("[data-search]")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    page.wait_for_url(WEEK)
    expect(page.locator("h1")).to_contain_text("骨科")


def test_everyday_words_are_answered_with_a_suggestion(logged_in: LogIn, place: str):
    page = logged_in("desk")
    page.goto(place)
    page.locator("[data-search]").fill("膝盖痛")
    expect(page.locator("#answers")).to_contain_text("膝盖痛：大家常看")
    expect(page.locator("#answers")).to_contain_text("这是大家常去的科室，不是看病的意见。")


def test_arrows_and_enter_choose_another_session_in_the_grid(logged_in: LogIn, week: str):
    page = logged_in("desk")
    page.goto(week)
    first = page.locator("[autofocus]")
    expect(first).to_be_focused()
    chosen = first.get_attribute("href")
    page.locator("a.slot:not([aria-current])").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".times a.chip").first).not_to_have_attribute("href", chosen)
    expect(page.locator("[autofocus]")).to_be_focused()
    expect(page).to_have_url(re.compile(r"session=\d+"))
    page.keyboard.press("Enter")
    page.wait_for_url(CHECK)
    expect(page.get_by_role("button", name="确认预约")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile(r"session=\d+"))


def test_pages_keep_their_layout_in_every_size(logged_in: LogIn, place: str, week: str):
    page = logged_in("desk")
    for size in ("特大", "标准"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(place)
        page.locator("header").get_by_role("button", name=size).click()
        for address in (place, week, "/appointments/"):
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(address)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, (size, address, width)
            assert_accessible(page)


def test_booking_needs_no_javascript(logged_in: LogIn, site: Site, place: str):
    page = logged_in("desk", java_script_enabled=False)
    page.goto(place)
    page.locator("[name=q]").fill("骨科")
    page.get_by_role("button", name="查找").click()
    page.locator("[data-result]").first.click()
    expect(page).to_have_url(WEEK)
    page.locator("a.slot").last.click()
    page.locator(".times a.chip").last.click()
    expect(page).to_have_url(CHECK)
    page.get_by_role("button", name="确认预约").click()
    expect(page.locator("h1")).to_contain_text(re.compile("约好了|待医院确认"))
    page.get_by_role("link", name="取消预约").click()
    page.get_by_role("button", name="取消这个预约").click()
    expect(page.locator("h1")).to_have_text(re.compile("已取消"))
    with site.orm():
        reference = page.url.rstrip("/").rsplit("/", 1)[1]
        assert Appointment.objects.get(reference=reference).state == "cancelled_by_villager"
