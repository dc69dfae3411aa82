"""What of the library somebody wants to see, as it stands in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _

from auditorium.domain.library import words
from auditorium.domain.library.topics import Branch
from auditorium.library_enums import ResourceKind
from auditorium.models import Channel, Hall, Topic

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Wanted:
    """Words, and what narrows them; nothing of it shows the first page."""

    query: str = ""
    kind: str = ""
    channel: Channel | None = None
    topic: Topic | None = None

    def __bool__(self) -> bool:
        return bool(self.query or self.narrowed)

    @property
    def narrowed(self) -> bool:
        """Whether more than words says what is wanted."""
        return bool(self.kind or self.channel or self.topic)

    def address(self, **other: Any) -> str:
        """The query string that wants this, but for what is `other`."""
        channel, topic = (row and row.pk for row in (self.channel, self.topic))
        parts = {"q": self.query, "kind": self.kind, "channel": channel, "topic": topic} | other
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def everywhere(self) -> str:
        """The same in every channel."""
        return self.address(channel=None, topic=None)

    def chips(self, kinds: Iterable[ResourceKind]) -> list[tuple[StrOrPromise, str, bool]]:
        """Everything, then each of the kinds: label, query string, and whether it is the one wanted."""
        every = (_("全部"), self.address(kind=""), not self.kind)
        return [every, *((kind.label, self.address(kind=str(kind)), kind == self.kind) for kind in kinds)]

    def topics(self, trees: dict[int, list[Branch]]) -> list[int]:
        """The topic and all beneath it."""
        branches = (branch for tree in trees.values() for top in tree for branch in top.walk())
        chosen = (branch for branch in branches if branch.topic == self.topic)
        return [branch.topic.pk for branch in next(chosen).walk()] if self.topic else []


class CatalogueForm(forms.Form):
    """What stands in an address is somebody's own or an old one: what makes no sense is left out, not refused."""

    q = forms.CharField(max_length=80, required=False)
    kind = forms.ChoiceField(choices=ResourceKind, required=False)
    channel = forms.ModelChoiceField(Channel.objects.none(), required=False)
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False)

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Channel.objects.for_hall(hall)
        channel: Any = self.fields["channel"]
        channel.queryset = seen
        topic: Any = self.fields["topic"]
        topic.queryset = Topic.objects.filter(channel__in=seen).select_related("channel")

    def wanted(self) -> Wanted:
        """What it says, as far as it makes sense; a topic is wanted in its own channel."""
        self.is_valid()
        said = self.cleaned_data
        topic = said.get("topic")
        typed = said.get("q", "")
        return Wanted(
            query=typed if words.terms_of(typed) else "",
            kind=said.get("kind", ""),
            channel=topic.channel if topic else said.get("channel"),
            topic=topic,
        )
