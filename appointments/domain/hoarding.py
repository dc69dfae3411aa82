"""Who takes unusually many places of a session that several halls share. It warns and shows; it never refuses.

Counted are the places one person took in the session, also those cancelled and taken again, since that is how
places are kept for somebody who has not come yet. A move inside the session is one place; what came from the queue
or was added by the doctor was nobody's to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from appointments.enums import SlotKind
from appointments.models import Appointment, ClinicSession, Slot

if TYPE_CHECKING:
    from django.db.models import QuerySet

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


def with_shares(sessions: QuerySet[ClinicSession]) -> QuerySet[ClinicSession]:
    """With who took most (`most_by_name`), how many (`most_taken`), of how many (`places`); no further query."""
    mine = _counted(Appointment.objects.filter(session=OuterRef("pk"), booked_by__isnull=False))
    by_one = mine.order_by().values("booked_by").annotate(taken=Count("pk")).order_by("-taken", "booked_by")
    regular = Slot.objects.filter(session=OuterRef("pk"), kind=SlotKind.REGULAR).order_by().values("session")
    return sessions.annotate(
        most_taken=Coalesce(Subquery(by_one.values("taken")[:1]), 0),
        most_by_name=Subquery(by_one.values("booked_by__full_name")[:1]),
        places=Coalesce(Subquery(regular.annotate(all=Sum("capacity")).values("all")[:1]), 0),
    )


def unusual(sessions: QuerySet[Any]) -> QuerySet[Any]:
    """Of sessions `with_shares`, those in which one person took unusually many."""
    shared = sessions.filter(allotted_region__code__endswith=_ABOVE_VILLAGES)
    return shared.filter(most_taken__gte=AT_LEAST, places__lt=F("most_taken") * 2)


def share_of(session: ClinicSession) -> Share | None:
    """The largest share in a session loaded `with_shares`, where it is unusual."""
    share = Share(taken=getattr(session, "most_taken", 0), places=getattr(session, "places", 0))
    return share if is_shared(session) and share.is_unusual else None


def _counted(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    inside = Q(successor__session=F("session"))
    return rows.filter(slot__kind=SlotKind.REGULAR, waitlist_entry__isnull=True).exclude(inside)
