"""Changing a template: what becomes of its sessions that are open already. Nobody's place is dropped.

From tomorrow on a session follows its template as far as its bookings allow. One that the template has no more is
taken away when nobody is booked; where somebody is, it stays and is listed, for people to be asked first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import schedules, session_words, sessions
from appointments.domain.schedule_days import ScheduleDays
from appointments.enums import SessionState, WishState
from appointments.models import Appointment, ClinicSession, ScheduleTemplate, Slot, Wish
from auditorium import clock
from auditorium.dates import full_date
from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appointments.domain.session_details import SessionDetails
    from auditorium.models import User


@dataclass(frozen=True)
class Line:
    """One session: which, and what becomes of it in words."""

    session: str
    words: str = ""


@dataclass
class ChangePlan:
    """What saving a template does: sessions changed, those that stay as they are and why, those that go, and new ones.

    `closed` ones had bookings that ended, so their rows stay, without places.
    """

    changed: list[Line] = field(default_factory=list)
    kept: list[Line] = field(default_factory=list)
    gone: list[Line] = field(default_factory=list)
    opened: list[Line] = field(default_factory=list)
    wanted: dict[int, SessionDetails] = field(default_factory=dict)
    removed: list[int] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    new: list[SessionDetails] = field(default_factory=list)

    @property
    def touches_sessions(self) -> bool:
        """Whether anything that is open already is concerned: then somebody looks at it first."""
        return bool(self.changed or self.kept or self.gone)

    @property
    def fingerprint(self) -> str:
        """Two plans with the same say the same."""
        return sha256(repr((self.changed, self.kept, self.gone, self.opened)).encode()).hexdigest()


def plan(template: ScheduleTemplate) -> ChangePlan:
    """What `carry_out` would do with the template as it is stored now."""
    template = ScheduleTemplate.objects.with_all().get(pk=template.pk)
    found = ChangePlan()
    coming = _coming(template)
    standing = sessions.standing_of([session.pk for session in coming])
    last = max([schedules.last_day(template, clock.now()), *(session.date for session in coming)])
    days = ScheduleDays([template], last).of(template, last) if template.is_active else {}
    for session in coming:
        if session.date not in days or not _is_of(session, template):
            _let_go(session, found)
            continue
        slots = standing.get(session.pk, [])
        details = schedules.details_on(template, session.date, days[session.date])
        change = sessions.difference(session, slots, details)
        if change.fields:
            found.wanted[session.pk] = details
            found.changed.append(Line(_named(session), session_words.changes(session, details, slots, change)))
        if change.conflict:
            found.kept.append(Line(_named(session), change.conflict))
    found.new = schedules.missing(schedules.in_use().filter(pk=template.pk), besides=found.removed)
    found.opened = [Line(full_date(details.date), _opening(details)) for details in found.new]
    return found


@transaction.atomic
def carry_out(*, template: ScheduleTemplate, by: User | None) -> ChangePlan:
    """Bring the template's sessions to what it says now; return what was done.

    Locks the hospital, then the sessions by id, then their slots by id, and decides on what it reads under the locks.
    """
    schedules.lock_hospitals([template.department.hospital_id])
    sessions.lock_sessions([session.pk for session in _coming(template)])
    found = plan(template)
    sessions.change_sessions(details=found.wanted, by=by)
    _remove(found.removed, by)
    _close(found.closed, by)
    sessions.open_sessions(details=found.new, by=by)
    return found


def _coming(template: ScheduleTemplate) -> list[ClinicSession]:
    """Its sessions from tomorrow on: what is held today stays as people were told."""
    waiting = Wish.objects.filter(session=OuterRef("pk"), state=WishState.WAITING)
    return list(
        ClinicSession.objects.filter(template=template, date__gt=clock.today())
        .select_related("doctor", "held_at")
        .annotate(
            booked=Sum("slots__taken", default=0),
            is_wished=Exists(waiting),
            is_known=Exists(Appointment.objects.filter(session=OuterRef("pk")))
            | Exists(Wish.objects.filter(session=OuterRef("pk"))),
        )
        .order_by("date", "pk")
    )


def _is_of(session: ClinicSession, template: ScheduleTemplate) -> bool:
    """Whether the session can be brought to the template; another part of the day, or other people's, is another."""
    names = ("department_id", "doctor_id", "period", "allotted_hall_id", "allotted_region_id")
    return all(getattr(session, name) == getattr(template, name) for name in names)


def _let_go(session: ClinicSession, found: ChangePlan) -> None:
    booked, is_wished, is_known = (vars(session)[name] for name in ("booked", "is_wished", "is_known"))
    if booked:
        why = _("已经约了 %(booked)d 位，留着没有撤。请先和村民改约，或者办停诊。") % {"booked": booked}
        found.kept.append(Line(_named(session), why))
    elif is_wished:
        found.kept.append(Line(_named(session), _("有人登记了放号就约，留着没有撤。请先问村民。")))
    elif not is_known:
        found.removed.append(session.pk)
        found.gone.append(Line(_named(session), _("没有人约，撤掉")))
    elif session.state == SessionState.OPEN:
        found.closed.append(session.pk)
        found.gone.append(Line(_named(session), _("约过的都取消了，不再放号")))


def _remove(ids: Sequence[int], by: User | None) -> None:
    rows = list(ClinicSession.objects.filter(pk__in=ids).values_list("pk", "allotted_hall_id"))
    audit.record_many(action="removed", kind="clinicsession", rows=[(pk, hall_id, None) for pk, hall_id in rows], by=by)
    ClinicSession.objects.filter(pk__in=ids).delete()


def _close(ids: Sequence[int], by: User | None) -> None:
    rows = list(ClinicSession.objects.filter(pk__in=ids).values_list("pk", "allotted_hall_id"))
    Slot.objects.filter(session__in=ids).update(is_open=False)
    with translation.override(settings.LANGUAGE_CODE):
        why = _("排班改了")
    ClinicSession.objects.filter(pk__in=ids).update(state=SessionState.SUSPENDED, suspended_reason=why, template=None)
    audit.record_many(action="closed", kind="clinicsession", rows=[(pk, hall_id, None) for pk, hall_id in rows], by=by)


def _named(session: ClinicSession) -> str:
    return f"{full_date(session.date)} {session.get_period_display()}"


def _opening(details: SessionDetails) -> str:
    times = f"{details.starts:%H:%M}-{details.ends:%H:%M}"
    if not details.capacity:
        return _("%(times)s 先到先看") % {"times": times}
    return _("%(times)s，%(places)d 个号") % {"times": times, "places": details.capacity}
