"""The outbox: what is due becomes texts, texts go to their gateway, and whatever was cut off is taken up again.

A sweep works in short transactions and talks to gateways between them. It may die anywhere: a claim runs out
and somebody else sends; a call that was cut off leaves its text `sending`, then `unknown`, and the provider
is asked before anything is sent again. Any number of sweeps may run at once, on any number of machines.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import expiry, lines, outcomes, phones, reminder_times, reminders, telling, wake
from auditorium.enums import MessageState, ReminderState
from auditorium.gateways import HOLDS_A_CONNECTION, KEEPS_THE_WORDS, gateway_for
from auditorium.gateways.base import Found, GatewayError, GatewayTimeout, OutgoingText, Sent, Unknowable
from auditorium.gateways.treatments import Treatment
from auditorium.models import LineTemplate, Message, Phone, Reminder, SmsLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditorium.gateways.base import SmsGateway
    from auditorium.models.messages import MessageQuerySet

logger = logging.getLogger(__name__)

CLAIM = 20
LEASE = timedelta(seconds=60)
"""Longer than any gateway call: a text still `sending` after it has lost its worker."""

ASK_AGAIN = timedelta(seconds=60)
PATIENCE = timedelta(minutes=10)
"""How long it may stay unclear whether a text arrived before a person is asked to call."""

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 20))
LATER = timedelta(hours=1)
"""How long a provider's window for one number is taken to be."""

SECONDS = 45
"""A sweep ends after this long; the next one goes on."""

Counts = Counter[str]
"""How many of each: written, asked, waiting, cancelled, sent, delivered, retried, failed, unknown, expired, missed …"""


def sweep(*, at: datetime | None = None) -> Counts:
    """Do all that is to be done now; return how much of it there was. `at` stands for the present in tests."""
    with translation.override(settings.LANGUAGE_CODE):
        return _Sweep(now=(lambda: at) if at else clock.now).run()


def send_waiting(*, line: SmsLine, gateway: SmsGateway, at: datetime | None = None) -> Counts:
    """Send what waits on this one line through this gateway, after asking about what was cut off there.

    For a process that keeps the line's connection; it calls this again and again. Nothing is written anew here.
    """
    with translation.override(settings.LANGUAGE_CODE):
        only = _Sweep(now=(lambda: at) if at else clock.now, only=line, gateways={line.pk: gateway})
        return only.run_line()


def lateness(*, at: datetime | None = None) -> timedelta | None:
    """How long what is most overdue has waited to be sent; None when nothing waits. Nothing is late at night."""
    at = at or clock.now()
    due = telling.due_now(at).order_by("due_at").values_list("due_at", flat=True).first()
    waiting = _sendable(at).order_by("not_before").values_list("not_before", flat=True).first()
    oldest = min(filter(None, (due, waiting)), default=None)
    return at - max(oldest, reminder_times.this_morning(at)) if oldest else None


def _sendable(at: datetime) -> MessageQuerySet:
    """Texts that may be sent at this hour; at night only what cannot wait for the morning."""
    waiting = Message.objects.claimable(at).filter(expires_at__gt=at)
    if reminder_times.is_quiet(at):
        waiting = waiting.filter(expires_at__lt=reminder_times.next_morning(at) + reminder_times.TO_GET_READY)
    return waiting


