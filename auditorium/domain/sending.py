"""Texts that wait go to their gateway: claimed by line, begun together, handed over in one call where it takes many.

What was begun can't be called back; it ends as sent, waiting again, failed, or unknown when the call was cut off.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value

from auditorium.domain import lines, outcomes, refusals, reminder_times
from auditorium.domain.courier import ASK_AGAIN, LEASE, kept_connected, some
from auditorium.domain.outgoing import NO_WORDS, KeptWords, kept_words, outgoing_on
from auditorium.enums import MessageState, ReminderState
from auditorium.gateways.base import BatchGateway, GatewayError, GatewayTimeout, Sent, brings_receipts
from auditorium.models import Message, Phone, Reminder, SmsLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from auditorium.domain.courier import Courier
    from auditorium.gateways.base import Found, SmsGateway
    from auditorium.models.messages import MessageQuerySet

CLAIM = 20
CLAIM_FOR_BATCHES = 500
"""At most so many are claimed at once, one after the other or for calls that take many."""

_STATES = {True: MessageState.DELIVERED, False: MessageState.UNDELIVERED, None: MessageState.SENT}


def sendable(at: datetime) -> MessageQuerySet:
    """Texts that may be sent at this hour; at night only what cannot wait for the morning.

    What came too late is among it, and ends once it is claimed.
    """
    waiting = Message.objects.claimable(at)
    if reminder_times.is_quiet(at):
        waiting = waiting.filter(expires_at__lt=reminder_times.next_morning(at) + reminder_times.TO_GET_READY)
    return waiting


def waits_since(at: datetime) -> Subquery:
    """When a line's first text might have gone that may go at this hour: one look at the head of its queue."""
    queue = sendable(at).filter(line=OuterRef("pk")).order_by("not_before", "pk")
    return Subquery(queue.values("not_before")[:1])


def send_some(courier: Courier) -> tuple[int, bool]:
    """Let each line this courier carries send one claim of what waits, the longest waiting first.

    Returns how many were claimed, and whether some line may have more.
    """
    claimed, is_more = 0, False
    for line in _lines(courier):
        try:
            gateway = courier.gateway(line)
        except GatewayError as error:
            refusals.refused(courier, line, [], error)
            continue
        most = min(gateway.most, CLAIM_FOR_BATCHES) if isinstance(gateway, BatchGateway) else CLAIM
        texts = claim(courier, line, most)
        claimed += len(texts)
        is_more |= len(texts) == most
        for words, call in _calls(line, gateway, texts):
            hand_over(courier, line, gateway, call, words=words)
    return claimed, is_more


def claim(courier: Courier, line: SmsLine, most: int = CLAIM) -> list[Message]:
    """Take some of the line's texts for this worker alone, until the lease runs out; within what it may send today."""
    at = courier.now()
    with transaction.atomic():
        room = min(most, _room(line, at, most))
        if room <= 0:
            courier.tired.add(line.pk)
            return []
        pks = some(sendable(at).filter(line=line).order_by("not_before", "pk"), room)
        outcomes.move(pks, to=MessageState.CLAIMED, claimed_by=courier.name, lease_until=at + LEASE)
    mine = Message.objects.filter(courier.claimed(), pk__in=pks)
    return list(mine.select_related("phone").order_by("not_before", "pk"))


def hand_over(
    courier: Courier, line: SmsLine, gateway: SmsGateway, texts: Sequence[Message], *, words: KeptWords = NO_WORDS
) -> None:
    """Give claimed texts of the same `words` to the gateway in one call, and write down what came of them."""
    if line.pk in courier.tired:
        courier.put_back(_pks(texts), not_before=courier.now() + ASK_AGAIN, when=courier.claimed())
        return
    begun = begin(courier, line, texts)
    if not begun:
        return
    outgoing = [outgoing_on(line, message, words) for message in begun]
    answers: Sequence[Sent | GatewayError | GatewayTimeout]
    try:
        answers = (
            gateway.send_many(outgoing)
            if isinstance(gateway, BatchGateway)
            else [gateway.send(text) for text in outgoing]
        )
    except GatewayTimeout:
        refusals.cut_off(courier, line, begun)
    except GatewayError as error:
        refusals.refused(courier, line, begun, error)
    else:
        pairs = list(zip(begun, answers, strict=True))
        taken = [(message, answer) for message, answer in pairs if isinstance(answer, Sent)]
        note_taken(courier, line, taken, has_receipts=brings_receipts(gateway))
        for message, answer in pairs:
            if isinstance(answer, GatewayError):
                refusals.refused(courier, line, [message], answer)
        if unclear := [message for message, answer in pairs if isinstance(answer, GatewayTimeout)]:
            refusals.cut_off(courier, line, unclear)


