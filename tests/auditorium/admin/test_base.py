"""The admin's own log names no one, counting stops somewhere, and people are searched for without an address."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from auditorium.admin.base import CappedPaginator
from auditorium.domain import villager_keys
from auditorium.models import Household, Region, Villager
from tests import admin_rows
from tests.appointments.admin.test_lists import shown
from tests.factories import HallFactory, HelperFactory, RegionFactory, VillagerFactory

pytestmark = pytest.mark.django_db
VILLAGERS = "/admin/auditorium/villager/"


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def managing(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    return client


def test_log_holds_model_key_and_labels_only(managing, hall):
    said = {"name": "沈阿毛", "kind": "volunteer", "is_active": "on", "hall": hall.pk}
    managing.post("/admin/auditorium/helper/add/", said)
    helper = hall.helpers.get()
    managing.post(f"/admin/auditorium/helper/{helper.pk}/change/", said | {"name": "沈阿根", "groups": "3组"})
    logged = LogEntry.objects.order_by("pk").values_list("object_repr", "object_id", "change_message")
    assert list(logged) == [
        (f"helper #{helper.pk}", str(helper.pk), '[{"added": {}}]'),
        (f"helper #{helper.pk}", str(helper.pk), '[{"changed": {"fields": ["姓名", "负责的村民组"]}}]'),
    ]


def test_log_names_inlines_without_their_rows(managing, hall):
    said = {"name": hall.name, "phone": "", "address": ""}
    inlines = {"opening_hours-TOTAL_FORMS": 1, "opening_hours-INITIAL_FORMS": 0, "opening_hours-0-weekday": 1}
    inlines |= {"opening_hours-0-opens": "08:00", "opening_hours-0-closes": "11:30", "opening_hours-0-hall": hall.pk}
    inlines |= {"closures-TOTAL_FORMS": 0, "closures-INITIAL_FORMS": 0}
    assert managing.post(f"/admin/auditorium/hall/{hall.pk}/change/", said | inlines).status_code == 302
    assert LogEntry.objects.get().change_message == '[{"changed": {"fields": ["电话", "开放时间"]}}]'


def test_fields_of_rows_have_names_of_their_own(managing, hall):
    hall.opening_hours.create(weekday=1, opens="08:00", closes="11:30")
    page = managing.get(f"/admin/auditorium/hall/{hall.pk}/change/").content.decode()
    row = re.search(r'id="opening_hours-0".*?</tr>', page, re.DOTALL)[0]
    fields = [tag for tag in re.findall(r"<(?:input|select)[^>]*>", row) if 'type="hidden"' not in tag]
    names = [re.search(r'aria-label="([^"]*)"', field)[1] for field in fields]
    assert names == ["星期", "开门", "关门", "删除"]


def test_deleting_is_logged_without_a_name(client):
    word = admin_rows.EVERYTHING[admin_rows.booking.EverydayWord](None)
    client.force_login(admin_rows.administrator())
    client.post(f"/admin/appointments/everydayword/{word.pk}/delete/", {"post": "yes"})
    assert LogEntry.objects.get().object_repr == f"everydayword #{word.pk}"


def test_counting_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(CappedPaginator, "CAP", 3)
    for _helper in range(5):
        HelperFactory()
    rows = HelperFactory._meta.model.objects.order_by("pk")
    assert (CappedPaginator(rows, 2).count, CappedPaginator(rows.none(), 2).count) == (3, 0)
    assert CappedPaginator([1, 2, 3, 4], 2).count == 4


def test_villagers_are_found_by_their_keys_in_scope(managing, hall):
    mine = VillagerFactory(name="张小明", also_known_as="阿根", registered_at=hall)
    VillagerFactory(name="李阿毛", registered_at=hall)
    VillagerFactory(name="张小明", registered_at=admin_rows.another_hall())
    villager_keys.rebuild(Villager.objects.all())
    found = {typed: shown(managing.post(VILLAGERS, {"q": typed})) for typed in ("zxm", "小明", "阿根", "zhangxiaoming")}
    assert found == {typed: {mine.pk} for typed in found}


def test_search_for_people_stays_out_of_addresses(managing, hall):
    villager = VillagerFactory(name="张小明", registered_at=hall)
    villager_keys.rebuild(Villager.objects.all())
    page = managing.post(VILLAGERS, {"q": "小明"}).content.decode()
    assert '<form id="changelist-search"' in page
    assert 'method="post"' in page.split('id="changelist-search"')[1][:80]
    assert re.findall(r"[?&]q=[^\"]*", page) == []
    assert "张小明" in page
    VillagerFactory(name="李阿毛", registered_at=hall)
    assert len(shown(managing.get(VILLAGERS, {"q": villager.name}))) == 2  # an address that names somebody is not read


def test_actions_still_work_beside_a_posted_search(managing, hall):
    household = Household.objects.create(hall=hall, name="张小明家")
    Household.objects.create(hall=hall, name="李阿毛家")
    assert shown(managing.post("/admin/auditorium/household/", {"q": "小明"})) == {household.pk}


def test_regions_are_retired_once_and_audited(client):
    region, gone = RegionFactory(), RegionFactory(retired_on="2020-01-01")
    user = admin_rows.administrator()
    client.force_login(user)
    chosen = {"action": "retire", "_selected_action": [region.pk, gone.pk]}
    client.post("/admin/auditorium/region/", chosen)
    assert (Region.objects.current().count(), Region.objects.get(pk=gone.pk).retired_on.year) == (0, 2020)
    entry = admin_rows.models.AuditEntry.objects.get(object_kind="region")
    assert (entry.action, entry.object_id, entry.actor) == ("retired", int(region.pk), user)


def test_manager_cannot_retire_regions(managing):
    region = RegionFactory()
    managing.post("/admin/auditorium/region/", {"action": "retire", "_selected_action": [region.pk]})
    region.refresh_from_db()
    assert region.retired_on is None


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "回到服务台"), ("en", "Back to the desk")])
def test_frame_speaks_the_users_language(client, hall, language, words):
    user = admin_rows.hall_manager(hall, language=language)
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert words in page
    assert "style=" not in page