@dataclass
class _Sweep:
    """One pass over the outbox, by one worker."""

    now: Callable[[], datetime]
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"[:80])
    counts: Counts = field(default_factory=Counter)
    tired: set[int] = field(default_factory=set)  # lines that did not answer: left alone for the rest of the sweep
    gateways: dict[int, SmsGateway] = field(default_factory=dict)
    only: SmsLine | None = None  # the line whose connection this process keeps; else all that nobody keeps

    def run(self) -> Counts:
        self._take_up()
        self._count("handed_over", lines.hand_over(at=self.now()))
        self.counts += expiry.expire(at=self.now())
        deadline = time.monotonic() + SECONDS
        self._ask_about_unknown()
        place: telling.Place | None = None
        while time.monotonic() < deadline:
            counts, place = telling.tell_batch(at=self.now(), after=place)
            self.counts += counts
            if place is None:
                break
        self._send_waiting(deadline)
        return self.counts

    def run_line(self) -> Counts:
        """Only what waits on the one line, and what was cut off there."""
        self._ask_about_unknown()
        self._send_waiting(time.monotonic() + SECONDS)
        return self.counts

    def _send_waiting(self, deadline: float) -> None:
        called_for_help = False
        while time.monotonic() < deadline:
            claimed = self._claim()
            if not claimed:
                break
            if len(claimed) == CLAIM and not called_for_help and self.only is None:
                called_for_help = True
                wake.now(reminders.SWEEP)
            for message in claimed:
                self._send(message)
        if self.counts:
            logger.info("outbox: %s", ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items())))

    def _take_up(self) -> None:
        """Take up what a worker left behind when it died."""
        at = self.now()
        over = Message.objects.filter(lease_until__lte=at)
        with transaction.atomic():
            cut_off = _some(over.filter(state=MessageState.SENDING))
            self._count("unknown", outcomes.move(cut_off, to=MessageState.UNKNOWN, lease_until=at))
        with transaction.atomic():
            left = _some(over.filter(state=MessageState.CLAIMED))
            self._count("taken_up", self._put_back(left, not_before=at))

    def _claim(self) -> list[Message]:
        """Take some texts for this worker alone, until the lease runs out."""
        at = self.now()
        usable = Q(line__is_active=True, line__paused_at=None)
        waiting = _sendable(at).filter(self._ours(), usable).exclude(line__in=self.tired).order_by("not_before", "pk")
        with transaction.atomic():
            pks = _some(waiting, CLAIM)
            outcomes.move(pks, to=MessageState.CLAIMED, claimed_by=self.worker, lease_until=at + LEASE)
        mine = Message.objects.filter(self._mine(), pk__in=pks)
        return list(mine.select_related("phone", "line").order_by("not_before", "pk"))

    def _send(self, message: Message) -> None:
        """Hand one claimed text to its gateway and write down what came of it."""
        if message.line_id in self.tired:
            self._put_back([message.pk], not_before=self.now() + ASK_AGAIN, when=self._mine())
            return
        if not self._begin(message):
            return
        try:
            gateway = self._gateway(message.line)
            sent = gateway.send(_outgoing(message))
        except GatewayTimeout:
            self._cut_off(message)
        except GatewayError as error:
            self._refused(message, error)
        else:
            self._sent(message, sent, has_receipts=brings_receipts(gateway))

    def _begin(self, message: Message) -> bool:
        """Commit that the call begins now, if the text is still wanted; from here on it can't be called back."""
        at = self.now()
        number_is_good = Phone.objects.filter(pk=OuterRef("phone"), opted_out_at=None, bad_since=None)
        begun = outcomes.move(
            [message.pk],
            to=MessageState.SENDING,
            when=self._mine() & _is_wanted() & Q(Exists(number_is_good), expires_at__gt=at),
            attempts=F("attempts") + 1,
            sent_at=at,
            lease_until=at + LEASE,
        )
        if begun:
            return True
        this: dict[str, Any] = {"pk": message.pk, "at": at, "when": self._mine()}
        if message.expires_at <= at:
            self._count("expired", outcomes.record(to=MessageState.EXPIRED, **this))
        elif Message.objects.filter(_is_wanted(), pk=message.pk).exists():  # the number was struck off meanwhile
            self._count("failed", outcomes.record(to=MessageState.FAILED, ended_at=at, **this))
        else:
            self._count("cancelled", outcomes.record(to=MessageState.CANCELLED, **this))
        return False

    def _sent(self, message: Message, sent: Sent | Found, *, has_receipts: bool) -> None:
        """The provider has it. A receipt may have come first: then only the provider's number is new."""
        at = self.now()
        lines.note_success(message.line)
        to = {True: MessageState.DELIVERED, False: MessageState.UNDELIVERED, None: MessageState.SENT}[sent.delivered]
        moved = outcomes.record(
            pk=message.pk,
            to=to,
            at=at,
            is_enough=to == MessageState.SENT and not has_receipts,
            provider_id=sent.provider_id,
            lease_until=None,
            ended_at=None if to == MessageState.SENT else at,
        )
        if not moved:
            Message.objects.filter(pk=message.pk, provider_id="").update(provider_id=sent.provider_id)
        self._count(to.value, moved)

    def _refused(self, message: Message, error: GatewayError) -> None:
        """The provider did not take it: try again later, the next contact, or a person."""
        at = self.now()
        tries = message.attempts + 1
        logger.warning("text %s: %s", message.uid, error.code)
        if error.code in _LINE_IS_DOWN:
            self.tired.add(message.line_id)
            lines.note_failure(message.line, at=at)
        if error.treatment == Treatment.OPERATOR:
            self._stop_line(message, error)
            return
        if error.treatment == Treatment.BAD_NUMBER:
            phones.flag_bad(phone=message.phone, why=_("短信接口说是空号"))
        this_try: dict[str, Any] = {
            "when": Q(state=MessageState.SENDING, attempts=tries),
            "lease_until": None,
            "error_code": error.code[:60],
            "error_text": error.detail[:200],
        }
        is_permanent = error.treatment in {Treatment.NEVER, Treatment.BAD_NUMBER}
        if not is_permanent and tries <= len(BACK_OFF):
            again_at = reminder_times.allowed_from(_next_try(error.treatment, tries, at), message.expires_at)
            if again_at < message.expires_at:
                self._count("retried", self._put_back([message.pk], not_before=again_at, **this_try))
                return
        why = "" if is_permanent else _("短信发不出去")
        failed = outcomes.record(pk=message.pk, to=MessageState.FAILED, at=at, why=why, ended_at=at, **this_try)
        self._count("failed", failed)

    def _stop_line(self, message: Message, error: GatewayError) -> None:
        """Nothing goes out on this line until an operator has seen to it; what waits is kept, or goes to the next."""
        self.tired.add(message.line_id)
        lines.stop(line=message.line, code=error.code)
        this_try = Q(state=MessageState.SENDING, attempts=message.attempts + 1)
        noted = {"attempts": message.attempts, "error_code": error.code[:60]}
        kept = self._put_back([message.pk], not_before=self.now(), when=this_try, **noted)
        self._count("retried", kept)

    def _cut_off(self, message: Message) -> None:
        """Nobody knows whether the provider has it. It is asked later: it may still be busy with this very call."""
        logger.warning("text %s: no answer", message.uid)
        self.tired.add(message.line_id)
        this_try = Q(state=MessageState.SENDING, attempts=message.attempts + 1)
        ask_at = self.now() + ASK_AGAIN
        self._count("unknown", outcomes.move([message.pk], to=MessageState.UNKNOWN, when=this_try, lease_until=ask_at))

    def _ask_about_unknown(self) -> None:
        """Ask the providers for texts whose call was cut off, before anything is sent again."""
        at = self.now()
        with transaction.atomic():
            waited = self._ours() & Q(lease_until__lte=at)
            if self.only is None:  # where no process asks on its line, a person shall hear of it
                waited |= Q(lease_until__lte=at - ASK_AGAIN)
            pks = _some(Message.objects.filter(waited, state=MessageState.UNKNOWN), CLAIM)
            Message.objects.filter(pk__in=pks).update(lease_until=at + ASK_AGAIN)
        for message in Message.objects.filter(pk__in=pks).select_related("phone", "line").order_by("pk"):
            if message.expires_at <= at:
                self._stop_asking(message)
            elif message.line_id not in self.tired:
                self._ask(message)

    def _ask(self, message: Message) -> None:
        at = self.now()
        found: Found | Unknowable | None = Unknowable()
        may_learn = True
        try:
            if self._is_ours(message.line):
                gateway = self._gateway(message.line)
                found = gateway.find(_outgoing(message))
                may_learn = brings_receipts(gateway)
        except (GatewayError, GatewayTimeout):
            self.tired.add(message.line_id)
        if isinstance(found, Found):
            self._sent(message, found, has_receipts=may_learn)
        elif found is None:
            is_unknown = Q(state=MessageState.UNKNOWN)
            self._count("retried", self._put_back([message.pk], not_before=at, when=is_unknown))
        elif not may_learn or message.sent_at is None or at - message.sent_at >= PATIENCE:
            outcomes.ask_person(pk=message.pk, at=at, why=_("不清楚短信有没有送到，请打电话"))
            if not may_learn:
                self._stop_asking(message)

    def _stop_asking(self, message: Message) -> None:
        """It stays unknown: its time is over, or its provider can't tell."""
        Message.objects.filter(pk=message.pk, state=MessageState.UNKNOWN).update(lease_until=None)

    def _put_back(self, pks: list[int], *, not_before: datetime, when: Q | None = None, **noted: Any) -> int:
        """Let texts that were certainly not sent wait to be sent."""
        changes = {"claimed_by": "", "lease_until": None, **noted}
        return outcomes.move(pks, to=MessageState.PENDING, when=when, not_before=not_before, **changes)

    def _gateway(self, line: SmsLine) -> SmsGateway:
        if line.pk not in self.gateways:
            try:
                self.gateways[line.pk] = gateway_for(line.gateway, line.config)
            except ValidationError:
                raise GatewayError(treatment=Treatment.OPERATOR, code="bad-settings") from None
        return self.gateways[line.pk]

    def _ours(self) -> Q:
        """The texts this process sends: those of its one line, else of every line that no process keeps connected."""
        return Q(line=self.only) if self.only else ~Q(line__gateway__in=_kept_connected())

    def _is_ours(self, line: SmsLine) -> bool:
        return line.pk == self.only.pk if self.only else line.gateway not in _kept_connected()

    def _mine(self) -> Q:
        return Q(claimed_by=self.worker, state=MessageState.CLAIMED)

    def _count(self, what: str, how_many: int) -> None:
        self.counts += Counter({what: how_many})


