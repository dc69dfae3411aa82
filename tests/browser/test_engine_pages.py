"""The desk's pages around a booking: moved, suspended, awaited, marked; in every size, and moved without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Department, Revisit, Suspension, Wish
from auditorium import clock
from auditorium.enums import FollowUpKind
from auditorium.models import FollowUp
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.fixture
def going(site: Site) -> Appointment:
    """A booking that can still be moved."""
    with site.orm():
        return Appointment.objects.get(villager__name="陶金土", state="booked", date__gt=clock.today())


@pytest.fixture
def pages(site: Site, going: Appointment) -> tuple[str, ...]:
    """The pages of the desk that no other browser test reads."""
    with site.orm():
        suspended = Appointment.objects.filter(state="cancelled_by_clinic").first()
        missed = Appointment.objects.get(villager__name="李根生", state="no_show")
        went = Appointment.objects.filter(villager__name="张小明", state="fulfilled").first()
        department = Department.objects.get(name="心血管内科", hospital=going.hospital)
        task = FollowUp.objects.filter(kind=FollowUpKind.REBOOK, about_kind="appointment").first()
        return (
            "/appointments/held/",
            "/appointments/suspensions/",
            f"/appointments/suspensions/{Suspension.objects.first().pk}/",
            f"/appointments/book/{went.villager_id}/departments/{department.pk}/?from={clock.today():%Y-%m-%d}",
            f"/appointments/{going.reference}/move/",
            f"/appointments/{suspended.reference}/",
            f"/appointments/{missed.reference}/mark",
            f"/appointments/{went.reference}/revisit",
            f"/appointments/revisits/{Revisit.objects.first().pk}/",
            f"/appointments/wishes/{Wish.objects.first().pk}/",
            f"/appointments/book/{missed.villager_id}/hospitals/{missed.hospital_id}/lift",
            f"/tasks/{task.pk}/",
        )


def assert_nothing_covered(page: Page) -> None:
    """In a list no tag lies over the words beside it."""
    covered = page.evaluate(
        """() => [...document.querySelectorAll(".entry > .tag")].filter(tag => {
            const box = tag.getBoundingClientRect();
            return [...tag.parentElement.querySelectorAll(".entry-main .nowrap")].some(words => {
                const other = words.getBoundingClientRect();
                return other.right > box.left && other.left < box.right
                    && other.bottom > box.top && other.top < box.bottom;
            });
        }).map(tag => tag.parentElement.innerText)"""
    )
    assert covered == []


@pytest.mark.parametrize("size", ["特大", "标准"])
def test_pages_keep_their_layout_in_every_size(logged_in: LogIn, pages: tuple[str, ...], size: str):
    page = logged_in("desk")
    page.goto("/")
    page.locator("header").get_by_role("button", name=size).click()
    for address in pages:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.goto(address).status == 200, address
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert_nothing_covered(page)
            assert_accessible(page)


def test_a_task_leads_to_the_booking_it_is_about(logged_in: LogIn, site: Site):
    with site.orm():
        task = FollowUp.objects.open().filter(kind=FollowUpKind.REBOOK, about_kind="appointment").first()
        reference = Appointment.objects.get(pk=task.about_id).reference
    page = logged_in("desk")
    page.goto(f"/tasks/{task.pk}/")
    page.get_by_role("link", name="去办这件事").press("Enter")
    page.wait_for_url(f"**/appointments/{reference}/")
    expect(page.get_by_role("heading", name="帮村民改约")).to_be_visible()
    expect(page.locator(".big-number")).to_have_count(0)


def test_moving_needs_no_javascript(logged_in: LogIn, site: Site, going: Appointment):
    page = logged_in("desk", java_script_enabled=False)
    page.goto(f"/appointments/{going.reference}/")
    page.get_by_role("link", name="改约").click()
    expect(page.get_by_text("现在约的").first).to_be_visible()
    page.locator("a.slot").last.click()
    page.locator(".times a.chip").last.click()
    expect(page).to_have_url(re.compile(r"/move/\d+/$"))
    page.get_by_role("button", name="改到这个时间").click()
    expect(page.locator("h1")).to_contain_text("约好了")
    expect(page.get_by_text("改约的经过")).to_be_visible()
    with site.orm():
        new = Appointment.objects.get(reference=page.url.rstrip("/").rsplit("/", 1)[1])
        old = Appointment.objects.get(pk=going.pk)
        assert (old.state, new.state, new.villager_id) == ("rescheduled", "booked", old.villager_id)
