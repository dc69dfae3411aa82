"""What happened to one booking: who did what, when, from where and why, and who was told; in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain import extra_places
from appointments.domain.places_given import ABOUT
from appointments.enums import AppointmentState, HospitalKnows
from appointments.models import Appointment, NoShowLift
from auditorium.enums import ReminderState
from auditorium.models import AuditEntry, Reminder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from auditorium.models import User

ACTS: Mapping[str, StrOrPromise] = {
    HospitalKnows.SENT: gettext_lazy("报给医院"),
    HospitalKnows.ACKNOWLEDGED: gettext_lazy("医院已确认"),
    HospitalKnows.REFUSED: gettext_lazy("医院没接受"),
    AppointmentState.HELD: gettext_lazy("候补有号了，先留着等答复"),
    AppointmentState.PENDING_EXTERNAL: gettext_lazy("向医院约号，等回复"),
    AppointmentState.BOOKED: gettext_lazy("约号"),
    AppointmentState.ARRIVED: gettext_lazy("登记：已到院"),
    AppointmentState.FULFILLED: gettext_lazy("登记：已就诊"),
    AppointmentState.NO_SHOW: gettext_lazy("登记：没去就诊"),
    AppointmentState.UNMARKED: gettext_lazy("过了就诊的日子，没人登记去没去"),
    AppointmentState.LAPSED: gettext_lazy("没有在时间内答复，号给了下一位"),
    AppointmentState.CANCELLED_BY_VILLAGER: gettext_lazy("取消预约"),
    AppointmentState.CANCELLED_BY_CLINIC: gettext_lazy("医院取消了这个号"),
    AppointmentState.RESCHEDULED: gettext_lazy("改到别的时间，这个号退掉"),
    AppointmentState.REJECTED: gettext_lazy("医院没接受"),
    "moved_here": gettext_lazy("从原来的时间改到这个号"),
    extra_places.GRANTED: gettext_lazy("加号"),
    "recorded": gettext_lazy("登记别处约的号"),
    "changed": gettext_lazy("修改"),
    "mark_taken_back": gettext_lazy("撤销登记"),
    "suspended": gettext_lazy("班次停诊"),
    "resumed": gettext_lazy("班次恢复开诊"),
    "lifted": gettext_lazy("解除没去就诊的限制"),
    ReminderState.TOLD: gettext_lazy("有人告诉了村民"),
}

_ACCEPTED = gettext_lazy("要候补的这个号，约上了")
_OF_THE_SESSION = ("suspended", "resumed")
_BY_THE_HOSPITAL = (HospitalKnows.SENT, HospitalKnows.ACKNOWLEDGED, HospitalKnows.REFUSED)
"""Acts that only the admin offers."""

_LIFTED_BEFORE = timedelta(days=30)
"""A limit lifted so long before the booking is part of how it came about."""


@dataclass(frozen=True)
class Act:
    """One line of the history. `who` is the system's name where no person acted, `where` the hall, the admin, or
    nothing where the system acted."""

    at: datetime
    who: str
    where: str
    what: str
    why: str = ""


def acts(*, appointment: Appointment, user: User, reminders: Sequence[Reminder] = ()) -> list[Act]:
    """All that happened to a booking and that the user may see, the latest first. One query.

    `reminders` are what was owed about it, with their `messages` at hand: what was sent is part of the story.
    """
    entries = list(_entries(appointment, user, [reminder.pk for reminder in reminders]))
    purposes = {reminder.pk: reminder.get_purpose_display() for reminder in reminders}
    was_held = any(entry.action == AppointmentState.HELD for entry in entries)
    written = [_act(entry, purposes, was_held=was_held) for entry in entries]
    return sorted([*written, *_sent(reminders)], key=lambda act: act.at, reverse=True)


def _entries(appointment: Appointment, user: User, reminder_ids: list[int]) -> Iterable[AuditEntry]:
    """Of the booking, of its session's suspension, of what a person said, of a limit lifted for it."""
    seen = AuditEntry.objects.for_user(user)
    own = Q(object_kind=ABOUT, object_id=appointment.pk)
    said = Q(object_kind="reminder", object_id__in=reminder_ids, action=ReminderState.TOLD, actor__isnull=False)
    lifts = NoShowLift.objects.filter(
        Q(hospital__isnull=True) | Q(hospital=appointment.hospital_id),
        villager=appointment.villager_id,
        lifted_at__range=(appointment.booked_at - _LIFTED_BEFORE, appointment.booked_at),
    )
    lifted = Q(object_kind="noshowlift", object_id__in=lifts.values("pk"), action="lifted")
    found = Q(pk__in=seen.filter(own | said | lifted).values("pk"))
    if appointment.session_id:
        # that a session does not take place is nobody's secret, whoever's entry it is
        found |= Q(
            object_kind="clinicsession",
            object_id=appointment.session_id,
            action__in=_OF_THE_SESSION,
            at__gte=appointment.booked_at,
        )
    return AuditEntry.objects.filter(found).select_related("actor", "hall").order_by("-at", "-pk")


def _act(entry: AuditEntry, purposes: Mapping[int, str], *, was_held: bool) -> Act:
    what = str(ACTS.get(entry.action, entry.action))
    if entry.action == AppointmentState.BOOKED and was_held:
        what = str(_ACCEPTED)
    elif entry.action == ReminderState.TOLD:
        what = _("%(what)s：%(purpose)s") % {"what": what, "purpose": purposes[entry.object_id or 0]}
    elif entry.action == "changed" and entry.fields:
        what = _("%(what)s：%(fields)s") % {"what": what, "fields": _("、").join(_labels(entry.fields))}
    return Act(
        at=entry.at,
        who=str(entry.actor) if entry.actor else _("系统"),
        where=_where(entry),
        what=what,
        why=_(entry.why) if entry.why else "",
    )


def _where(entry: AuditEntry) -> str:
    if entry.actor is None:
        return ""
    if entry.hall is None or entry.action in _BY_THE_HOSPITAL:
        return _("管理后台")
    return entry.hall.name


def _labels(fields: Sequence[str]) -> Iterator[str]:
    for name in fields:
        try:
            yield str(getattr(Appointment._meta.get_field(name), "verbose_name", name))
        except FieldDoesNotExist:
            yield name


def _sent(reminders: Sequence[Reminder]) -> Iterator[Act]:
    """The texts that went out, each once, however many reminders it answers."""
    told: set[int] = set()
    for reminder in reminders:
        for text in reminder.messages.all():
            if text.sent_at is None or text.pk in told:
                continue
            told.add(text.pk)
            said = {
                "purpose": reminder.get_purpose_display(),
                "relation": text.contact.get_relation_display() if text.contact else "",
                "phone": text.phone,
                "state": text.get_state_display(),
            }
            what = _("短信“%(purpose)s”发给%(relation)s %(phone)s，%(state)s") % said
            yield Act(at=text.sent_at, who=_("系统"), where="", what=what)
