"""Figures of use are counted in months of the hall's own days, each villager once, whatever they are added up by."""

import re
from datetime import datetime

import pytest
import time_machine
from django.db import connection

from auditorium.clock import SHANGHAI
from auditorium.domain.library import use_figures
from auditorium.domain.library.use_figures import Month, Period
from auditorium.models import ResourceUse
from tests.factories import ChannelFactory, HallFactory, RegionFactory, ResourceFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
NOVEMBER = Month(2026, 11)
PERIOD = Period(NOVEMBER, NOVEMBER)


def at(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def used(hall, resource, moment="11-10 10:00", **kwargs):
    moment = at(moment) if isinstance(moment, str) else moment
    return ResourceUse.objects.create(hall=hall, resource=resource, started_at=moment, last_at=moment, **kwargs)


@pytest.fixture
def hall():
    return HallFactory(region=RegionFactory(code="330603011258", level="village"))


@pytest.fixture
def book():
    return ResourceFactory(title="三字经")


def test_total_counts_people_each_time_and_villagers_once(hall, book):
    villager = VillagerFactory(registered_at=hall)
    used(hall, book, villager=villager, seconds=90, completed_at=at("11-10 10:05"))
    used(hall, book, villager=villager, seconds=90)
    used(hall, book, people=12, seconds=1200)
    used(hall, book)
    found = use_figures.total(ResourceUse.objects.all(), PERIOD)
    assert found == use_figures.Figures(
        key=None, label="", times=4, people=15, villagers=1, minutes=23, completed=1, named=2, groups=1, nobodys=1
    )


@pytest.mark.parametrize(
    ("moment", "counts"), [("10-31 23:59", 0), ("11-01 00:00", 1), ("11-30 23:59", 1), ("12-01 00:00", 0)]
)
def test_month_is_the_halls_own(hall, book, moment, counts):
    used(hall, book, moment)
    assert use_figures.total(ResourceUse.objects.all(), PERIOD).times == counts


def test_by_month_names_every_month_also_an_empty_one(hall, book):
    used(hall, book, "10-31 23:59")
    used(hall, book, "12-01 00:00", people=3)
    rows = use_figures.by_month(ResourceUse.objects.all(), Period(Month(2026, 10), Month(2026, 12)))
    assert [(row.label, row.people) for row in rows] == [("2026-10", 1), ("2026-11", 0), ("2026-12", 3)]


def test_by_kind_channel_resource_and_hall_begin_with_the_most(hall, book):
    opera = ResourceFactory(kind="opera", title="何文秀", channel=ChannelFactory(name="越剧"))
    other = HallFactory()
    used(hall, book)
    used(other, opera, people=5)
    uses = ResourceUse.objects.all()
    assert [(row.key, row.people) for row in use_figures.by_kind(uses, PERIOD)] == [("opera", 5), ("book", 1)]
    assert [row.label for row in use_figures.by_channel(uses, PERIOD)] == ["越剧", str(book.channel)]
    assert [row.label for row in use_figures.by_resource(uses, PERIOD)] == ["何文秀", "三字经"]
    assert [row.label for row in use_figures.by_resource(uses, PERIOD, most=1)] == ["何文秀"]
    assert [row.key for row in use_figures.by_hall(uses, PERIOD)] == [other.pk, hall.pk]


def test_by_region_adds_up_what_lies_beneath(hall, book):
    for code, level, name in (("330603000000", "county", "柯桥区"), ("330603011000", "town", "安昌街道")):
        RegionFactory(code=code, level=level, name=name)
    villager = VillagerFactory(registered_at=hall)
    neighbour = HallFactory(region=RegionFactory(code="330603011259", level="village"))
    far = HallFactory(region=RegionFactory(code="330203009205", level="village"))
    used(hall, book, villager=villager)
    used(neighbour, book, villager=villager)
    used(far, book)
    uses = ResourceUse.objects.all()

    def beneath(prefix):
        rows = use_figures.by_region(use_figures.inside(uses, prefix), PERIOD, prefix)
        return [(row.key, row.label, row.times, row.villagers) for row in rows]

    assert [row[0::2] for row in beneath("")] == [("33", 3)]
    assert beneath("3306") == [("330603", "柯桥区", 2, 1)]
    assert beneath("330603") == [("330603011", "安昌街道", 2, 1)]
    assert [row[0] for row in beneath("330603011")] == ["330603011258", "330603011259"]


def test_scope_is_the_callers(hall, book):
    used(hall, book)
    used(HallFactory(), book)
    assert use_figures.total(ResourceUse.objects.for_user(desk_user(hall)), PERIOD).times == 1


def test_hall_counts_its_people_since_the_month_began(hall, book):
    used(hall, book, "10-31 23:59", people=9)
    used(hall, book, "11-01 00:00", people=30)
    used(hall, book, "11-23 10:00")
    used(HallFactory(), book, people=2)
    with time_machine.travel(at("11-23 12:00"), tick=False):
        assert use_figures.people_this_month(hall) == 31


def test_months_go_back_over_the_year():
    assert [str(Month(2026, 2).before(count)) for count in (0, 1, 2, 14, -11)] == [
        "2026-02",
        "2026-01",
        "2025-12",
        "2024-12",
        "2027-01",
    ]


@pytest.mark.parametrize("table", ["total", "by_month", "by_kind", "by_channel", "by_resource", "by_hall", "by_region"])
@pytest.mark.parametrize("of", ["all", "region", "hall"])
def test_figures_are_found_by_an_index_named_for_them(hall, book, table, of):
    """SQLite plans by its indexes; PostgreSQL is told not to read so small a table whole."""
    ResourceUse.objects.bulk_create(
        ResourceUse(hall=hall, resource=book, started_at=at("11-10 10:00"), last_at=at("11-10 10:00"))
        for _each in range(50)
    )
    uses = {
        "all": ResourceUse.objects.all(),
        "region": use_figures.inside(ResourceUse.objects.all(), "3306"),
        "hall": ResourceUse.objects.for_user(desk_user(hall)),
    }[of]
    plans = []

    def explain(execute, sql, params, many, context):
        if "auditorium_resourceuse" in sql and sql.startswith("SELECT"):
            if connection.vendor == "sqlite":
                rows = execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context).fetchall()
            else:
                with connection.connection.cursor() as cursor:
                    cursor.execute("SET LOCAL enable_seqscan = off")
                    cursor.execute(f"EXPLAIN {sql}", params)
                    rows = cursor.fetchall()
            plans.append("\n".join(str(row[-1]) for row in rows))
        return execute(sql, params, many, context)

    ask = getattr(use_figures, table)
    with connection.execute_wrapper(explain):
        found = ask(uses, PERIOD, "3306") if table == "by_region" else ask(uses, PERIOD)
        list(found) if table != "total" else found
    assert len(plans) == 1
    assert re.search(r"resource_use_(by_time|of_hall)", plans[0]), plans[0]
