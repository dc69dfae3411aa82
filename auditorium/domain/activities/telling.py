"""What is owed to who comes: that they have a place, the day before each date, and that something changed or ended.

About each line of a roll (`Attendance`): one of them a date and villager, so each date is reminded of by itself. The
caller holds the activity's lock; villagers are locked here, by id, before what is owed to them is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import EnrolmentState
from auditorium.domain import recipients, reminder_rules, reminder_times, reminders
from auditorium.domain.reminders import Owed
from auditorium.enums import ReminderPurpose
from auditorium.models import Attendance, Villager

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from auditorium.models import ActivityDate, Enrolment, User
    from auditorium.models.activities.enrolments import AttendanceQuerySet

ABOUT = "enrolment"
"""What a line of a roll is called in reminders and tasks."""

AHEAD = (ReminderPurpose.ONE_DAY, ReminderPurpose.TWO_HOURS)
"""The day before each date; some hours before where a rule says so. A class of four weeks needs no more."""


def lock(villager_ids: Iterable[int]) -> dict[int, Villager]:
    """These villagers, locked in the order of their keys until the transaction ends."""
    people = Villager.objects.select_for_update(no_key=True).filter(pk__in=set(villager_ids)).order_by("pk")
    return {villager.pk: villager for villager in people.defer("id_number", "other_document_number")}


def joined(enrolments: Collection[Enrolment], *, in_person: bool = False, offered: bool = False) -> None:
    """These have a place: owe each the news, about their first date, and every date's reminders.

    `offered`: they waited, and hear that a place came free. `in_person`: they stand at the desk, and who no text can
    reach has just been told.
    """
    by_date: dict[ActivityDate, list[Attendance]] = {}
    coming = _rows().filter(enrolment__in=enrolments, date__starts_at__gt=clock.now())
    for row in coming.order_by("date__starts_at", "pk"):
        by_date.setdefault(row.date, []).append(row)
    first = True
    for date, rows in by_date.items():
        if first:
            _tell_now(
                _reached(rows) if in_person else rows,
                ReminderPurpose.OFFERED if offered else ReminderPurpose.CONFIRMATION,
            )
        _remind(date, rows)
        first = False


def changed(date: ActivityDate) -> None:
    """The date is new, or has moved: say so to everybody with a place, and remind them of it as it is now."""
    rows = list(_rows().filter(date=date, enrolment__state=EnrolmentState.ENROLLED))
    lock(row.villager_id for row in rows)
    with translation.override(settings.LANGUAGE_CODE):
        why = _("时间改了")
    reminders.silence_all(about_kind=ABOUT, about_ids=[row.pk for row in rows], by=None, why=why)
    _tell_now(rows, ReminderPurpose.CHANGED)
    _remind(date, rows)


def called_off(rows: AttendanceQuerySet, *, by: User | None, why: str, with_waiting: bool = False) -> None:
    """These dates do not take place: nothing more is said of them but that, once to each, about their first date.

    Those who wait hear of it too `with_waiting`.
    """
    concerned = list(_rows(rows).order_by("date__starts_at", "pk"))
    lock(row.villager_id for row in concerned)
    reminders.silence_all(about_kind=ABOUT, about_ids=[row.pk for row in concerned], by=by, why=why)
    told = {EnrolmentState.ENROLLED.value, *([EnrolmentState.WAITING.value] if with_waiting else [])}
    first: dict[int, Attendance] = {}
    for row in concerned:
        if row.enrolment.state in told and row.date.starts_at > clock.now():
            first.setdefault(row.enrolment_id, row)
    _tell_now(list(first.values()), ReminderPurpose.CANCELLED)


def left(enrolment: Enrolment, *, by: User | None, why: str, tell: bool) -> None:
    """Somebody does not come any more: nothing more is said but, to who had been told, that they are off the list.

    Without `tell`, not even that: they are gone.
    """
    rows = list(_rows().filter(enrolment=enrolment).order_by("date__starts_at"))
    first = [row for row in rows if tell and row.date.starts_at > clock.now()][:1]
    for row in first:
        reminders.silence(about_kind=ABOUT, about_id=row.pk, by=by, why=why, tell=ReminderPurpose.CANCELLED)
    others = [row.pk for row in rows if row not in first]
    reminders.silence_all(about_kind=ABOUT, about_ids=others, by=by, why=why)


def _rows(rows: AttendanceQuerySet | None = None) -> AttendanceQuerySet:
    """Lines of rolls with whom, when and where."""
    found = Attendance.objects.all() if rows is None else rows
    return found.select_related("villager", "hall", "enrolment", "date__hall").defer(
        "villager__id_number", "villager__other_document_number"
    )


def _reached(rows: Sequence[Attendance]) -> list[Attendance]:
    """Those whose villager a text can reach."""
    people = [row.villager for row in rows]
    prefetch_related_objects(people, "consents", "contacts__phone")
    return [row for row in rows if recipients.of_villager(row.villager).main]


def _tell_now(rows: Sequence[Attendance], purpose: ReminderPurpose) -> None:
    reminders.owe_all_now(about_kind=ABOUT, owed=_owed(rows), purpose=purpose)


def _remind(date: ActivityDate, rows: Sequence[Attendance]) -> None:
    """Owe these what is said ahead of the date, at the hours of the hall's rules."""
    rules = reminder_rules.rules_for(date.hall, ABOUT)
    times = reminder_times.times_for(event_at=date.starts_at, now=clock.now(), hall=date.hall, rules=rules)
    for purpose, due_at in times:
        if purpose in AHEAD:
            reminders.owe_all_at(about_kind=ABOUT, owed=_owed(rows), purpose=purpose, due_at=due_at)


def _owed(rows: Iterable[Attendance]) -> list[Owed]:
    return [Owed(row.pk, row.villager, row.hall, row.date.starts_at) for row in rows]
