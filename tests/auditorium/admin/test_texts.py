"""Texts and answers in the admin: their words, and what stands there once these are not kept any longer."""

import pytest

from auditorium.domain import delivery, replies
from auditorium.models import Message, Reply
from tests import admin_rows
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import owe, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(errands, monkeypatch):
    monkeypatch.setattr("auditorium.domain.reminder_times.is_quiet", lambda moment: False)
    SmsLineFactory()
    owe(told_villager(HallFactory()))
    delivery.sweep()
    return Message.objects.get()


@pytest.fixture
def admin(client):
    client.force_login(admin_rows.administrator())
    return client


def test_a_texts_words_are_shown_as_long_as_they_are_kept(admin, text):
    page = f"/admin/auditorium/message/{text.pk}/change/"
    assert text.body in admin.get(page).content.decode()
    Message.objects.update(body="", values={})
    assert "内容已按规定清除" in admin.get(page).content.decode()


def test_an_answers_words_are_shown_as_long_as_they_are_kept(admin, text):
    reply = replies.receive(line=text.line, number=text.phone.number.as_e164, text="明天一定来")
    page = f"/admin/auditorium/reply/{reply.pk}/change/"
    shown = admin.get(page).content.decode()
    assert ("明天一定来" in shown, "内容已按规定清除" in shown) == (True, False)
    Reply.objects.update(text="")
    assert "内容已按规定清除" in admin.get(page).content.decode()
