"""One household of a name and hall."""

import pytest

from auditorium.domain import households
from auditorium.models import Household
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db


def test_named_finds_the_halls_own_or_makes_it():
    hall, other = HallFactory.create_batch(2)
    first = households.named(name="张小明家", hall=hall)
    assert households.named(name=" 张小明家 ", hall=hall) == first
    assert households.named(name="张小明家", hall=other) != first
    assert households.named(name="  ", hall=hall) is None
    assert Household.objects.count() == 2


def test_names_at_lists_the_halls_own():
    hall = HallFactory()
    for name, where in (("李家", hall), ("张家", hall), ("王家", HallFactory())):
        households.named(name=name, hall=where)
    assert sorted(households.names_at(hall)) == ["张家", "李家"]
