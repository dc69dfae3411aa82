"""Who may open what in the admin: rows, pages, choices, autocompletes and histories of other halls do not exist."""

import pytest
from django.urls import reverse

from appointments import models as booking
from auditorium import models
from tests import admin_rows
from tests.appointments.admin.test_lists import shown, url
from tests.appointments.factories import DepartmentFactory, HospitalFactory, SlotFactory
from tests.appointments.pages import read
from tests.factories import HallFactory, RegionFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db
MAIN = [
    models.Hall,
    models.User,
    models.Villager,
    models.FollowUp,
    models.Reminder,
    models.Message,
    booking.ClinicSession,
    booking.Appointment,
    booking.Hospital,
    booking.Department,
    booking.Doctor,
]


@pytest.fixture
def hall():
    return HallFactory()


@pytest.mark.parametrize("model", admin_rows.IN_SCOPE, ids=lambda model: model.__name__)
def test_rows_of_another_hall_do_not_exist(client, hall, model):
    mine, other = admin_rows.IN_SCOPE[model](hall), admin_rows.IN_SCOPE[model](admin_rows.another_hall())
    client.force_login(admin_rows.hall_manager(hall))
    listed = shown(client.get(url(model)))
    assert (mine.pk in listed, other.pk in listed) == (True, False)
    assert client.get(url(model, "change", mine.pk)).status_code == 200
    assert client.get(url(model, "change", other.pk)).status_code == 302
    assert client.get(url(model, "history", other.pk)).status_code in {302, 404}


