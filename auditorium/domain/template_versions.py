"""How words are replaced: the next version is written, waits for providers that keep words, and comes into force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from auditorium import clock
from auditorium.domain import audit, lines, wording
from auditorium.enums import MessageAudience, TextLanguage
from auditorium.models import LineTemplate, MessageTemplate

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import Reminder, SmsLine, User


def siblings(template: MessageTemplate) -> QuerySet[MessageTemplate]:
    """Every version of the same words."""
    return MessageTemplate.objects.filter(
        about_kind=template.about_kind,
        purpose=template.purpose,
        audience=template.audience,
        language=template.language,
    )


@transaction.atomic
def rewrite(*, template: MessageTemplate, body: str, by: User) -> MessageTemplate:
    """Write the next version; ValidationError when it cannot be sent.

    It comes into force at once, or, where a line in use keeps the words, when that has its code for them. What is
    already planned keeps the words it was planned with.
    """
    wording.check(about_kind=template.about_kind, audience=template.audience, body=body, purpose=template.purpose)
    newest = max(version.version for version in siblings(template).select_for_update())
    written = MessageTemplate.objects.create(
        about_kind=template.about_kind,
        purpose=template.purpose,
        audience=template.audience,
        language=template.language,
        version=newest + 1,
        body=body,
        is_current=False,
    )
    audit.record(action="rewritten", what=written, by=by, fields=["body"])
    bring_into_force(template=written, by=by)
    return written


@transaction.atomic
def bring_into_force(*, template: MessageTemplate, by: User) -> bool:
    """Use this version from now on, if it waits and every line that needs a code for it has one; return whether."""
    versions = {version.pk: version for version in siblings(template).select_for_update()}
    if not _waits(versions[template.pk], versions.values()) or lacking(template):
        return False
    wording.current_templates(template.about_kind, template.language)  # the other audience's words are there as well
    siblings(template).filter(is_current=True).update(is_current=False)
    MessageTemplate.objects.filter(pk=template.pk).update(is_current=True, in_force_at=clock.now())
    template.refresh_from_db()
    audit.record(action="in_force", what=template, by=by, fields=["is_current"])
    return True


def waits(template: MessageTemplate) -> bool:
    """Whether the words are the newest, and not yet in force."""
    return template.in_force_at is None and _waits(template, siblings(template))


def lacking(template: MessageTemplate) -> list[SmsLine]:
    """The lines in use that keep the words and have no code for these."""
    coded = LineTemplate.objects.filter(template=template).values("line")
    return list(lines.that_keep_the_words().exclude(pk__in=coded))


@dataclass(frozen=True)
class Translations:
    """The words of reminders in another language than the one they were planned in."""

    versions: Mapping[tuple[str, str, str, str], list[MessageTemplate]]

    @classmethod
    def read(cls, about_kinds: Iterable[str], languages: Iterable[str]) -> Translations:
        """All that these need, in a fixed number of queries; nothing is asked where everybody reads Chinese."""
        others = sorted(set(languages) - {TextLanguage.CHINESE})
        kinds = sorted(set(about_kinds))
        for kind in kinds:
            for language in others:
                wording.current_templates(kind, language)
        found: dict[tuple[str, str, str, str], list[MessageTemplate]] = {}
        if others:
            used = MessageTemplate.objects.filter(about_kind__in=kinds, language__in=others)
            for version in used.filter(in_force_at__isnull=False).order_by("in_force_at", "pk"):
                key = (version.about_kind, version.purpose, version.audience, version.language)
                found.setdefault(key, []).append(version)
        return cls(found)

    def of(self, reminder: Reminder, audience: str, language: str) -> MessageTemplate:
        """The words that were in force when the reminder was planned, or the first there were."""
        planned = reminder.own_template if audience == MessageAudience.OWN else reminder.discreet_template
        versions = self.versions.get((reminder.about_kind, reminder.purpose, audience, language))
        if not versions:
            return planned
        known = [version for version in versions if version.in_force_at and version.in_force_at <= reminder.created_at]
        return known[-1] if known else versions[0]


def _waits(template: MessageTemplate, versions: Iterable[MessageTemplate]) -> bool:
    return template.in_force_at is None and template.version == max(version.version for version in versions)
