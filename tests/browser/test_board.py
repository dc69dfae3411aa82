"""今天和明天: read, marked and taken back by keyboard, in every size, without JavaScript, and on paper."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment
from auditorium import clock
from tests.appointments.factories import at
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]
BOARD = "/appointments/board/"


@pytest.fixture
def reference(site: Site) -> str:
    """Somebody who goes to the doctor today, not marked yet."""
    with site.orm():
        row = Appointment.objects.filter(villager__name="欧阳荣根", slot__isnull=False).latest("date")
        begins = at(clock.today(), 8)
        Appointment.objects.filter(pk=row.pk).update(
            state="booked", date=clock.today(), starts_at=begins, ends_at=begins + timedelta(minutes=30)
        )
        return row.reference


def state_of(site: Site, reference: str) -> str:
    with site.orm():
        return Appointment.objects.get(reference=reference).state


def test_board_keeps_its_layout_in_every_size(logged_in: LogIn, reference: str):
    page = logged_in("desk")
    for size in ("特大", "标准"):
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(BOARD)
        page.locator("header").get_by_role("button", name=size).click()
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(BOARD)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (size, width)
            assert_accessible(page)


def test_mark_is_pressed_and_taken_back_by_keyboard(logged_in: LogIn, site: Site, reference: str):
    page = logged_in("desk")
    page.goto("/")
    page.get_by_role("link", name="今天和明天").click()
    row = page.locator(f"[id='{reference}']")
    row.get_by_role("link").first.focus()
    page.keyboard.press("Tab")
    expect(row.get_by_role("button", name="到了")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row).to_contain_text("撤销")
    expect(page.get_by_role("status").first).to_contain_text("欧阳荣根")
    assert state_of(site, reference) == "arrived"
    assert_accessible(page)
    row.get_by_role("button", name="撤销").press("Enter")
    expect(row.get_by_role("button", name="到了")).to_be_visible()
    assert state_of(site, reference) == "booked"


def test_marks_need_no_javascript(logged_in: LogIn, site: Site, reference: str):
    page = logged_in("desk", java_script_enabled=False)
    page.goto(BOARD)
    row = page.locator(f"[id='{reference}']")
    row.get_by_role("button", name="看好了").click()
    page.wait_for_url(f"**{BOARD}#{reference}")
    assert state_of(site, reference) == "fulfilled"
    row.get_by_role("button", name="撤销").click()
    expect(row.get_by_role("button", name="看好了")).to_be_visible()
    assert state_of(site, reference) == "booked"


def test_paper_has_the_people_and_no_buttons(logged_in: LogIn, reference: str):
    page = logged_in("desk")
    page.goto(BOARD)
    page.emulate_media(media="print")
    row = page.locator(f"[id='{reference}']")
    expect(row.get_by_text("欧阳荣根").first).to_be_visible()
    expect(row.get_by_role("button", name="到了")).to_be_hidden()
    expect(page.locator("h1")).to_contain_text("去看病的人")
    expect(page.get_by_text("今天和明天", exact=True)).to_be_hidden()
