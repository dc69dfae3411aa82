"""The library's first page with its search, and the page of one resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from auditorium.domain import visits
from auditorium.domain.library import details, search, topics, use_figures
from auditorium.forms.library.catalogue import CatalogueForm
from auditorium.forms.library.opening import OpeningForm
from auditorium.library_enums import ResourceKind
from auditorium.models import Channel, Resource
from auditorium.views.access import StaffRequest, current_hall
from auditorium.views.library import lending

if TYPE_CHECKING:
    from django.http import HttpResponse


@require_safe
def library(request: StaffRequest) -> HttpResponse:
    """What the hall has; what is looked for alone for htmx, the whole page without JavaScript."""
    hall = current_hall(request)
    wanted = CatalogueForm(request.GET, hall=hall).wanted()
    trees = topics.trees(channels := list(Channel.objects.for_hall(hall)))
    kinds = search.kinds(hall)
    context: dict[str, Any] = {
        "wanted": wanted,
        "typed": request.GET.get("q", "").strip(),
        "kinds": kinds,
        "chips": wanted.chips(kinds),
        "shelves": [(channel, trees.get(channel.pk, [])) for channel in channels],
    }
    if wanted:
        narrowed: dict[str, Any] = {"kind": wanted.kind, "channel": wanted.channel, "topics": wanted.topics(trees)}
        found = search.find(hall=hall, query=wanted.query, **narrowed)
        context["page_obj"] = search.Pages(found, search.ON_A_PAGE).get_page(request.GET.get("page"))
    else:
        context |= {"lately": search.lately(hall), "liked": search.liked(hall), "newest": search.newest(hall)}
        context["people"] = use_figures.people_this_month(hall)
    template = "_found.html" if request.htmx else "library.html"
    return render(request, f"auditorium/library/{template}", context)


@require_safe
def resource(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything about one resource, and the button that opens it."""
    hall = current_hall(request)
    shown = get_object_or_404(search.with_covers(Resource.objects.for_hall(hall)), pk=pk)
    visit = visits.served_now(request.user)
    villager = visit.villager if visit else None
    context: dict[str, Any] = {
        "resource": shown,
        "details": details.of(shown, hall=hall, villager=villager),
        "form": OpeningForm(villager=villager),
        "trail": _trail(shown),
        "facts": _facts(shown),
    }
    if shown.kind == ResourceKind.PRINTED_BOOK:
        context |= lending.book_context(request, shown, hall=hall, served=villager)
    return render(request, "auditorium/library/resource.html", context)


def _trail(resource: Resource) -> list[tuple[str, str]]:
    address = reverse("auditorium:library")
    trail = [(_("看书听戏"), address), (str(resource.channel), f"{address}?channel={resource.channel_id}")]
    return [*trail, (str(resource.topic), f"{address}?topic={resource.topic_id}")] if resource.topic else trail


def _facts(resource: Resource) -> list[tuple[str, str]]:
    """Dublin Core in the words of the desk; what is not known is left out."""
    named = ("creator", "contributor", "publisher", "issued", "subject", "identifier", "source", "rights_holder")
    facts = [(str(Resource._meta.get_field(name).verbose_name), getattr(resource, name)) for name in named]  # type: ignore[union-attr]
    licence = " · ".join(filter(None, [str(resource.get_licence_display()), resource.licence_note]))
    return [*facts, (_("使用许可"), licence)]
