"""The admin's pages for schedules, leaves, results and holidays, as a clerk, a supervisor and an administrator see them
before they confirm anything: read by axe, at a desk's width and a phone's. Nothing is saved.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from appointments.models import Appointment, Hospital, ScheduleTemplate
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]
SAVE = "input[name=_save], .submit-row input[type=submit]"


def assert_reads_well(page: Page) -> None:
    """At both widths it keeps the rules, and never scrolls sideways."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        assert_accessible(page)


@pytest.fixture
def sheet(site: Site) -> tuple[str, bytes]:
    """A hospital, and its results: somebody to be marked, somebody unknown, and a word that means nothing."""
    with site.orm():
        row = Appointment.objects.filter(state="unmarked", source="schedule").earliest("date")
        rows = [
            ("预约号", "姓名", "日期", "科室", "结果"),
            (row.reference, row.villager.name, f"{row.date}", "", "已就诊"),
            ("", "查无此人", f"{row.date}", "骨科", "未到"),
            (row.reference, row.villager.name, f"{row.date}", "", "说不清"),
        ]
        return row.hospital.name, "\n".join(",".join(cells) for cells in rows).encode()


def test_results_are_looked_at_before_they_are_marked(logged_in: LogIn, sheet: tuple[str, bytes]):
    hospital, content = sheet
    page = logged_in("admin")
    page.goto("/admin/appointments/appointment/results/")
    page.locator(SAVE).click()
    assert_reads_well(page)
    page.locator("select[name=hospital]").select_option(label=hospital)
    page.locator("input[type=file]").set_input_files({"name": "结果.csv", "mimeType": "text/csv", "buffer": content})
    page.locator(SAVE).click()
    expect(page.get_by_text("没有找到这个人这一天的预约")).to_be_visible()
    expect(page.get_by_role("button", name="好的先登记")).to_be_visible()
    assert_reads_well(page)


def test_a_clerk_begins_in_the_admin_and_looks_at_a_leave_first(logged_in: LogIn, site: Site):
    page = logged_in("hospital")
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="去管理后台").click()
    page.goto("/admin/appointments/leave/add/")
    with site.orm():
        hospital = Hospital.objects.get(clerks__user__username="hospital")
        session = hospital.departments.get(name="针灸科").sessions.filter(state="open").latest("date")
        doctor, day = session.doctor.name, f"{session.date}"
    expect(page.locator("select[name=hospital]")).to_have_value(f"{hospital.pk}")
    assert_reads_well(page)
    page.locator("select[name=doctor]").select_option(label=doctor)
    for name, typed in (("first_date", day), ("last_date", day), ("reason", "外出学习")):
        page.locator(f"[name={name}]").fill(typed)
    page.locator(SAVE).first.click()
    expect(page.locator("h1")).to_have_text(f"{doctor}休诊：先看看")
    assert_reads_well(page)


def test_a_changed_schedule_is_looked_at_first(logged_in: LogIn, site: Site):
    with site.orm():
        template = ScheduleTemplate.objects.filter(queue="numbered").first()
    page = logged_in("county")
    page.goto(f"/admin/appointments/scheduletemplate/{template.pk}/change/")
    page.locator("[name=capacity]").fill(f"{template.capacity + 4}")
    page.locator(SAVE).first.click()
    expect(page.get_by_role("button", name="确认保存")).to_be_visible()
    assert_reads_well(page)


def test_what_was_typed_wrong_is_named_above_a_long_form_and_leads_there(logged_in: LogIn, site: Site):
    with site.orm():
        hospital = Hospital.objects.filter(policy__isnull=False).first()
    page = logged_in("admin", viewport={"width": 390, "height": 844})
    page.goto(f"/admin/appointments/hospital/{hospital.pk}/change/")
    page.locator("[name=policy-0-window_days]").fill("0")
    page.locator(SAVE).first.click()
    named = page.locator(".error-summary").get_by_role("link", name="提前几天可约").first
    expect(named).to_be_in_viewport()
    named.click()
    expect(page.locator("[name=policy-0-window_days]")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_notice_of_holidays_is_refused_line_by_line(logged_in: LogIn):
    page = logged_in("admin")
    page.goto("/admin/appointments/calendarday/many/")
    page.locator("textarea").fill("2027-02-05 至 2027-02-01 放假 春节\n明年 放假")
    page.locator(SAVE).click()
    expect(page.get_by_text("第 2 行")).to_be_visible()
    assert_reads_well(page)
