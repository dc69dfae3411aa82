"""From what is due to texts that wait: who is told, on which line, in which words; or a task for a person.

Locks are taken in the order of every write: villagers, reminders, phones, then rows nobody has seen yet.
A villager somebody is busy with is left to the next sweep, so two sweeps never wait for each other.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from auditorium import clock, sms_length
from auditorium.domain import (
    certainty,
    follow_ups,
    hall_hours,
    lines,
    recipients,
    reminder_rules,
    reminder_times,
    together,
    wording,
)
from auditorium.domain.template_versions import Translations
from auditorium.domain.together import Draft
from auditorium.domain.transitions import transition
from auditorium.enums import (
    REMINDER_TRANSITIONS,
    SAYS_THAT_IT_ENDED,
    FollowUpKind,
    MessageState,
    ReminderPurpose,
    ReminderState,
    TextLanguage,
)
from auditorium.models import Message, Phone, Reminder, Villager
from auditorium.ports import service_for

if TYPE_CHECKING:
    from auditorium.models import Contact
    from auditorium.models.messages import ReminderQuerySet

logger = logging.getLogger(__name__)

BATCH = 200
LINE_MAY_RETURN = timedelta(hours=2)
"""How long a hall without a usable line waits for one before a person is asked."""

TO_DO_IT = timedelta(hours=2)
AT_LEAST = timedelta(minutes=30)

_RANK = {
    ReminderPurpose.CONFIRMATION: 0,
    ReminderPurpose.THREE_DAYS: 1,
    ReminderPurpose.ONE_DAY: 2,
    ReminderPurpose.TWO_HOURS: 3,
    ReminderPurpose.CHANGED: 4,
    ReminderPurpose.CANCELLED: 5,
    ReminderPurpose.SUSPENDED: 5,
    ReminderPurpose.OFFERED: 5,
}
_NEVER_LEFT = (MessageState.FAILED, MessageState.CANCELLED, MessageState.EXPIRED)

Place = tuple[datetime, int]


def due_now(at: datetime) -> ReminderQuerySet:
    """What is due and may be sent at this hour; at night only what cannot wait for the morning.

    What came too late is among it until `expiry` ends it: asked for that as well, the database would look through all
    that is still to come.
    """
    due = Reminder.objects.due(at)
    if reminder_times.is_quiet(at):
        due = due.filter(expires_at__lt=reminder_times.next_morning(at) + reminder_times.TO_GET_READY)
    return due


def tell_batch(*, at: datetime, after: Place | None) -> tuple[Counter[str], Place | None]:
    """Turn the next batch of what is due, behind the place `after`, into texts or tasks, in one transaction.

    Returns what came of it, and the place reached; None when nothing was left.
    """
    waiting = due_now(at).order_by("due_at", "pk")
    if after:
        waiting = waiting.filter(Q(due_at__gt=after[0]) | Q(pk__gt=after[1]), due_at__gte=after[0])
    found = list(waiting.values_list("due_at", "pk", "villager_id")[:BATCH])
    if not found:
        return Counter(), None
    with transaction.atomic():
        these = Reminder.objects.filter(pk__in=[row[1] for row in found])
        pks = locked({villager for _due_at, _pk, villager in found}, these)
        counts = _Round.of(_still_due(pks, at), at).tell()
    return counts, found[-1][:2]


def tell_again(reminder_id: int, *, at: datetime, without: Collection[int]) -> None:
    """Write a text to the next contact not in `without` (phone ids), else ask a person. The reminder is locked."""
    _Round.of([reminder_id], at).tell(without=without, again=True)


def tell_anew(reminders: Iterable[int], *, at: datetime) -> None:
    """Write other words for these, locked, whose text was withdrawn before it left."""
    _Round.of(reminders, at).tell(again=True)


def locked(villagers: Iterable[int], reminders: ReminderQuerySet, *, skip_busy: bool = True) -> list[int]:
    """Lock these villagers, then those of the reminders that are theirs; return the ids of those got."""
    got = Villager.objects.filter(pk__in=set(villagers)).order_by("pk")
    got = got.select_for_update(no_key=True, skip_locked=skip_busy)
    theirs = reminders.filter(villager_id__in=list(got.values_list("pk", flat=True))).order_by("pk")
    return list(theirs.select_for_update(of=("self",), skip_locked=skip_busy).values_list("pk", flat=True))


def ask_person(reminder: Reminder, *, why: str, at: datetime) -> None:
    """Make it somebody's task to call or to knock. The reminder is locked, its villager's contacts are loaded."""
    moved = transition(
        Reminder.objects.filter(pk=reminder.pk),
        to=ReminderState.FOLLOW_UP,
        table=REMINDER_TRANSITIONS,
        by=None,
        audited=False,
    )
    if not moved:
        return
    contact = recipients.to_call(reminder.villager)
    follow_ups.open_task(
        hall=reminder.hall,
        villager=reminder.villager,
        kind=FollowUpKind.CALL if contact else FollowUpKind.KNOCK,
        reason=why,
        words=service_for(reminder.about_kind).words(reminder.about_id, reminder.purpose),
        due_at=_task_due(reminder, at),
        about_kind=reminder.about_kind,
        about_id=reminder.about_id,
        contact=contact,
    )


def loaded(pks: Iterable[int]) -> list[Reminder]:
    """These reminders with all that telling needs, in a fixed number of queries."""
    return list(
        Reminder.objects.filter(pk__in=pks)
        .prefetch_related("hall__opening_hours", "hall__closures", "own_template", "discreet_template")
        .prefetch_related("villager__contacts__phone", "villager__consents")
        .order_by("due_at", "pk")
    )


@dataclass
class _Round:
    """Reminders to be told now, with everything their texts need read at once."""

    at: datetime
    reminders: list[Reminder]
    due: set[tuple[str, int]]
    foremost: dict[tuple[str, int], int]
    about: dict[str, set[int]]
    routes: lines.Routes
    rules: Mapping[tuple[int, str], reminder_rules.Rules]
    translations: Translations
    texts_today: Counter[int]
    values: dict[tuple[str, str, str], Mapping[int, Mapping[str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, pks: Iterable[int], at: datetime) -> _Round:
        reminders = loaded(pks)
        halls = {reminder.hall for reminder in reminders}
        languages = _languages(reminders)
        due: set[tuple[str, int]] = set()
        about: dict[str, set[int]] = {}
        for reminder in reminders:
            about.setdefault(reminder.about_kind, set()).add(reminder.about_id)
        for kind, ids in about.items():
            due |= {(kind, pk) for pk in service_for(kind).still_due(ids)}
        return cls(
            at=at,
            reminders=reminders,
            due=due,
            foremost=_foremost(about, at),
            about=about,
            routes=lines.Routes.of(halls),
            rules=reminder_rules.rules_of(halls, about),
            translations=Translations.read(about, languages),
            texts_today=_texts_today(reminders, at),
        )

    def tell(self, *, without: Collection[int] = (), again: bool = False) -> Counter[str]:
        """Decide on each reminder and write what follows; told `again`, it neither waits nor is copied to relatives."""
        counts: Counter[str] = Counter()
        drafts: list[Draft] = []
        gone: list[int] = []
        for reminder in self.reminders:
            if self._is_moot(reminder):
                gone.append(reminder.pk)
                continue
            messages, why = self._texts(reminder, without, again=again)
            if messages:
                drafts += [Draft(message, (reminder,)) for message in messages]
            elif why:
                ask_person(reminder, why=why, at=self.at)
                counts["asked"] += 1
            else:
                counts["waiting"] += 1
        counts["cancelled"] = transition(
            Reminder.objects.filter(pk__in=gone),
            to=ReminderState.CANCELLED,
            table=REMINDER_TRANSITIONS,
            by=None,
            audited=False,
        )
        counts["written"] = _write(together.gathered(drafts, values=self._said, routes=self.routes))
        told = {reminder.pk: reminder for draft in drafts for reminder in draft.reminders}
        certainty.note([reminder for reminder in told.values() if self._is_last(reminder)], at=self.at)
        return counts

    def _is_last(self, reminder: Reminder) -> bool:
        return certainty.is_last(reminder, self.rules[reminder.hall_id, reminder.about_kind])

    def _is_moot(self, reminder: Reminder) -> bool:
        """Whether its reason is gone, its villager too, or what it says is said by another one that is due as well."""
        about = (reminder.about_kind, reminder.about_id)
        return (
            reminder.villager.is_gone
            or (about not in self.due and reminder.purpose not in SAYS_THAT_IT_ENDED)
            or self.foremost.get(about, 0) > _RANK[ReminderPurpose(reminder.purpose)]
        )

    def _texts(self, reminder: Reminder, without: Collection[int], *, again: bool) -> tuple[list[Message], str]:
        """The texts of one reminder, the main one first; without any, why a person is asked; neither: it waits."""
        full = {phone for phone, count in self.texts_today.items() if count >= settings.SMS_PER_NUMBER_AND_DAY}
        told = recipients.resolve(reminder, without={*without, *full})
        if told.main is None:
            able = recipients.resolve(reminder, without=without).main
            return [], "" if able and not again and self._postponed(reminder) else told.why_not
        if not self.routes.lines(reminder.hall):
            logger.warning("No usable SMS line covers hall %s.", reminder.hall_id)
            waits = not again and self.at - reminder.due_at < LINE_MAY_RETURN
            return [], "" if waits else _("没有可用的短信线路")
        rule = reminder_rules.rule_of(self.rules[reminder.hall_id, reminder.about_kind], reminder.purpose)
        copies = [] if again or not rule.copies else told.copies
        try:
            main, *others = [self._text(reminder, contact) for contact in (told.main, *copies)]
        except wording.WordingError as error:
            logger.error("Template of reminder %s has no value for {%s}.", reminder.pk, error)  # noqa: TRY400
            return [], _("短信模板有问题，写不出短信")
        if main is None:
            return [], _("短信模板还没有在平台登记")
        messages = [main, *filter(None, others)]
        for message in messages[1:]:
            message.is_copy = True
        self.texts_today.update(message.phone_id for message in messages)
        return messages, ""

    def _text(self, reminder: Reminder, contact: Contact) -> Message | None:
        """The text to one contact; None where no line can carry its words."""
        audience = recipients.audience_of(contact)
        template = self.translations.of(reminder, audience, contact.language)
        line = self.routes.carrier(reminder.hall, template.pk)
        if line is None:
            return None
        values = wording.values_of(villager=reminder.villager, hall=reminder.hall)
        words = wording.render(
            template, {**values, **self._said(reminder, audience, template.language)}, line.signature
        )
        return Message(
            hall=reminder.hall,
            villager=reminder.villager,
            phone=contact.phone,
            contact=contact,
            line=line,
            audience=audience,
            template=template,
            values=words.values,
            body=words.body,
            parts=sms_length.parts(words.body),
            created_at=self.at,
            not_before=self.at,
            expires_at=reminder.expires_at,
        )

    def _said(self, reminder: Reminder, audience: str, language: str) -> Mapping[str, str]:
        """What the service says of the reminder's row; asked once, for all rows, when somebody is to read it so."""
        wanted = (audience, language, reminder.about_kind)
        if wanted not in self.values:
            service = service_for(reminder.about_kind)
            self.values[wanted] = service.variables_of(self.about[reminder.about_kind], audience, language)
        return self.values[wanted].get(reminder.about_id, {})

    def _postponed(self, reminder: Reminder) -> bool:
        """Put it off to the next morning, when its number may be written to again, if that is not too late."""
        morning = reminder_times.next_morning(self.at)
        if reminder.expires_at - morning < reminder_times.TO_GET_READY:
            return False
        return bool(Reminder.objects.filter(pk=reminder.pk).update(due_at=morning))


