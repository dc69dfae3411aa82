"""What every page of an opened resource needs: the use it belongs to, its addresses, and what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from auditorium.models import Resource, ResourceFile, ResourceUse

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from auditorium.views.access import StaffRequest

THEMES = ("paper", "light", "dark")
THEME = "reader_theme"


@dataclass(frozen=True)
class Ways:
    """The addresses of an opened resource at the desk; a phone that took it home has its own, see `taken_home`."""

    use: ResourceUse

    def page(self, **asked: int | str) -> str:
        """The page itself, at what is asked for."""
        return f"{self._url('resource_use', self.use.uid)}?{urlencode(asked)}"

    @property
    def progress(self) -> str:
        """Where it is told how far it got."""
        return self._url("resource_progress", self.use.uid)

    def file(self, pk: int) -> str:
        """One of its files."""
        return self._url("resource_file", pk)

    def picture(self, part: int, path: str) -> str:
        """A picture out of a book."""
        return self._url("resource_picture", self.use.uid, part, path)

    def sound(self, pk: int) -> str:
        """A phrase of a lesson."""
        return self._url("phrase_sound", pk)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """What the pages show around the content."""
        resource = self.use.resource
        trail = [
            (_("看书听戏"), self._url("library")),
            (resource.title, self._url("resource", resource.pk)),
        ]
        theme = request.session.get(THEME, THEMES[0])
        return {
            "ways": self,
            "progress": self.progress,
            "use": self.use,
            "resource": resource,
            "trail": trail,
            "theme": theme,
        }

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"auditorium:{name}", args=args)


def load_use(request: StaffRequest, uid: UUID) -> ResourceUse:
    """The use, where its hall still shows the resource; 404 for others' and for what was taken off the shelf."""
    known = ResourceUse.objects.for_user(request.user).select_related("resource", "villager", "hall__region")
    use = get_object_or_404(known.defer("villager__id_number", "villager__other_document_number"), uid=uid)
    if not Resource.objects.for_hall(use.hall).filter(pk=use.resource_id).exists():
        raise Http404
    return use


def around(request: HttpRequest, ways: Ways, part: ResourceFile, parts: list[ResourceFile]) -> dict[str, Any]:
    """The context of every page of a resource made of parts: where it stands, and which parts there are."""
    number = parts.index(part)
    return ways.context(request) | {
        "part": part,
        "parts": parts,
        "number": number,
        "next_part": parts[number + 1] if number + 1 < len(parts) else None,
    }
