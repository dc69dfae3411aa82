"""What a hospital's rules come to: a department's row over its hospital's over the platform's defaults."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from appointments.domain.workdays import Workdays
from appointments.enums import NoShowScope, Period, StopRule
from appointments.models import BookingPolicy, Department, Hospital
from auditorium.plain_select import PlainSelect

if TYPE_CHECKING:
    from appointments.models import Appointment


@dataclass(frozen=True)
class Policy:
    """The rules in force for one department, complete. Field names are those of BookingPolicy.

    The defaults are the platform's. Limits count the dates of visits at one hospital; None is no limit. An empty
    `documents` accepts every kind of identity document.
    """

    window_days: int = 14
    release_time: time = time(0, 0)
    same_day: bool = False
    stop_rule: str = StopRule.PREVIOUS_DAY
    stop_time: time = time(16, 0)
    stop_morning: time = time(11, 0)
    stop_afternoon: time = time(16, 0)
    stop_evening: time = time(19, 0)
    cancel_days_before: int = 1
    cancel_time: time = time(15, 0)
    cancel_on_workdays: bool = False

    one_per_department_and_day: bool = True
    one_per_department_and_period: bool = True
    per_day: int | None = None
    per_week: int | None = None
    per_month: int | None = None
    per_quarter: int | None = None
    minimum_age: int = 0
    documents: tuple[str, ...] = ()
    max_moves: int = 2

    no_show_threshold: int = 3
    no_show_days: int = 90
    no_show_penalty_days: int = 90
    no_show_scope: str = NoShowScope.HOSPITAL

    waitlist: bool = True
    offer_minutes: int = 120

    arrive_minutes: int = 15
    pick_up_morning: time | None = None
    pick_up_afternoon: time | None = None
    pick_up_evening: time | None = None
    bring: str = ""
    prepare: str = ""
    on_site: str = ""

    workdays: Workdays = field(default_factory=Workdays, compare=False, repr=False)

    def same_day_stop(self, period: str) -> time:
        """Until when a place of this period can be had on the day itself."""
        return {
            Period.MORNING: self.stop_morning,
            Period.AFTERNOON: self.stop_afternoon,
            Period.EVENING: self.stop_evening,
        }[Period(period)]

    def pick_up_by(self, period: str) -> time | None:
        """By when the number must be picked up; None where the hospital says nothing."""
        return {
            Period.MORNING: self.pick_up_morning,
            Period.AFTERNOON: self.pick_up_afternoon,
            Period.EVENING: self.pick_up_evening,
        }[Period(period)]


DEFAULTS = Policy()
"""The platform's rules."""

RULES_OF = PlainSelect(
    BookingPolicy,
    "SELECT {columns} FROM appointments_bookingpolicy this WHERE hospital_id = %s OR department_id = %s",
)

RULES = tuple(rule.name for rule in fields(Policy) if rule.name != "workdays")


def load(department: Department) -> None:
    """Load the rules of a department and its hospital, so that `policy_for` needs no query.

    One plain query beside the one that loaded the department: the database plans it in a fraction of the time it
    takes to plan both joins.
    """
    hospital = department.hospital
    rows = RULES_OF.all(hospital.pk, department.pk)
    own = next((row for row in rows if row.department_id == department.pk), None)
    whole = next((row for row in rows if row.hospital_id == hospital.pk), None)
    Department.policy.related.set_cached_value(department, own)
    Hospital.policy.related.set_cached_value(hospital, whole)


def policy_for(place: Department | Hospital) -> Policy:
    """The rules in force for a department, or for a hospital as a whole.

    Needs no query when `policy` and, for a department, `hospital__policy` were selected with it.
    """
    if isinstance(place, Department):
        return _over(place.hospital, place)
    return _over(place)


def policy_of(appointment: Appointment) -> Policy:
    """The rules in force for a booking; the platform's where its hospital is only known by name.

    Needs no query when the booking was loaded `with_policies`.
    """
    return _over(appointment.hospital, appointment.department)


def merged(row: BookingPolicy, above: Policy = DEFAULTS) -> Policy:
    """What a row, saved or not, makes of the rules above it."""
    return replace(above, **said_by(row), workdays=Workdays())


def said_by(row: BookingPolicy | None) -> dict[str, Any]:
    """The fields of a row that say something; nothing where there is no row."""
    if row is None:
        return {}
    own = {name: getattr(row, name) for name in RULES}
    said = {name: value for name, value in own.items() if value not in (None, "", [])}
    if "documents" in said:
        said["documents"] = tuple(said["documents"])
    return said


def bring(policy: Policy) -> str:
    """What to bring, in the reader's language when the hospital says nothing of its own."""
    return policy.bring or _("身份证、社保卡（或医保码）、病历")


def _over(*places: Department | Hospital | None) -> Policy:
    """The platform's rules under those of each place, the last one winning."""
    said: dict[str, Any] = {}
    for place in places:
        if place is not None:
            said |= said_by(_row(place))
    return replace(DEFAULTS, **said, workdays=Workdays())


def _row(place: Department | Hospital) -> BookingPolicy | None:
    try:
        return place.policy
    except ObjectDoesNotExist:
        return None
