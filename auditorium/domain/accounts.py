"""Who looks after whose account: everybody is below somebody, and nobody gives what they could not take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from auditorium.enums import RoleKind
from auditorium.models import AuditEntry, Role, User
from auditorium.models.regions import prefix_range
from auditorium.ports import services

if TYPE_CHECKING:
    from django.db.models import QuerySet

ADDED = "added"
KIND = "user"
"""What an account is called in the audit, which knows who made it."""


def roles_below(user: User) -> QuerySet[Role]:
    """The roles this user may give and take: a manager those of the desk, a supervisor those inside the region."""
    if user.is_administrator:
        return Role.objects.all()
    below = Q(pk__in=[])
    for role in user.role_list:
        if role.role == RoleKind.HALL_MANAGER:
            below |= Q(role=RoleKind.DESK, hall=role.hall_id)
        elif role.role == RoleKind.SUPERVISOR and role.region:
            inside = prefix_range(role.region.prefix)
            below |= Q(hall__region__code__range=inside) | Q(region__code__range=inside) & ~Q(region=role.region_id)
    return Role.objects.filter(below)


def users_below(user: User) -> QuerySet[User]:
    """Those all of whose roles this user may give; whoever has no role yet belongs to who made the account.

    Administrators' accounts, and those that have a role with a service (a hospital's clerk), are for administrators.
    """
    if user.is_administrator:
        return User.objects.all()
    roles = Role.objects.filter(user=OuterRef("pk"))
    made = AuditEntry.objects.filter(object_kind=KIND, object_id=OuterRef("pk"), action=ADDED, actor=user)
    below = User.objects.filter(
        ~Exists(roles.exclude(pk__in=roles_below(user).values("pk"))), Exists(roles) | Exists(made), is_superuser=False
    ).exclude(pk=user.pk)
    for service in services():
        below = below.exclude(pk__in=service.staff_ids())
    return below


def may_give(*, role: Role, by: User) -> bool:
    """Whether a role, saved or not, is one of `roles_below(by)`."""
    if by.is_administrator:
        return True
    for own in by.role_list:
        if own.role == RoleKind.HALL_MANAGER and role.role == RoleKind.DESK and role.hall_id == own.hall_id:
            return True
        if own.role == RoleKind.SUPERVISOR and own.region:
            at_hall = role.hall is not None and role.hall.region_id.startswith(own.region.prefix)
            in_region = role.region is not None and role.region.code.startswith(own.region.prefix)
            if at_hall or (in_region and role.region_id != own.region_id):
                return True
    return False
