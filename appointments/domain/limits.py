"""How much one person may book at a hospital: counted on the person, never on a phone, under the villager's lock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain import no_shows
from appointments.enums import OCCUPYING, AppointmentState, NoShowScope
from appointments.errors import AlreadyBooked, BlockedForNoShows, BookingError, LimitReached
from appointments.models import Appointment
from auditorium import clock
from auditorium.dates import full_date
from auditorium.plain_select import PlainSelect, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from appointments.domain.policies import Policy
    from appointments.models import ClinicSession
    from auditorium.models import Villager

Days = tuple[date, date]


BOOKED = PlainSelect(
    Appointment,
    f"""
    SELECT {{columns}} FROM appointments_appointment this
    WHERE villager_id = %s AND date BETWEEN %s AND %s AND state IN ({words(OCCUPYING)})
    ORDER BY id
    """,  # noqa: S608  an enum's words
    only=["id", "state", "date", "period", "hospital", "department", "session", "reference"],
)
"""What limits are counted on: the villager's bookings between two dates."""


def check(*, villager: Villager, session: ClinicSession, policy: Policy, besides: int | None = None) -> None:
    """Raise AlreadyBooked, LimitReached or BlockedForNoShows when a place in the session would be one too many.

    `besides` is the booking that the new one replaces. One query, and another for who has missed visits.
    """
    rows = _rows(villager, [session], policy)
    _check_no_shows(rows, villager, session, policy)
    _check_counts([row for row in rows if row.pk != besides], villager, session, policy)


def allowed(
    *, villager: Villager, sessions: Sequence[ClinicSession], policy: Policy
) -> tuple[list[ClinicSession], BookingError | None]:
    """Those of several sessions of one hospital that `check` lets pass, in as many queries as it needs for one; and
    why not, when none does."""
    if not sessions:
        return [], None
    rows = _rows(villager, sessions, policy)
    refused: BookingError | None = None
    passed: list[ClinicSession] = []
    try:
        _check_no_shows(rows, villager, sessions[0], policy)
    except BlockedForNoShows as error:
        return [], error
    for session in sessions:
        try:
            _check_counts(rows, villager, session, policy)
        except BookingError as error:
            refused = refused or error
        else:
            passed.append(session)
    return passed, None if passed else refused


def _check_counts(rows: Sequence[Appointment], villager: Villager, session: ClinicSession, policy: Policy) -> None:
    taken = [row for row in rows if row.state in OCCUPYING]
    _check_same(taken, villager, session, policy)
    here = [row.date for row in taken if row.hospital_id == session.department.hospital_id]
    for most, days, sentence in _counted(session.date, policy):
        count = sum(days[0] <= day <= days[1] for day in here)
        if most is not None and count >= most:
            raise LimitReached(sentence() % {"name": villager.name, "most": most})


def week_of(day: date) -> Days:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> Days:
    """The first to the last of the month."""
    return day.replace(day=1), _next_month(day.replace(day=1)) - timedelta(days=1)


def quarter_of(day: date) -> Days:
    """The first day of the quarter to its last."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    last = first
    for _month in range(3):
        last = _next_month(last)
    return first, last - timedelta(days=1)


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _counted(day: date, policy: Policy) -> list[tuple[int | None, Days, Callable[[], str]]]:
    return [
        (policy.per_day, (day, day), lambda: _("%(name)s这一天在这家医院已经约满 %(most)d 个号，请选别的日子。")),
        (policy.per_week, week_of(day), lambda: _("%(name)s这一周在这家医院已经约满 %(most)d 个号，请选别的周。")),
        (policy.per_month, month_of(day), lambda: _("%(name)s这个月在这家医院已经约满 %(most)d 个号，请选下个月。")),
        (
            policy.per_quarter,
            quarter_of(day),
            lambda: _("%(name)s这一季在这家医院已经约满 %(most)d 个号，请选下一季。"),
        ),
    ]


def _rows(villager: Villager, sessions: Sequence[ClinicSession], policy: Policy) -> list[Appointment]:
    dates = [session.date for session in sessions]
    ranges = [days for date in (min(dates), max(dates)) for days in (week_of(date), month_of(date), quarter_of(date))]
    first = min(no_shows.earliest(policy, clock.today()), *(days[0] for days in ranges))
    return BOOKED.all(villager.pk, first, max(days[1] for days in ranges))


def _check_no_shows(rows: list[Appointment], villager: Villager, session: ClinicSession, policy: Policy) -> None:
    hospital = session.department.hospital
    everywhere = policy.no_show_scope == NoShowScope.EVERYWHERE
    missed = [
        row.date
        for row in rows
        if row.state == AppointmentState.NO_SHOW and (everywhere or row.hospital_id == hospital.pk)
    ]
    found = no_shows.weighed(missed, villager_id=villager.pk, hospital=hospital, policy=policy, today=clock.today())
    if found.blocked_until:
        raise BlockedForNoShows(
            _("%(name)s约了没去太多次，%(hospital)s到%(day)s为止不能再约；情况特殊的，请礼堂负责人写明原因解除。")
            % {"name": villager.name, "hospital": hospital.name, "day": full_date(found.blocked_until)}
        )


def _check_same(taken: list[Appointment], villager: Villager, session: ClinicSession, policy: Policy) -> None:
    same_day = [row for row in taken if row.date == session.date]
    same = [row for row in same_day if row.session_id == session.pk]
    sentence = _("%(name)s %(day)s在%(department)s已经约了一个号（%(reference)s），请去那一个，或先改约、取消。")
    in_department = [row for row in same_day if row.department_id == session.department_id]
    if policy.one_per_department_and_day and in_department:
        same = in_department
        sentence = _("%(name)s %(day)s在%(department)s已经约了一个号（%(reference)s），同一天同一科室只能约一个。")
    elif policy.one_per_department_and_period and (
        in_period := [row for row in in_department if row.period == session.period]
    ):
        same = in_period
        sentence = _("%(name)s %(day)s在%(department)s已经约了一个号（%(reference)s），同一个半天同一科室只能约一个。")
    if same:
        raise AlreadyBooked(
            sentence
            % {
                "name": villager.name,
                "day": full_date(session.date),
                "department": session.department.name,
                "reference": same[0].reference,
            }
        )
