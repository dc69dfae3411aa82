"""Reminders that are due, with everything their texts need read at once: who is told, on which line, in which words."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from auditorium import clock, sms_length
from auditorium.domain import (
    calls,
    certainty,
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
    MessageState,
    ReminderPurpose,
    ReminderState,
    TextLanguage,
)
from auditorium.models import Message, Phone, Reminder
from auditorium.ports import service_for

if TYPE_CHECKING:
    from auditorium.domain.recipients import Recipients
    from auditorium.models import Contact

logger = logging.getLogger(__name__)

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


def loaded(pks: Iterable[int]) -> list[Reminder]:
    """These reminders with all that telling needs, in a fixed number of queries."""
    return list(
        Reminder.objects.filter(pk__in=pks)
        .prefetch_related("hall__opening_hours", "hall__closures", "own_template", "discreet_template")
        .prefetch_related("villager__contacts__phone", "villager__consents")
        .order_by("due_at", "pk")
    )


@dataclass
class DueReminders:
    """Some of them, told at one moment."""

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
    def of(cls, pks: Iterable[int], at: datetime) -> DueReminders:
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
                calls.ask(reminder, why=why, at=self.at)
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
            waits = not again and self.at - reminder.due_at < lines.MAY_RETURN
            return [], "" if waits else _("没有可用的短信线路")
        copies = [] if again else self._copies(reminder, told)
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

    def _copies(self, reminder: Reminder, told: Recipients) -> list[Contact]:
        """Who is told beside: relatives as the villager wants it, and whoever heard before what does not hold now."""
        rule = reminder_rules.rule_of(self.rules[reminder.hall_id, reminder.about_kind], reminder.purpose)
        wanted = told.copies if rule.copies else []
        return [one for one in told.others if one in wanted or one.phone_id in reminder.heard_on]

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
