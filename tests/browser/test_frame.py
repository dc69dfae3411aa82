"""The frame of every page: sizes, keys, menus, forms pressed twice, and what it is to those who hear it."""

from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import assert_accessible

SIZES = {"normal": 18, "large": 24, "largest": 30}


def choose(page: Page, size: str, language: str = "zh-hans") -> None:
    """Set the cookies that the header's switches set before login."""
    chosen = {"text_size": size, "django_language": language}
    site = urljoin(page.url, "/")
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in chosen.items()])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_text_size_keeps_the_layout(page: Page, size: str, language: str):
    page.goto("/help/")
    choose(page, size, language)
    for path in ("/help/", "/login/"):
        page.goto(path)
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == SIZES[size]
        for width in (1280, 640, 390):  # 640 is what 1280 becomes at 200 % zoom
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert_accessible(page)


def test_switch_in_the_header_changes_size_and_language(page: Page):
    page.goto("/help/")
    page.goto("/login/")
    page.get_by_role("button", name="特大").click()
    expect(page.locator("html")).to_have_attribute("data-text-size", "largest")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in to the desk")


def test_errors_take_the_focus_and_lead_to_their_field(page: Page):
    page.goto("/login/")
    page.get_by_role("button", name="登录").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="密码：请填写这一项。").click()
    expect(page.locator("#id_password")).to_be_focused()
    assert_accessible(page)


def test_password_can_be_shown(page: Page):
    page.goto("/login/")
    page.get_by_label("显示密码").check()
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    page.get_by_label("显示密码").uncheck()
    expect(page.locator("#id_password")).to_have_attribute("type", "password")


def test_pressing_twice_sends_once(page: Page):
    page.goto("/login/")
    page.evaluate(
        """() => {
            window.sent = 0;
            window.addEventListener("submit", event => {
                window.sent += event.defaultPrevented ? 0 : 1;
                event.preventDefault();
            });
        }"""
    )
    button = page.get_by_role("button", name="登录")
    button.evaluate("button => { button.click(); button.click(); }")
    expect(button).to_be_disabled()
    assert page.evaluate("window.sent") == 1
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()


def test_login_works_without_scripts(new_page: Callable[..., Page]):
    page = new_page(java_script_enabled=False)
    page.goto("/login/")
    page.locator("#id_username").fill("without-scripts")
    page.locator("#id_password").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    expect(page.get_by_label("显示密码")).to_be_hidden()


def test_page_left_open_over_a_login_elsewhere_still_works(page: Page):
    page.goto("/login/")
    page.context.clear_cookies(name="csrftoken")
    other = page.context.new_page()
    other.goto("/login/")  # a new token
    page.locator("#id_username").fill("left-open")
    page.locator("#id_password").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")


def test_old_browsers_are_told_and_new_ones_are_not(page: Page):
    page.goto("/login/")
    expect(page.locator("#old-browser")).to_be_hidden()
    script = page.locator("script[nomodule]").get_attribute("src")
    page.add_script_tag(url=script)  # as a browser does that knows no modules
    page.evaluate("window.onload()")
    expect(page.locator("#old-browser")).to_contain_text("极速模式")


def test_skip_link_leads_to_the_content(page: Page):
    page.goto("/help/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
