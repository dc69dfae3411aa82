"""One box finds people: by name, 又名, pinyin, initials, tails and whole numbers, in one range scan each."""

import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from auditorium import crypto
from auditorium.domain import people_search, villager_keys
from auditorium.enums import RoleKind
from auditorium.models import Role, Villager, VillagerHall, VillagerKey
from tests.factories import (
    ContactFactory,
    HallFactory,
    PhoneFactory,
    RegionFactory,
    UserFactory,
    VillagerFactory,
    desk_user,
    resident_id,
    supervisor,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory(region=RegionFactory(code="330603001201"))


@pytest.fixture
def user(hall):
    return desk_user(hall)


def known(hall, name="张小明", phone="", number="", **kwargs):
    if number:
        digest, version = crypto.keyed_hash(number)
        kwargs |= {"id_number": number, "id_hash": digest, "id_hash_version": version, "id_last4": number[-4:]}
    villager = VillagerFactory(name=name, registered_at=hall, **kwargs)
    if phone:
        ContactFactory(villager=villager, phone=PhoneFactory(number=phone))
    villager_keys.rebuild([villager])
    return villager


def found(query, user, hall):
    return [(hit.villager.name, hit.matched_kind) for hit in people_search.find(query=query, user=user, hall=hall)]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("张小明", "name"),
        ("张", "name"),
        ("小明", "name"),
        ("张 小明", "name"),
        ("阿根", "name"),
        ("zxm", "initials"),
        ("ZXM", "initials"),
        ("xm", "initials"),
        ("ag", "initials"),
        ("zhangxiaoming", "pinyin"),
        ("Zhāng Xiǎo", "pinyin"),
        ("xiaom", "pinyin"),
        ("agen", "pinyin"),
        ("0021", "phone"),
        ("13800000021", "phone"),
        ("138 0000", "phone"),
        ("+86 138 0000 0021", "phone"),
        ("301x", "id"),
        ("301X", "id"),
        ("张小明 3组", "name"),
        ("zxm 第3组", "initials"),
        ("zxm ３组", "initials"),
    ],
)
def test_find_takes_whatever_is_typed(hall, user, query, kind):
    villager = known(hall, also_known_as="阿根", phone="+8613800000021", group="3组")
    Villager.objects.filter(pk=villager.pk).update(id_hash="x", id_last4="301X")
    villager.refresh_from_db()
    villager_keys.rebuild([villager])
    known(hall, "李四", group="3组")
    assert found(query, user, hall) == [("张小明", kind)]


@pytest.mark.parametrize("query", ["", "  ", "·", "zxmm", "明小", "0020", "8600000021", "小明 4组", "%", "_", "z_m"])
def test_find_finds_nobody_else(hall, user, query):
    known(hall, phone="+8613800000021", group="3组")
    assert found(query, user, hall) == []


def test_a_landline_is_found_as_it_is_dialled(hall, user):
    known(hall, phone="+8657584000000")
    assert found("0575-8400 0000", user, hall) == [("张小明", "phone")]
    assert found("0000", user, hall) == [("张小明", "phone")]


@pytest.mark.parametrize("surname", ["单", "曾", "解", "仇", "查", "区", "朴", "盖"])
def test_surnames_are_found_as_they_are_said(hall, user, surname):
    known(hall, f"{surname}小明")
    said = {"单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge"}
    assert [name for name, _kind in found(said[surname], user, hall)] == [f"{surname}小明"]


def test_a_whole_identity_number_finds_its_holder(hall, user):
    number = resident_id("19540312", "301")
    known(hall, number=number)
    known(hall, "李四")
    assert found(number, user, hall) == [("张小明", "id")]
    assert found(f" {number[:6]} {number[6:].lower()}", user, hall) == [("张小明", "id")]
    assert found(resident_id("19540312", "303"), user, hall) == []


@pytest.mark.parametrize("query", ["", "  ", "，"])
def test_matching_of_nothing_typed_is_nobody(hall, user, query):
    known(hall)
    assert list(people_search.matching(query=query, user=user)) == []


def test_matching_takes_a_number_with_its_country_code(hall, user):
    villager = known(hall, phone="+8613800000021")
    found = people_search.matching(query="+86 138 0000 0021", user=user)
    assert [row["villager_id"] for row in found] == [villager.pk]


def test_characters_outside_the_basic_plane_are_within_the_range(hall, user):
    known(hall, "张𠮷\U0010fffd")
    assert [name for name, _kind in found("张𠮷", user, hall)] == ["张𠮷\U0010fffd"]
    assert [name for name, _kind in found("张", user, hall)] == ["张𠮷\U0010fffd"]


def test_the_database_compares_by_code_point(hall):
    villager = VillagerFactory(registered_at=hall)
    keys = ["a", "z", "zxm", "张", "張", "\ue000", "𠮷", "\U0010fffd"]
    VillagerKey.objects.bulk_create(VillagerKey(villager=villager, hall=hall, kind="name", key=key) for key in keys)
    assert list(VillagerKey.objects.order_by("key").values_list("key", flat=True)) == sorted(keys)
    assert VillagerKey.objects.filter(key__lt=chr(sys.maxunicode)).count() == len(keys)


