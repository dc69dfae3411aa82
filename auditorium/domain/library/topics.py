"""The topics of channels: a tree of some dozens, read as one, with nothing hanging under itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium.models import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from auditorium.models import Channel


@dataclass
class Branch:
    """A topic with those beneath it, in their order."""

    topic: Topic
    children: list[Branch] = field(default_factory=list)

    def walk(self) -> Iterator[Branch]:
        """Itself and all beneath it."""
        yield self
        for child in self.children:
            yield from child.walk()


def trees(channels: Iterable[Channel]) -> dict[int, list[Branch]]:
    """The topics of each channel as trees, in one query; by the channel's key."""
    branches = {topic.pk: Branch(topic) for topic in Topic.objects.filter(channel__in=channels)}
    found: dict[int, list[Branch]] = {}
    for branch in branches.values():
        above = branches.get(branch.topic.parent_id or 0)
        (above.children if above else found.setdefault(branch.topic.channel_id, [])).append(branch)
    return found


def check_place(topic: Topic, *, channel: Channel, parent: Topic | None) -> None:
    """ValidationError where the topic above is of another channel, or the topic itself or beneath it."""
    if topic.pk and channel.pk != topic.channel_id and (topic.children.exists() or topic.resources.exists()):
        raise ValidationError(_("这个主题里已经有内容，不能换频道。"))
    if parent and parent.channel_id != channel.pk:
        raise ValidationError(_("上级主题要在同一个频道里。"))
    above = parent
    while above:
        if above.pk == topic.pk:
            raise ValidationError(_("主题不能放到自己下面。"))
        above = above.parent
