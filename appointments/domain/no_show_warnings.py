"""What the desk says to somebody who did not go, before it keeps them from booking: kindly, and never 爽约."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from appointments.domain import no_shows, policies
from appointments.enums import AppointmentState, NoShowScope
from auditorium import clock
from auditorium.dates import full_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appointments.domain.policies import Policy
    from appointments.models import Appointment, Department, Hospital

LOOK_BACK = timedelta(days=730)
"""No rule reaches further back, days and penalty together."""


@dataclass(frozen=True)
class NoShowWarning:
    """What is to be said about one hospital. `is_blocked`: nothing can be booked there until somebody lifts it."""

    hospital: Hospital
    sentence: str
    is_blocked: bool


def recent() -> Q:
    """What was missed lately, as a condition on bookings."""
    return Q(state=AppointmentState.NO_SHOW, date__gte=clock.today() - LOOK_BACK)


def warnings(*, missed: Iterable[Appointment], place: Department | None = None) -> list[NoShowWarning]:
    """What to say of one villager's missed bookings, hospital by hospital, by the rules of each.

    With a `place` its own rules hold at its hospital, and nothing is said of other hospitals. Nothing is said while
    more than one miss is left, and nothing is queried for whoever has missed nothing, else once; the bookings come
    `with_policies`.
    """
    rows = list(missed)
    if not rows:
        return []
    lifts = no_shows.last_lifts(rows[0].villager_id)
    said = []
    for hospital, policy in _rules(rows, place):
        everywhere = policy.no_show_scope == NoShowScope.EVERYWHERE
        dates = [row.date for row in rows if everywhere or row.hospital_id == hospital.pk]
        lifted_on = no_shows.lifted_at(hospital.pk, lifts)
        standing = no_shows.counted(dates, lifted_on=lifted_on, policy=policy, today=clock.today())
        if sentence := _sentence(standing, hospital, policy):
            said.append(NoShowWarning(hospital, sentence, standing.is_blocked))
    return said


def _rules(rows: list[Appointment], place: Department | None) -> list[tuple[Hospital, Policy]]:
    if place is not None:
        return [(place.hospital, policies.policy_for(place))]
    hospitals = {row.hospital.pk: row.hospital for row in rows if row.hospital}
    return [(hospital, policies.policy_for(hospital)) for hospital in hospitals.values()]


def _sentence(standing: no_shows.NoShows, hospital: Hospital, policy: Policy) -> str:
    if standing.blocked_until:
        return _("约了没去就诊的次数多了，%(hospital)s到%(day)s为止不能再约。") % {
            "hospital": hospital.name,
            "day": full_date(standing.blocked_until),
        }
    if not standing.count or policy.no_show_threshold - standing.count > 1:
        return ""
    said = {"hospital": hospital.name, "count": standing.count, "penalty": policy.no_show_penalty_days}
    return _(
        "%(days)s在%(hospital)s约了没去就诊 %(count)d 次，再有一次，%(penalty)d 天不能约。"
        "去不了请早点告诉礼堂，取消了就不算。"
    ) % {"days": _days(policy.no_show_days), **said}


def _days(days: int) -> str:
    """这半年, where it is about that long."""
    if 175 <= days <= 190:
        return _("这半年")
    if 360 <= days <= 370:
        return _("这一年")
    return _("这 %(days)d 天") % {"days": days}