@pytest.mark.parametrize("model", admin_rows.FOR_ADMINISTRATORS, ids=lambda model: model.__name__)
def test_lines_and_log_are_for_administrators(client, hall, model):
    row = admin_rows.FOR_ADMINISTRATORS[model](hall)
    client.force_login(admin_rows.supervisor_of())
    assert client.get(url(model)).status_code == 403
    assert client.get(url(model, "change", row.pk)).status_code == 403
    client.force_login(admin_rows.administrator())
    assert client.get(url(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("who", ["administrator", "supervisor", "manager"])
@pytest.mark.parametrize("model", MAIN, ids=lambda model: model.__name__)
def test_main_pages_open_for_each_role(client, hall, who, model):
    user = {
        "administrator": admin_rows.administrator,
        "supervisor": admin_rows.supervisor_of,
        "manager": lambda: admin_rows.hall_manager(hall),
    }[who]()
    row = admin_rows.EVERYTHING[model](hall)
    client.force_login(user)
    assert client.get(url(model, "change", row.pk)).status_code == 200


def test_desk_staff_are_sent_to_log_in(client, hall):
    client.force_login(desk_user(hall))
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(url(models.Hall)).status_code == 302


@pytest.mark.parametrize("model", admin_rows.EVERYTHING, ids=lambda model: model.__name__)
def test_staff_without_a_role_see_nothing(client, model):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(url(model)).status_code == 403


def test_index_of_staff_without_a_role_is_empty(client):
    client.force_login(UserFactory(is_staff=True))
    assert client.get(reverse("admin:index")).context["app_list"] == []


def autocomplete(client, model, field):
    answer = client.get(
        reverse("admin:autocomplete"),
        {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field, "term": ""},
    )
    return {int(result["id"]) for result in answer.json()["results"]} if answer.status_code == 200 else None


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (models.Helper, "hall"),
        (models.Household, "hall"),
        (models.Hall, "backup_hall"),
        (models.Role, "hall"),
        (booking.Route, "hall"),
        (models.Visit, "hall"),
        (models.Channel, "keeper_hall"),
        (models.ChannelShare, "hall"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_autocomplete_offers_halls_in_scope(client, hall, model, field):
    admin_rows.another_hall()
    client.force_login(admin_rows.hall_manager(hall))
    assert autocomplete(client, model, field) == {hall.pk}


@pytest.mark.parametrize(
    ("model", "field"), [(models.FollowUp, "villager"), (models.Visit, "villager"), (booking.Appointment, "villager")]
)
def test_autocomplete_offers_villagers_in_scope(client, hall, model, field):
    mine = admin_rows.IN_SCOPE[models.Villager](hall)
    admin_rows.IN_SCOPE[models.Villager](admin_rows.another_hall())
    client.force_login(admin_rows.hall_manager(hall))
    assert autocomplete(client, model, field) == {mine.pk}


@pytest.mark.parametrize(
    ("model", "field"), [(booking.HospitalClerk, "user"), (models.Role, "user"), (models.FollowUp, "assignee")]
)
def test_autocomplete_offers_accounts_below(client, hall, model, field):
    mine = desk_user(hall)
    desk_user(admin_rows.another_hall())
    admin_rows.clerk_of(HospitalFactory())
    admin_rows.administrator()
    client.force_login(admin_rows.hall_manager(hall))
    assert autocomplete(client, model, field) == {mine.pk}


def test_choice_of_another_hall_is_refused(client, hall):
    other = admin_rows.another_hall()
    client.force_login(admin_rows.hall_manager(hall))
    said = {"name": "沈阿毛", "kind": "volunteer", "is_active": "on"}
    assert client.post(url(models.Helper, "add"), said | {"hall": other.pk}).status_code == 200
    assert client.post(url(models.Helper, "add"), said | {"hall": hall.pk}).status_code == 302
    assert [helper.hall for helper in models.Helper.objects.all()] == [hall]


def test_filters_that_are_not_offered_are_refused(client, hall):
    admin_rows.IN_SCOPE[models.Phone](hall)
    client.force_login(admin_rows.hall_manager(hall))
    assert client.get(url(models.Phone) + "?bad_since__isempty=1").status_code == 200
    assert client.get(url(models.Phone) + "?number__startswith=%2B86137").status_code == 400
    assert client.get(url(models.Villager) + "?id_hash=1").status_code == 400


def test_lines_are_no_filter_below_administrators(client, hall):
    admin_rows.message_at(hall)
    client.force_login(admin_rows.hall_manager(hall))
    assert client.get(url(models.Message)).context["cl"].list_filter == ["state", "audience"]
    assert "演示线路" not in str(client.get(url(models.Message)).context["cl"].filter_specs)


def test_manager_edits_only_halls_they_manage(client, hall):
    elsewhere = admin_rows.another_hall()
    manager = admin_rows.hall_manager(hall)
    models.Role.objects.create(user=manager, role="desk", hall=elsewhere)
    client.force_login(manager)
    assert shown(client.get(url(models.Hall))) == {hall.pk}


def hall_form(hall, **said):
    empty = {f"{inline}-{part}_FORMS": 0 for inline in ("opening_hours", "closures") for part in ("TOTAL", "INITIAL")}
    return {"name": hall.name, "address": "", "phone": "", "region": hall.region_id} | empty | said


def test_manager_cannot_move_or_close_a_hall(client, hall):
    elsewhere = admin_rows.another_hall()
    client.force_login(admin_rows.hall_manager(hall))
    said = hall_form(hall, name="新名字", region=elsewhere.region_id)
    assert client.post(url(models.Hall, "change", hall.pk), said).status_code == 302
    before = hall.region_id
    hall.refresh_from_db()
    assert (hall.name, hall.region_id, hall.is_active) == ("新名字", before, True)
    assert client.get(url(models.Hall, "add")).status_code == 403


def test_supervisor_opens_halls_inside_the_region_only(client, hall):
    inside, outside = RegionFactory(), RegionFactory(code="330203009205")
    client.force_login(admin_rows.supervisor_of())
    add = url(models.Hall, "add")
    assert client.post(add, hall_form(hall, name="甲", region=outside.pk)).status_code == 200
    assert client.post(add, hall_form(hall, name="乙", region=inside.pk)).status_code == 302
    assert models.Hall.objects.filter(name__in=["甲", "乙"]).get().region == inside


def test_backup_hall_outside_the_region_may_stay(client, hall):
    hall.backup_hall = admin_rows.another_hall()
    hall.save()
    client.force_login(admin_rows.supervisor_of())
    said = hall_form(hall, name="新名字", is_active="on", backup_hall=hall.backup_hall.pk)
    assert client.post(url(models.Hall, "change", hall.pk), said).status_code == 302
    hall.refresh_from_db()
    assert hall.name == "新名字"


def test_supervisor_keeps_hospitals_of_the_region_right(client):
    inside = DepartmentFactory(hospital__region=RegionFactory())
    outside = DepartmentFactory(hospital__region=RegionFactory(code="330203009205"))
    client.force_login(admin_rows.supervisor_of())
    pages = {
        department: client.get(url(booking.Department, "change", department.pk)) for department in (inside, outside)
    }
    assert [page.context["has_change_permission"] for page in pages.values()] == [True, False]
    said = {"hospital": outside.hospital_id, "name": "骨科", "is_active": "on"}
    said |= {"policy-TOTAL_FORMS": 0, "policy-INITIAL_FORMS": 0}
    assert client.post(url(booking.Department, "change", outside.pk), said).status_code == 403
    assert client.post(url(booking.Department, "change", inside.pk), said).status_code == 200
    assert (
        client.post(url(booking.Department, "change", inside.pk), said | {"hospital": inside.hospital_id}).status_code
        == 302
    )
    inside.refresh_from_db()
    assert (inside.name, inside.initials) == ("骨科", "gk")


def test_history_of_a_hall_shows_what_changed_without_old_versions(client, hall):
    hall.name, hall.backup_hall, hall.is_active = "改过的文化礼堂", HallFactory(name="替班的礼堂"), False
    hall.save()
    client.force_login(admin_rows.hall_manager(hall))
    page = client.get(url(models.Hall, "history", hall.pk))
    assert page.status_code == 200
    changes = page.context["page_obj"][0].history_delta_changes
    assert [(change["field"], change["old"], change["new"]) for change in changes] == [
        ("替班礼堂", "–", "替班的礼堂"),
        ("使用中", "是", "否"),
        ("名称", changes[2]["old"], "改过的文化礼堂"),
    ]
    assert "style=" not in page.content.decode()
    version = hall.history.first().pk
    assert client.get(url(models.Hall, "history", hall.pk) + f"{version}/").status_code in {302, 404}


def test_clerk_answers_for_their_hospital_only(client, hall):
    slots = [SlotFactory(session__allotted_hall=hall, session__department__hospital__acknowledges=True) for _ in "12"]
    mine, other = (admin_rows.appointment_at(hall, slot) for slot in slots)
    client.force_login(admin_rows.clerk_of(mine.hospital))
    found = client.get(url(booking.Appointment))
    assert shown(found) == {mine.pk}
    assert "预约号 就诊日期 时段 村民 医院 科室 状态" in read(found).words
    there = reverse("appointments:appointment", args=[mine.reference])
    assert there not in read(client.get(url(booking.Appointment, "change", mine.pk))).links
    chosen = {"action": "acknowledge", "_selected_action": [mine.pk, other.pk]}
    client.post(url(booking.Appointment), chosen)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.hospital_knows, other.hospital_knows) == ("acknowledged", "unsent")
    assert client.get(url(models.Villager)).status_code == 403


def test_manager_cannot_answer_for_a_hospital(client, hall):
    slot = SlotFactory(session__allotted_hall=hall, session__department__hospital__acknowledges=True)
    appointment = admin_rows.appointment_at(hall, slot)
    client.force_login(admin_rows.hall_manager(hall))
    client.post(url(booking.Appointment), {"action": "acknowledge", "_selected_action": [appointment.pk]})
    appointment.refresh_from_db()
    assert appointment.hospital_knows == "unsent"
    there = reverse("appointments:appointment", args=[appointment.reference])
    assert there in read(client.get(url(booking.Appointment, "change", appointment.pk))).links


def test_appointment_is_found_by_its_reference_as_typed(client, hall):
    appointment, _other = admin_rows.appointment_at(hall), admin_rows.appointment_at(hall)
    client.force_login(admin_rows.hall_manager(hall))
    answer = client.get(url(booking.Appointment), {"q": appointment.reference.lower()})
    assert shown(answer) == {appointment.pk}


def test_nothing_of_history_can_be_deleted(client, hall):
    client.force_login(admin_rows.administrator())
    kept = set(admin_rows.EVERYTHING) - {
        booking.Route,
        booking.EverydayWord,
        booking.CalendarDay,
        booking.Leave,
        models.ReminderRule,
        models.Topic,
    }
    refused = {m for m in kept if client.get(url(m, "delete", admin_rows.EVERYTHING[m](hall).pk)).status_code == 403}
    assert refused == kept
