"""Writing a dialect lesson, phrase by phrase, and reading one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from auditorium.domain import audit
from auditorium.domain.library import catalogue, words
from auditorium.errors import DeskError
from auditorium.library_enums import Licence, ResourceKind, ResourceState
from auditorium.media_types import AUDIO, MP4
from auditorium.models import Channel, Phrase, Resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.models import Hall, Speaker, StoredFile, Topic, User
    from auditorium.models.library.lessons import PhraseQuerySet
    from auditorium.models.library.resources import ResourceQuerySet

WU = "wuu"
SOUNDS = AUDIO | {MP4}
"""What a phrase can sound from; recorders of telephones call their sound a film without pictures."""


class LessonClosedError(DeskError):
    """The lesson was reviewed: what was looked at is what is shown."""


@dataclass(frozen=True, kw_only=True)
class LessonDetails:
    """What is said of a lesson as a whole."""

    title: str
    topic: Topic | None = None
    description: str = ""
    subject: str = ""
    rights_holder: str = ""
    licence: str = Licence.OWN
    licence_note: str = ""


@dataclass(frozen=True, kw_only=True)
class PhraseDetails:
    """One phrase; `audio` None says that it has no sound."""

    words: str
    gloss: str
    romanisation: str = ""
    audio: StoredFile | None = None
    speaker: Speaker | None = None
    note: str = ""


def written_by(user: User) -> ResourceQuerySet:
    """The lessons somebody may write."""
    return Resource.objects.filter(kind=ResourceKind.LESSON, channel__in=Channel.objects.written_by(user))


def listed_for(user: User) -> ResourceQuerySet:
    """The same with their channel and how many phrases each has, the latest first."""
    lessons: ResourceQuerySet = (
        written_by(user).select_related("channel").annotate(phrase_count=Count("phrases")).order_by("-pk")
    )
    return lessons


def to_learn(lesson: Resource) -> PhraseQuerySet:
    """The phrases a learner sees, in order, with who speaks and what kind of sound it is."""
    return lesson.phrases.shown().select_related("speaker", "audio")


def heard_by(*, user: User, hall: Hall | None) -> PhraseQuerySet:
    """The phrases whose sound somebody may play: of what their hall shows, and of the lessons they write."""
    heard = Phrase.objects.for_user(user)
    if hall:
        shown = Phrase.objects.shown().filter(resource__in=Resource.objects.for_hall(hall))
        heard = Phrase.objects.filter(Q(pk__in=heard.values("pk")) | Q(pk__in=shown.values("pk")))
    return heard.select_related("audio")


def is_open(lesson: Resource) -> bool:
    """Whether it can be written on: only as a draft."""
    return lesson.state == ResourceState.DRAFT


def start(*, channel: Channel, details: LessonDetails, by: User) -> Resource:
    """Begin a lesson as a draft."""
    _check_topic(channel, details)
    return catalogue.describe(
        resource=Resource(channel=channel, kind=ResourceKind.LESSON, language=WU, **_values(details)), by=by
    )


@transaction.atomic
def describe(*, lesson: Resource, details: LessonDetails, by: User) -> Resource:
    """Say something else of it as a whole. Raises LessonClosedError."""
    lesson = _held(lesson)
    _check_topic(lesson.channel, details)
    values = _values(details)
    changed = [name for name, value in values.items() if getattr(lesson, name) != value]
    for name in changed:
        setattr(lesson, name, values[name])
    return catalogue.describe(resource=lesson, by=by, fields=changed)


def add_phrase(*, lesson: Resource, details: PhraseDetails, by: User, hall: Hall | None = None) -> Phrase:
    """Put a phrase at the end. Raises LessonClosedError; DeskError when sound and speaker do not go together."""
    return write_phrases(lesson=lesson, phrases=[(None, details)], by=by, hall=hall)[0]


def change_phrase(*, phrase: Phrase, details: PhraseDetails, by: User, hall: Hall | None = None) -> Phrase:
    """Make it this, at its place. Raises as `add_phrase` does."""
    return write_phrases(lesson=phrase.resource, phrases=[(phrase, details)], by=by, hall=hall)[0]


@transaction.atomic
def write_phrases(
    *, lesson: Resource, phrases: Sequence[tuple[Phrase | None, PhraseDetails]], by: User, hall: Hall | None = None
) -> list[Phrase]:
    """Put these in, in their order: new ones at the end, those given as they are now to be. Raises as `add_phrase`."""
    lesson = _held(lesson)
    last = lesson.phrases.aggregate(last=Max("order"))["last"] or 0
    written = []
    for known, details in phrases:
        _check(lesson, details)
        values = _values(details)
        phrase = known or Phrase(resource=lesson, order=(last := last + 1))
        changed = [name for name, value in values.items() if known is None or getattr(known, name) != value]
        for name in changed:
            setattr(phrase, name, values[name])
        if changed:
            phrase.save()
            action = "phrase_changed" if known else "phrase_added"
            audit.record(action=action, what=phrase, by=by, hall=hall, fields=changed if known else ())
        written.append(phrase)
    let_be_found(lesson)
    return written


@transaction.atomic
def remove_phrase(*, phrase: Phrase, by: User, hall: Hall | None = None) -> None:
    """Take it out. Raises LessonClosedError."""
    lesson = _held(phrase.resource)
    audit.record(action="phrase_removed", what=phrase, by=by, hall=hall)
    phrase.delete()
    let_be_found(lesson)


@transaction.atomic
def move_phrase(*, phrase: Phrase, up: bool) -> None:
    """Let it change places with the one before it, or after it; at the end nothing happens. LessonClosedError."""
    lesson = _held(phrase.resource)
    phrases = list(lesson.phrases.only("pk", "order"))
    here = next((index for index, other in enumerate(phrases) if other.pk == phrase.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(phrases):
        return
    phrases[here], phrases[there] = phrases[there], phrases[here]
    for order, other in enumerate(phrases, start=1):
        other.order = order
    Phrase.objects.bulk_update(phrases, ["order"])


def _held(lesson: Resource) -> Resource:
    """The lesson, locked and still a draft."""
    held = Resource.objects.select_for_update(of=("self",)).select_related("channel").get(pk=lesson.pk)
    if not is_open(held):
        raise LessonClosedError(
            _("这节课现在是“%(state)s”，不能改。要改，请先退回草稿。") % {"state": held.get_state_display()}
        )
    return held


def _check(lesson: Resource, details: PhraseDetails) -> None:
    if details.audio and details.speaker is None:
        raise DeskError(_("有录音就要写是谁录的。"))
    if details.audio and details.audio.media_type not in SOUNDS:
        raise DeskError(_("这个文件不是录音。"))
    if details.speaker and details.speaker.channel_id != lesson.channel_id:
        raise DeskError(_("录音的人要先登记在这个频道里。"))


def _values(details: LessonDetails | PhraseDetails) -> dict[str, Any]:
    """Field by field; `asdict` would copy the rows."""
    return {name: getattr(details, name) for name in details.__dataclass_fields__}


def _check_topic(channel: Channel, details: LessonDetails) -> None:
    if details.topic and details.topic.channel_id != channel.pk:
        raise DeskError(_("主题不在这个频道里。"))


def let_be_found(lesson: Resource) -> None:
    """By what is said in it, in dialect and in 普通话."""
    said = lesson.phrases.values_list("words", "gloss")
    words.write_text(resource=lesson, paragraphs=(" ".join(phrase) for phrase in said))
