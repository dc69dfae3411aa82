"""Whom a hospital takes: by age on the day of the visit, and by document."""

from dataclasses import replace
from datetime import date

import pytest

from appointments.domain import eligibility
from appointments.domain.policies import DEFAULTS
from appointments.errors import VillagerNotReady
from auditorium.enums import IdentityKind, OtherDocument
from auditorium.models import Villager
from tests.appointments.factories import bookable_villager
from tests.factories import HallFactory

TOO_YOUNG = "这里满 14 周岁才能网上预约，请家长带孩子到医院窗口挂号，或打电话问医院。"
NOT_TAKEN = "这里网上预约不收这种证件，请带证件到医院窗口挂号，或打电话问医院。"


def why(policy, day=date(2026, 11, 24), **villager):
    return eligibility.why_not_accepted(Villager(**villager), policy, day)


@pytest.mark.parametrize(
    ("born", "day", "sentence"),
    [
        (date(2012, 11, 24), date(2026, 11, 23), TOO_YOUNG),
        (date(2012, 11, 24), date(2026, 11, 24), ""),
        (date(2012, 2, 29), date(2026, 2, 28), TOO_YOUNG),
        (date(2012, 2, 29), date(2026, 3, 1), ""),
        (None, date(2026, 11, 24), ""),
    ],
)
def test_minimum_age_is_reached_on_the_birthday_and_counts_on_the_day_of_the_visit(born, day, sentence):
    assert why(replace(DEFAULTS, minimum_age=14), day, birth_date=born) == sentence
    assert why(DEFAULTS, day, birth_date=born) == ""


@pytest.mark.parametrize(
    ("kind", "document", "accepted", "sentence"),
    [
        (IdentityKind.RESIDENT_ID_SEEN, "", ("resident_id",), ""),
        (IdentityKind.RESIDENT_ID_TOLD, "", ("resident_id",), ""),
        (IdentityKind.RESIDENT_ID_SEEN, "", ("passport",), NOT_TAKEN),
        (IdentityKind.OTHER, OtherDocument.PASSPORT, ("resident_id",), NOT_TAKEN),
        (IdentityKind.OTHER, OtherDocument.PASSPORT, ("resident_id", "passport"), ""),
        (IdentityKind.OTHER, OtherDocument.TAIWAN_PERMIT, ("resident_id", "passport"), NOT_TAKEN),
        (IdentityKind.OTHER, OtherDocument.TAIWAN_PERMIT, (), ""),
    ],
)
def test_documents_are_those_the_hospital_takes(kind, document, accepted, sentence):
    policy = replace(DEFAULTS, documents=accepted)
    assert why(policy, identity_kind=kind, other_document=document) == sentence


def test_what_policies_call_documents_are_what_villagers_have():
    assert eligibility.RESIDENT_ID not in OtherDocument.values


@pytest.mark.django_db
def test_what_the_hall_can_remedy_is_said_before_what_the_hospital_asks():
    child = bookable_villager(HallFactory(), birth_date=date(2020, 1, 1))
    policy = replace(DEFAULTS, minimum_age=14)
    with pytest.raises(VillagerNotReady, match="villager_not_ready") as refused:
        eligibility.check_villager(child, policy, date(2026, 11, 24))
    assert refused.value.sentence == TOO_YOUNG
    child.identity_kind = IdentityKind.UNKNOWN
    with pytest.raises(VillagerNotReady) as refused:
        eligibility.check_villager(child, policy, date(2026, 11, 24))
    assert refused.value.sentence.startswith("医院要实名预约")
