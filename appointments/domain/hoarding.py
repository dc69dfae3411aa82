"""Who takes unusually many places of a session that several halls share. It warns and shows; it never refuses.

Counted are the places one person took in the session, also those cancelled and taken again, since that is how
places are kept for somebody who has not come yet. A move inside the session is one place; what came from the queue
or was added by the doctor was nobody's to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value

from appointments.enums import SlotKind
from appointments.models import Appointment, Slot
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from appointments.models import ClinicSession
    from appointments.models.appointments import AppointmentQuerySet
    from auditorium.models import User

AT_LEAST = 5
"""So many places, and more than half of the session's, are unusual for one person."""

_ABOVE_VILLAGES = "000"
"""How the code of a town, county, city or province ends: what is allotted to one is shared by its halls."""


@dataclass(frozen=True)
class Share:
    """How many of a session's places one person has taken."""

    taken: int
    places: int
    name: str = ""

    @property
    def is_unusual(self) -> bool:
        """Whether it should be looked at."""
        return self.taken >= AT_LEAST and self.taken * 2 > self.places


def about_to_take(*, session: ClinicSession, user: User) -> Share | None:
    """What the user will have taken with one more place, where that is unusual; two queries at most."""
    if not is_shared(session):
        return None
    taken = _counted(Appointment.objects.filter(session=session, booked_by=user)).count()
    places = Slot.objects.filter(session=session, kind=SlotKind.REGULAR).aggregate(all=Sum("capacity"))["all"] or 0
    share = Share(taken=taken + 1, places=places)
    return share if share.is_unusual else None


def is_shared(session: ClinicSession) -> bool:
    """Whether several halls book the session's places."""
    return (session.allotted_region_id or "").endswith(_ABOVE_VILLAGES)


def shares_of(sessions: Sequence[ClinicSession]) -> dict[int, Share]:
    """By session the largest share in it, where that is unusual; two queries, however many sessions."""
    shared = [session.pk for session in sessions if is_shared(session)]
    taken = _counted(Appointment.objects.filter(session__in=shared, booked_by__isnull=False)).order_by()
    by_one = taken.values_list("session", "booked_by__full_name").annotate(by=F("booked_by"), taken=Count("pk"))
    regular = Slot.objects.filter(session__in=shared, kind=SlotKind.REGULAR).order_by()
    places = dict(regular.values_list("session").annotate(Sum("capacity")))
    found: dict[int, Share] = {}
    for session_id, name, _by, count in by_one.order_by("taken"):
        share = Share(taken=count, places=places.get(session_id, 0), name=name)
        if share.is_unusual:
            found[session_id] = share
    return found


def unusual(sessions: QuerySet[ClinicSession]) -> QuerySet[ClinicSession]:
    """Of these sessions, those to come in which one person took unusually many places."""
    rows = Appointment.objects.filter(session__date__gte=clock.today(), booked_by__isnull=False)
    shared = _counted(rows).filter(session__allotted_region__code__endswith=_ABOVE_VILLAGES).order_by()
    regular = Slot.objects.filter(session=OuterRef("session"), kind=SlotKind.REGULAR).order_by().values("session")
    places = Subquery(regular.annotate(all=Sum("capacity")).values("all"))
    by_one = shared.values("session", "booked_by").annotate(taken=Count("pk"))
    found = by_one.filter(taken__gte=AT_LEAST).annotate(half=places / Value(2.0)).filter(taken__gt=F("half"))
    return sessions.filter(pk__in=found.values("session"))


def _counted(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    inside = Q(successor__session=F("session"))
    return rows.filter(slot__kind=SlotKind.REGULAR, waitlist_entry__isnull=True).exclude(inside)