_LINE_IS_DOWN = ("no-connection", "bad-address", "bad-certificate")


def _kept_connected() -> tuple[str, ...]:
    """The kinds of lines that processes of their own send on; in a demo every line prints to the console."""
    return () if settings.DEMO else HOLDS_A_CONNECTION


def _next_try(treatment: Treatment, tries: int, at: datetime) -> datetime:
    """When the provider may take it: after its window for this number, or a little later each time."""
    if treatment == Treatment.TOMORROW:
        return reminder_times.next_morning(at)
    return at + (LATER if treatment == Treatment.LATER else BACK_OFF[tries - 1])


def _some(messages: MessageQuerySet, most: int = 500) -> list[int]:
    """Ids of some of these texts, locked until the transaction ends; those another worker has are left out."""
    return list(messages.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:most])


def _is_wanted() -> Q:
    """Whether some reminder still needs the text; a relative's copy is wanted also when the villager was told,
    and what answers a reply always."""
    answered = Reminder.messages.through.objects.filter(message=OuterRef("pk"))
    owed = answered.filter(reminder__state=ReminderState.SENDING)
    known = answered.filter(reminder__state__in=[ReminderState.TOLD, ReminderState.FOLLOW_UP])
    return Q(Exists(owed)) | Q(Exists(known), is_copy=True) | Q(reply__isnull=False)


def _outgoing(message: Message) -> OutgoingText:
    return OutgoingText(
        key=message.uid,
        number=message.phone.number.as_e164,
        body=message.body,
        signature=message.line.signature,
        template_code=_code(message),
        values=message.values,
        provider_id=message.provider_id,
        sent_at=message.sent_at,
    )


def _code(message: Message) -> str:
    """The number under which the line's provider keeps the words; empty where it keeps none."""
    if message.line.gateway not in KEEPS_THE_WORDS:
        return ""
    codes = LineTemplate.objects.filter(line=message.line_id, template=message.template_id)
    return codes.values_list("code", flat=True).first() or ""
