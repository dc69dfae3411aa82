"""What a package says of its channel: plain rows, each known by its uid, files by their SHA-256.

`{"format", "made_at", "channel", "topics", "speakers", "resources", "withdrawn", "silenced", "files"}`; a resource has
its own `files`, `items` (steps of a course) and `phrases`. Only what is published travels; `withdrawn` names what was
taken off the shelf since, `silenced` the speakers whose consent is not in force.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium.errors import DeskError
from auditorium.models import Channel, CourseItem, Phrase, Resource, ResourceFile, Speaker, Topic

if TYPE_CHECKING:
    from django.db.models import Field, Model

FORMAT = 1
SHA256 = re.compile(r"[0-9a-f]{64}")

CHANNEL = ("name", "description", "order")
TOPIC = ("title", "order")
SPEAKER = ("name", "village", "is_synthetic", "consent_given_on", "consent_giver", "consent_evidence")
RESOURCE = (
    "kind",
    "title",
    "creator",
    "contributor",
    "publisher",
    "issued",
    "subject",
    "description",
    "language",
    "identifier",
    "source",
    "rights_holder",
    "licence",
    "licence_note",
    "url",
    "seconds",
    "order",
)
FILE = ("role", "title", "language", "seconds", "order")
ITEM = ("order",)
PHRASE = ("order", "words", "gloss", "romanisation", "note")

_COLUMNS: dict[type[Model], tuple[str, ...]] = {
    Channel: CHANNEL,
    Topic: TOPIC,
    Speaker: SPEAKER,
    Resource: RESOURCE,
    ResourceFile: FILE,
    CourseItem: ITEM,
    Phrase: PHRASE,
}


class PackageError(DeskError):
    """The whole package can't be used; the sentence says why."""


def columns_of(row: Model) -> dict[str, Any]:
    """What travels of a row, beside what it belongs to."""
    return {name: _plain(getattr(row, name)) for name in _COLUMNS[type(row)]}


def fill(row: Model, said: Mapping[str, Any]) -> list[str]:
    """Let the row say what the package says; return the names of the columns that changed.

    ValidationError names the columns whose values cannot be.
    """
    names = _COLUMNS[type(row)]
    before = {name: getattr(row, name) for name in names}
    for name in names:
        field: Field[Any, Any] = row._meta.get_field(name)  # type: ignore[assignment]
        value = said.get(name, field.get_default())
        if isinstance(value, (list, dict)):
            raise ValidationError({name: _("这一项不是文字。")})
        setattr(row, name, field.to_python(value))
    others = {field.name for field in row._meta.fields} - set(names)
    row.full_clean(exclude=others, validate_unique=False, validate_constraints=False)
    return [name for name in names if getattr(row, name) != before[name]]


class Manifest:
    """A manifest somebody wrote: the shape is as promised, the values of single rows are still to be checked."""

    def __init__(self, data: Any) -> None:
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise PackageError(_("这不是看书听戏的资源包，或者是更新的软件做的，请先升级。"))
        self.channel = _row(data, "channel")
        self.topics = _rows(data, "topics")
        self.speakers = _rows(data, "speakers")
        self.resources = _rows(data, "resources")
        for resource in self.resources:
            for part in ("files", "items", "phrases"):
                resource[part] = _rows(resource, part, has_uid=part == "phrases")
        self.withdrawn = _uids(data, "withdrawn")
        self.silenced = _uids(data, "silenced")
        self.sizes = _sizes(data)

    def needed(self) -> set[str]:
        """The files its resources are made of."""
        return {sha for resource in self.resources for sha in files_of(resource)}


def files_of(resource: Mapping[str, Any]) -> list[str]:
    """The checksums of what a resource is made of; what is no checksum is not among it."""
    named = [file.get("sha256") for file in resource["files"]] + [one.get("audio") for one in resource["phrases"]]
    return [sha for sha in named if isinstance(sha, str) and SHA256.fullmatch(sha)]


def described(channel: Channel, resources: Sequence[Resource], **rest: Any) -> dict[str, Any]:
    """The manifest of a channel; `resources` come with files, items and phrases loaded, `rest` is added as it is."""
    return {
        "format": FORMAT,
        "channel": {"uid": str(channel.uid), **columns_of(channel)},
        "topics": [
            {"uid": str(topic.uid), "parent": _uid_of(topic.parent), **columns_of(topic)}
            for topic in channel.topics.select_related("parent").order_by("pk")
        ],
        "speakers": _speakers(resources),
        "resources": [_resource(resource) for resource in resources],
        **rest,
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "uid": str(resource.uid),
        "topic": _uid_of(resource.topic),
        **columns_of(resource),
        "files": [{"sha256": one.file.sha256, **columns_of(one)} for one in resource.files.all()],
        "items": [{"resource": str(one.resource.uid), **columns_of(one)} for one in resource.items.all()],
        "phrases": [
            {
                "uid": str(one.uid),
                "audio": one.audio.sha256 if one.audio else None,
                "speaker": _uid_of(one.speaker),
                **columns_of(one),
            }
            for one in resource.phrases.all()
        ],
    }


def _speakers(resources: Iterable[Resource]) -> list[dict[str, Any]]:
    found = {one.speaker.pk: one.speaker for resource in resources for one in resource.phrases.all() if one.speaker}
    return [{"uid": str(found[pk].uid), **columns_of(found[pk])} for pk in sorted(found)]


def _uid_of(row: Topic | Speaker | None) -> str | None:
    return str(row.uid) if row else None


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)


def _row(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    row = data.get(name)
    if not isinstance(row, dict) or not _is_uid(row.get("uid")):
        raise _broken(name)
    return row


def _rows(data: Mapping[str, Any], name: str, *, has_uid: bool = True) -> list[dict[str, Any]]:
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _broken(name)
    if has_uid and not all(_is_uid(row.get("uid")) for row in rows):
        raise _broken(name)
    return rows


def _uids(data: Mapping[str, Any], name: str) -> Collection[str]:
    uids = data.get(name, [])
    if not isinstance(uids, list) or not all(map(_is_uid, uids)):
        raise _broken(name)
    return uids


def _sizes(data: Mapping[str, Any]) -> dict[str, int]:
    files = data.get("files", {})
    if not isinstance(files, dict) or not all(
        SHA256.fullmatch(sha) and isinstance(size, int) and size >= 0 for sha, size in files.items()
    ):
        raise _broken("files")
    return files


def _is_uid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _broken(name: str) -> PackageError:
    return PackageError(_("资源包的目录坏了（%(part)s），请重新拷贝一次。") % {"part": name})
