"""The television beside the desk: it plays while the desk books a doctor, and obeys the desk's buttons."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment
from auditorium.models import Display, Resource, Villager
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.fixture
def opera(site: Site) -> Iterator[Resource]:
    """The demo's opera; afterwards no screen is paired."""
    with site.orm():
        opera = Resource.objects.get(kind="opera", state="published")
    yield opera
    with site.orm():
        Display.objects.all().delete()


def is_playing(screen: Page) -> bool:
    return bool(
        screen.evaluate("(() => { const m = document.querySelector('[data-media]'); return m && !m.paused; })()")
    )


def paired(screen: Page, desk: Page) -> None:
    screen.goto("/display/")
    screen.get_by_role("button", name="显示配对码").click()
    code = screen.locator(".screen-code").inner_text()
    desk.goto("/library/displays/")
    desk.get_by_label("屏幕上的配对码").fill(code)
    desk.get_by_label("这块屏幕叫什么").fill("大厅电视")
    desk.get_by_role("button", name="连上").click()
    expect(desk.get_by_text("屏幕连上了。")).to_be_visible()
    expect(screen.get_by_text("看书听戏，请到服务台说一声。")).to_be_visible()


def test_it_plays_on_the_screen_while_the_desk_books_a_doctor(
    new_page: Callable[..., Page], logged_in: LogIn, opera: Resource, site: Site
):
    screen, desk = new_page(), logged_in("desk")
    paired(screen, desk)
    desk.goto(f"/library/{opera.pk}/")
    desk.get_by_role("link", name="放到大屏上").click()
    desk.get_by_role("button", name="放到这里").click()
    expect(screen.get_by_text("慢的一遍")).to_be_visible()
    screen.wait_for_function("() => { const m = document.querySelector('[data-media]'); return m && !m.paused; }")
    assert_accessible(screen)

    with site.orm():
        villager = Villager.objects.get(name="陶金土")
    desk.goto(f"/appointments/book/{villager.pk}/")
    desk.locator("[data-search]").fill("骨科")
    desk.locator("[data-results-for] [data-result]").first.click()
    desk.wait_for_url(re.compile(r"/departments/\d+/"))
    desk.locator("a.slot").last.click()
    desk.locator(".times a.chip").last.click()
    desk.get_by_role("button", name="确认预约").click()
    expect(desk.locator("h1")).to_contain_text(re.compile("约好了|待医院确认"))
    assert is_playing(screen)
    assert "陶金土" not in screen.content()
    with site.orm():
        Appointment.objects.get(reference=desk.url.rstrip("/").rsplit("/", 1)[1])

    desk.goto("/library/displays/")
    desk.get_by_role("button", name="停一停").click()
    screen.wait_for_function("() => document.querySelector('[data-media]').paused")
    desk.get_by_role("button", name="下一个").click()
    expect(screen.get_by_text("快的一遍")).to_be_visible()
    desk.get_by_role("button", name="不放了").click()
    expect(screen.get_by_text("看书听戏，请到服务台说一声。")).to_be_visible()
    desk.get_by_role("button", name="断开").click()
    expect(screen.get_by_role("button", name="显示配对码")).to_be_visible()


def test_book_is_read_in_the_room_while_the_desk_turns_its_pages(
    new_page: Callable[..., Page], logged_in: LogIn, opera: Resource, site: Site
):
    with site.orm():
        book = Resource.objects.get(title="唐诗三百首")
    screen, desk = new_page(), logged_in("desk")
    paired(screen, desk)
    desk.goto(f"/library/{book.pk}/")
    desk.get_by_role("link", name="放到大屏上").click()
    desk.get_by_role("button", name="放到这里").click()
    expect(screen.locator(".screen-leaf")).to_be_visible()
    first = screen.locator(".screen-leaf").inner_text()
    on = desk.get_by_role("button", name="下一页")
    on.focus()
    for _twice in range(2):
        before = desk.locator(".display .entry-main").inner_text()
        desk.keyboard.press("Enter")
        expect(desk.locator(".display .entry-main")).not_to_have_text(before, use_inner_text=True)
        expect(on).to_be_focused()
    expect(screen.locator(".screen-leaf")).not_to_have_text(first, use_inner_text=True)
    assert_accessible(screen)
    assert_accessible(desk)
    desk.get_by_label("翻到哪里").select_option(index=0)
    desk.get_by_role("button", name="翻到这里").click()
    expect(screen.locator(".screen-leaf")).to_have_text(first, use_inner_text=True)
    small = "([...document.querySelectorAll('.display button, .display select')].filter(one => one.offsetHeight < 60))"
    assert desk.evaluate(f"{small}.map(one => one.textContent)") == []


def test_leaf_fits_on_a_television_and_on_a_tablet(
    new_page: Callable[..., Page], logged_in: LogIn, opera: Resource, site: Site
):
    with site.orm():
        book = Resource.objects.get(title="唐诗三百首")
    screen, desk = new_page(), logged_in("desk")
    paired(screen, desk)
    desk.goto(f"/library/displays/?resource={book.pk}")
    desk.get_by_role("button", name="放到这里").click()
    expect(screen.locator(".screen-leaf")).to_be_visible()
    stage = screen.locator("[data-screen]")
    first = stage.get_attribute("data-piece")
    desk.get_by_label("翻到哪里").select_option(index=3)
    desk.get_by_role("button", name="翻到这里").click()
    expect(stage).not_to_have_attribute("data-piece", first)
    for width, height in ((1920, 1080), (1280, 800), (800, 1280)):
        screen.set_viewport_size({"width": width, "height": height})
        seen = screen.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert (seen[0] <= width, seen[1] <= height) == (True, True), (width, height, seen)


def test_screen_and_its_page_at_the_desk_keep_their_layout(
    new_page: Callable[..., Page], logged_in: LogIn, opera: Resource
):
    screen, desk = new_page(), logged_in("desk")
    paired(screen, desk)
    desk.goto(f"/library/displays/?resource={opera.pk}")
    for width in (1280, 390):
        for page in (screen, desk):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(desk)
    assert_accessible(screen)


def test_screen_is_paired_without_javascript(new_page: Callable[..., Page], logged_in: LogIn, opera: Resource):
    screen, desk = new_page(java_script_enabled=False), logged_in("desk", java_script_enabled=False)
    screen.goto("/display/")
    screen.get_by_role("button", name="显示配对码").click()
    desk.goto(f"/library/displays/?resource={opera.pk}")
    desk.get_by_label("屏幕上的配对码").fill(screen.locator(".screen-code").inner_text())
    desk.get_by_label("这块屏幕叫什么").fill("大厅电视")
    desk.get_by_role("button", name="连上").click()
    desk.get_by_role("button", name="放到这里").click()
    # the page asks again by itself every ten seconds, while nothing plays
    expect(screen.get_by_text("慢的一遍")).to_be_visible(timeout=15_000)
    screen.get_by_role("button", name="放好了，接着来").click()
    expect(screen.get_by_text("快的一遍")).to_be_visible()
    desk.get_by_role("button", name="停一停").click()
    expect(desk.get_by_text("停着")).to_be_visible()
    desk.get_by_role("button", name="不放了").click()
    expect(desk.get_by_text("停着")).to_be_hidden()
    screen.get_by_role("link", name="服务台换了，就点这里").click()
    expect(screen.get_by_text("看书听戏，请到服务台说一声。")).to_be_visible()
