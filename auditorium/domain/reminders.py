"""What is owed to a villager about one thing: planned with it, silenced with it, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from auditorium import clock
from auditorium.domain import follow_ups, recipients, reminder_rules, reminder_times, wake, wording
from auditorium.domain.transitions import transition
from auditorium.enums import (
    MESSAGE_TRANSITIONS,
    REMINDER_LIVE,
    REMINDER_TRANSITIONS,
    SAYS_THAT_IT_ENDED,
    MessageAudience,
    MessageState,
    ReminderPurpose,
    ReminderState,
)
from auditorium.models import Message, Reminder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from auditorium.models import Hall, MessageTemplate, User, Villager

SWEEP = "auditorium.sweep_outbox"
"""The task that sends what is due; see `auditorium.tasks`."""

_GONE_OUT = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN)


@dataclass(frozen=True)
class Owed:
    """What is to be said about one thing, of use until `expires_at`."""

    about_id: int
    villager: Villager
    hall: Hall
    expires_at: datetime


@transaction.atomic(savepoint=False)
def plan(
    *,
    about_kind: str,
    about_id: int,
    villager: Villager,
    hall: Hall,
    event_at: datetime,
    by: User | None,
    expires_at: datetime | None = None,
    changed: bool = False,
    replaces: Collection[int] = (),
    in_person: bool = False,
    just_written: bool = False,
) -> list[Reminder]:
    """Owe the villager the confirmation and the reminders of something at `event_at`; call it where that is written.

    With `changed`, and where somebody was told before (of this, or of a row it `replaces`), the first text says
    that it changed. With `in_person` the villager stands at the desk: what no text can carry has then just been
    said, and nobody is asked to call. A purpose still owed is left as it is; about what is `just_written` nothing
    can be. Nothing is planned past `expires_at` (by default the event).
    """
    now = clock.now()
    expires_at = expires_at or event_at
    rules = reminder_rules.rules_for(hall, about_kind)
    times = dict(reminder_times.times_for(event_at=event_at, now=now, hall=hall, rules=rules))
    if ReminderPurpose.CONFIRMATION in times:
        if in_person and not recipients.of_villager(villager).main:
            del times[ReminderPurpose.CONFIRMATION]
        elif changed and _anybody_told(about_kind, about_id, *replaces):
            times[ReminderPurpose.CHANGED] = times.pop(ReminderPurpose.CONFIRMATION)
    heard_on: list[int] = []
    if ReminderPurpose.CHANGED in times:
        heard_on = _heard_on(about_kind, about_id, *replaces)
    templates = wording.current_templates(about_kind)
    owed = set() if just_written else _owed_purposes(about_kind, about_id)
    planned = [
        Reminder(
            about_kind=about_kind,
            about_id=about_id,
            villager=villager,
            hall=hall,
            purpose=purpose,
            due_at=due_at,
            expires_at=expires_at,
            heard_on=heard_on if purpose == ReminderPurpose.CHANGED else [],
            **words_of(templates, purpose),
        )
        for purpose, due_at in sorted(times.items(), key=lambda item: item[1])
        if purpose not in owed and due_at < expires_at
    ]
    Reminder.objects.bulk_create(planned)
    wake.after_commit(SWEEP)
    return planned


@transaction.atomic
def silence(*, about_kind: str, about_id: int, by: User | None, why: str, tell: ReminderPurpose | None = None) -> int:
    """Call off what is still owed about something, with its unsent texts and the tasks it became; return how many.

    A text already given to a gateway cannot be called back and keeps its state. With `tell` (CANCELLED), whoever
    had been told is owed one more text that says so, while that is still of use.
    """
    about = Reminder.objects.about(about_kind, about_id)
    last = about.select_related("villager", "hall").order_by("expires_at").last() if tell else None
    count = silence_all(about_kind=about_kind, about_ids=[about_id], by=by, why=why)
    # Asked only now that no worker can begin a text any more: one begun a moment ago counts as known.
    if tell and last and last.expires_at > clock.now() and _anybody_told(about_kind, about_id):
        said = Owed(about_id, last.villager, last.hall, last.expires_at)
        _owe(about_kind, [said], tell)
    return count


@transaction.atomic
def silence_all(*, about_kind: str, about_ids: Collection[int], by: User | None, why: str) -> int:
    """The same about many things at once, in a fixed number of statements; the caller holds the villagers' locks."""
    about = Reminder.objects.filter(about_kind=about_kind, about_id__in=about_ids)
    count = transition(about, to=ReminderState.CANCELLED, table=REMINDER_TRANSITIONS, by=by, why=why)
    drop_unsent(about_kind, *about_ids)
    follow_ups.close_about_many(about_kind=about_kind, about_ids=about_ids, by=by, why=why)
    return count


def owe_now(
    *, about_kind: str, about_id: int, villager: Villager, hall: Hall, purpose: ReminderPurpose, expires_at: datetime
) -> Reminder | None:
    """Owe the villager one thing that must be said now, whether or not they were told anything before.

    None when it is owed already, or too late to be of use.
    """
    owed = owe_all_now(about_kind=about_kind, owed=[Owed(about_id, villager, hall, expires_at)], purpose=purpose)
    return owed[0] if owed else None


@transaction.atomic
def owe_all_now(*, about_kind: str, owed: Iterable[Owed], purpose: ReminderPurpose) -> list[Reminder]:
    """The same of many things at once, in a fixed number of statements; the caller holds the villagers' locks."""
    return _owe(about_kind, _not_owed(about_kind, owed, purpose), purpose)


