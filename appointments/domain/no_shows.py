"""Who did not go (没去就诊): how often, and until when that keeps them from booking.

Only a marked no-show counts: 停诊, a cancellation and a visit nobody marked never do. What was missed until a
manager lifted the limit does not count any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from appointments.enums import AppointmentState, NoShowScope
from appointments.models import Appointment, NoShowLift
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appointments.domain.policies import Policy
    from appointments.models import Hospital
    from auditorium.models import Villager


@dataclass(frozen=True)
class NoShows:
    """How often somebody missed visits inside the rule's days, and the last day on which they cannot book."""

    count: int
    blocked_until: date | None

    @property
    def is_blocked(self) -> bool:
        """Whether nothing can be booked now."""
        return self.blocked_until is not None


NONE = NoShows(0, None)


def standing(*, villager: Villager, hospital: Hospital, policy: Policy) -> NoShows:
    """How the villager stands with a hospital today: one query, and a second one for who has missed something."""
    today = clock.today()
    missed = Appointment.objects.filter(
        villager=villager, state=AppointmentState.NO_SHOW, date__gte=earliest(policy, today)
    )
    if policy.no_show_scope == NoShowScope.HOSPITAL:
        missed = missed.filter(hospital=hospital)
    dates = list(missed.values_list("date", flat=True))
    return weighed(dates, villager_id=villager.pk, hospital=hospital, policy=policy, today=today)


def weighed(missed: Iterable[date], *, villager_id: int, hospital: Hospital, policy: Policy, today: date) -> NoShows:
    """What these missed dates come to under the rule; asks for lifts only where there is something to lift."""
    dates = sorted(missed)
    if not dates or not policy.no_show_threshold:
        return NONE
    lifts = NoShowLift.objects.filter(villager=villager_id, hospital__isnull=True) | NoShowLift.objects.filter(
        villager=villager_id, hospital=hospital
    )
    lifted = max((clock.local(moment).date() for moment in lifts.values_list("lifted_at", flat=True)), default=None)
    counted = [day for day in dates if lifted is None or day > lifted]
    return NoShows(
        count=sum(day > today - timedelta(days=policy.no_show_days) for day in counted),
        blocked_until=_blocked_until(counted, policy, today),
    )


def earliest(policy: Policy, today: date) -> date:
    """The first date a miss on which can still matter."""
    return today - timedelta(days=policy.no_show_days + policy.no_show_penalty_days)


def _blocked_until(dates: list[date], policy: Policy, today: date) -> date | None:
    """The end of the penalty that the last full set of misses began; None when it is over or there was none."""
    for last in range(len(dates) - 1, policy.no_show_threshold - 2, -1):
        first = last - policy.no_show_threshold + 1
        if dates[last] - dates[first] < timedelta(days=policy.no_show_days):
            until = dates[last] + timedelta(days=policy.no_show_penalty_days)
            return until if until >= today else None
    return None
