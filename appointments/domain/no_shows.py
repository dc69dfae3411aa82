"""Who did not go (没去就诊): how often, and until when that keeps them from booking.

Only a marked no-show counts: 停诊, a cancellation and a visit nobody marked never do. What was missed until a
manager lifted the limit does not count any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.enums import AppointmentState, NoShowScope
from appointments.errors import NotAllowed, ReasonMissing
from appointments.models import Appointment, NoShowLift
from auditorium import clock
from auditorium.domain import audit
from auditorium.enums import RoleKind
from auditorium.models import Hall, Role, Villager, VillagerHall
from auditorium.models.regions import codes_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from appointments.domain.policies import Policy
    from appointments.models import Hospital
    from auditorium.models import User

_MAY_LIFT = (RoleKind.HALL_MANAGER, RoleKind.SUPERVISOR)
_MOST_NAMED = 5


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
    lifted = last_lifts(villager_id)
    return counted(dates, lifted_on=lifted_at(hospital.pk, lifted), policy=policy, today=today)


def last_lifts(villager_id: int) -> dict[int | None, date]:
    """The day of the villager's last lift at each hospital; None stands for all of them."""
    lifts = NoShowLift.objects.filter(villager=villager_id).order_by("lifted_at").values_list("hospital", "lifted_at")
    return {hospital: clock.local(moment).date() for hospital, moment in lifts}


def lifted_at(hospital_id: int, lifts: Mapping[int | None, date]) -> date | None:
    """The last day on which the limit was lifted at this hospital, or at all of them."""
    return max((lifts[key] for key in (None, hospital_id) if key in lifts), default=None)


def counted(missed: Iterable[date], *, lifted_on: date | None, policy: Policy, today: date) -> NoShows:
    """What these missed dates come to under the rule, those until the lift left aside. Nothing is queried."""
    dates = sorted(day for day in missed if lifted_on is None or day > lifted_on)
    if not dates or not policy.no_show_threshold:
        return NONE
    return NoShows(
        count=sum(day > today - timedelta(days=policy.no_show_days) for day in dates),
        blocked_until=_blocked_until(dates, policy, today),
    )


def earliest(policy: Policy, today: date) -> date:
    """The first date a miss on which can still matter."""
    return today - timedelta(days=policy.no_show_days + policy.no_show_penalty_days)


def lift(*, villager: Villager, hospital: Hospital, by: User, why: str) -> NoShowLift:
    """Let what the villager missed at a hospital until today count no more; pressing twice lifts once.

    Raises NotAllowed for anybody but a manager of a hall that serves the villager, a supervisor there, or an
    administrator, and ReasonMissing.
    """
    hall = _halls(villager, by, _MAY_LIFT).first()
    if hall is None:
        raise NotAllowed(_("解除限制要礼堂负责人来办。"))
    if not why.strip():
        raise ReasonMissing(_("请写明为什么解除，以后查得到。"))
    with transaction.atomic():
        villager = Villager.objects.select_for_update(no_key=True).get(pk=villager.pk)
        latest = NoShowLift.objects.filter(villager=villager, hospital=hospital).first()
        if latest and clock.local(latest.lifted_at).date() == clock.today():
            return latest
        made = NoShowLift.objects.create(
            villager=villager, hospital=hospital, hall=hall, lifted_by=by, lifted_at=clock.now(), reason=why[:120]
        )
        audit.record(action="lifted", what=made, by=by, hall=hall, villager_id=villager.pk, why=why)
    return made


def may_lift(*, villager: Villager, user: User) -> bool:
    """Whether the user may lift the limit on this villager."""
    return _halls(villager, user, _MAY_LIFT).exists()


def who_may_lift(*, villager: Villager, user: User) -> list[Role]:
    """Whom to ask: the managers of the user's halls that serve the villager, else the supervisors around them."""
    halls = list(_halls(villager, user))
    roles = Role.objects.filter(user__is_active=True).select_related("user", "hall", "region").order_by("pk")
    managers = roles.filter(role=RoleKind.HALL_MANAGER, hall__in=halls)
    around = {code for hall in halls for code in codes_around(hall.region_id)}
    supervisors = roles.filter(role=RoleKind.SUPERVISOR, region__in=around)
    return list(managers[:_MOST_NAMED]) or list(supervisors[:_MOST_NAMED])


def _halls(villager: Villager, user: User, kinds: tuple[str, ...] = ()) -> QuerySet[Hall]:
    """The halls that serve the villager and where the user has one of these roles."""
    served = VillagerHall.objects.filter(villager=villager).values("hall")
    return Hall.objects.filter(user.hall_scope(kinds=kinds), pk__in=served).order_by("pk")


def _blocked_until(dates: list[date], policy: Policy, today: date) -> date | None:
    """The end of the penalty that the last full set of misses began; None when it is over or there was none."""
    for last in range(len(dates) - 1, policy.no_show_threshold - 2, -1):
        first = last - policy.no_show_threshold + 1
        if dates[last] - dates[first] < timedelta(days=policy.no_show_days):
            until = dates[last] + timedelta(days=policy.no_show_penalty_days)
            return until if until >= today else None
    return None
