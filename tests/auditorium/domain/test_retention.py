"""What is not kept for ever goes by night, in small batches; figures, states and what is still needed stay."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction

from auditorium import clock, ports
from auditorium.checks import kept_long_enough
from auditorium.domain import delivery, replies, retention
from auditorium.enums import FollowUpState, MessageState
from auditorium.models import AuditEntry, FollowUp, Message, MessagePart, Reply
from tests.factories import FollowUpFactory, HallFactory, SmsLineFactory
from tests.outbox import owe, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(errands, monkeypatch):
    monkeypatch.setattr("auditorium.domain.reminder_times.is_quiet", lambda moment: False)
    return HallFactory()


@pytest.fixture
def line():
    return SmsLineFactory()


def sent_text(hall, about=1):
    owe(told_villager(hall), about=about)
    delivery.sweep()
    return Message.objects.latest("pk")


def aged(rows, **fields):
    """Make rows older: `created_at=91` days."""
    rows.update(**{name: clock.now() - timedelta(days=days) for name, days in fields.items()})


def test_words_of_old_texts_go_and_the_figures_stay(hall, line):
    text = sent_text(hall)
    Message.objects.update(error_text="号码 13800000000 停机", error_code="E5", cost="0.0450")
    before = Message.objects.values("state", "parts", "cost", "sent_at", "ended_at", "error_code").get()
    aged(Message.objects.filter(pk=text.pk), created_at=91)
    assert retention.keep_house() == {"texts": 1}
    text.refresh_from_db()
    assert (text.body, text.values, text.error_text) == ("", {}, "")
    assert Message.objects.values("state", "parts", "cost", "sent_at", "ended_at", "error_code").get() == before


def test_numbers_of_the_parts_of_old_texts_go_with_their_words(hall, line):
    old, young = (sent_text(hall, about) for about in (1, 2))
    for text in (old, young):
        MessagePart.objects.bulk_create(MessagePart(message=text, line=line, provider_id=number) for number in "12")
    aged(Message.objects.filter(pk=old.pk), created_at=91)
    retention.keep_house()
    assert set(MessagePart.objects.values_list("message", flat=True)) == {young.pk}


def test_younger_words_stay(hall, line):
    text = sent_text(hall)
    aged(Message.objects.all(), created_at=89)
    assert retention.keep_house() == {}
    assert Message.objects.get().body == text.body


def test_how_long_words_stay_is_a_setting(hall, line, settings):
    sent_text(hall)
    settings.SMS_BODIES_DAYS = 30
    aged(Message.objects.all(), created_at=31)
    assert retention.keep_house() == {"texts": 1}


def test_words_of_tasks_done_long_ago_go(hall, settings):
    """Who did it and when stays; what is open or was done lately keeps its words."""
    settings.TASK_WORDS_DAYS = 100
    done = {"hall": hall, "state": FollowUpState.DONE, "words": "骨科的号", "outcome_note": "女儿陪着去"}
    tasks = [FollowUpFactory(**done), FollowUpFactory(**{**done, "words": ""}), FollowUpFactory(**done)]
    for task, days in zip(tasks, (101, 101, 99), strict=True):
        aged(FollowUp.objects.filter(pk=task.pk), closed_at=days)
    waits = FollowUpFactory(hall=hall)
    aged(FollowUp.objects.filter(pk=waits.pk), created_at=400, due_at=390)
    closed = FollowUp.objects.get(pk=tasks[0].pk).closed_at
    assert retention.keep_house() == {"tasks": 2}
    left = FollowUp.objects.order_by("pk").values_list("words", "outcome_note")
    assert list(left) == [("", ""), ("", ""), ("骨科的号", "女儿陪着去"), (waits.words, "")]
    assert FollowUp.objects.values_list("state", "closed_at").get(pk=tasks[0].pk) == (FollowUpState.DONE, closed)


def test_a_text_that_waits_keeps_its_words_however_old(hall, line):
    sent_text(hall)
    Message.objects.update(state=MessageState.PENDING)
    aged(Message.objects.all(), created_at=100)
    assert retention.keep_house() == {}


def test_a_chore_goes_on_in_batches_until_nothing_is_left(hall, line, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for about in range(5):
        sent_text(hall, about)
    aged(Message.objects.all(), created_at=91)
    assert retention.drop_words_of_texts(clock.now()) == 2
    assert retention.keep_house() == {"texts": 3}
    assert retention.keep_house() == {}


def test_words_of_old_answers_go_and_what_they_meant_stays(hall, line):
    text = sent_text(hall)
    reply = replies.receive(line=line, number=text.phone.number.as_e164, text="好的")
    aged(Reply.objects.all(), received_at=91)
    meaning = Reply.objects.get().meaning
    assert retention.keep_house() == {"answers": 1}
    reply.refresh_from_db()
    assert (reply.text, reply.meaning) == ("", meaning)


def test_sessions_of_who_is_logged_out_go(client, django_user_model):
    client.force_login(django_user_model.objects.create(username="desk"))
    Session.objects.create(session_key="old", session_data="", expire_date=clock.now() - timedelta(hours=1))
    assert retention.keep_house() == {"sessions": 1}
    assert Session.objects.count() == 1


def test_audit_goes_after_three_years_and_stays_append_only(hall):
    if connection.vendor == "sqlite":  # the tests' own clean-up had this trigger dropped
        connection.cursor().execute(import_module("auditorium.migrations.0002_audit_is_append_only").SQLITE[1])
    now = clock.now()
    ages = (4 * 366, 3 * 366 + 1, 3 * 366 - 1)
    AuditEntry.objects.bulk_create(
        AuditEntry(at=now - timedelta(days=days), action="changed", object_kind="hall") for days in ages
    )
    assert retention.keep_house(at=now) == {"audit": 2}
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()
    assert AuditEntry.objects.count() == 1


def test_a_services_chores_are_done_as_well(monkeypatch):
    left = [3, 2]
    monkeypatch.setattr(ports, "_chores", {})
    ports.register_chore("errands", lambda at: left.pop() if left else 0)
    assert retention.keep_house() == {"errands": 5}


def test_a_chore_that_fails_keeps_none_of_the_others_from_being_done(hall, monkeypatch, caplog):
    left = [1]

    def broken(at):
        raise DatabaseError

    monkeypatch.setattr(ports, "_chores", {})
    ports.register_chore("broken", broken)
    ports.register_chore("whole", lambda at: left.pop() if left else 0)
    assert retention.keep_house() == {"whole": 1}
    assert "'broken' failed" in caplog.text


def test_the_time_of_a_night_is_bounded(monkeypatch):
    monkeypatch.setattr(retention, "SECONDS", 0)
    monkeypatch.setattr(ports, "_chores", {})
    ports.register_chore("endless", lambda at: 1)
    assert retention.keep_house() == {}


@pytest.mark.parametrize(
    ("name", "days", "errors"),
    [
        ("SMS_BODIES_DAYS", 14, ["auditorium.E002"]),
        ("SMS_BODIES_DAYS", 15, []),
        ("AUDIT_DAYS", 182, ["auditorium.E003"]),
        ("AUDIT_DAYS", 183, []),
    ],
)
def test_what_is_still_needed_cannot_be_set_to_go(settings, name, days, errors):
    setattr(settings, name, days)
    assert [error.id for error in kept_long_enough()] == errors


def test_beat_does_it_every_night(settings):
    from auditorium.tasks import keep_house

    assert keep_house.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
