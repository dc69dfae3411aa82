"""A package into the library: what is new is added, what changed is changed, and nothing else is touched.

Each resource is taken in a transaction of its own, after its files were checked and stored, so an import that was cut
off is simply done again. What is wrong is left out by name; a resource that lacks a file it is made of stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from auditorium.domain import audit
from auditorium.domain.library import files, lessons, publishing, speakers, words
from auditorium.domain.library.packages import rows
from auditorium.domain.library.packages.archive import Archive, DamagedError, Refused
from auditorium.domain.library.packages.manifest import Manifest, PackageError, files_of, fill
from auditorium.errors import DeskError
from auditorium.library_enums import FileRole, ResourceState
from auditorium.models import Channel, ChannelShare, Resource, Speaker, StoredFile, Topic

if TYPE_CHECKING:
    from auditorium.domain.library.packages.exporting import Progress
    from auditorium.models import Hall, User


@dataclass
class Imported:
    """What came of a package: titles by what happened to them, files that were new, and what was left out."""

    channel: Channel
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    withdrawn: int = 0
    files: int = 0
    refused: list[Refused] = field(default_factory=list)

    @property
    def did_nothing(self) -> bool:
        """Whether all of it was here already."""
        return not (self.added or self.changed or self.withdrawn or self.files)


def import_package(
    file: IO[bytes], *, by: User | None, hall: Hall | None = None, progress: Progress | None = None
) -> Imported:
    """Take in a package; with `hall` a channel that is new is that hall's to look after, without it everybody sees it.

    PackageError when nothing of it can be used, or when its channel is looked after by somebody else. `by` is None when
    whoever runs the machine does it.
    """
    archive = Archive(file)
    said = archive.manifest()
    done = Imported(channel=_channel(said, by=by, hall=hall))
    done.refused += archive.refused
    done.refused += [Refused(name, _("目录里没有提到这个文件。")) for name in archive.unasked(said.needed())]
    topics = rows.topics(done.channel, said.topics, done.refused)
    known = _speakers(done, said)
    for count, resource in enumerate(said.resources, start=1):
        try:
            _take(done, archive, said, resource, topics=topics, known=known, by=by)
        except (DeskError, ValidationError) as error:
            done.refused.append(Refused(rows.title_of(resource), _why(error)))
        if progress:
            progress(count, len(said.resources))
    _put_courses_together(done, said)
    _publish(done, said, by=by)
    return done


@transaction.atomic
def _channel(said: Manifest, *, by: User | None, hall: Hall | None) -> Channel:
    """The package's channel, made or brought up to date; PackageError when it is not this person's."""
    uid = said.channel["uid"]
    channel = Channel.objects.select_for_update().filter(uid=uid).first()
    if channel and by and not Channel.objects.for_user(by).filter(pk=channel.pk).exists():
        raise PackageError(_("“%(name)s”不归您管理，请找管理这个频道的人导入。") % {"name": channel})
    is_new = channel is None
    channel = channel or Channel(uid=uid, keeper_hall=hall, is_for_all=hall is None)
    try:
        changed = fill(channel, said.channel)
    except ValidationError as error:
        raise PackageError(_("资源包里频道的介绍不对：%(why)s") % {"why": _why(error)}) from None
    if is_new or changed:
        channel.save()
        audit.record(action="imported", what=channel, by=by, hall=hall, fields=changed)
    if is_new and hall:
        ChannelShare.objects.create(channel=channel, hall=hall)
    return channel


def _speakers(done: Imported, said: Manifest) -> dict[str, Speaker]:
    """Those who speak, by uid; who no longer agrees falls silent here as well."""
    known = rows.speakers(done.channel, said.speakers, done.refused)
    for speaker in done.channel.speakers.who_may_be_heard().filter(uid__in=said.silenced, is_synthetic=False):
        speakers.withdraw_consent(speaker=speaker, by=None)
    return known


def _take(
    done: Imported,
    archive: Archive,
    said: Manifest,
    resource: dict[str, Any],
    *,
    topics: Mapping[str, Topic],
    known: Mapping[str, Speaker],
    by: User | None,
) -> None:
    """Bring one resource in; where that can't be, DeskError or ValidationError says why, and nothing of it changed."""
    there = Resource.objects.filter(uid=resource["uid"]).first()
    if there and there.channel_id != done.channel.pk:
        raise PackageError(_("这里已经有了，在另一个频道里。"))
    row = there or Resource(uid=resource["uid"], channel=done.channel)
    fill(row, resource)
    contents = _contents(done, archive, said, resource, kind=row.kind)
    with transaction.atomic():
        row = Resource.objects.select_for_update().get(pk=row.pk) if there else row
        changed = fill(row, resource)
        topic = topics.get(resource.get("topic") or "")
        if row.topic_id != (topic.pk if topic else None):
            row.topic = topic
            changed.append("topic")
        if changed or not there:
            row.save()
        parts = rows.set_files(row, resource["files"], contents)
        if rows.set_phrases(row, resource["phrases"], contents, known):
            lessons.let_be_found(row)
            parts = True
        if changed or parts or not there:
            words.rebuild([row])
            audit.record(action="imported", what=row, by=by, fields=changed)
    if not there:
        done.added.append(row.title)
    elif changed or parts:
        done.changed.append(row.title)
    else:
        done.unchanged += 1


