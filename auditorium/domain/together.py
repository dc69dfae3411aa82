"""One text for what several people on one phone are reminded of on one day, where that is shorter than one for each.

Only what is told ahead is put together: a confirmation, a change or a cancellation is about one thing and says so.
Where one of those named is not the holder of the phone, the whole text is the discreet one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditorium import sms_length
from auditorium.domain import wording
from auditorium.enums import AHEAD, TOGETHER, MessageAudience, TextLanguage
from auditorium.models import Message

if TYPE_CHECKING:
    from auditorium.domain.lines import Routes
    from auditorium.models import MessageTemplate, Reminder

MOST = 4
"""More people than this are not named in one text."""

_BETWEEN = {TextLanguage.CHINESE: "、", TextLanguage.ENGLISH: ", "}

Values = Callable[["Reminder", str, str], Mapping[str, str]]
"""What a service says of a reminder's row, for an audience, in a language."""


@dataclass(frozen=True)
class Draft:
    """A text nobody has stored yet, with the reminders it answers."""

    message: Message
    reminders: tuple[Reminder, ...]

    @property
    def language(self) -> str:
        """What it is written in."""
        return self.message.template.language if self.message.template else TextLanguage.CHINESE


def gathered(drafts: Sequence[Draft], *, values: Values, routes: Routes) -> list[Draft]:
    """The drafts, those put together that can be; in one query for each kind and language, where any can."""
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for draft in drafts:
        groups.setdefault(_alike(draft), []).append(draft)
    words: dict[tuple[str, str], Mapping[tuple[str, str], MessageTemplate]] = {}
    found: list[Draft] = []
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            found.append(first)
            continue
        about_kind = first.reminders[0].about_kind
        if (about_kind, first.language) not in words:
            words[about_kind, first.language] = wording.current_templates(about_kind, first.language)
        found += _of_group(group, words[about_kind, first.language], values, routes)
    return found


def _alike(draft: Draft) -> tuple[object, ...]:
    """What texts must have in common to be put together; what must stay alone has nothing in common with any."""
    message, reminder = draft.message, draft.reminders[0]
    if message.is_copy or reminder.purpose not in AHEAD:
        return (id(draft),)
    return (message.phone_id, message.hall_id, reminder.about_kind, reminder.purpose, draft.language)


def _of_group(
    group: list[Draft], words: Mapping[tuple[str, str], MessageTemplate], values: Values, routes: Routes
) -> list[Draft]:
    """Those of one day and place in one text; two things of one villager stay apart, their names would be alike."""
    all_own = all(draft.message.audience == MessageAudience.OWN for draft in group)
    audience = MessageAudience.OWN if all_own else MessageAudience.DISCREET
    template = words.get((TOGETHER, audience))
    where: dict[tuple[str, str], list[Draft]] = {}
    alone: list[Draft] = []
    for draft in group:
        said = values(draft.reminders[0], audience, draft.language)
        meeting = where.setdefault((said.get("day", ""), said.get("place", "")), [])
        named = {other.message.villager_id for other in meeting}
        if template and said.get("time") and draft.message.villager_id not in named:
            meeting.append(draft)
        else:
            alone.append(draft)
    if template is None:
        return alone
    for meeting in where.values():
        for begin in range(0, len(meeting), MOST):
            few = meeting[begin : begin + MOST]
            merged = _merged(few, template, values, routes)
            alone += [merged] if merged else few
    return alone


def _merged(few: Sequence[Draft], template: MessageTemplate, values: Values, routes: Routes) -> Draft | None:
    """One text for these, when it takes fewer parts than they do and their line can carry it."""
    first, line = few[0].message, few[0].message.line
    if len(few) < 2 or not routes.can_carry(line, template.pk):
        return None
    said = [values(draft.reminders[0], template.audience, template.language) for draft in few]
    names = (f"{draft.reminders[0].villager.name}{one['time']}" for draft, one in zip(few, said, strict=True))
    people = _BETWEEN[TextLanguage(template.language)].join(names)
    if len(people) > wording.VALUE_LENGTH:
        return None
    filled = {
        "people": people,
        "day": said[0]["day"],
        "where": said[0]["place"],
        "ask": wording.callback(first.hall),
    }
    words = wording.render(template, filled, line.signature)
    parts = sms_length.parts(words.body)
    if parts >= sum(draft.message.parts for draft in few):
        return None
    message = Message(
        hall=first.hall,
        villager=first.villager,
        phone=first.phone,
        contact=first.contact,
        line=line,
        audience=template.audience,
        template=template,
        values=words.values,
        body=words.body,
        parts=parts,
        created_at=first.created_at,
        not_before=first.not_before,
        expires_at=min(draft.message.expires_at for draft in few),
    )
    return Draft(message, tuple(reminder for draft in few for reminder in draft.reminders))


def stored(drafts: Iterable[Draft]) -> int:
    """Write the texts down with what they answer; return how many."""
    drafts = list(drafts)
    Message.objects.bulk_create([draft.message for draft in drafts])
    answers = Message.reminders.through
    answers.objects.bulk_create(
        [answers(reminder=reminder, message=draft.message) for draft in drafts for reminder in draft.reminders]
    )
    return len(drafts)