@transaction.atomic
def owe_all_at(*, about_kind: str, owed: Iterable[Owed], purpose: ReminderPurpose, due_at: datetime) -> list[Reminder]:
    """The same to be said at one later moment; of no use past that moment, it is not owed."""
    useful = [one for one in owed if one.expires_at > due_at]
    return _owe(about_kind, _not_owed(about_kind, useful, purpose), purpose, due_at)


@transaction.atomic
def replan(
    *,
    about_kind: str,
    about_id: int,
    villager: Villager,
    hall: Hall,
    event_at: datetime,
    by: User | None,
    why: str,
    expires_at: datetime | None = None,
) -> list[Reminder]:
    """Owe what a changed time asks for instead of what the old one did."""
    silence(about_kind=about_kind, about_id=about_id, by=by, why=why)
    return plan(
        about_kind=about_kind,
        about_id=about_id,
        villager=villager,
        hall=hall,
        event_at=event_at,
        by=by,
        expires_at=expires_at,
        changed=True,
    )


def told_by_person(*, about_kind: str, about_id: int, by: User | None) -> int:
    """Note that a person said what had become a task, or waited for a relative's word; return how many it settled."""
    waits = (ReminderState.FOLLOW_UP, ReminderState.RELAYED)
    asked = Reminder.objects.about(about_kind, about_id).filter(state__in=waits)
    return transition(asked, to=ReminderState.TOLD, table=REMINDER_TRANSITIONS, by=by)


def drop_unsent(about_kind: str, *about_ids: int) -> int:
    """Cancel the unsent texts that answer no live reminder any more; return how many.

    One that stands for others as well is taken from the worker that is about to send it: it would name who was
    called off. Whoever takes it up next withdraws it and writes to the others.
    """
    answers = Reminder.messages.through.objects
    about = answers.filter(reminder__about_kind=about_kind, reminder__about_id__in=about_ids)
    needed = answers.filter(message=OuterRef("pk"), reminder__state__in=REMINDER_LIVE)
    unsent = Message.objects.unsent().filter(~Exists(needed), pk__in=about.values("message"))
    dropped = transition(unsent, to=MessageState.CANCELLED, table=MESSAGE_TRANSITIONS, by=None, audited=False)
    called_off = about.filter(reminder__state=ReminderState.CANCELLED)
    shared = Message.objects.unsent().filter(pk__in=called_off.values("message")).order_by("pk")
    if held := list(shared.select_for_update(of=("self",)).values_list("pk", flat=True)):
        Message.objects.filter(pk__in=held).update(state=MessageState.PENDING, claimed_by="", lease_until=None)
    return dropped


def _not_owed(about_kind: str, owed: Iterable[Owed], purpose: ReminderPurpose) -> list[Owed]:
    """What is still of use and not owed already."""
    now = clock.now()
    useful = [one for one in owed if one.expires_at > now]
    about = Reminder.objects.filter(about_kind=about_kind, about_id__in=[one.about_id for one in useful])
    already = set(about.live().filter(purpose=purpose).order_by().values_list("about_id", flat=True))
    return [one for one in useful if one.about_id not in already]


def _owe(
    about_kind: str, owed: Collection[Owed], purpose: ReminderPurpose, due_at: datetime | None = None
) -> list[Reminder]:
    """Owe each what is to be said at a moment, by default as soon as texts may go out."""
    if not owed:
        return []
    now = clock.now()
    heard = _heard_on_each(about_kind, [one.about_id for one in owed]) if purpose in SAYS_THAT_IT_ENDED else {}
    words = words_of(wording.current_templates(about_kind), purpose)
    planned = [
        Reminder(
            about_kind=about_kind,
            about_id=one.about_id,
            villager=one.villager,
            hall=one.hall,
            purpose=purpose,
            due_at=due_at or reminder_times.allowed_from(now, one.expires_at),
            expires_at=one.expires_at,
            heard_on=sorted(heard.get(one.about_id, ())),
            **words,
        )
        for one in owed
    ]
    Reminder.objects.bulk_create(planned)
    wake.after_commit(SWEEP)
    return planned


def _owed_purposes(about_kind: str, about_id: int) -> set[str]:
    return set(Reminder.objects.about(about_kind, about_id).live().order_by().values_list("purpose", flat=True))


def _anybody_told(about_kind: str, *about_ids: int) -> bool:
    """Whether somebody knows of it: a reminder was told, or a text went out and did not fail."""
    before = Reminder.objects.filter(about_kind=about_kind, about_id__in=about_ids).exclude(
        purpose__in=SAYS_THAT_IT_ENDED
    )
    return before.filter(Q(state=ReminderState.TOLD) | Q(messages__state__in=_GONE_OUT)).exists()


def _heard_on(about_kind: str, *about_ids: int) -> list[int]:
    """The phones (ids) a text about any of these went out to, copies not counted."""
    return sorted({phone for phones in _heard_on_each(about_kind, about_ids).values() for phone in phones})


def _heard_on_each(about_kind: str, about_ids: Collection[int]) -> dict[int, set[int]]:
    """The same of each of them, in one query."""
    about = Reminder.messages.through.objects.filter(reminder__about_kind=about_kind, reminder__about_id__in=about_ids)
    texts = about.filter(message__state__in=_GONE_OUT, message__is_copy=False)
    found: dict[int, set[int]] = {}
    for about_id, phone in texts.values_list("reminder__about_id", "message__phone"):
        found.setdefault(about_id, set()).add(phone)
    return found


def words_of(templates: Mapping[tuple[str, str], MessageTemplate], purpose: str) -> dict[str, MessageTemplate]:
    """The templates of a reminder for either audience."""
    return {
        "own_template": templates[purpose, MessageAudience.OWN],
        "discreet_template": templates[purpose, MessageAudience.DISCREET],
    }
