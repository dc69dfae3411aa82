"""The roll of one date: who is expected, and who came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import AttendanceState, EnrolmentState
from auditorium.dates import full_date
from auditorium.domain import audit
from auditorium.domain.activities import places
from auditorium.errors import DeskError, EndedError
from auditorium.models import ActivityDate, Attendance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from auditorium.models import User
    from auditorium.models.activities.enrolments import AttendanceQuerySet


def of_date(*, date: ActivityDate, user: User) -> AttendanceQuerySet:
    """Everybody with a place, in the order in which they signed up, with whom each line is of."""
    rows = Attendance.objects.for_user(user).filter(date=date, enrolment__state=EnrolmentState.ENROLLED)
    return (
        rows.select_related("villager", "enrolment")
        .defer("villager__id_number", "villager__other_document_number")
        .order_by("enrolment_id")
    )


def why_not(date: ActivityDate) -> str:
    """Why no roll is called of a date; empty when it is."""
    if not date.takes_place:
        return _("%(day)s这一次已经取消了，不用点名。") % {"day": full_date(date.starts_at)}
    if clock.local(date.starts_at).date() > clock.today():
        return _("还没到%(day)s，到那天再点名。") % {"day": full_date(date.starts_at)}
    return ""


@transaction.atomic
def mark(*, date: ActivityDate, marks: Mapping[int, str], by: User) -> int:
    """Write down who came, by the keys of the roll's lines; may be corrected. Return how many lines changed.

    Raises EndedError for a date that was called off, DeskError for one whose day has not come; nothing is written.
    """
    places.lock(date.activity_id)
    fresh = ActivityDate.objects.select_related("activity", "hall").get(pk=date.pk)
    if refused := why_not(fresh):
        raise EndedError(refused) if not fresh.takes_place else DeskError(refused)
    rows = Attendance.objects.filter(date=fresh, enrolment__state=EnrolmentState.ENROLLED, pk__in=marks)
    changed = [row for row in rows if row.state != marks[row.pk]]
    for row in changed:
        row.state = AttendanceState(marks[row.pk])
        row.marked_by, row.marked_at = by, clock.now()
    Attendance.objects.bulk_update(changed, ["state", "marked_by", "marked_at"])
    audit.record_many(
        action="marked",
        kind=Attendance._meta.model_name or "",
        rows=[(row.pk, row.hall_id, row.villager_id) for row in changed],
        by=by,
        fields=["state"],
    )
    return len(changed)
