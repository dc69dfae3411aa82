"""Chromium pages on the running site. Tests that use them are marked `browser`.

`page` is a fresh 1280 px window, `phone` a 390 px one; both are logged out. `logged_in("username")` returns a page of
that user. Every page fails its test when the browser reported a script error or a breach of the content policy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.site import Site

if TYPE_CHECKING:  # the tests that drive no browser need not load what drives it
    from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the run."""
    from playwright.sync_api import sync_playwright

    # Its synchronous interface runs an event loop in this thread; the ORM beside it is no less safe for that.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open pages; keyword arguments are those of Playwright's `new_context`."""
    troubles: list[str] = []
    pages: list[Page] = []

    def listen(message: ConsoleMessage) -> None:
        # a page that answers 404 or 409 on purpose logs the first, one that is left before its answer came the others
        expected = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
        if message.type == "error" and not any(words in message.text for words in expected):
            troubles.append(message.text)

    def open_page(**options: object) -> Page:
        options = {"base_url": site.url, "locale": "zh-CN", "viewport": {"width": 1280, "height": 800}} | options
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(10_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("response", lambda answer: answer.status >= 500 and troubles.append(f"{answer.status} {answer.url}"))
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert troubles == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A window as at the desk, logged out."""
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A window as on a phone, logged out."""
    return new_page(viewport={"width": 390, "height": 844})


@pytest.fixture(scope="session")
def log_ins() -> dict[str, StorageState]:
    """The cookies of users already logged in during this run."""
    return {}


@pytest.fixture
def logged_in(new_page: Callable[..., Page], log_ins: dict[str, StorageState], site: Site) -> Callable[..., Page]:
    """Open a page as a user of the demo: `logged_in("username")`, with `new_context` options after it."""

    def open_page(username: str, **options: object) -> Page:
        if username not in log_ins:
            page = new_page()
            page.goto("/login/")
            page.locator("[name=username]").fill(username)
            page.locator("[name=password]").fill(site.password)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url(lambda url: "/login/" not in url)
            log_ins[username] = page.context.storage_state()
        return new_page(storage_state=log_ins[username], **options)

    return open_page
