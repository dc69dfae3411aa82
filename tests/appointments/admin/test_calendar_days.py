"""A year's holidays in the admin."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from appointments.models import CalendarDay
from tests import admin_rows
from tests.appointments.admin.test_lists import shown, url
from tests.appointments.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at(date(2026, 11, 23), 9))]

MANY = "admin:appointments_calendarday_many"
HINT = "还不知道2027年哪天放假"


@pytest.fixture
def admin(client):
    client.force_login(admin_rows.administrator())
    return client


def test_notice_is_written_down_at_once_and_logged(admin):
    CalendarDay.objects.create(date=date(2027, 2, 5), is_workday=True, name="写错了")
    answer = admin.post(reverse(MANY), {"text": "2027-02-05 至 2027-02-07 放假 春节\n2027-02-14 上班"})
    assert answer["Location"] == url(CalendarDay)
    assert list(CalendarDay.objects.order_by("date").values_list("date", "is_workday", "name")) == [
        (date(2027, 2, 5), False, "春节"),
        (date(2027, 2, 6), False, "春节"),
        (date(2027, 2, 7), False, "春节"),
        (date(2027, 2, 14), True, ""),
    ]
    assert sorted(LogEntry.objects.values_list("action_flag", flat=True)) == [1, 1, 1, 2]
    assert "写下了 4 天。" in admin.get(url(CalendarDay)).content.decode()


def test_notice_with_a_line_nobody_can_read_writes_nothing_and_keeps_what_was_typed(admin):
    text = "2027-02-05 放假 春节\n二月初六 放假"
    page = admin.post(reverse(MANY), {"text": text}).content.decode()
    assert "第 2 行：看不懂，请照“2027-02-05 放假 春节”这样写。" in page
    assert text in page
    assert not CalendarDay.objects.exists()


def test_years_and_names_are_found(admin):
    rows = [
        CalendarDay.objects.create(date=day, is_workday=False, name=name)
        for day, name in [(date(2027, 1, 1), "元旦"), (date(2027, 2, 5), "春节"), (date(2026, 12, 31), "")]
    ]
    assert shown(admin.get(url(CalendarDay), {"q": "2027"})) == {rows[0].pk, rows[1].pk}
    assert shown(admin.get(url(CalendarDay), {"q": "春节"})) == {rows[1].pk}


def test_only_administrators_write_many(client):
    client.force_login(admin_rows.supervisor_of())
    assert client.get(reverse(MANY)).status_code == 403
    assert client.post(reverse(MANY), {"text": "2027-02-05 放假"}).status_code == 403
    assert not CalendarDay.objects.exists()


def test_administrators_are_told_until_the_year_is_written_down(admin):
    pages = [reverse("admin:index"), url(CalendarDay)]
    assert [HINT in admin.get(page).content.decode() for page in pages] == [True, True]
    CalendarDay.objects.create(date=date(2027, 1, 1), is_workday=False, name="元旦")
    assert [HINT in admin.get(page).content.decode() for page in pages] == [False, False]


def test_nobody_else_is_told(client):
    client.force_login(admin_rows.supervisor_of())
    assert HINT not in client.get(reverse("admin:index")).content.decode()