def begin(courier: Courier, line: SmsLine, texts: Sequence[Message]) -> list[Message]:
    """Commit that the call begins now, for those still wanted; from here on they can't be called back."""
    at = courier.now()
    with transaction.atomic():
        mine = some(Message.objects.filter(courier.claimed(), pk__in=_pks(texts)).order_by("pk"))
        count = outcomes.move(
            mine,
            to=MessageState.SENDING,
            when=courier.claimed() & _is_wanted() & Q(Exists(_good_number()), expires_at__gt=at),
            attempts=F("attempts") + 1,
            sent_at=at,
            lease_until=at + LEASE,
            cost=_cost(line),
        )
        if count == len(texts):
            return list(texts)
        going = Message.objects.filter(courier.calling(), pk__in=mine)
        begun = set(going.values_list("pk", flat=True)) if count else set()
    late = {message.pk for message in texts if message.expires_at <= at}
    shared = outcomes.needed_by_others(late, at=at)
    courier.count("expired", outcomes.move(late - shared, to=MessageState.EXPIRED, when=courier.claimed()))
    for pk in sorted(shared):
        courier.count("cancelled", outcomes.withdraw(pk=pk, at=at, when=courier.claimed()))
    for message in texts:
        if message.pk not in begun and message.expires_at > at:
            _leave(courier, message, at)
    return [message for message in texts if message.pk in begun]


def note_taken(
    courier: Courier, line: SmsLine, taken: Iterable[tuple[Message, Sent | Found]], *, has_receipts: bool
) -> None:
    """The provider has these. A receipt may have come first: then only the provider's number is new."""
    at = courier.now()
    by_state: dict[MessageState, dict[int, Sent | Found]] = {}
    for message, answer in taken:
        by_state.setdefault(_STATES[answer.delivered], {})[message.pk] = answer
    for to, answers in by_state.items():
        lines.note_success(line)
        is_enough = to == MessageState.SENT and not has_receipts
        moved = outcomes.record_taken(line=line, answers=answers, to=to, at=at, is_enough=is_enough)
        courier.count(to.value, moved)


def _lines(courier: Courier) -> list[SmsLine]:
    """The usable lines with something to send, the longest waiting first."""
    usable = SmsLine.objects.usable().exclude(pk__in=courier.tired)
    ours = Q(pk=courier.only.pk) if courier.only else ~Q(gateway__in=kept_connected())
    waits = usable.filter(ours).annotate(waits_since=waits_since(courier.now()))
    return list(waits.exclude(waits_since=None).order_by("waits_since", "pk"))


def _room(line: SmsLine, at: datetime, most: int) -> int:
    """How many more the line may send today; the line is locked, so that two workers don't count the same room."""
    if line.daily_cap is None:
        return most
    SmsLine.objects.select_for_update(no_key=True).get(pk=line.pk)
    left = lines.room(line, at)
    return most if left is None else left


def _calls(line: SmsLine, gateway: SmsGateway, texts: Sequence[Message]) -> Iterator[tuple[KeptWords, list[Message]]]:
    """The texts of one call each, with what is kept of their words: as many as it takes, and no number twice.

    What a provider says of a call later it may say by number.
    """
    kept = kept_words(line, texts)
    most = gateway.most if isinstance(gateway, BatchGateway) else 1
    by_words: dict[KeptWords, list[dict[int, Message]]] = {}
    for message in texts:
        calls = by_words.setdefault(kept.get(message.template_id, NO_WORDS), [])
        call = next((call for call in calls if len(call) < most and message.phone_id not in call), None)
        if call is None:
            calls.append(call := {})
        call[message.phone_id] = message
    for words, calls in by_words.items():
        for call in calls:
            yield words, list(call.values())


def _leave(courier: Courier, message: Message, at: datetime) -> None:
    """Why a claimed text was not begun: called off, its number struck off; else somebody is busy with it."""
    this: dict[str, Any] = {"pk": message.pk, "at": at, "when": courier.claimed()}
    text = Message.objects.filter(pk=message.pk)
    if not text.filter(_is_wanted()).exists():
        courier.count("cancelled", outcomes.withdraw(**this))
    elif not text.filter(Exists(_good_number())).exists():
        courier.count("failed", outcomes.record(to=MessageState.FAILED, ended_at=at, **this))
    else:
        courier.put_back([message.pk], not_before=at, when=courier.claimed())


def _is_wanted() -> Q:
    """Whether some reminder still needs the text, and none of those it stands for was called off; a relative's copy
    is wanted also when the villager was told, and what answers a reply always."""
    answered = Reminder.messages.through.objects.filter(message=OuterRef("pk"))
    owed = answered.filter(reminder__state=ReminderState.SENDING)
    known = answered.filter(reminder__state__in=[ReminderState.TOLD, ReminderState.FOLLOW_UP])
    called_off = answered.filter(reminder__state__in=[ReminderState.CANCELLED, ReminderState.MISSED])
    wanted = Q(Exists(owed)) | Q(Exists(known), is_copy=True)
    return Q(wanted, ~Exists(called_off)) | Q(reply__isnull=False)


def _good_number() -> QuerySet[Phone]:
    return Phone.objects.filter(pk=OuterRef("phone"), opted_out_at=None, bad_since=None)


def _cost(line: SmsLine) -> Combinable | None:
    """What the provider will ask for the text; the price may be another one tomorrow."""
    if line.price is None:
        return None
    return ExpressionWrapper(F("parts") * Value(line.price), DecimalField(max_digits=8, decimal_places=4))


def _pks(texts: Iterable[Message]) -> list[int]:
    return [message.pk for message in texts]
