"""What is not kept for ever: words of texts, answers and tasks, sessions, old audit; done by night, in small batches.

Every chore finds by itself what is left to do, so it may be cut off at any time and be done twice. Services register
chores of their own, see `ports`.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Q

from auditorium import clock, ports
from auditorium.enums import MessageState
from auditorium.models import AuditEntry, FollowUp, Message, MessagePart, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

BATCH = 1_000
SECONDS = 20 * 60
"""A night's work ends after this long; the next night goes on."""

_UNDER_WAY = (MessageState.PENDING, MessageState.CLAIMED, MessageState.SENDING)


def keep_house(*, at: datetime | None = None) -> Counter[str]:
    """Do every chore until nothing is left of it or the time is over; return how many rows each met.

    A chore that fails is logged and tried again the next night; the others are done all the same.
    """
    at = at or clock.now()
    deadline = time.monotonic() + SECONDS
    counts: Counter[str] = Counter()
    for name, chore in {**_CHORES, **ports.chores()}.items():
        try:
            while time.monotonic() < deadline and (done := chore(at)):
                counts[name] += done
        except Error:
            logger.exception("The chore %r failed; it is tried again the next night.", name)
    if counts:
        logger.info("housekeeping: %s", ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return counts


def drop_words_of_texts(at: datetime) -> int:
    """Drop what texts said, what a provider said of them, and its numbers of their parts: no receipt comes any more.

    States, costs, times and how many parts there were stay for the figures.
    """
    old = Message.objects.filter(created_at__lt=at - timedelta(days=settings.SMS_BODIES_DAYS))
    said = old.exclude(body="").exclude(state__in=_UNDER_WAY).order_by("created_at")
    pks = list(said.values_list("pk", flat=True)[:BATCH])
    MessagePart.objects.filter(message__in=pks).delete()
    return Message.objects.filter(pk__in=pks).update(body="", values={}, error_text="")


def drop_words_of_replies(at: datetime) -> int:
    """Drop what people answered; what it meant and what came of it stays."""
    old = Reply.objects.filter(received_at__lt=at - timedelta(days=settings.SMS_BODIES_DAYS)).exclude(text="")
    pks = list(old.order_by("received_at").values_list("pk", flat=True)[:BATCH])
    return Reply.objects.filter(pk__in=pks).update(text="")


def drop_words_of_tasks(at: datetime) -> int:
    """Drop what was to be said and what somebody noted of what came of it; who did it, when, and the state stay."""
    ended = FollowUp.objects.filter(closed_at__lt=at - timedelta(days=settings.TASK_WORDS_DAYS))
    old = ended.filter(~Q(words="", outcome_note=""))
    pks = list(old.order_by("closed_at").values_list("pk", flat=True)[:BATCH])
    return FollowUp.objects.filter(pk__in=pks).update(words="", outcome_note="")


def drop_sessions(at: datetime) -> int:
    """Drop the sessions of who is logged out."""
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
    over = list(sessions.filter(expire_date__lt=at).values_list("pk", flat=True)[:BATCH])
    return int(sessions.filter(pk__in=over).delete()[0])


def drop_audit(at: datetime) -> int:
    """Drop the oldest audit; only here the triggers let anybody delete."""
    old = AuditEntry.objects.filter(at__lt=at - timedelta(days=settings.AUDIT_DAYS)).order_by("at")
    pks = list(old.values_list("pk", flat=True)[:BATCH])
    if not pks:
        return 0
    with transaction.atomic(), _deletable():
        AuditEntry.objects.filter(pk__in=pks).delete()
    return len(pks)


@contextmanager
def _deletable() -> Iterator[None]:
    """Let the audit's triggers (migration 0002) pass a deletion, within this transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL auditorium.retention = 'on'")
            yield
            cursor.execute("SET LOCAL auditorium.retention = 'off'")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'auditorium_audit_no_delete'")
        (trigger,) = cursor.fetchone()
        cursor.execute("DROP TRIGGER auditorium_audit_no_delete")
        yield
        cursor.execute(trigger)


_CHORES: dict[str, Callable[[datetime], int]] = {
    "texts": drop_words_of_texts,
    "answers": drop_words_of_replies,
    "tasks": drop_words_of_tasks,
    "sessions": drop_sessions,
    "audit": drop_audit,
}
