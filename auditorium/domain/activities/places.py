"""The places of an activity: given under its lock, in the order in which people came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditorium.activity_enums import ENROLMENT_TRANSITIONS, EnrolmentState
from auditorium.domain.activities import telling
from auditorium.domain.transitions import transition
from auditorium.models import Activity, Enrolment
from auditorium.models.villagers import gone

if TYPE_CHECKING:
    from auditorium.models import User


def lock(activity_id: int) -> Activity:
    """The activity as it is now, locked until the transaction ends: nobody takes a place meanwhile."""
    return Activity.objects.select_for_update(no_key=True, of=("self",)).select_related("hall").get(pk=activity_id)


def taken(activity: Activity) -> int:
    """How many have a place."""
    return activity.enrolments.enrolled().count()


def free(activity: Activity) -> int | None:
    """How many places are left for newcomers, who do not pass those that wait; None: as many as come."""
    if activity.places is None:
        return None
    if activity.enrolments.waiting().exists():
        return 0
    return max(activity.places - taken(activity), 0)


def next_in_line(activity: Activity, *, leaving: int = 0) -> list[Enrolment]:
    """Who gets the places that are free, or will be once `leaving` have gone, the first first; the gone get none."""
    waiting = activity.enrolments.waiting().exclude(gone("villager__"))
    if not activity.is_open or not activity.dates.coming().exists():
        return []
    if activity.places is None:
        return list(waiting)
    return list(waiting[: max(activity.places - taken(activity) + leaving, 0)])


def fill(activity: Activity, *, by: User | None) -> list[Enrolment]:
    """Give the free places of the locked activity to who waits first, and owe them the news; return who got one."""
    lucky = next_in_line(activity)
    if lucky:
        these = Enrolment.objects.filter(pk__in=[one.pk for one in lucky])
        telling.lock(one.villager_id for one in lucky)
        transition(these, to=EnrolmentState.ENROLLED, table=ENROLMENT_TRANSITIONS, by=by)
        telling.joined(lucky, offered=True)
    return lucky
