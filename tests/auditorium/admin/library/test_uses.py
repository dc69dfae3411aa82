"""The figures of use in the admin: in scope, by place, and as a table no spreadsheet takes for formulas."""

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from auditorium.clock import SHANGHAI
from auditorium.models import AuditEntry, ResourceUse
from tests import admin_rows
from tests.factories import HallFactory, RegionFactory, ResourceFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
PAGE = reverse("admin:auditorium_resourceuse_changelist")


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂", region=RegionFactory(code="330603011258", level="village"))


def used(hall, moment=NOW, **kwargs):
    resource = kwargs.pop("resource", None) or ResourceFactory()
    return ResourceUse.objects.create(hall=hall, resource=resource, started_at=moment, last_at=moment, **kwargs)


def rows(response, table):
    return next(found for name, _label, found in response.context["tables"] if name == table)


def table(client, name, **asked):
    response = client.get(reverse("admin:auditorium_resourceuse_table", args=[name]), asked)
    return response, b"".join(response.streaming_content).decode()


def test_manager_sees_the_halls_own_figures_and_no_names(client, hall):
    used(hall, villager=VillagerFactory(registered_at=hall, name="陶金土"))
    used(HallFactory())
    client.force_login(admin_rows.hall_manager(hall))
    response = client.get(PAGE)
    assert (response.context["total"].times, [row.label for row in rows(response, "hall")]) == (1, [hall.name])
    assert "陶金土" not in response.content.decode()


def test_supervisor_goes_from_the_county_to_its_towns_and_halls(client, hall):
    used(hall)
    used(HallFactory(region=RegionFactory(code="330203009205", level="village")))
    client.force_login(admin_rows.supervisor_of())
    response = client.get(PAGE)
    assert [(row.key, row.times) for row in rows(response, "region")] == [("330603011", 1)]
    response = client.get(PAGE, {"region": "330603011"})
    assert [row.label for row in rows(response, "hall")] == [hall.name]
    assert client.get(PAGE, {"region": "33"}).context["total"].times == 1
    assert client.get(PAGE, {"region": "3302"}).context["total"].times == 0


def test_administrator_sees_every_province(client, hall):
    used(hall)
    used(HallFactory(region=RegionFactory(code="440103001001", level="village")))
    client.force_login(admin_rows.administrator())
    assert [row.key for row in rows(client.get(PAGE), "region")] == ["33", "44"]


def test_desk_alone_sees_none(client, hall):
    client.force_login(desk_user(hall, is_staff=True))
    assert client.get(PAGE).status_code == 403
    assert client.get(reverse("admin:auditorium_resourceuse_table", args=["hall"])).status_code == 403


def test_months_are_chosen_and_nonsense_is_said(client, hall):
    used(hall, datetime(2026, 10, 31, 23, 59, tzinfo=SHANGHAI))
    client.force_login(admin_rows.hall_manager(hall))
    assert client.get(PAGE).context["total"].times == 0
    assert client.get(PAGE, {"first": "2026-10", "last": "2026-10"}).context["total"].times == 1
    for asked, sentence in (
        ({"first": "2026-13"}, "请填年和月，例如 2026-11。"),
        ({"first": "2026-11", "last": "2026-10"}, "结束的月份不能早于开始的月份。"),
        ({"first": "2020-01", "last": "2026-10"}, "一次最多看 24 个月。"),
    ):
        response = client.get(PAGE, asked)
        assert (response.status_code, sentence in response.content.decode()) == (200, True)
        assert client.get(reverse("admin:auditorium_resourceuse_table", args=["hall"]), asked).status_code == 404


def test_table_is_harmless_and_who_took_it_is_written_down(client, hall):
    used(hall, resource=ResourceFactory(title="=HYPERLINK(1)"), people=7, seconds=600)
    user = admin_rows.hall_manager(hall)
    client.force_login(user)
    response, text = table(client, "resource", first="2026-11", last="2026-11")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert text.splitlines() == [
        "\ufeff资源,打开次数,人次,村民（不重复）,分钟,看完、听完,记名,大家一起,不记名",
        "'=HYPERLINK(1),1,7,0,10,0,0,1,0",
    ]
    entry = AuditEntry.objects.get(action="uses_exported")
    assert (entry.actor, entry.fields) == (user, ["resource"])


@pytest.mark.parametrize("name", ["region", "hall", "month", "kind", "channel"])
def test_every_table_has_its_rows(client, hall, name):
    used(hall)
    client.force_login(admin_rows.administrator())
    assert len(table(client, name)[1].splitlines()) == 2


@pytest.mark.parametrize("count", [1, 5])
def test_page_asks_the_same_however_much_was_used(client, hall, count, django_assert_num_queries):
    for _each in range(count):
        used(HallFactory(region=hall.region))
    client.force_login(admin_rows.administrator())
    client.get(PAGE)
    with django_assert_num_queries(13):
        client.get(PAGE)
