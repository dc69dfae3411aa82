"""On which phones villagers can be told something, and how that is said."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from auditorium.domain import contacts
from auditorium.domain.contacts import ContactDetails
from auditorium.enums import Reach, Relation
from auditorium.models import AuditEntry, Contact, Phone, Villager, VillagerKey
from tests.factories import ContactFactory, HallFactory, PhoneFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


def replace(villager, user, *details):
    return contacts.replace(villager=villager, contacts=details, hall=villager.registered_at, by=user)


def shown(villager):
    return contacts.how_to_reach(contacts.with_contacts(Villager.objects.filter(pk=villager.pk)).get())


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800000021", "+8613800000021"),
        ("138-0000-0021", "+8613800000021"),
        ("+86 138 0000 0021", "+8613800000021"),
        ("0575-84000000", "+8657584000000"),
    ],
)
def test_numbers_are_stored_in_one_form(typed, stored):
    assert contacts.parsed(typed).as_e164 == stored


@pytest.mark.parametrize("typed", ["", "1380000002", "84000000", "110", "张小明"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValidationError):
        contacts.parsed(typed)


def test_phone_for_shares_one_row():
    assert contacts.phone_for("13800000021") == contacts.phone_for("138 0000 0021")
    assert Phone.objects.count() == 1


def test_replace_writes_changes_and_drops(villager, user):
    own, gone = ContactFactory.create_batch(2, villager=villager)
    replace(
        villager,
        user,
        ContactDetails(pk=own.pk, order=2, reach=Reach.CALL),
        ContactDetails(number="13900008870", relation=Relation.DAUGHTER, gets_copies=True, may_decide=True),
    )
    daughter, same = villager.contacts.in_order()
    assert (same.pk, same.phone, same.order, same.reach) == (own.pk, own.phone, 2, "call")
    assert (str(daughter.phone), daughter.gets_copies, daughter.may_decide) == ("139****8870", True, True)
    assert not Contact.objects.filter(pk=gone.pk).exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.fields, entry.villager_id, entry.actor) == ("changed", ["contacts"], villager.pk, user)


def test_replace_renews_the_phone_tails(villager, user):
    replace(villager, user, ContactDetails(number="13800000021"))
    contact = villager.contacts.get()
    replace(villager, user, ContactDetails(pk=contact.pk, number="13800000022"))
    assert set(VillagerKey.objects.filter(kind="phone").values_list("key", flat=True)) == {"0022", "13800000022"}


def test_replace_with_the_same_writes_nothing(villager, user):
    own = ContactFactory(villager=villager)
    replace(villager, user, ContactDetails(pk=own.pk))
    assert AuditEntry.objects.count() == 0


def test_a_contact_of_somebody_else_is_never_touched(villager, user):
    other = ContactFactory()
    with pytest.raises(ValidationError):
        replace(villager, user, ContactDetails(pk=other.pk))
    assert other.villager.contacts.get() == other


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ([ContactDetails(number="13800000021"), ContactDetails(number="138 0000 0021")], "twice"),
        ([ContactDetails(relation=Relation.NEIGHBOUR)], "no_number"),
        ([ContactDetails(number="0575-84000000")], "landline"),
        ([ContactDetails(number="+85291234567")], "abroad"),
        ([ContactDetails(number="+4915123456789")], "abroad"),
        ([ContactDetails(number="12345")], "phone"),
    ],
)
def test_replace_refuses(villager, user, details, code):
    with pytest.raises(ValidationError) as caught:
        replace(villager, user, *details)
    assert caught.value.code == code
    assert villager.contacts.count() == 0


def test_two_contacts_do_not_swap_numbers(villager, user):
    first = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021"))
    second = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000022"), order=2)
    with pytest.raises(ValidationError) as caught:
        replace(
            villager,
            user,
            ContactDetails(pk=first.pk, number="13800000022"),
            ContactDetails(pk=second.pk, number="13800000021"),
        )
    assert caught.value.code == "moved"


def test_a_number_moves_from_a_contact_that_goes(villager, user):
    first = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021"))
    second = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000022"))
    replace(villager, user, ContactDetails(pk=second.pk, number="13800000021"))
    assert villager.contacts.get() == second
    assert villager.contacts.get().phone == first.phone


@pytest.mark.parametrize(
    ("relation", "reach", "words"),
    [
        (Relation.SELF, Reach.TEXT, "138****0021"),
        (Relation.SELF, Reach.CALL, "138****0021，接电话"),
        (Relation.SELF, Reach.IN_PERSON, "只能当面告诉"),
        (Relation.DAUGHTER, Reach.TEXT, "无手机，短信发给女儿 138****0021"),
        (Relation.NEIGHBOUR, Reach.CALL, "无手机，打电话给邻居 138****0021"),
        (Relation.NEIGHBOUR, Reach.IN_PERSON, "无手机，请邻居当面转告"),
    ],
)
def test_how_to_reach_says_where_word_goes_first(villager, relation, reach, words):
    ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021"), relation=relation, reach=reach)
    ContactFactory(villager=villager, relation=Relation.SON, order=2)
    assert shown(villager) == words


def test_how_to_reach_knows_a_phone_of_their_own_that_comes_second(villager):
    ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021"), relation=Relation.DAUGHTER)
    ContactFactory(villager=villager, order=2)
    assert shown(villager) == "短信发给女儿 138****0021"


def test_how_to_reach_says_what_is_wrong_with_the_number(villager):
    assert shown(villager) == "没有电话，要上门告诉"
    contact = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613800000021", bad_since=NOW))
    assert shown(villager) == "138****0021（打不通）"
    Phone.objects.filter(pk=contact.phone_id).update(opted_out_at=NOW)
    assert shown(villager) == "138****0021（已退订）"
