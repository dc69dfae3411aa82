"""Who asks, and for whom: what every booking page begins with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from appointments.domain import eligibility, no_show_warnings
from appointments.enums import LIVE
from appointments.models import Appointment
from auditorium import clock
from auditorium.enums import IdentityKind
from auditorium.models import Contact, User, Villager
from auditorium.ports import Link
from auditorium.references import normalise_reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appointments.domain.no_show_warnings import NoShowWarning
    from appointments.models import Department


class StaffRequest(HttpRequest):
    """A request as middleware leaves it: of somebody logged in, and knowing whether htmx asks."""

    user: User
    htmx: HtmxDetails


@dataclass(frozen=True)
class Person:
    """The villager a booking page is about; `why_not` says why nothing can be booked for them, if so."""

    villager: Villager
    contact: Contact | None
    coming: Sequence[Appointment]
    why_not: str
    missed: Sequence[Appointment] = ()
    place: Department | None = None

    def at(self, place: Department) -> Person:
        """The same person on a page about this department: its rules are the ones that count."""
        return replace(self, place=place)

    @property
    def no_shows(self) -> list[NoShowWarning]:
        """What to say of visits the villager did not go to; one query for whoever missed any."""
        return no_show_warnings.warnings(missed=self.missed, place=self.place)

    @property
    def remedy(self) -> Link | None:
        """Where what is missing can be written down; None when nothing is, or nothing helps."""
        villager = self.villager
        if not self.why_not or villager.died_on:
            return None
        if villager.moved_away_on:
            return Link(_("又回来了"), reverse("auditorium:villager_move", args=[villager.pk]))
        if villager.identity_kind == IdentityKind.UNKNOWN:
            return Link(_("补上身份证号"), reverse("auditorium:villager_edit", args=[villager.pk]))
        return Link(_("问过了，记下同意"), reverse("auditorium:consents_edit", args=[villager.pk]))


def open_person(request: StaffRequest, pk: int) -> Person:
    """The villager with contacts, consents and what is booked or was missed, in four queries; 404 out of scope."""
    contacts = Contact.objects.in_order().select_related("phone")
    people = Villager.objects.for_user(request.user).prefetch_related(Prefetch("contacts", contacts), "consents")
    villager = get_object_or_404(people, pk=pk)
    known = (
        Appointment.objects.for_user(request.user)
        .filter(Q(state__in=LIVE, date__gte=clock.today()) | no_show_warnings.recent(), villager=villager)
        .with_names()
        .with_policies()
        .order_by("date", "starts_at", "pk")
    )
    coming = [row for row in known if row.is_live]
    return Person(
        villager=villager,
        contact=next(iter(villager.contacts.all()), None),
        coming=coming,
        why_not=eligibility.why_not_ready(villager),
        missed=[row for row in known if not row.is_live],
    )


def open_appointment(request: StaffRequest, reference: str) -> Appointment:
    """The booking with all its names and its hospital's policy, however its reference was typed; 404 out of scope."""
    rows = Appointment.objects.for_user(request.user).with_names().with_policies()
    return get_object_or_404(rows, reference=normalise_reference(reference))


def trail(person: Person, *further: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back from a booking page, from the desk down."""
    return [
        (_("服务台"), reverse("auditorium:desk")),
        (person.villager.name, reverse("auditorium:villager", args=[person.villager.pk])),
        *further,
    ]