def test_out_of_scope_nobody_is_found(hall, user):
    number = resident_id("19540312", "301")
    known(HallFactory(), number=number, phone="+8613800000021")
    assert [found(query, user, hall) for query in ("zxm", "0021", number, "张小明")] == [[], [], [], []]


def test_the_hall_comes_first_then_the_rest_of_the_scope(hall):
    town = RegionFactory(code="330603001000", level="town")
    user = supervisor(town, current_hall=hall)
    known(HallFactory(region=RegionFactory(code="330603001299")), "张小敏")
    known(HallFactory(region=RegionFactory(code="330603002201")), "张小美")
    known(hall, "张小明")
    assert found("zxm", user, hall) == [("张小明", "initials"), ("张小敏", "initials")]


def test_somebody_of_two_halls_is_found_once(hall):
    second = HallFactory(region=RegionFactory(code="330603001299"))
    villager = known(hall)
    VillagerHall.objects.create(villager=villager, hall=second)
    villager_keys.rebuild([villager])
    user = supervisor(RegionFactory(code="330603001000", level="town"))
    assert found("zxm", user, hall) == [("张小明", "initials")]


def test_ten_of_the_hall_and_ten_of_the_rest_at_most(hall):
    other = HallFactory(region=RegionFactory(code="330603001299"))
    villagers = [
        *VillagerFactory.create_batch(12, registered_at=hall),
        *VillagerFactory.create_batch(12, registered_at=other, name="张小敏"),
    ]
    villager_keys.rebuild(villagers)
    user = supervisor(RegionFactory(code="330603001000", level="town"))
    assert [name for name, _kind in found("zxm", user, hall)] == ["张小明"] * 10 + ["张小敏"] * 10


def test_the_exact_name_comes_before_longer_ones(hall, user):
    for name in ("王小明明", "王小", "王小明"):
        known(hall, name)
    assert [name for name, _kind in found("wxm", user, hall)] == ["王小明", "王小明明"]


@pytest.mark.parametrize("people", [1, 3])
def test_find_asks_the_same_number_of_questions(hall, user, people, django_assert_num_queries):
    for n in range(people):
        known(hall, phone=f"+861380000{n:04}", group="3组")
    with django_assert_num_queries(4):  # roles, keys, villagers, contacts with phones
        hits = people_search.find(query="zxm", user=user, hall=hall)
        assert [len(hit.villager.contacts.all()) for hit in hits] == [1] * people
        assert [str(contact.phone) for hit in hits for contact in hit.villager.contacts.all()]


def test_a_wider_scope_costs_one_more_question(hall, django_assert_num_queries):
    known(hall)
    user = UserFactory()
    for role in (RoleKind.DESK, RoleKind.HALL_MANAGER):
        Role.objects.create(user=user, role=role, hall=hall)
    with django_assert_num_queries(4):
        people_search.find(query="zxm", user=user, hall=hall)
    user = supervisor(RegionFactory(code="330603001000", level="town"))
    with django_assert_num_queries(5):
        people_search.find(query="zxm", user=user, hall=hall)


@pytest.fixture
def crowd(hall):
    """Enough people for the planner to prefer an index, in this hall and in others."""
    halls = [hall, *HallFactory.create_batch(9)]
    names = [f"{surname}{given}" for surname in "赵钱孙李周吴郑王" for given in ("小明", "建国", "月珍", "阿根", "伟")]
    villagers = Villager.objects.bulk_create(
        Villager(name=name, registered_at=where, identity_kind="unknown") for name in names for where in halls
    )
    VillagerHall.objects.bulk_create(VillagerHall(villager=v, hall_id=v.registered_at_id) for v in villagers)
    villager_keys.rebuild(villagers)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE auditorium_villagerkey")


def own_index():
    """The unique constraint's index; SQLite gives it a name of its own."""
    return "villager_key_in_hall" if connection.vendor == "postgresql" else "sqlite_autoindex_auditorium_villagerkey_1"


def plans(query, user, hall):
    """How the database answers each scan of keys."""
    with CaptureQueriesContext(connection) as captured:
        people_search.find(query=query, user=user, hall=hall)
    scans = [asked["sql"] for asked in captured if 'FROM "auditorium_villagerkey"' in asked["sql"]]
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    result = []
    for sql in scans:
        with connection.cursor() as cursor:
            cursor.execute(f"{explain} {sql}")
            result.append(str(cursor.fetchall()))
    return result


@pytest.mark.usefixtures("crowd")
def test_each_scan_has_its_index(hall):
    own, rest = plans("zxm", UserFactory(is_superuser=True), hall)
    assert own_index() in own
    assert "villager_key_anywhere" in rest


@pytest.mark.usefixtures("crowd")
def test_a_broad_scan_stops_at_its_limit_and_sorts_nothing(hall):
    _own, rest = plans("w", UserFactory(is_superuser=True), hall)
    assert "villager_key_anywhere" in rest
    assert "Sort" not in rest
    assert "TEMP B-TREE" not in rest


@pytest.mark.usefixtures("crowd")
def test_a_regions_scan_reads_no_whole_table(hall):
    own, rest = plans("zxm", supervisor(RegionFactory(code="330603001000", level="town")), hall)
    assert own_index() in own
    assert own_index() in rest or "villager_key_anywhere" in rest
    assert "Seq Scan on auditorium_villagerkey" not in rest
    assert "SCAN auditorium_villagerkey" not in rest
