"""Search keys follow names, numbers and halls."""

import pytest

from auditorium.domain import villager_keys
from auditorium.models import Villager, VillagerHall, VillagerKey
from tests.factories import ContactFactory, HallFactory, PhoneFactory, VillagerFactory

pytestmark = pytest.mark.django_db


def keys(villager, hall=None):
    found = VillagerKey.objects.filter(villager=villager, hall=hall or villager.registered_at)
    return set(found.values_list("kind", "key"))


def test_rebuild_writes_every_way_to_find_somebody():
    villager = VillagerFactory(also_known_as="阿根", id_hash="x", id_last4="301X")
    ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021"))
    villager_keys.rebuild([villager])
    assert keys(villager) == {
        ("name", "张小明"),
        ("name", "小明"),
        ("name", "明"),
        ("pinyin", "zhangxiaoming"),
        ("pinyin", "xiaoming"),
        ("pinyin", "ming"),
        ("initials", "zxm"),
        ("initials", "xm"),
        ("name", "阿根"),
        ("name", "根"),
        ("pinyin", "agen"),
        ("pinyin", "gen"),
        ("initials", "ag"),
        ("phone", "13800000021"),
        ("phone", "0021"),
        ("id", "301x"),
    }


def test_rebuild_serves_every_hall_and_drops_what_is_over():
    villager = VillagerFactory()
    second = HallFactory()
    link = VillagerHall.objects.create(villager=villager, hall=second)
    villager_keys.rebuild([villager])
    assert keys(villager) == keys(villager, second)
    link.delete()
    villager.name = "张大明"
    villager_keys.rebuild([villager])
    assert keys(villager, second) == set()
    assert ("initials", "zdm") in keys(villager)
    assert ("initials", "zxm") not in keys(villager)


def test_rebuild_leaves_right_keys_alone():
    villager = VillagerFactory()
    villager_keys.rebuild([villager])
    before = set(VillagerKey.objects.values_list("pk", flat=True))
    villager.also_known_as = "阿根"
    villager_keys.rebuild([villager])
    assert before < set(VillagerKey.objects.values_list("pk", flat=True))


def test_the_erased_are_found_no_more():
    villager = VillagerFactory()
    villager_keys.rebuild([villager])
    Villager.objects.filter(pk=villager.pk).update(erased_at="2026-11-23T09:00:00+08:00")
    villager.refresh_from_db()
    villager_keys.rebuild([villager])
    assert keys(villager) == set()


@pytest.mark.parametrize("people", [1, 40])
def test_rebuild_asks_the_same_however_many(people, django_assert_num_queries):
    hall = HallFactory()
    villagers = VillagerFactory.create_batch(people, registered_at=hall, name="王伟")
    with django_assert_num_queries(6):  # savepoint, halls, phones, keys there, insert, release
        villager_keys.rebuild(villagers)
