"""Receipts that name a text by the provider's number only, in whatever spelling, or one of its parts."""

import pytest
import time_machine

from auditorium import clock
from auditorium.domain import receipts, telling
from auditorium.enums import MessageState
from auditorium.gateways.base import Receipt
from auditorium.models import Message, MessagePart
from tests.factories import HallFactory, SmsLineFactory
from tests.outbox import at, owe, states, told_villager

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(errands):
    with time_machine.travel(at("11-23 10:00"), tick=False):
        yield


@pytest.fixture
def line():
    return SmsLineFactory()


def sent(line, *numbers: str) -> list[Message]:
    """A text for each of these numbers of the provider's, to a phone of its own."""
    hall = HallFactory()
    for about in range(1, len(numbers) + 1):
        owe(told_villager(hall), about=about)
    telling.tell_batch(at=clock.now(), after=None)
    texts = list(Message.objects.order_by("pk"))
    for text, number in zip(texts, numbers, strict=True):
        Message.objects.filter(pk=text.pk).update(state=MessageState.SENT, sent_at=clock.now(), provider_id=number)
    return texts


def in_parts(line, *numbers: str) -> Message:
    (text,) = sent(line, "")
    MessagePart.objects.bulk_create(MessagePart(message=text, line=line, provider_id=number) for number in numbers)
    return text


def phone(text: Message) -> str:
    return text.phone.number.as_e164


def test_text_is_delivered_when_all_its_parts_are(line):
    in_parts(line, "7", "8")
    assert receipts.record(line=line, receipts=[Receipt(provider_id="7", delivered=True)] * 2) == 0
    assert states() == [MessageState.SENT]
    assert receipts.record(line=line, receipts=[Receipt(provider_id="8", delivered=True)]) == 1
    assert states() == [MessageState.DELIVERED]


def test_text_is_undelivered_when_one_part_is(line):
    in_parts(line, "7", "8")
    gone = [Receipt(provider_id="7", delivered=True), Receipt(provider_id="8", delivered=False, code="UNDELIV")]
    assert receipts.record(line=line, receipts=gone) == 1
    assert (states()[0], Message.objects.order_by("pk")[0].error_code) == (MessageState.UNDELIVERED, "UNDELIV")


def test_number_in_another_spelling_is_known(line):
    sent(line, "1A")
    receipts.record(line=line, receipts=[Receipt(provider_id="26", spellings=("1A",), delivered=True)])
    assert states() == [MessageState.DELIVERED]


def test_number_that_fits_two_texts_is_the_one_of_the_phone(line):
    _other, text = sent(line, "26", "1A")
    receipt = Receipt(provider_id="26", spellings=("1A",), delivered=True, number=phone(text))
    receipts.record(line=line, receipts=[receipt])
    assert states() == [MessageState.SENT, MessageState.DELIVERED]


def test_number_as_it_was_given_goes_before_another_spelling(line):
    sent(line, "1A", "26")
    receipts.record(line=line, receipts=[Receipt(provider_id="26", spellings=("1A",), delivered=True)])
    assert states() == [MessageState.SENT, MessageState.DELIVERED]


def test_part_of_another_line_is_not_known(line):
    in_parts(line, "7")
    other = SmsLineFactory(order=2)
    assert receipts.record(line=other, receipts=[Receipt(provider_id="7", delivered=True)]) == 0
    assert states() == [MessageState.SENT]
