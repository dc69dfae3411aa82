"""What was owed and came too late: after the visit nobody is told of it any more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from auditorium.domain import lines, outcomes, reminder_times, telling
from auditorium.domain.transitions import transition
from auditorium.enums import (
    REMINDER_TRANSITIONS,
    MessageState,
    ReminderState,
)
from auditorium.models import Message, Reminder, SmsLine

if TYPE_CHECKING:
    from auditorium.models.messages import MessageQuerySet, ReminderQuerySet

BATCH = 200
_HEARD = (MessageState.SENT, MessageState.DELIVERED)


def expire(*, at: datetime) -> Counter[str]:
    """End what is past its time, and hand to a person what waits in vain for its line."""
    counts: Counter[str] = Counter()
    over = Reminder.objects.live().filter(expires_at__lte=at)
    rest = over
    while found := list(rest.order_by("expires_at", "pk").values_list("expires_at", "pk", "villager_id")[:BATCH]):
        last, last_pk, _villager = found[-1]
        # said as a bound too, where the index begins to be read: what was ended stands before it for a while
        rest = over.filter(Q(expires_at__gt=last) | Q(pk__gt=last_pk), expires_at__gte=last)
        with transaction.atomic():
            pks = telling.locked({row[2] for row in found}, over.filter(pk__in=[row[1] for row in found]))
            counts += _end(Reminder.objects.filter(pk__in=pks))
    counts += _give_up_lines(at)
    counts += _give_up_providers(at)
    return counts


def _end(reminders: ReminderQuerySet) -> Counter[str]:
    """Reminders past their time, locked: told where a text went out and nobody said that it failed, else missed.

    Missed, too, where somebody was asked to make sure, or a relative to pass it on, and nobody did.
    """
    sent = reminders.filter(state=ReminderState.SENDING, villager__cannot_read=False)
    heard = set(sent.filter(messages__is_copy=False, messages__state__in=_HEARD).values_list("pk", flat=True))
    rows = list(reminders.order_by().values_list("pk", "state", "about_kind", "about_id"))
    asked = {(kind, pk) for _pk, state, kind, pk in rows if state == ReminderState.FOLLOW_UP}
    pks = {row[0] for row in rows}
    moved = {
        state: transition(
            Reminder.objects.filter(pk__in=some), to=state, table=REMINDER_TRANSITIONS, by=None, audited=False
        )
        for state, some in ((ReminderState.TOLD, heard), (ReminderState.MISSED, pks - heard))
    }
    for kind, pk in sorted(asked):
        outcomes.end_calls(kind, pk, why=_("已经过了时间"))
    return Counter({"told_unconfirmed": moved[ReminderState.TOLD], "missed": moved[ReminderState.MISSED]})


def _give_up_lines(at: datetime) -> Counter[str]:
    """Texts on a line that was switched off or paused go to a person when it does not come back in time."""
    unusable = list(SmsLine.objects.exclude(is_active=True, paused_at=None).values_list("pk", flat=True))
    if not unusable:
        return Counter()
    since = at - lines.MAY_RETURN
    stuck = Message.objects.filter(state=MessageState.PENDING, line__in=unusable, not_before__lte=since)
    return _give_up(stuck.order_by("not_before", "pk"), at, why=_("没有可用的短信线路"))


def _give_up_providers(at: datetime) -> Counter[str]:
    """Texts no provider took through hours of the day go to a person, however many wait behind a line that is down."""
    since = reminder_times.this_morning(at)
    if at - since < lines.MAY_RETURN or reminder_times.is_quiet(at):
        return Counter()
    stuck = Message.objects.filter(
        state=MessageState.PENDING,
        created_at__lte=at - lines.MAY_RETURN,
        is_copy=False,
        reply=None,
    )
    # what a line has no room for today, and is of use tomorrow, waits for the morning
    soon_enough = reminder_times.next_morning(at) + reminder_times.TO_GET_READY
    stuck = stuck.exclude(line__in=lines.full_now(at), expires_at__gte=soon_enough)
    return _give_up(stuck.order_by("created_at", "pk"), at, why=_("短信发不出去"))


def _give_up(stuck: MessageQuerySet, at: datetime, *, why: str) -> Counter[str]:
    """Let a person say what some of these texts should have; what is too late for all it names just ends."""
    found = list(stuck.values_list("pk", "expires_at")[:BATCH])
    late = {pk for pk, expires_at in found if expires_at <= at}
    late -= outcomes.needed_by_others(late, at=at)
    ended = outcomes.move(late, to=MessageState.EXPIRED)
    given_up = 0
    for pk, _expires_at in found:
        if pk not in late:
            given_up += outcomes.record(pk=pk, to=MessageState.CANCELLED, at=at, why=why)
    return Counter({"asked": given_up, "expired": ended})