def _still_due(pks: list[int], at: datetime) -> list[int]:
    """Those of these reminders, locked, that are to be told: not taken up, put off or too late since they were found.

    Asked for their state, the database would rather look through all that is planned than at these few.
    """
    rows = Reminder.objects.filter(pk__in=pks).values_list("pk", "state", "due_at", "expires_at")
    return [pk for pk, state, due, expires in rows if state == ReminderState.PLANNED and due <= at < expires]


def _write(drafts: list[Draft]) -> int:
    """Store the texts with what they answer; the reminders are under way from now on."""
    transition(
        Reminder.objects.filter(pk__in={reminder.pk for draft in drafts for reminder in draft.reminders}),
        to=ReminderState.SENDING,
        table=REMINDER_TRANSITIONS,
        by=None,
        audited=False,
    )
    return together.stored(drafts)


def _languages(reminders: Iterable[Reminder]) -> list[str]:
    """What those who may be told read; Chinese is always among it."""
    contacts = (contact for reminder in reminders for contact in reminder.villager.contacts.all())
    return sorted({TextLanguage.CHINESE, *(contact.language for contact in contacts)})


def _foremost(about: dict[str, set[int]], at: datetime) -> dict[tuple[str, int], int]:
    """For each thing, the rank of what most needs saying of all that is due: after an outage one text is enough."""
    ranks: dict[tuple[str, int], int] = {}
    ids = {pk for pks in about.values() for pk in pks}
    due = Reminder.objects.due(at).filter(about_kind__in=about, about_id__in=ids)
    for kind, pk, purpose in due.values_list("about_kind", "about_id", "purpose"):
        ranks[kind, pk] = max(ranks.get((kind, pk), 0), _RANK[ReminderPurpose(purpose)])
    return ranks


