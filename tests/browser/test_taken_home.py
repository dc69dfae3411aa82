"""A phone opens what the desk let it take home, without a login and without the desk, until the desk takes it back."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from auditorium.models import Resource, ResourceGrant, ResourceUse
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.fixture
def taken(site: Site) -> Iterator[Callable[..., Resource]]:
    """A resource of the demo; afterwards no code opens anything."""

    def find(**wanted: str) -> Resource:
        with site.orm():
            return Resource.objects.get(state="published", **wanted)

    yield find
    with site.orm():
        ResourceGrant.objects.all().delete()


def given(desk: Page, resource: Resource) -> str:
    """The address beneath the code, as the desk shows it."""
    desk.goto(f"/library/{resource.pk}/")
    desk.get_by_role("link", name="带回家").click()
    desk.get_by_role("button", name="显示二维码").click()
    return desk.locator(".home-code-address").inner_text()


def test_phone_reads_a_book_until_the_desk_takes_the_code_back(
    new_page: Callable[..., Page], logged_in: LogIn, taken: Callable[..., Resource], site: Site
):
    book = taken(title="唐诗三百首")
    desk, phone = logged_in("desk"), new_page(viewport={"width": 390, "height": 844})
    address = given(desk, book)
    assert address.startswith(f"{site.phones_url}/take/")
    expect(desk.locator(".home-code-drawing svg")).to_be_visible()
    assert_accessible(desk)

    phone.goto(address)
    assert_accessible(phone)
    phone.get_by_role("button", name="打开看").click()
    before = phone.locator(".reader").get_attribute("aria-label")
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_role("button", name="下一页").click()
    expect(phone.locator(".reader")).not_to_have_attribute("aria-label", str(before))
    assert phone.context.cookies() == []
    with site.orm():
        use = ResourceUse.objects.filter(resource=book).latest("pk")
        assert (use.place, use.opened_by) == ("taken_home", None)

    desk.goto("/library/taken-home/")
    expect(desk.get_by_text("打开过 1 次")).to_be_visible()
    desk.get_by_role("button", name="收回").click()
    expect(desk.get_by_text("收回了，那个二维码打不开了。")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("礼堂已经收回了这个二维码。还想看，请到礼堂再要一个。")).to_be_visible()
    assert_accessible(phone)


def test_phone_plays_an_opera_and_finds_no_desk(
    new_page: Callable[..., Page], logged_in: LogIn, taken: Callable[..., Resource], site: Site
):
    phone = new_page()
    phone.goto(given(logged_in("desk"), taken(kind="opera")))
    phone.get_by_role("button", name="打开看戏").click()
    phone.wait_for_function("() => document.querySelector('audio').currentTime > 0")
    phone.get_by_role("button", name="停一停").click()
    with phone.expect_download() as saved:
        phone.goto(given(logged_in("desk"), taken(kind="opera")))
        phone.locator("#kept-title ~ ul a").first.click()
    assert saved.value.suggested_filename
    phone.goto(site.phones_url)
    expect(phone.get_by_text("服务台要在礼堂的电脑上用")).to_be_visible()


def test_everything_works_without_javascript(
    new_page: Callable[..., Page], logged_in: LogIn, taken: Callable[..., Resource]
):
    desk, phone = logged_in("desk", java_script_enabled=False), new_page(java_script_enabled=False)
    phone.goto(given(desk, taken(title="唐诗三百首")))
    phone.get_by_role("button", name="打开看").click()
    before = phone.locator(".reader").get_attribute("aria-label")
    phone.get_by_role("button", name="下一页").click()
    expect(phone.locator(".reader")).not_to_have_attribute("aria-label", str(before))
    phone.get_by_role("button", name="今天就到这里").click()
    expect(phone.get_by_role("button", name="打开看")).to_be_visible()
