"""One value for each row of an UPDATE."""

import pytest

from auditorium.models import Hall
from auditorium.row_values import OfRow
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_value():
    first, second = HallFactory(), HallFactory()
    values = {first.pk: "钱清'\"\\$.%s", second.pk: "0800"}
    assert Hall.objects.filter(pk__in=values).update(address=OfRow(values)) == 2
    assert dict(Hall.objects.filter(pk__in=values).values_list("pk", "address")) == values


def test_row_without_a_value_gets_null():
    hall = HallFactory()
    assert Hall.objects.filter(pk=hall.pk).annotate(said=OfRow({})).get().said is None
