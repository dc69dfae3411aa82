"""Who is told: in the way a person can use, with consent, on phones that take texts."""

from datetime import date

import pytest

from auditorium import clock
from auditorium.domain import recipients
from auditorium.enums import ConsentPurpose, MessageAudience, Reach, Relation
from tests.factories import ConsentFactory, ContactFactory, PhoneFactory, VillagerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def villager():
    villager = VillagerFactory()
    ConsentFactory(villager=villager)
    return villager


def contact(villager, relation=Relation.SELF, **kwargs):
    return ContactFactory(villager=villager, relation=relation, **kwargs)


def test_own_phone_is_told_in_its_own_words(villager):
    own = contact(villager)
    assert recipients.of_villager(villager) == recipients.Recipients(main=own)
    assert recipients.audience_of(own) == MessageAudience.OWN


def test_first_contact_in_order_is_told(villager):
    contact(villager, Relation.DAUGHTER, order=2)
    neighbour = contact(villager, Relation.NEIGHBOUR, order=1)
    assert recipients.of_villager(villager).main == neighbour
    assert recipients.audience_of(neighbour) == MessageAudience.DISCREET


@pytest.mark.parametrize(
    "unusable",
    [
        {"reach": Reach.CALL},
        {"phone__opted_out_at": clock.now()},
        {"phone__bad_since": clock.now()},
        {"phone__number": "+8657584001234"},
        {"phone__number": "+85291234567"},
        {"phone": None, "reach": Reach.IN_PERSON},
    ],
    ids=["calls only", "opted out", "bad", "landline", "abroad", "in person"],
)
def test_contact_that_takes_no_texts_is_passed_over(villager, unusable):
    contact(villager, order=1, **unusable)
    daughter = contact(villager, Relation.DAUGHTER, order=2)
    assert recipients.of_villager(villager).main == daughter


def test_who_cannot_read_is_told_by_somebody_who_can():
    villager = VillagerFactory(cannot_read=True)
    ConsentFactory(villager=villager)
    contact(villager, order=1)
    assert recipients.of_villager(villager).why_not == "本人不识字，没有能看短信的家人"
    neighbour = contact(villager, Relation.NEIGHBOUR, order=2)
    assert recipients.of_villager(VillagerFactory._meta.model.objects.get(pk=villager.pk)).main == neighbour


def test_nobody_is_told_in_writing_without_consent():
    villager = VillagerFactory()
    contact(villager)
    ConsentFactory(villager=villager, withdrawn_at=clock.now())
    assert recipients.of_villager(villager) == recipients.Recipients(why_not="没有同意发短信")


def test_copies_go_to_relatives_who_were_agreed_to(villager):
    own = contact(villager)
    daughter = contact(villager, Relation.DAUGHTER, order=2, gets_copies=True)
    son = contact(villager, Relation.SON, order=3)
    contact(villager, Relation.NEIGHBOUR, order=4, reach=Reach.CALL, gets_copies=True)
    assert recipients.of_villager(villager).copies == []
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    both = [daughter, son]
    assert recipients.of_villager(villager) == recipients.Recipients(main=own, others=both, copies=[daughter])


def test_relative_who_is_told_in_the_villagers_stead_gets_no_copy_too(villager):
    ConsentFactory(villager=villager, purpose=ConsentPurpose.RELATIVE_COPIES)
    daughter = contact(villager, Relation.DAUGHTER, gets_copies=True)
    assert recipients.of_villager(villager) == recipients.Recipients(main=daughter)


@pytest.mark.parametrize(
    "gone", [{"died_on": date(2026, 11, 1)}, {"moved_away_on": date(2026, 11, 1)}, {"erased_at": clock.now()}]
)
def test_nobody_is_told_of_who_is_gone(gone):
    villager = VillagerFactory(**gone)
    ConsentFactory(villager=villager)
    contact(villager)
    assert recipients.of_villager(villager).main is None


def test_phones_tried_in_vain_are_left_out(villager):
    first, second = contact(villager, order=1), contact(villager, Relation.SON, order=2)
    assert recipients.of_villager(villager, without={first.phone_id}).main == second
    assert recipients.of_villager(villager, without={first.phone_id, second.phone_id}).why_not == "短信没送到"


def test_to_call_prefers_who_asked_for_calls(villager):
    own = contact(villager, order=1)
    assert recipients.to_call(villager) == own
    wife = contact(villager, Relation.SPOUSE, order=2, reach=Reach.CALL)
    assert recipients.to_call(VillagerFactory._meta.model.objects.get(pk=villager.pk)) == wife


def test_to_call_leaves_out_bad_numbers_and_who_cannot_hear():
    deaf = VillagerFactory(hard_of_hearing=True)
    contact(deaf, order=1, reach=Reach.CALL)
    contact(deaf, Relation.SON, order=2, phone__bad_since=clock.now())
    assert recipients.to_call(deaf) is None
    daughter = contact(deaf, Relation.DAUGHTER, order=3, phone=PhoneFactory(number="+8657584001234"))
    assert recipients.to_call(VillagerFactory._meta.model.objects.get(pk=deaf.pk)) == daughter


def test_to_call_leaves_out_who_is_only_met_in_person(villager):
    contact(villager, Relation.NEIGHBOUR, order=1, reach=Reach.IN_PERSON)
    assert recipients.to_call(villager) is None


def test_who_cannot_read_and_wants_calls_has_simply_no_phone_for_texts():
    villager = VillagerFactory(cannot_read=True)
    ConsentFactory(villager=villager)
    contact(villager, reach=Reach.CALL)
    assert recipients.of_villager(villager).why_not == "没有能收短信的手机"


@pytest.mark.parametrize("field", ["opted_out_at", "bad_since"])
def test_a_number_that_takes_no_texts_is_said_to_be_why(villager, field):
    contact(villager, **{f"phone__{field}": clock.now()})
    assert recipients.of_villager(villager).why_not == "号码收不了短信"
