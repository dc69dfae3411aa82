"""Rules filled in on a hospital's and a department's page."""

from datetime import time

import pytest

from appointments import models as booking
from appointments.models import BookingPolicy
from tests import admin_rows
from tests.appointments.admin.test_lists import url
from tests.appointments.factories import DepartmentFactory, HospitalFactory
from tests.appointments.pages import read
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db

NOTHING = dict.fromkeys(("same_day", "cancel_on_workdays", "waitlist"), "unknown") | dict.fromkeys(
    ("one_per_department_and_day", "one_per_department_and_period"), "unknown"
)


@pytest.fixture
def admin(client):
    client.force_login(admin_rows.administrator())
    return client


@pytest.fixture
def hospital():
    return HospitalFactory(name="柯桥区示例医院")


def management(prefix, total):
    return {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}


def rules_form(**rules):
    """The inline's part of the page, filled in with these rules."""
    return management("policy", 1) | {f"policy-0-{name}": said for name, said in (NOTHING | rules).items()}


def save_hospital(client, hospital, **rules):
    own = {"name": hospital.name, "region": hospital.region_id, "is_active": "on"}
    others = management("channels", 0) | management("clerks", 0)
    return client.post(url(booking.Hospital, "change", hospital.pk), own | others | rules_form(**rules))


def save_department(client, department, **rules):
    own = {"name": department.name, "hospital": department.hospital_id, "is_active": "on"}
    return client.post(url(booking.Department, "change", department.pk), own | rules_form(**rules))


def errors(answer):
    formset = next(it.formset for it in answer.context["inline_admin_formsets"] if it.formset.model is BookingPolicy)
    return sorted(formset.forms[0].errors)


def test_rules_are_saved_and_the_rest_stays_empty(admin, hospital):
    said = {"window_days": "7", "release_time": "7:00", "same_day": "true", "documents": ["resident_id", "passport"]}
    assert save_hospital(admin, hospital, **said).status_code == 302
    policy = BookingPolicy.objects.get(hospital=hospital)
    assert (policy.window_days, policy.release_time, policy.same_day) == (7, time(7), True)
    assert policy.documents == ["resident_id", "passport"]
    assert (policy.stop_rule, policy.cancel_days_before, policy.waitlist) == ("", None, None)


def test_contradiction_is_said_at_its_field_and_nothing_is_saved(admin, hospital):
    answer = save_hospital(admin, hospital, stop_rule="same_day", per_day="3", per_week="2")
    assert answer.status_code == 200
    assert errors(answer) == ["per_day", "stop_rule"]
    page = read(answer)
    assert page.links["#id_policy-0-stop_rule"].startswith("截止在: 当天不可约，就不能按当天的时间截止。")
    assert page.words.count("当天不可约，就不能按当天的时间截止。") == 2
    assert not BookingPolicy.objects.exists()


def test_rule_without_effect_is_saved_and_said(admin, hospital):
    answer = save_hospital(admin, hospital, stop_morning="10:30")
    assert answer.status_code == 302
    assert BookingPolicy.objects.get().stop_morning == time(10, 30)
    page = admin.get(answer["Location"]).content.decode()
    assert "当天上午号截止：当天不可约，当天的截止时间不起作用。" in page


def test_department_is_checked_with_its_hospitals_rules(admin, hospital):
    BookingPolicy.objects.create(hospital=hospital, per_week=2)
    department = DepartmentFactory(hospital=hospital)
    assert errors(save_department(admin, department, per_day="3")) == ["per_day"]
    assert save_department(admin, department, per_day="2").status_code == 302
    assert BookingPolicy.objects.get(department=department).per_day == 2


def test_hospital_cannot_take_the_ground_from_under_a_department(admin, hospital):
    BookingPolicy.objects.create(department=DepartmentFactory(hospital=hospital, name="眼科"), per_day=3)
    answer = save_hospital(admin, hospital, per_week="2")
    assert errors(answer) == ["per_week"]
    assert "眼科：一天最多 3 次，一周却最多 2 次。" in answer.content.decode()


def test_empty_fields_say_what_holds(admin, hospital):
    page = admin.get(url(booking.Hospital, "change", hospital.pk)).content.decode()
    for words in ("空着：14 天。", "空着：下午4:00。", "空着：前一天", "空着：不限。", "都不勾：都可以。"):
        assert words in page
    BookingPolicy.objects.create(hospital=hospital, window_days=7, same_day=True, documents=["resident_id"])
    department = DepartmentFactory(hospital=hospital)
    page = admin.get(url(booking.Department, "change", department.pk)).content.decode()
    for words in ("空着：7 天。", "空着：是", "都不勾：居民身份证。"):
        assert words in page


def test_department_without_a_hospital_yet_shows_the_platforms_rules(admin):
    page = admin.get(url(booking.Department, "add")).content.decode()
    assert "空着：14 天。" in page
    answer = admin.post(url(booking.Department, "add"), {"name": "眼科"} | rules_form(per_day="3", per_week="2"))
    assert answer.status_code == 200
    assert errors(answer) == ["per_day"]


def test_manager_of_a_hall_reads_the_rules_and_cannot_change_them(client, hospital):
    BookingPolicy.objects.create(hospital=hospital, window_days=7)
    client.force_login(admin_rows.hall_manager(HallFactory()))
    assert client.get(url(booking.Hospital, "change", hospital.pk)).status_code == 200
    assert save_hospital(client, hospital, window_days="3").status_code == 403
    assert BookingPolicy.objects.get().window_days == 7
