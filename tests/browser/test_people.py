"""Finding and registering people as the desk does it: by keyboard, with a card reader, and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from auditorium.models import User, Villager
from tests.browser.accessibility import assert_accessible
from tests.factories import resident_id
from tests.site import Site

BOOKING = re.compile(r"/appointments/book/\d+/$")
VILLAGER = re.compile(r"/people/\d+/$")
LogIn = Callable[..., Page]


def search(page: Page, words: str) -> None:
    """Type into the box, which has the focus from the start."""
    page.goto("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type(words)


def test_initials_and_enter_begin_a_booking(logged_in: LogIn):
    page = logged_in("desk")
    search(page, "zxm")
    expect(page.locator("[data-results-for=zxm]")).to_contain_text("张小明")
    page.keyboard.press("Enter")
    expect(page).to_have_url(BOOKING)
    expect(page.locator("main")).to_contain_text("张小明")


def test_arrows_walk_through_the_people_found(logged_in: LogIn):
    page = logged_in("desk")
    search(page, "zxm")
    results = page.locator("[data-result]")
    expect(results).not_to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(results.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(VILLAGER)
    expect(page.locator("main")).to_contain_text("张小明")


def test_enter_before_the_answer_finds_as_well(logged_in: LogIn):
    page = logged_in("desk")
    search(page, "zxm")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/people/find$|/appointments/book/"))
    if not BOOKING.search(page.url):
        expect(page.locator("[data-result]").nth(0)).to_be_focused()
        page.keyboard.press("Enter")
    expect(page).to_have_url(BOOKING)


def test_without_javascript_enter_and_enter_do_the_same(logged_in: LogIn):
    page = logged_in("desk", java_script_enabled=False)
    search(page, "zxm")
    page.keyboard.press("Enter")
    expect(page.locator("[data-result]").nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(BOOKING)


def test_a_card_reader_opens_the_holders_page(logged_in: LogIn, site: Site):
    with site.orm():
        villager = Villager.objects.filter(name="张小明", id_last4__gt="").first()
    page = logged_in("desk")
    search(page, f"{villager.id_number}\n")
    expect(page).to_have_url(re.compile(rf"/people/{villager.pk}/$"))


def test_somebody_new_is_registered(logged_in: LogIn, site: Site):
    page = logged_in("desk")
    search(page, "仇查区")
    page.get_by_role("button", name="登记这位村民").click()
    expect(page.get_by_label("姓名", exact=True)).to_have_value("仇查区")
    number = page.get_by_role("textbox", name="身份证号")
    expect(number).to_be_visible()
    page.get_by_label("号码还不知道").check()
    expect(number).to_be_hidden()
    page.get_by_label("身份证在这里，已核对").check()
    number.fill(resident_id("19490307", "115"))
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("登记和代办", exact=True).check()
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page).to_have_url(VILLAGER)
    expect(page.locator("main")).to_contain_text("登记好了")
    with site.orm():
        assert Villager.objects.get(name="仇查区").sex == "male"


@pytest.fixture
def chosen(site: Site):
    """Choose a user's language with the largest text; the demo's other tests read Chinese again."""

    def choose(language: str, text_size: str = "largest") -> None:
        with site.orm():
            User.objects.filter(username="manager").update(language=language, text_size=text_size)

    yield choose
    choose("zh-hans", "normal")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_people_keep_their_shape(logged_in: LogIn, site: Site, chosen: Callable[..., None], language: str):
    with site.orm():
        pk = Villager.objects.filter(name="李根生").values_list("pk", flat=True)[0]
    page = logged_in("manager")
    chosen(language)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/", "/people/new", f"/people/{pk}/", f"/people/{pk}/contacts", f"/people/{pk}/edit"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert_accessible(page)
