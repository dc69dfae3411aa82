"""What the pages of activities begin with: which one, in scope, and who may change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from auditorium.domain import contacts, visits
from auditorium.enums import RoleKind
from auditorium.models import Activity, ActivityDate, Hall, Villager

if TYPE_CHECKING:
    from auditorium.models import User
    from auditorium.views.access import StaffRequest

_MANAGERS = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)


def may_manage(user: User, hall: Hall) -> bool:
    """Whether the user decides what the hall holds: its manager, a supervisor of its region, an administrator."""
    return Hall.objects.filter(user.hall_scope(kinds=_MANAGERS), pk=hall.pk).exists()


def require_manager(user: User, hall: Hall) -> None:
    """PermissionDenied where the user does not."""
    if not may_manage(user, hall):
        raise PermissionDenied


def open_activity(request: StaffRequest, pk: int, *, to_manage: bool = False) -> Activity:
    """The activity with how full it is; 404 out of scope, PermissionDenied where it is not the user's `to_manage`."""
    found = Activity.objects.for_user(request.user).with_counts().select_related("hall")
    activity = get_object_or_404(found, pk=pk)
    if to_manage:
        require_manager(request.user, activity.hall)
    return activity


def open_date(request: StaffRequest, pk: int, *, to_manage: bool = False) -> ActivityDate:
    """One date with its activity, room and hall; likewise."""
    found = ActivityDate.objects.for_user(request.user).select_related("activity", "room", "hall")
    date = get_object_or_404(found, pk=pk)
    if to_manage:
        require_manager(request.user, date.hall)
    return date


def open_villager(request: StaffRequest, pk: int) -> Villager:
    """Somebody in scope with contacts and consents; else 404."""
    people = Villager.objects.for_user(request.user).select_related("household")
    people = people.defer("id_number", "other_document_number").prefetch_related("consents")
    return get_object_or_404(contacts.with_contacts(people), pk=pk)


def served(request: StaffRequest) -> Villager | None:
    """Whom the user is serving at the desk now."""
    visit = visits.served_now(request.user)
    return visit.villager if visit else None


def trail(activity: Activity | None = None) -> list[tuple[str, str]]:
    """The way back, from the list down."""
    found = [(_("活动"), reverse("auditorium:activities"))]
    if activity:
        found.append((activity.title, reverse("auditorium:activity", args=[activity.pk])))
    return found
