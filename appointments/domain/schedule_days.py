"""On which days a template is held, and with how many places: exceptions, leaves, 停诊 and public holidays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from appointments.domain.workdays import Workdays, is_public_holiday
from appointments.enums import QueueMode
from appointments.models import Leave, ScheduleException, Suspension
from auditorium import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from appointments.models import ScheduleTemplate


@dataclass(frozen=True)
class _Absence:
    """Who sees nobody from one day to another: a leave, or a 停诊 of a whole range."""

    department_id: int | None
    doctor_id: int | None
    period: str
    first_date: date
    last_date: date

    def covers(self, template: ScheduleTemplate, day: date) -> bool:
        """Whether the template is not held on this day."""
        return (
            self.first_date <= day <= self.last_date
            and self.department_id in (None, template.department_id)
            and self.doctor_id in (None, template.doctor_id)
            and self.period in ("", template.period)
        )


class ScheduleDays:
    """What keeps some templates from being held from today to a last day: three queries, whatever their number."""

    def __init__(self, templates: Collection[ScheduleTemplate], last: date) -> None:
        self._today = clock.today()
        self._holidays: dict[date, bool] = {}
        self._workdays = Workdays()
        days = (self._today, last)
        exceptions = ScheduleException.objects.filter(template__in=[one.pk for one in templates], date__range=days)
        self._places = {(one.template_id, one.date): one.capacity for one in exceptions}
        hospitals = {template.department.hospital_id for template in templates}
        absences = [
            (rows.filter(hospital__in=hospitals, first_date__lte=last, last_date__gte=self._today))
            for rows in (Leave.objects.all(), Suspension.objects.in_force().filter(picked=False))
        ]
        self._absences: dict[int, list[_Absence]] = defaultdict(list)
        for rows in absences:
            for row in rows.values_list(
                "hospital_id", "department_id", "doctor_id", "period", "first_date", "last_date", named=True
            ):
                absence = _Absence(row.department_id, row.doctor_id, row.period, row.first_date, row.last_date)
                self._absences[row.hospital_id].append(absence)

    def of(self, template: ScheduleTemplate, last: date) -> dict[date, int]:
        """The days from today to `last` on which the template is held, with the places of each."""
        return {
            day: places for day in self._weekdays(template, last) if (places := self._on(template, day)) is not None
        }

    def _weekdays(self, template: ScheduleTemplate, last: date) -> Iterator[date]:
        first = max(self._today, template.valid_from)
        day = first + timedelta(days=(template.weekday - first.isoweekday()) % 7)
        last = min(last, template.valid_until or last)
        while day <= last:
            yield day
            day += timedelta(days=7)

    def _on(self, template: ScheduleTemplate, day: date) -> int | None:
        """How many places there are on a day; None when the template is not held. An exception says so on holidays
        too."""
        said = self._places.get((template.pk, day))
        if said == 0 or any(
            absence.covers(template, day) for absence in self._absences[template.department.hospital_id]
        ):
            return None
        if said is None and not template.on_holidays and self._is_holiday(day):
            return None
        if template.queue == QueueMode.WALK_IN:
            return 0
        return template.capacity if said is None else said

    def _is_holiday(self, day: date) -> bool:
        if day not in self._holidays:
            self._holidays[day] = is_public_holiday(day, self._workdays)
        return self._holidays[day]
