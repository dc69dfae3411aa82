"""Who may be the same person as somebody about to be registered."""

from datetime import date

import pytest

from auditorium.domain import look_alikes, villagers
from auditorium.domain.contacts import ContactDetails
from auditorium.domain.villagers import VillagerDetails
from auditorium.enums import IdentityKind
from tests.factories import HallFactory, desk_user, resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id("19540312", "301")
BORN = date(1954, 3, 12)


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


def person(name="张小明", **kwargs):
    return VillagerDetails(**{"name": name, "identity_kind": IdentityKind.UNKNOWN} | kwargs)


def carded(name="张小明", number=NUMBER, **kwargs):
    details = person(name, identity_kind=IdentityKind.RESIDENT_ID_SEEN, id_number=number, **kwargs)
    return villagers.checked(details)


def register(hall, details, *numbers):
    contacts = [ContactDetails(number=number) for number in numbers]
    return villagers.register(details=details, contacts=contacts, hall=hall, by=None)


@pytest.mark.parametrize(
    ("known", "new", "numbers"),
    [
        (person(birth_date=BORN), person(birth_date=BORN), []),
        (person(birth_date=BORN), person(birth_date=date(1954, 12, 3)), []),
        (person("张晓明", birth_date=BORN), person(birth_date=BORN), []),
        (person("张晓明", group="3组"), person(group="3组", birth_date=BORN), []),
        (person("张晓明", birth_date=BORN), person(birth_date=date(1960, 1, 1)), ["13800000021"]),
        (person(), person(birth_date=BORN), []),
        (person("李根宝", also_known_as="阿根"), person("阿根"), []),
        (person("阿根"), person("李根宝", also_known_as="阿根"), []),
        (person("单晓曾"), person("单晓曾"), []),
    ],
)
def test_the_same_sound_with_nothing_against_it_warns(hall, user, known, new, numbers):
    villager = register(hall, known, "13800000021")
    found = look_alikes.find(details=new, user=user, numbers=numbers)
    assert (found.people, found.has_the_number, found.elsewhere) == ([villager], False, False)


@pytest.mark.parametrize(
    ("known", "new"),
    [
        (person("张晓明"), person()),
        (person("张晓明", group="3组"), person(group="4组")),
        (person(birth_date=BORN), person(birth_date=date(1955, 3, 12))),
        (person(birth_date=BORN, group="3组"), person(birth_date=date(1984, 3, 12), group="3组")),
        (person("王张小明", birth_date=BORN), person(birth_date=BORN)),
        (person("李四", group="3组", birth_date=BORN), person(group="3组", birth_date=BORN)),
    ],
)
def test_others_do_not_warn(hall, user, known, new):
    register(hall, known, "13800000021")
    assert look_alikes.find(details=new, user=user, numbers=["13800000022"]).people == []


def test_the_same_number_is_the_same_person_whatever_the_name(hall, user):
    namesake = register(hall, person("张小明", birth_date=BORN))
    holder = register(hall, carded("章晓敏"))
    found = look_alikes.find(details=carded(), user=user)
    assert (found.people, found.has_the_number, found.elsewhere) == ([holder, namesake], True, False)


def test_out_of_scope_only_the_number_is_known(user):
    register(HallFactory(), carded(group="3组"), "13800000021")
    found = look_alikes.find(details=carded(group="3组"), user=user, numbers=["13800000021"])
    assert (found.people, found.has_the_number, found.elsewhere) == ([], False, True)
    found = look_alikes.find(details=person(birth_date=BORN, group="3组"), user=user, numbers=["13800000021"])
    assert (found.people, found.has_the_number, found.elsewhere) == ([], False, False)
