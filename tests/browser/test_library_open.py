"""Books, sound and uploads in the browser: the place is found again, the next piece follows, a bar is shown."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from auditorium.domain import visits
from auditorium.models import Hall, ReadingPlace, Resource, ResourceFile, ResourceUse, User, Villager
from tests import media
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]
USE = re.compile(r"/library/use/")


def opened(page: Page, resource: Resource) -> Page:
    """By the big button, for whoever is served or nobody."""
    page.goto(f"/library/{resource.pk}/")
    page.locator("main .btn-primary").first.click()
    page.wait_for_url(USE)
    return page


@pytest.fixture
def poems(site: Site) -> Resource:
    """A book of many chapters."""
    with site.orm():
        return Resource.objects.get(title="唐诗三百首")


@pytest.fixture
def opera(site: Site) -> Resource:
    """Two pieces of sound, one after the other."""
    with site.orm():
        return Resource.objects.get(kind="opera")


@pytest.fixture
def served(site: Site) -> Villager:
    """The villager who sits at the desk."""
    with site.orm():
        user = User.objects.get(username="desk")
        hall = user.current_hall or Hall.objects.for_user(user).get()
        villager = Villager.objects.filter(registered_at=hall).earliest("pk")
        visits.serve(visit=visits.arrive(hall=hall, by=user, villager=villager), by=user)
        return villager


def test_place_in_a_book_is_found_again_for_the_villager(
    logged_in: LogIn, poems: Resource, served: Villager, site: Site
):
    page = opened(logged_in("desk"), poems)
    assert_accessible(page)
    expect(page.locator("main")).to_contain_text(f"给{served.name}打开")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"n=\d+$"))
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(r"n=\d+$"))
    chapter = page.locator(".reader").get_attribute("aria-label")
    page.get_by_role("button", name="今天就到这里").click()
    page.wait_for_url(re.compile(rf"/library/{poems.pk}/$"))
    with site.orm():
        use = ResourceUse.objects.filter(resource=poems).latest("pk")
        assert use.villager == served
        assert ReadingPlace.objects.get(villager=served, resource=poems).locator["n"] >= 2
    expect(opened(page, poems).locator(".reader")).to_have_attribute("aria-label", str(chapter))
    expect(page.get_by_text("已经翻到上次看到的地方。")).to_be_visible()


def test_book_is_read_without_scripts(logged_in: LogIn, poems: Resource):
    page = opened(logged_in("shanwai", java_script_enabled=False), poems)
    before = page.locator(".reader").get_attribute("aria-label")
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(".reader")).not_to_have_attribute("aria-label", str(before))


def test_page_of_a_book_is_dark_where_it_is_wished(logged_in: LogIn, poems: Resource):
    page = opened(logged_in("desk"), poems)
    page.get_by_role("button", name="黑色").click()
    expect(page.locator(".reader-dark")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="米色").click()
    expect(page.locator(".reader-paper")).to_be_visible()


def test_sound_plays_slows_down_and_goes_on_with_the_next(logged_in: LogIn, opera: Resource):
    page = opened(logged_in("desk"), opera)
    sound = page.locator("audio")
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")
    assert_accessible(page)
    page.get_by_role("button", name="慢一点").click()
    assert sound.evaluate("sound => sound.playbackRate") == 0.75
    page.get_by_role("button", name="停一停").click()
    page.get_by_role("button", name="播放").click()
    page.wait_for_function("() => document.querySelector('audio').duration > 0")
    sound.evaluate("sound => { sound.currentTime = sound.duration - 0.3; }")
    page.wait_for_url(re.compile(r"part=\d+"))
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")


def test_three_actions_lead_from_the_search_box_to_sound(logged_in: LogIn, opera: Resource):
    page = logged_in("desk")
    page.goto("/library/")
    page.locator("[data-search]").press_sequentially(opera.title)
    expect(page.locator(f"[data-results-for='{opera.title}']")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/library/{opera.pk}/$"))
    page.keyboard.press("Enter")
    page.wait_for_url(USE)
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0")


def test_upload_shows_how_far_it_is(logged_in: LogIn, poems: Resource, site: Site, tmp_path: Path):
    book = tmp_path / "续.epub"
    book.write_bytes(media.epub({"续": "<p>续</p>"}))
    page = logged_in("admin")
    page.goto(f"/admin/auditorium/resource/{poems.pk}/change/")
    bars: list[str] = []
    page.expose_function("sawBar", lambda seen: bars.append(f"{seen}"))
    page.evaluate(
        "() => new MutationObserver(() => document.querySelector('.upload-progress progress') && window.sawBar('bar'))"
        ".observe(document.body, { childList: true, subtree: true })"
    )
    row = page.locator("input[type=file]:not([name*=__prefix__])").last
    name = str(row.get_attribute("name")).removesuffix("-upload")
    row.set_input_files(book)
    page.locator(f"[name='{name}-order']").fill("9")
    page.locator(f"[name='{name}-title']").fill("续")
    page.locator("[name=_continue]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert bars
    with site.orm():
        assert ResourceFile.objects.get(resource=poems, title="续").order == 9
        ResourceFile.objects.filter(resource=poems, title="续").delete()
