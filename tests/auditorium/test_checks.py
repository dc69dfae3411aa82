"""The check that a PostgreSQL database sorts in code point order."""

import pytest
from django.core.checks import run_checks

from auditorium import checks

pytestmark = pytest.mark.django_db


def test_a_database_in_code_point_order_passes():
    assert checks.code_point_order(databases=["default"]) == []


@pytest.mark.postgres
def test_another_order_is_refused_with_the_database_checks(monkeypatch):
    monkeypatch.setattr(checks, "IN_CODE_POINT_ORDER", (("a", "B"),))  # as a language's rules would have it
    assert [error.id for error in run_checks(tags=["database"], databases=["default"])] == ["auditorium.E001"]
