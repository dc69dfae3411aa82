"""What villagers agreed to stays with its times; under fourteen a guardian agrees."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from auditorium.domain import consents
from auditorium.enums import ConsentEvidence, ConsentGiver, ConsentPurpose
from auditorium.models import AuditEntry
from tests.factories import HallFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


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


def decide(villager, user, *purposes, **kwargs):
    consents.decide(villager=villager, purposes=purposes, hall=villager.registered_at, by=user, **kwargs)


def test_consent_is_given_and_withdrawn_and_neither_is_forgotten(hall, user, travel):
    villager = VillagerFactory(registered_at=hall)
    decide(villager, user, ConsentPurpose.SERVICE, ConsentPurpose.REMINDERS, evidence=ConsentEvidence.SIGNED)
    travel.shift(timedelta(days=1))
    decide(villager, user, ConsentPurpose.SERVICE)
    travel.shift(timedelta(days=1))
    decide(villager, user, ConsentPurpose.SERVICE, ConsentPurpose.REMINDERS)

    day = timedelta(days=1)
    history = villager.consents.filter(purpose=ConsentPurpose.REMINDERS).order_by("given_at")
    assert list(history.values_list("given_at", "withdrawn_at", "evidence")) == [
        (MONDAY_9, MONDAY_9 + day, "signed"),
        (MONDAY_9 + 2 * day, None, "spoken"),
    ]
    assert villager.consents.get(purpose=ConsentPurpose.SERVICE).given_at == MONDAY_9
    audit = AuditEntry.objects.order_by("pk").values_list("action", "fields", "villager_id")
    assert list(audit) == [
        ("consent_given", ["reminders", "service"], villager.pk),
        ("consent_withdrawn", ["reminders"], villager.pk),
        ("consent_given", ["reminders"], villager.pk),
    ]


@pytest.mark.parametrize(
    ("born", "needed"),
    [(date(2012, 11, 24), True), (date(2012, 11, 23), False), (date(1954, 3, 12), False), (None, False)],
)
def test_a_guardian_is_needed_until_the_fourteenth_birthday(born, needed):
    assert consents.needs_guardian(born) is needed


def test_a_child_does_not_agree_alone(hall, user):
    child = VillagerFactory(registered_at=hall, birth_date=date(2015, 1, 1))
    with pytest.raises(ValidationError):
        decide(child, user, ConsentPurpose.SERVICE)
    decide(child, user, ConsentPurpose.SERVICE, giver=ConsentGiver.GUARDIAN)
    assert child.consents.in_force().get().giver == "guardian"
    decide(child, user)
    assert child.consents.in_force().count() == 0