def _contents(
    done: Imported, archive: Archive, said: Manifest, resource: Mapping[str, Any], *, kind: str
) -> dict[str, StoredFile]:
    """The files it is made of, by checksum, stored; a cover or captions that are damaged are left out, by name."""
    side = {one.get("sha256") for one in resource["files"] if one.get("role") != FileRole.CONTENT}
    wanted = files_of(resource)
    found = {one.sha256: one for one in StoredFile.objects.filter(sha256__in=wanted)}
    for sha in wanted:
        if sha in found and files.storage().exists(found[sha].path):
            continue
        try:
            with archive.content(sha, size=said.sizes.get(sha, -1)) as content:
                found[sha] = files.store(File(content), allowed=rows.fitting(resource, sha, kind))
            done.files += 1
        except DeskError as error:
            done.refused.append(Refused(f"files/{sha}", error.sentence))
            found.pop(sha, None)
            if sha not in side:
                raise DamagedError(_("少了要用的文件，这一项没有导入。")) from None
    return found


def _put_courses_together(done: Imported, said: Manifest) -> None:
    """Once all their parts are there."""
    for resource in said.resources:
        course = Resource.objects.filter(uid=resource["uid"], channel=done.channel).first()
        if course is None:
            continue
        is_changed, missing = rows.set_items(course, resource["items"])
        if missing:
            done.refused.append(Refused(course.title, _("课程里有%(count)s项这里没有，先不放。") % {"count": missing}))
        if is_changed and course.title not in {*done.added, *done.changed}:
            done.changed.append(course.title)
            done.unchanged -= 1


def _publish(done: Imported, said: Manifest, *, by: User | None) -> None:
    """Publish what is new; what its keeper took off the shelf goes, and what was taken off here stays off."""
    here = Resource.objects.filter(channel=done.channel)
    new = here.filter(uid__in=[one["uid"] for one in said.resources], published_at=None)
    publishing.review(resources=new, by=by)
    publishing.publish(resources=new, by=by)
    for resource in new.filter(state=ResourceState.REVIEWED):
        lacking = _("、").join(publishing.lacking(resource))
        done.refused.append(Refused(resource.title, _("还缺%(what)s，没有上架。") % {"what": lacking}))
    gone = here.filter(uid__in=said.withdrawn, state=ResourceState.PUBLISHED)
    done.withdrawn = publishing.withdraw(resources=gone, by=by, why=_("资源包里已经下架"))


def _why(error: DeskError | ValidationError) -> str:
    if isinstance(error, DeskError):
        return error.sentence
    said: Iterable[str] = error.messages
    if hasattr(error, "message_dict"):
        said = (f"{name}：{'，'.join(words)}" for name, words in error.message_dict.items())
    return _("；").join(said)