def _texts_today(reminders: list[Reminder], at: datetime) -> Counter[int]:
    """How many texts each phone of these villagers has had today; the phones are locked, so the count holds."""
    contacts = (contact for reminder in reminders for contact in reminder.villager.contacts.all())
    phones = {contact.phone_id for contact in contacts if contact.phone_id is not None}
    held = Phone.objects.filter(pk__in=phones).order_by("pk").select_for_update(no_key=True)
    start, end = clock.day_bounds(clock.local(at).date())
    today = Message.objects.filter(
        phone_id__in=list(held.values_list("pk", flat=True)), created_at__gte=start, created_at__lt=end
    )
    counted = today.exclude(state__in=_NEVER_LEFT).order_by().values("phone_id").annotate(count=Count("pk"))
    return Counter({row["phone_id"]: row["count"] for row in counted})


def _task_due(reminder: Reminder, at: datetime) -> datetime:
    """Until when somebody should have called: within two hours of the hall's being open, an hour before the visit.

    Where no half hour is left for it, by the time the hall closes; else the task is late at once and handed on.
    """
    limit = max(reminder.expires_at - certainty.BEFORE_THE_EVENT, at)
    day = clock.local(at).date()
    for ahead in range((clock.local(limit).date() - day).days + 1):
        for opens, closes in hall_hours.open_spans(reminder.hall, day + timedelta(days=ahead)):
            start, end = max(opens, at), min(closes, limit)
            if end - start >= AT_LEAST:
                return min(start + TO_DO_IT, end)
    closing = [closes for opens, closes in hall_hours.open_spans(reminder.hall, day) if opens <= at < closes]
    return min(closing[0], limit) if closing else limit
