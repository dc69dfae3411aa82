"""The desk's pages around a booking: moved, suspended, awaited, marked; in every size, and moved without JavaScript."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Department, Revisit, Slot, Suspension, WaitlistEntry, Wish
from auditorium import clock
from auditorium.enums import FollowUpKind
from auditorium.models import FollowUp, User
from auditorium.references import new_reference
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.fixture
def going(site: Site) -> Appointment:
    """A booking that can still be moved."""
    with site.orm():
        return Appointment.objects.get(villager__name="陶金土", state="booked", date__gt=clock.today())


@pytest.fixture
def blocked(site: Site) -> Iterator[int]:
    """Somebody who did not go three times, lately; afterwards they went."""
    with site.orm():
        missed = Appointment.objects.get(villager__name="李根生", state="no_show")
        copies = []
        for days in (3, 6):
            copy = Appointment.objects.get(pk=missed.pk)
            copy.pk, copy.uid, copy.reference = None, uuid4(), new_reference()
            copy.source, copy.slot, copy.session = "elsewhere", None, None
            copy.date -= timedelta(days=days)
            copy.save(force_insert=True)
            copies.append(copy.pk)
    yield missed.villager_id
    with site.orm():
        Appointment.objects.filter(pk__in=copies).delete()


@pytest.fixture
def english(site: Site) -> Iterator[str]:
    """Somebody at the desk who reads English in the largest letters."""
    with site.orm():
        user = User.objects.get(username="manager")
        User.objects.filter(pk=user.pk).update(language="en", text_size="largest")
    yield user.username
    with site.orm():
        User.objects.filter(pk=user.pk).update(language=user.language, text_size=user.text_size)


@pytest.fixture
def pages(site: Site, going: Appointment) -> tuple[str, ...]:
    """The pages of the desk that no other browser test reads."""
    with site.orm():
        suspended = Appointment.objects.filter(state="cancelled_by_clinic").first()
        missed = Appointment.objects.get(villager__name="李根生", state="no_show")
        went = Appointment.objects.filter(villager__name="张小明", state="fulfilled").first()
        department = Department.objects.get(name="心血管内科", hospital=going.hospital)
        task = FollowUp.objects.filter(kind=FollowUpKind.REBOOK, about_kind="appointment").first()
        offer = Appointment.objects.filter(waitlist_entry__isnull=False).first()  # kept, or lapsed by now
        return (
            "/tasks/",
            "/appointments/waiting/",
            *(f"/appointments/waitlist/{entry.pk}/" for entry in WaitlistEntry.objects.all()),
            f"/appointments/{offer.reference}/",
            f"/appointments/book/{missed.villager_id}/departments/{offer.department_id}/waitlist",
            f"/appointments/book/{going.villager_id}/slots/{free_slot(department, going.date).pk}/",
            f"/appointments/{going.reference}/move/{free_slot(going.department, going.date).pk}/",
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


def free_slot(department: Department, day: date) -> Slot:
    """A place on the day that anybody may book."""
    return Slot.objects.filter(session__department=department, session__date=day, taken=0, is_open=True).first()


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


def test_pages_keep_their_layout_in_english(logged_in: LogIn, pages: tuple[str, ...], english: str):
    page = logged_in(english, viewport={"width": 390, "height": 844})
    for address in pages:
        assert page.goto(address).status == 200, address
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        assert_nothing_covered(page)


def test_whom_a_hospital_refuses_is_told_once_and_whom_to_ask(
    logged_in: LogIn, site: Site, going: Appointment, blocked: int
):
    with site.orm():
        slot = free_slot(going.department, going.date)
    page = logged_in("desk")
    page.goto(f"/appointments/book/{blocked}/slots/{slot.pk}/")
    expect(page.get_by_role("alert")).to_contain_text("约了没去太多次")
    expect(page.get_by_role("link", name="选别的科室或医院")).to_be_focused()
    expect(page.get_by_role("main").get_by_text("不能再约")).to_have_count(1)
    assert_accessible(page)
    page.get_by_role("link", name="解除限制").press("Enter")
    expect(page.get_by_text("沈国强")).to_be_visible()
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)
    manager = logged_in("manager")
    manager.goto(page.url)
    manager.get_by_role("button", name="解除限制").click()
    expect(manager.get_by_text("请写明为什么解除").first).to_be_visible()
    assert_accessible(manager)


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
