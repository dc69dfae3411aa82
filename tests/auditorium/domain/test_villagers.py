"""Registering, changing and linking villagers."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from auditorium import ports
from auditorium.domain import departures, villagers
from auditorium.domain.contacts import ContactDetails
from auditorium.domain.villagers import VillagerDetails
from auditorium.enums import (
    ConsentPurpose,
    FollowUpKind,
    FollowUpState,
    IdentityKind,
    OtherDocument,
    Relation,
    ServedAs,
)
from auditorium.errors import DeskError
from auditorium.models import AuditEntry, FollowUp, Household, Villager, VillagerHall, VillagerKey
from tests.factories import HallFactory, VillagerFactory, desk_user, resident_id

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
NUMBER = resident_id("19540312", "301")


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(MONDAY_9, tick=False) as travel:
        yield travel


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


def seen(**kwargs):
    return VillagerDetails(
        **{"name": "张小明", "identity_kind": IdentityKind.RESIDENT_ID_SEEN, "id_number": NUMBER} | kwargs
    )


def errors_of(details, known=None):
    with pytest.raises(ValidationError) as caught:
        villagers.checked(details, known)
    return {field: [error.code for error in errors] for field, errors in caught.value.error_dict.items()}


def actions(**where):
    return list(AuditEntry.objects.filter(**where).order_by("pk").values_list("action", flat=True))


def test_register_reads_sex_and_birth_date_from_the_number(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    villager.refresh_from_db()
    assert (villager.sex, villager.birth_date, villager.id_last4) == ("male", date(1954, 3, 12), NUMBER[-4:])
    assert villager.id_number == NUMBER
    assert villager.region == hall.region
    assert VillagerHall.objects.get(villager=villager).hall == hall
    assert actions(villager_id=villager.pk) == ["registered"]


def test_register_writes_contacts_consents_household_and_needs(hall, user):
    villager = villagers.register(
        details=seen(household="张小明家", needs=frozenset({"cannot_read", "hard_of_hearing"}), group="3组"),
        contacts=[
            ContactDetails(number="13800000021"),
            ContactDetails(number="0575-84000000", relation=Relation.DAUGHTER, reach="call", order=2),
        ],
        consents=[ConsentPurpose.SERVICE, ConsentPurpose.HEALTH],
        served_as=ServedAs.REGISTERED,
        hall=hall,
        by=user,
    )
    assert [str(contact.phone.number.as_e164) for contact in villager.contacts.in_order()] == [
        "+8613800000021",
        "+8657584000000",
    ]
    assert set(villager.consents.in_force().values_list("purpose", flat=True)) == {"service", "health"}
    assert villager.household.name == "张小明家"
    assert (villager.cannot_read, villager.hard_of_hearing, villager.low_vision) == (True, True, False)
    assert VillagerHall.objects.get(villager=villager).kind == ServedAs.REGISTERED


def test_the_number_is_unreadable_in_the_database(hall, user):
    villagers.register(details=seen(), hall=hall, by=user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM auditorium_villager")
        row = cursor.fetchall()[0]
        cursor.execute("SELECT * FROM auditorium_auditentry")
        audit = cursor.fetchall()
    assert NUMBER not in str(row)
    assert NUMBER not in str(audit)
    assert "张小明" not in str(audit)


def test_numbers_on_paper_and_on_the_card_are_the_same(hall, user):
    spaced = f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}".lower()
    villager = villagers.register(details=seen(id_number=spaced), hall=hall, by=user)
    assert villager.id_number == NUMBER


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"name": "  "}, {"name": ["required"]}),
        ({"id_number": ""}, {"id_number": ["required"]}),
        ({"id_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, {"id_number": ["check_digit"]}),
        ({"birth_date": date(1955, 3, 12)}, {"birth_date": ["disagrees"]}),
        ({"sex": "female"}, {"sex": ["disagrees"]}),
        ({"identity_kind": "unknown"}, {"identity_kind": ["number_given"]}),
        (
            {"identity_kind": "other", "id_number": ""},
            {"other_document": ["required"], "other_document_number": ["required"]},
        ),
        ({"identity_kind": "unknown", "id_number": "", "birth_date": date(2026, 11, 24)}, {"birth_date": ["future"]}),
    ],
)
def test_checked_names_every_field_that_is_wrong(changed, codes):
    assert errors_of(seen(**changed)) == codes


def test_nobody_is_registered_twice_with_one_number(hall, user):
    villagers.register(details=seen(), hall=hall, by=user)
    with pytest.raises(ValidationError) as caught:
        villagers.register(details=seen(name="张晓明"), hall=hall, by=user)
    assert caught.value.error_dict["id_number"][0].code == "taken"
    assert Villager.objects.count() == 1


def test_the_same_number_at_the_same_moment_is_refused_too(hall, user, monkeypatch):
    villagers.register(details=seen(), hall=hall, by=user)
    holder, asked = villagers.holder, []
    # the other desk commits between the look and the write
    monkeypatch.setattr(villagers, "holder", lambda number: holder(number) if asked else asked.append(number))
    with pytest.raises(ValidationError) as caught:
        villagers.register(details=seen(name="张晓明"), hall=hall, by=user)
    assert caught.value.error_dict["id_number"][0].code == "taken"


def test_number_told_is_enough_to_be_booked(hall, user):
    villager = villagers.register(details=seen(identity_kind=IdentityKind.RESIDENT_ID_TOLD), hall=hall, by=user)
    assert (villager.identity_kind, villager.id_last4) == ("resident_id_told", NUMBER[-4:])


def test_unknown_number_may_become_a_task(hall, user):
    details = VillagerDetails(name="李阿根", identity_kind=IdentityKind.UNKNOWN)
    villager = villagers.register(details=details, hall=hall, by=user, ask_for_id=True)
    task = FollowUp.objects.get()
    assert (task.villager, task.kind, task.about_kind, task.about_id) == (
        villager,
        FollowUpKind.COMPLETE,
        "villager",
        villager.pk,
    )
    assert ports.service_for("villager").still_due([villager.pk])

    known = VillagerDetails(name="李阿根", identity_kind=IdentityKind.RESIDENT_ID_TOLD, id_number=NUMBER)
    villagers.update(villager=villager, details=known, hall=hall, by=user)
    task.refresh_from_db()
    assert task.state == FollowUpState.CANCELLED
    assert not ports.service_for("villager").still_due([villager.pk])


def test_known_number_makes_no_task(hall, user):
    villagers.register(details=seen(), hall=hall, by=user, ask_for_id=True)
    assert FollowUp.objects.count() == 0


def test_another_document_is_kept_encrypted_and_has_no_hash(hall, user):
    details = VillagerDetails(
        name="陈大文",
        identity_kind=IdentityKind.OTHER,
        other_document=OtherDocument.HOME_RETURN_PERMIT,
        other_document_number="H01234567",
    )
    villager = villagers.register(details=details, hall=hall, by=user)
    villager.refresh_from_db()
    assert (villager.other_document_number, villager.id_hash, villager.id_last4) == ("H01234567", "", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT other_document_number FROM auditorium_villager")
        assert "01234567" not in cursor.fetchone()[0]


def test_update_keeps_the_number_that_is_not_typed_again(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    villagers.update(villager=villager, details=seen(id_number="", group="3组", household="张家"), hall=hall, by=user)
    villager.refresh_from_db()
    assert (villager.id_number, villager.group, villager.household.name) == (NUMBER, "3组", "张家")
    entry = AuditEntry.objects.get(action="changed")
    assert entry.fields == ["group", "household_id"]


def test_update_forgets_the_number_with_its_case(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    details = VillagerDetails(name="张小明", identity_kind=IdentityKind.UNKNOWN)
    villagers.update(villager=villager, details=details, hall=hall, by=user)
    villager.refresh_from_db()
    assert (villager.id_number, villager.id_hash, villager.id_last4) == ("", "", "")
    assert not VillagerKey.objects.filter(kind="id").exists()


def test_update_without_a_change_writes_nothing(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    villagers.update(villager=villager, details=seen(id_number=""), hall=hall, by=user)
    assert actions() == ["registered"]


def test_update_renews_the_search_keys(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    villagers.update(villager=villager, details=seen(name="张大明", also_known_as="阿根"), hall=hall, by=user)
    initials = set(VillagerKey.objects.filter(kind="initials").values_list("key", flat=True))
    assert initials == {"zdm", "dm", "ag"}


def test_update_at_another_hall_leaves_the_household_as_it_is(hall, user):
    villager = villagers.register(details=seen(household="张小明家"), hall=hall, by=user)
    other = HallFactory()
    villagers.update(
        villager=villager, details=seen(household="张小明家 ", group="3组"), hall=other, by=desk_user(other)
    )
    villager.refresh_from_db()
    assert (villager.household.hall, villager.group) == (hall, "3组")
    assert Household.objects.count() == 1


def test_whole_numbers_are_shown_to_few_and_written_down(hall, user):
    villager = villagers.register(details=seen(), contacts=[ContactDetails(number="13800000021")], hall=hall, by=user)
    with pytest.raises(PermissionDenied):
        villagers.show_full(villager=villager, hall=hall, by=user)
    assert "viewed_identity" not in actions()

    user.user_permissions.add(Permission.objects.get(codename="view_full_identity"))
    user = type(user).objects.get(pk=user.pk)
    full = villagers.show_full(villager=villager, hall=hall, by=user)
    assert (full.id_number, full.phones) == (NUMBER, [("本人", "138 0000 0021")])
    entry = AuditEntry.objects.get(action="viewed_identity")
    assert (entry.actor, entry.villager_id, entry.hall, entry.at) == (user, villager.pk, hall, MONDAY_9)


def test_link_takes_number_and_name_together(hall, user):
    other = HallFactory()
    villager = villagers.register(details=seen(), hall=other, by=None)
    assert Villager.objects.for_user(user).count() == 0
    assert villagers.link(id_number=NUMBER, name="张晓明", hall=hall, by=user) is None
    assert villagers.link(id_number=resident_id("19540313"), name="张小明", hall=hall, by=user) is None
    assert Villager.objects.for_user(user).count() == 0

    assert villagers.link(id_number=NUMBER.lower(), name=" 张小明 ", hall=hall, by=user) == villager
    assert Villager.objects.for_user(user).get() == villager
    assert VillagerKey.objects.filter(hall=hall, key="zxm").exists()
    assert VillagerKey.objects.filter(hall=other, key="zxm").exists()
    assert actions(actor=user) == ["link_refused", "link_refused", "linked"]
    assert list(AuditEntry.objects.filter(action="link_refused").values_list("villager_id", flat=True)) == [None, None]


def test_link_again_changes_nothing(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    assert villagers.link(id_number=NUMBER, name="张小明", hall=hall, by=user) == villager
    assert VillagerHall.objects.count() == 1
    assert actions() == ["registered"]


def test_link_takes_back_that_somebody_moved_away(hall, user):
    villager = villagers.register(details=seen(), hall=hall, by=user)
    for where in (hall, HallFactory()):
        departures.record_move(villager=villager, moved_away_on=MONDAY_9.date(), hall=hall, by=user)
        assert villagers.link(id_number=NUMBER, name="张晓明", hall=where, by=user) is None
        villager.refresh_from_db()
        assert villager.moved_away_on == MONDAY_9.date()
        assert villagers.link(id_number=NUMBER, name="张小明", hall=where, by=user) == villager
        villager.refresh_from_db()
        assert villager.moved_away_on is None
    changed = AuditEntry.objects.filter(action="changed").order_by("pk")
    assert [(entry.hall == hall, entry.fields) for entry in changed] == [
        (here, ["moved_away_on"]) for here in (True, True, True, False)
    ]


def test_link_finds_nobody_erased(hall, user):
    villager = VillagerFactory()
    Villager.objects.filter(pk=villager.pk).update(erased_at=MONDAY_9, id_hash="", id_last4="")
    assert villagers.link(id_number=NUMBER, name=villager.name, hall=hall, by=user) is None


def test_link_ends_guessing_after_ten_wrong_answers_an_hour(hall, user, travel):
    villagers.register(details=seen(), hall=HallFactory(), by=None)
    for _ in range(10):
        villagers.link(id_number=NUMBER, name="李四", hall=hall, by=user)
    with pytest.raises(DeskError):
        villagers.link(id_number=NUMBER, name="张小明", hall=hall, by=user)
    assert villagers.link(id_number=NUMBER, name="李四", hall=hall, by=desk_user(hall)) is None

    travel.shift(timedelta(hours=1, seconds=1))
    assert villagers.link(id_number=NUMBER, name="张小明", hall=hall, by=user) is not None
