"""The audit log: written with keys and field names, and never changed."""

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from auditorium.domain import audit
from auditorium.models import AuditEntry
from tests.factories import HallFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def entry(hall):
    if connection.vendor == "sqlite":  # the tests' own clean-up had this trigger dropped
        connection.cursor().execute(import_module("auditorium.migrations.0002_audit_is_append_only").SQLITE[1])
    return audit.record(action="changed", what=hall, by=desk_user(hall), hall=hall, fields=["phone", "name"])


def test_record_keeps_keys_and_names_of_fields(entry, hall):
    assert (entry.action, entry.object_kind, entry.object_id, entry.fields) == (
        "changed",
        "hall",
        hall.pk,
        ["name", "phone"],
    )


def test_entry_cannot_be_changed(entry):
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(why="别人改的")


def test_entry_cannot_be_deleted(entry):
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).delete()


def test_entries_are_seen_in_scope_only(entry, hall):
    assert list(AuditEntry.objects.for_user(desk_user(hall))) == [entry]
    assert list(AuditEntry.objects.for_user(desk_user(HallFactory()))) == []
    assert list(AuditEntry.objects.for_user(supervisor(hall.region))) == [entry]


def test_record_many_writes_all_rows_in_one_statement(hall, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.record_many(action="done", kind="visit", rows=[(n, hall.pk, None) for n in range(50)], by=None)
    assert AuditEntry.objects.filter(action="done").count() == 50
