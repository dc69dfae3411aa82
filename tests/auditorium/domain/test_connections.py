"""Who keeps which line connected, and when one that nobody keeps counts as down."""

from datetime import timedelta

import pytest

from auditorium.domain import connections, delivery, lines
from auditorium.models import LineConnection, SmsLine
from tests.factories import SmsLineFactory
from tests.outbox import at

pytestmark = pytest.mark.django_db

NOW = at("11-23 10:00")


@pytest.fixture
def line():
    return SmsLineFactory(gateway="smpp")


def failing_since(line: SmsLine):
    return SmsLine.objects.get(pk=line.pk).failing_since


def test_line_is_held_by_one_until_the_lease_runs_out(line):
    assert connections.hold(line=line, holder="a:1", at=NOW)
    assert not connections.hold(line=line, holder="b:2", at=NOW + connections.LEASE - timedelta(seconds=1))
    assert connections.hold(line=line, holder="b:2", at=NOW + connections.LEASE)
    assert not connections.hold(line=line, holder="a:1", at=NOW + connections.LEASE)


def test_holder_makes_its_lease_longer(line):
    later = NOW + connections.LEASE / 2
    assert connections.hold(line=line, holder="a:1", at=NOW)
    assert connections.hold(line=line, holder="a:1", at=later)
    assert LineConnection.objects.get().held_until == later + connections.LEASE


def test_line_let_go_is_free_at_once_and_only_its_holder_lets_go(line):
    connections.hold(line=line, holder="a:1", at=NOW)
    connections.let_go(line=line, holder="b:2")
    assert not connections.hold(line=line, holder="b:2", at=NOW)
    connections.let_go(line=line, holder="a:1")
    assert connections.hold(line=line, holder="b:2", at=NOW)


def test_only_usable_lines_of_that_kind_are_to_be_kept(line):
    SmsLineFactory(gateway="smpp", paused_at=NOW)
    SmsLineFactory(gateway="smpp", is_active=False)
    SmsLineFactory(gateway="http")
    assert list(connections.to_keep()) == [line]


def test_how_a_line_stands_is_written_down(line):
    connections.hold(line=line, holder="a:1", at=NOW)
    connections.note_broken(line=line, code="ESME_RALYBND", at=NOW)
    held = LineConnection.objects.get()
    assert (held.connected_at, held.error_code, failing_since(line)) == (None, "ESME_RALYBND", NOW)
    connections.note_connected(line=line, at=NOW)
    held.refresh_from_db()
    assert (held.connected_at, held.error_code, failing_since(line)) == (NOW, "", None)


def test_line_taken_over_is_not_connected_yet(line):
    connections.hold(line=line, holder="a:1", at=NOW)
    connections.note_connected(line=line, at=NOW)
    connections.hold(line=line, holder="b:2", at=NOW + connections.LEASE)
    held = LineConnection.objects.get()
    assert (held.held_by, held.connected_at) == ("b:2", None)


def test_line_nobody_keeps_counts_as_down_after_a_while(line):
    other = SmsLineFactory(gateway="http", order=2)
    delivery.sweep(at=NOW)
    assert (failing_since(line), failing_since(other)) == (NOW, None)
    assert lines.is_down(SmsLine.objects.get(pk=line.pk), NOW + lines.DOWN_AFTER)


def test_line_somebody_keeps_is_not_down(line):
    connections.hold(line=line, holder="a:1", at=NOW)
    delivery.sweep(at=NOW + connections.LEASE / 2)
    assert failing_since(line) is None
    delivery.sweep(at=NOW + connections.LEASE)
    assert failing_since(line) == NOW + connections.LEASE
