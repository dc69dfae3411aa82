"""Numbers that no longer serve."""

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import phones, villager_keys
from auditorium.enums import Reach
from auditorium.models import AuditEntry, Contact, FollowUp, KeyKind, Villager, VillagerKey
from tests.factories import ContactFactory, HallFactory, PhoneFactory, VillagerFactory, desk_user
from tests.outbox import at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def phone():
    return PhoneFactory()


@pytest.fixture
def people(hall, phone):
    """Two reached on the same number."""
    found = [VillagerFactory(registered_at=hall, name=name) for name in ("张小明", "李根生")]
    for villager in found:
        ContactFactory(villager=villager, phone=phone)
    return found


def test_a_number_that_changed_hands_reaches_nobody_any_more(hall, phone, people):
    phone.bad_since = clock.now()
    phone.save()
    by = desk_user(hall)
    other = ContactFactory(villager=people[0], relation="daughter")
    assert phones.changed_hands(phone=phone, by=by) == 2
    phone.refresh_from_db()
    assert (phone.bad_since, list(Contact.objects.all())) == (None, [other])
    assert FollowUp.objects.filter(reason="原来的号码换了人用，问问村民的新号码").count() == 2
    assert AuditEntry.objects.filter(action="changed_hands", actor=by).count() == 1


@pytest.mark.parametrize("field", [None, "died_on", "moved_away_on"])
def test_nobody_is_found_by_a_number_that_changed_hands(hall, phone, people, field):
    """Nor who is gone; they are not asked for another either."""
    villager_keys.rebuild(people)
    if field:
        Villager.objects.filter(pk=people[0].pk).update(**{field: clock.today()})
    assert VillagerKey.objects.filter(kind=KeyKind.PHONE).count() == 4  # the whole number and its tail
    assert phones.changed_hands(phone=phone, by=desk_user(hall)) == (1 if field else 2)
    assert not VillagerKey.objects.filter(kind=KeyKind.PHONE).exists()


def test_a_bad_number_is_flagged_once(phone, people):
    assert (phones.flag_bad(phone=phone, why="空号"), phones.flag_bad(phone=phone, why="空号")) == (2, 0)
    assert FollowUp.objects.count() == 2


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_who_is_gone_is_nobodys_task(phone, people, field):
    setattr(people[0], field, clock.today())
    people[0].save()
    assert phones.stop(phone=phone, by=None, hall=None) == 1


def test_another_number_goes_on_serving(hall, phone, people):
    other = ContactFactory(villager=people[0], relation="daughter").phone
    assert (phones.stop(phone=phone, by=None, hall=hall), phones.flag_bad(phone=phone, why="空号")) == (2, 2)
    other.refresh_from_db()
    assert (other.opted_out_at, other.bad_since) == (None, None)


def test_who_is_only_called_on_a_number_loses_nothing_when_it_stops_texts(hall, phone):
    called = VillagerFactory(registered_at=hall)
    ContactFactory(villager=called, phone=phone, reach=Reach.CALL)
    ContactFactory(villager=called, relation="daughter")
    assert phones.stop(phone=phone, by=None, hall=hall) == 0
    assert phones.flag_bad(phone=phone, why="空号") == 1


def test_number_that_asked_for_texts_again_gets_them(hall, phone, people):
    by = desk_user(hall)
    assert phones.send_again(phone=phone, by=by, hall=hall) is False
    phones.stop(phone=phone, by=None, hall=hall)
    assert phones.send_again(phone=phone, by=by, hall=hall) is True
    phone.refresh_from_db()
    assert (phone.opted_out_at, phone.takes_texts) == (None, True)
    assert [entry.fields for entry in AuditEntry.objects.filter(action="opted_in", actor=by)] == [["opted_out_at"]]
    assert phones.stop(phone=phone, by=None, hall=hall) == 2


def test_who_stopped_a_number_is_written_down(hall, phone, people):
    phones.stop(phone=phone, by=None, hall=hall)
    phones.stop(phone=phone, by=None, hall=hall)
    assert AuditEntry.objects.filter(action="opted_out", fields=["opted_out_at"]).count() == 1


def test_task_about_a_number_waits_for_the_hall_to_open(phone, people, monkeypatch):
    opens = at("11-24 08:30")
    monkeypatch.setattr("auditorium.domain.hall_hours.next_opening", lambda hall, moment: opens)
    phones.flag_bad(phone=phone, why="空号")
    assert set(FollowUp.objects.values_list("due_at", flat=True)) == {opens + phones.TO_ASK}


def test_task_about_a_number_is_due_though_the_hall_never_opens(phone, people, monkeypatch):
    monkeypatch.setattr("auditorium.domain.hall_hours.next_opening", lambda hall, moment: None)
    phones.flag_bad(phone=phone, why="空号")
    assert set(FollowUp.objects.values_list("due_at", flat=True)) == {clock.now() + phones.TO_ASK}
