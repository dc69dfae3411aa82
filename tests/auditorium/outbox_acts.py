"""What the outbox does all the time, by name, with the indexes each must be answered by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from auditorium import clock
from auditorium.domain import (
    asking,
    delivery,
    doubts,
    expiry,
    figures,
    lines,
    matches,
    polling,
    receipts,
    reminders,
    replies,
    retention,
    sending,
    telling,
)
from auditorium.gateways.base import Receipt
from auditorium.models import Message, Phone, Reminder, SmsLine
from tests.errands import KIND
from tests.outbox import FakeGateway


@dataclass
class Outbox:
    """Texts on several lines, some under way; one on `line` has this `number` of its provider and our `key`."""

    now: datetime
    lines: list[SmsLine]
    line: SmsLine
    capped: SmsLine
    phone: Phone
    reminder: Reminder
    number: str
    key: str


def acts(outbox: Outbox) -> dict[str, tuple[Callable[[], object], set[str]]]:
    """Each act by name."""
    at, line = outbox.now, outbox.line
    gateway = FakeGateway(receipt_secret="secret")
    courier = delivery.courier_at(at)
    courier.gateways = dict.fromkeys([each.pk for each in outbox.lines], gateway)
    by_number = [Receipt(provider_id=outbox.number, delivered=True)]
    by_key = [Receipt(key=outbox.key, delivered=True)]
    return {
        "lateness": (lambda: delivery.lateness(at=at), {"message_waiting", "reminder_due"}),
        "take up": (lambda: delivery.take_up(courier), {"message_lease"}),
        "hand over": (lambda: lines.hand_over(at=at), {"message_waiting"}),
        "expire": (lambda: expiry.expire(at=at), {"reminder_live_until", "message_written"}),
        "doubt": (lambda: doubts.ask(at=at), {"reminder_in_doubt"}),
        "ask": (lambda: asking.ask_about_unknown(courier), {"message_unknown"}),
        "tell": (lambda: telling.tell_batch(at=at, after=None), {"reminder_due", "message_of_phone"}),
        "claim": (lambda: sending.claim(courier, line), {"message_waiting"}),
        "claim under a cap": (lambda: sending.claim(courier, outbox.capped), {"message_of_line", "message_lease"}),
        "send": (lambda: sending.send_some(courier), {"message_waiting"}),
        "poll": (lambda: polling.poll(at=at), {"message_unheard", "message_asked_about"}),
        "receipt by number": (
            lambda: receipts.record(line=line, receipts=by_number),
            {"message_receipt", "message_part_receipt", "message_lease"},
        ),
        "receipt by key": (lambda: receipts.record(line=line, receipts=by_key), {"message_uid"}),
        "answer": (lambda: matches.candidates(phone=outbox.phone, line=line), {"message_of_phone"}),
        "answers left": (replies.sweep, {"reply_unread", "reply_waiting"}),
        "call off": (
            lambda: reminders.silence(about_kind=KIND, about_id=outbox.reminder.about_id, by=None, why="x"),
            {"reminder_about"},
        ),
        "waiting": (lambda: figures.waiting(outbox.lines), set()),
        "count": (lambda: figures.count_day(clock.today()), {"message_with_words", "reply_with_words", "line_day"}),
        "words": (lambda: retention.drop_words_of_texts(at), {"message_with_words", "messagepart_message"}),
        "words of answers": (lambda: retention.drop_words_of_replies(at), {"reply_with_words"}),
        "words of tasks": (lambda: retention.drop_words_of_tasks(at), {"follow_up_with_words"}),
        "audit": (lambda: retention.drop_audit(at), {"audit_by_time"}),
        "phone": (
            lambda: list(Message.objects.filter(phone=outbox.phone).order_by("-created_at")[:50]),
            {"message_of_phone"},
        ),
        "villager": (
            lambda: list(Message.objects.filter(villager=outbox.reminder.villager)[:50]),
            {"message_of_villager"},
        ),
    }


def not_used(expected: set[str], used: set[str]) -> set[str]:
    """Which of these indexes were not; Django's own have a tail to their names."""
    return {name for name in expected if not any(name in index for index in used)}
