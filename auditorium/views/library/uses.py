"""What every page of an opened resource needs: the use it belongs to, and what stands around the content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from auditorium.models import Resource, ResourceFile, ResourceUse

if TYPE_CHECKING:
    from uuid import UUID

    from auditorium.views.access import StaffRequest


def load_use(request: StaffRequest, uid: UUID) -> ResourceUse:
    """The use, where its hall still shows the resource; 404 for others' and for what was taken off the shelf."""
    known = ResourceUse.objects.for_user(request.user).select_related("resource", "villager", "hall__region")
    use = get_object_or_404(known.defer("villager__id_number", "villager__other_document_number"), uid=uid)
    if not Resource.objects.for_hall(use.hall).filter(pk=use.resource_id).exists():
        raise Http404
    return use


def around(use: ResourceUse, part: ResourceFile, parts: list[ResourceFile]) -> dict[str, Any]:
    """The context of every such page: where it stands, and which parts there are."""
    trail = [
        (_("看书听戏"), reverse("auditorium:library")),
        (use.resource.title, reverse("auditorium:resource", args=[use.resource_id])),
    ]
    number = parts.index(part)
    return {
        "use": use,
        "resource": use.resource,
        "part": part,
        "parts": parts,
        "number": number,
        "next_part": parts[number + 1] if number + 1 < len(parts) else None,
        "trail": trail,
    }
