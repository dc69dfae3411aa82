"""A USB stick from another hall: its package is made in another database, taken in by the admin, opened at the desk."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from auditorium.models import Channel, Resource
from tests.browser.accessibility import assert_accessible
from tests.site import BASE_DIR, Site

LogIn = Callable[..., Page]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What another machine put on the stick."""
    folder = tmp_path_factory.mktemp("another")
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    made = subprocess.run(
        [sys.executable, "-m", "tests.peers.another_hall", str(folder / "stick.zip")],
        cwd=BASE_DIR,
        env=own | {"DJANGO_SETTINGS_MODULE": "config.settings.local", "VAR_DIR": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder / "stick.zip"


def sent_in(page: Page, package: Path) -> None:
    """By the admin's page, as far as the page of the job."""
    page.goto("/admin/auditorium/packagejob/add/")
    page.locator("input[type=file]").set_input_files(package)
    page.locator("[type=submit].default").click()
    page.wait_for_url(re.compile(r"/packagejob/\d+/change/"))


def test_package_of_another_database_is_imported_and_opened_at_the_desk(logged_in: LogIn, package: Path, site: Site):
    with site.orm():
        assert not Channel.objects.filter(name="邻村的书").exists()
    admin = logged_in("admin")
    admin.goto("/admin/auditorium/packagejob/add/")
    assert_accessible(admin)
    bars: list[str] = []
    admin.expose_function("sawBar", lambda seen: bars.append(f"{seen}"))
    admin.evaluate(
        "() => new MutationObserver(() => document.querySelector('.upload-progress progress') && window.sawBar('bar'))"
        ".observe(document.body, { childList: true, subtree: true })"
    )
    admin.locator("input[type=file]").set_input_files(package)
    admin.locator("[type=submit].default").click()
    # the page follows the job by itself
    expect(admin.locator("#package-job")).to_contain_text("新增 2 项，更改 0 项", timeout=90_000)
    assert bars
    assert_accessible(admin)

    desk = logged_in("desk")
    desk.goto("/library/?q=邻村故事")
    desk.get_by_role("link", name="邻村故事").click()
    desk.locator("main .btn-primary").first.click()
    desk.wait_for_url(re.compile(r"/library/use/"))
    expect(desk.locator(".reader-text")).to_contain_text("邻村也有一座礼堂。")

    sent_in(admin, package)
    expect(admin.locator("#package-job")).to_contain_text("没有变 2 项", timeout=90_000)
    with site.orm():
        assert sorted(Resource.objects.filter(channel__name="邻村的书").values_list("title", flat=True)) == [
            "邻村故事",
            "邻村的锣鼓",
        ]


def test_package_cut_in_the_middle_is_refused_in_a_sentence(logged_in: LogIn, package: Path, tmp_path: Path):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(package.read_bytes()[: package.stat().st_size // 2])
    admin = logged_in("admin", java_script_enabled=False)
    sent_in(admin, cut)
    said = admin.get_by_text("没有拷贝完整")
    again = admin.get_by_role("link", name="再看看")
    expect(said.or_(again)).to_be_visible()
    while again.is_visible():
        again.click()
        expect(said.or_(again)).to_be_visible()
    expect(said).to_be_visible()
