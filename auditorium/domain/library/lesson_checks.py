"""What still keeps a dialect lesson from being shown."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from auditorium.models import Phrase, Resource

SHOWN = 5


def whats_missing(lesson: Resource) -> list[str]:
    """One sentence for each thing a lesson lacks, the first few by name; empty when it can be shown. One query.

    It needs phrases; each a sound; and everybody heard in it must have agreed, unless a machine speaks.
    """
    phrases = list(lesson.phrases.select_related("speaker"))
    if not phrases:
        return [_("还没有句子。")]
    silent = [
        _("第 %(number)d 句“%(words)s”还没有录音。") % {"number": number, "words": phrase.words}
        for number, phrase in enumerate(phrases, start=1)
        if phrase.audio_id is None
    ]
    unasked = {
        phrase.speaker_id: _("%(speaker)s还没有同意把录音放给大家听。") % {"speaker": phrase.speaker}
        for phrase in phrases
        if phrase.speaker and not phrase.speaker.may_be_heard
    }
    if len(silent) > SHOWN:
        silent = [*silent[:SHOWN], _("另外还有 %(count)d 句没有录音。") % {"count": len(silent) - SHOWN}]
    return [*unasked.values(), *silent]


def whole() -> Q:
    """`whats_missing` nothing, as a condition on resources."""
    phrases = Phrase.objects.filter(resource=OuterRef("pk"))
    return Exists(phrases) & ~Exists(phrases.unfit())


def is_whole(lesson: Resource) -> bool:
    """Whether nothing is missing."""
    return Resource.objects.filter(whole(), pk=lesson.pk).exists()
