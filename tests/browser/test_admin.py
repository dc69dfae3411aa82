"""The admin in a browser: nothing inline that the content policy stops, and no wider than a phone needs."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import assert_accessible

PAGES = (
    "/admin/",
    "/admin/auditorium/hall/",
    "/admin/auditorium/villager/",
    "/admin/auditorium/helper/add/",
    "/admin/appointments/hospital/",
    "/admin/appointments/appointment/",
)


@pytest.mark.parametrize("username", ["manager", "admin"])
def test_pages_keep_to_the_content_policy(logged_in, username):
    page = logged_in(username)
    for address in PAGES:
        assert page.goto(address).status == 200
    page.goto("/admin/auditorium/hall/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".historylink").click()
    page.wait_for_selector("#change-history")


def test_a_hall_is_chosen_by_typing(logged_in):
    page = logged_in("admin")
    page.goto("/admin/auditorium/helper/add/")
    page.locator(".field-hall .select2-selection").click()
    page.locator(".select2-search__field").fill("后仓")
    page.locator(".select2-results__option", has_text="后仓村文化礼堂").click()
    assert page.locator(".field-hall .select2-selection__rendered").inner_text().endswith("后仓村文化礼堂")


def test_villagers_are_searched_for_without_an_address(logged_in):
    page = logged_in("manager")
    page.goto("/admin/auditorium/villager/")
    page.locator("#searchbar").fill("zxm")
    page.locator("#searchbar").press("Enter")
    page.wait_for_load_state()
    assert page.url.endswith("/admin/auditorium/villager/")
    assert "张小明" in page.locator("#result_list").inner_text()


def test_pages_of_texts_are_accessible_and_fit_a_phone(logged_in):
    page = logged_in("admin")
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/admin/auditorium/smsline/")
    line = page.locator("#result_list tbody th a").first.get_attribute("href").split("/")[-3]
    page.goto("/admin/auditorium/messagetemplate/")
    words = page.locator("#result_list tbody th a").first.get_attribute("href")
    page.goto("/admin/auditorium/hall/")
    hall = page.locator("#result_list tbody th a").first.get_attribute("href").split("/")[-3]
    for address in (
        f"/admin/auditorium/smsline/{line}/figures/?days=30",
        f"/admin/auditorium/smsline/{line}/change/",
        "/admin/auditorium/smsline/add/",
        "/admin/auditorium/smsline/add/?gateway=http&preset=plain",
        words,
        f"/admin/auditorium/hall/{hall}/texts/",
        f"/admin/auditorium/hall/{hall}/change/",
    ):
        page.goto(address)
        assert_accessible(page)
        assert (address, page.evaluate("document.documentElement.scrollWidth")) == (address, 390)


def test_box_to_choose_by_typing_is_named_by_its_field_and_what_is_chosen(logged_in):
    page = logged_in("admin")
    page.goto("/admin/auditorium/helper/add/")
    page.get_by_role("combobox", name="礼堂").click()
    page.get_by_role("searchbox", name="礼堂").fill("后仓")
    page.locator(".select2-results__option", has_text="后仓村文化礼堂").click()
    expect(page.get_by_role("combobox", name="礼堂 ")).to_have_accessible_name(re.compile("^礼堂 .*后仓村文化礼堂$"))
