"""Calling off one date or a whole activity: everybody who has a place hears of it through the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import ACTIVITY_TRANSITIONS, DATE_TRANSITIONS, ActivityState, DateState
from auditorium.domain.activities import places, schedule, telling
from auditorium.domain.transitions import transition
from auditorium.errors import EndedError
from auditorium.models import Activity, ActivityDate, Attendance

if TYPE_CHECKING:
    from auditorium.models import User


@transaction.atomic
def cancel_date(*, date: ActivityDate, why: str, by: User | None) -> None:
    """This one date does not take place. Raises EndedError, having changed nothing, where it has begun or is off."""
    places.lock(date.activity_id)
    fresh = ActivityDate.objects.select_related("activity").get(pk=date.pk)
    schedule.require_coming(fresh)
    these = ActivityDate.objects.filter(pk=fresh.pk)
    transition(these, to=DateState.CANCELLED, table=DATE_TRANSITIONS, by=by, why=why, ended_reason=why[:120])
    telling.called_off(Attendance.objects.filter(date=fresh), by=by, why=why)


@transaction.atomic
def cancel(*, activity: Activity, why: str, by: User | None) -> None:
    """The activity does not take place any more; who waits for a place hears of it too.

    What was held is kept. Raises EndedError where it was called off already.
    """
    places.lock(activity.pk)
    moved = transition(
        Activity.objects.filter(pk=activity.pk),
        to=ActivityState.CANCELLED,
        table=ACTIVITY_TRANSITIONS,
        by=by,
        why=why,
        ended_reason=why[:120],
    )
    if not moved:
        raise EndedError(_("这个活动已经取消了。"))
    coming = ActivityDate.objects.filter(activity=activity, starts_at__gt=clock.now())
    rows = Attendance.objects.filter(date__in=list(coming.scheduled().values_list("pk", flat=True)))
    transition(coming, to=DateState.CANCELLED, table=DATE_TRANSITIONS, by=by, why=why, ended_reason=why[:120])
    telling.called_off(rows, by=by, why=why, with_waiting=True)
