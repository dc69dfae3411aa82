"""What belongs to a channel or a resource, made to be as a package says; each answers whether that changed anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError

from auditorium.domain.library import files
from auditorium.domain.library.packages.archive import Refused
from auditorium.domain.library.packages.manifest import columns_of, fill
from auditorium.library_enums import FileRole
from auditorium.models import Channel, CourseItem, Phrase, Resource, ResourceFile, Speaker, StoredFile, Topic

if TYPE_CHECKING:
    from django.db.models import Model

Row = Mapping[str, Any]


def title_of(resource: Row) -> str:
    """What to call it to somebody, whatever is wrong with it."""
    return str(resource.get("title") or resource["uid"])[:120]


def fitting(resource: Row, sha256: str, kind: str) -> Collection[str]:
    """What the file with this checksum may be, by what the resource uses it for."""
    roles = {one.get("role", FileRole.CONTENT) for one in resource["files"] if one.get("sha256") == sha256}
    if any(one.get("audio") == sha256 for one in resource["phrases"]):
        roles.add(FileRole.CONTENT)
    return frozenset.intersection(*(files.fitting(kind=kind, role=str(role)) for role in roles))


def topics(channel: Channel, said: Sequence[Row], refused: list[Refused]) -> dict[str, Topic]:
    """The channel's topics by uid, each under its parent; a parent that is unknown or comes round again is none."""
    found = {str(topic.uid): topic for topic in channel.topics.all()}
    for row in said:
        topic = found.get(row["uid"]) or Topic(uid=row["uid"], channel=channel)
        try:
            if (fill(topic, row) or topic.pk is None) and not Topic.objects.filter(uid=row["uid"]).exclude(
                channel=channel
            ):
                topic.save()
        except ValidationError as error:
            refused.append(Refused(str(row.get("title") or row["uid"])[:60], "，".join(error.messages)))
            continue
        if topic.pk:
            found[row["uid"]] = topic
    parents = {row["uid"]: row.get("parent") for row in said}
    for uid, topic in found.items():
        parent = found.get(parents.get(uid) or "") if not _comes_round(uid, parents) else None
        if uid in parents and topic.parent_id != (parent.pk if parent else None):
            topic.parent = parent
            topic.save(update_fields=["parent"])
    return found


def speakers(channel: Channel, said: Sequence[Row], refused: list[Refused]) -> dict[str, Speaker]:
    """Those who speak, by uid. Consent that was withdrawn here stays so."""
    found = {str(one.uid): one for one in channel.speakers.all()}
    for row in said:
        speaker = found.get(row["uid"]) or Speaker(uid=row["uid"], channel=channel)
        try:
            changed = fill(speaker, row)
            if changed or speaker.pk is None:
                speaker.full_clean(exclude=["channel"])
                speaker.save()
        except ValidationError as error:
            refused.append(Refused(str(row.get("name") or row["uid"])[:40], "，".join(error.messages)))
            continue
        found[row["uid"]] = speaker
    return found


def set_files(resource: Resource, said: Sequence[Row], contents: Mapping[str, StoredFile]) -> bool:
    """Let the resource have these files; what stays is the same row, so that nobody loses their place in it."""
    before = list(resource.files.select_related("file"))
    left, wanted, changed = list(before), [], False
    for row in said:
        stored = contents.get(row.get("sha256") or "")
        if stored is None:
            continue
        same = (old for old in left if (old.file_id, old.role) == (stored.pk, row.get("role", old.role)))
        one = next(same, None) or ResourceFile(resource=resource, file=stored)
        if one.pk:
            left.remove(one)
        if fill(one, row) or one.pk is None:
            wanted.append(one)
    if left:
        changed = bool(resource.files.filter(pk__in=[one.pk for one in left]).delete())
    for one in wanted:
        one.save()
    return changed or bool(wanted)


def set_phrases(
    resource: Resource, said: Sequence[Row], contents: Mapping[str, StoredFile], known: Mapping[str, Speaker]
) -> bool:
    """Let the lesson have these phrases; each stays the same row."""
    before = {str(one.uid): one for one in resource.phrases.all()}
    changed = bool(before.keys() - {row["uid"] for row in said})
    resource.phrases.exclude(uid__in=[row["uid"] for row in said]).delete()
    for row in said:
        one = before.get(row["uid"]) or Phrase(uid=row["uid"], resource=resource)
        speaker = known.get(row.get("speaker") or "")
        audio = contents.get(row.get("audio") or "") if speaker and speaker.may_be_heard else None
        speaker = speaker if audio else None
        is_other = fill(one, row) or (one.audio_id, one.speaker_id) != (_pk(audio), _pk(speaker))
        if not is_other:
            continue
        one.audio, one.speaker = audio, speaker
        one.full_clean(exclude=["resource", "audio", "speaker"])
        one.save()
        changed = True
    return changed


def set_items(course: Resource, said: Sequence[Row]) -> tuple[bool, int]:
    """Let the course have these steps; also how many of them are not here."""
    steps = {str(one.uid): one for one in Resource.objects.filter(uid__in=_uids(said)).exclude(pk=course.pk)}
    wanted = []
    for row in said:
        if step := steps.pop(row.get("resource") or "", None):
            one = CourseItem(course=course, resource=step)
            fill(one, row)
            wanted.append(one)
    missing = len(said) - len(wanted)
    if _said(course.items.all(), "resource_id") == _said(wanted, "resource_id"):
        return False, missing
    course.items.all().delete()
    CourseItem.objects.bulk_create(wanted)
    return True, missing


def _said(rows: Sequence[Model] | Any, what: str) -> list[tuple[Any, ...]]:
    """What rows say, to compare them whatever their ids and order."""
    return sorted((getattr(one, what), *map(repr, columns_of(one).values())) for one in rows)


def _comes_round(uid: str, parents: Mapping[str, object]) -> bool:
    seen, at = set(), parents.get(uid)
    while isinstance(at, str) and at in parents and at not in seen:
        seen.add(at)
        at = parents[at]
    return at in seen or at == uid


def _uids(said: Sequence[Row]) -> list[str]:
    found = []
    for row in said:
        try:
            found.append(str(UUID(str(row.get("resource")))))
        except ValueError:
            continue
    return found


def _pk(row: Model | None) -> int | None:
    return row.pk if row else None
