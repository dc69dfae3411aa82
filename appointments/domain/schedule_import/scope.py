"""Who may bring in which schedules: a hospital's clerk its own, a supervisor what is for halls of the region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from appointments.models import Hospital, HospitalClerk
from auditorium.enums import RoleKind
from auditorium.models import Hall
from auditorium.models.regions import prefix_range

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import User


@dataclass(frozen=True)
class ImportScope:
    """A clerk gives the hospital's places to whichever hall or region; a supervisor takes any hospital's places for
    halls inside the region; administrators, and whoever is at the server's own terminal, may do both."""

    everything: bool = False
    hospital_ids: frozenset[int] = frozenset()
    prefixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, user: User | None) -> ImportScope:
        """What this user may do; None is the server's own terminal."""
        if user is None or user.is_administrator:
            return cls(everything=True)
        if not user.is_active:
            return cls()
        return cls(
            hospital_ids=frozenset(HospitalClerk.objects.filter(user=user).values_list("hospital", flat=True)),
            prefixes=tuple(
                role.region.prefix for role in user.role_list if role.role == RoleKind.SUPERVISOR and role.region
            ),
        )

    @property
    def may_import(self) -> bool:
        """Whether there is anything this user may bring in."""
        return self.everything or bool(self.hospital_ids) or bool(self.prefixes)

    def hospitals(self) -> QuerySet[Hospital]:
        """The hospitals whose schedules may come in."""
        active = Hospital.objects.active()
        return active if self.everything or self.prefixes else active.filter(pk__in=self.hospital_ids)

    def halls(self) -> QuerySet[Hall]:
        """The halls to which places may be given."""
        active = Hall.objects.active()
        if self.everything or self.hospital_ids:
            return active
        within = Q(pk__in=[])
        for prefix in self.prefixes:
            within |= Q(region__code__range=prefix_range(prefix))
        return active.filter(within)

    def allows(self, hospital: Hospital, region_code: str) -> bool:
        """Whether places of this hospital may be given to this region, or to a hall in it."""
        return self.everything or hospital.pk in self.hospital_ids or region_code.startswith(self.prefixes)
