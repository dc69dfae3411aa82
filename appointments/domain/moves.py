"""改约: the new place is taken and the old one given back in one transaction; never both, never neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from appointments.domain import booking_requests, bookings, eligibility, places_given, policies, queues, slots
from appointments.domain.places_given import ABOUT
from appointments.enums import AppointmentSource, AppointmentState
from appointments.errors import BookingError, NotLive, SlotNotOffered, TooManyMoves
from appointments.models import Appointment
from auditorium.domain import audit, follow_ups, reminders
from auditorium.enums import VisitChannel

if TYPE_CHECKING:
    from uuid import UUID

    from appointments.models import Slot
    from auditorium.models import User, Visit

MOVED = gettext_noop("改约")  # kept in Chinese, translated where it is read


def move(
    *, appointment: Appointment, slot: Slot, by: User, key: UUID | None = None, visit: Visit | None = None
) -> Appointment:
    """Book the slot instead of the appointment and return the new one; the old is `rescheduled` and points to it.

    Within one department. What is unsent about the old is silenced; the first text about the new says that it
    changed, whoever was told of any booking it was moved from. With a `key`, the same user asking the same again gets
    the same appointment. Raises what `bookings.book` and `bookings.cancel` raise, or TooManyMoves, having changed
    nothing.
    """
    content = booking_requests.content_hash("move", appointment.pk, slot.pk)
    with transaction.atomic():
        villager = places_given.lock_villager(appointment.villager_id)
        answered = booking_requests.answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        old = Appointment.objects.with_names().with_policies().get(pk=appointment.pk)
        slot = places_given.load_slot(slot.pk)
        _check(old, slot)
        eligibility.check(slot=slot, villager=villager, hall=old.hall, besides=old.pk)
        slots.lock_all([pk for pk in (old.slot_id, slot.pk) if pk is not None])
        places_given.give_back(old, to=AppointmentState.RESCHEDULED, by=by, why="")
        new = places_given.take(slot=slot, villager=villager, hall=old.hall, by=by, visit=visit, moves=old.moves + 1)
        Appointment.objects.filter(pk=old.pk).update(successor=new)
        booking_requests.remember(by=by, key=key, content=content, appointment=new)
        audit.record(action="moved_here", what=new, by=by, hall=old.hall, villager_id=villager.pk)
        reminders.silence(about_kind=ABOUT, about_id=old.pk, by=by, why=MOVED)
        in_person = visit is None or visit.channel != VisitChannel.PHONE
        before = [row.pk for row in chain(new)]
        bookings.owe(new, by=by, in_person=in_person, changed=True, replaces=before, just_written=True)
        queues.wake_after_commit()
    return new


def check(*, appointment: Appointment, slot: Slot) -> None:
    """Raise what `move` would raise now, writing nothing; both come `with_policies`."""
    _check(appointment, slot)
    eligibility.check(slot=slot, villager=appointment.villager, hall=appointment.hall, besides=appointment.pk)
    if not slot.free:
        raise places_given.gone(slot)


def rebook(
    *, appointment: Appointment, slot: Slot, by: User, key: UUID | None = None, visit: Visit | None = None
) -> Appointment:
    """Book the slot for somebody whose booking the clinic cancelled; link both and note what was to be done as done.

    With a `key`, the same user asking the same again gets the same appointment. Raises what `bookings.book` raises,
    or NotLive when the clinic did not cancel it or they have another place already; then nothing has changed.
    """
    content = booking_requests.content_hash("rebook", appointment.pk, slot.pk)
    with transaction.atomic():
        villager = places_given.lock_villager(appointment.villager_id)
        answered = booking_requests.answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        old = Appointment.objects.with_names().get(pk=appointment.pk)
        if old.state != AppointmentState.CANCELLED_BY_CLINIC:
            raise NotLive(_("这个预约没有停诊，不用重约。"))
        if old.successor_id is not None:
            raise NotLive(_("已经重新约过了，请看新的预约。"))
        new = bookings.book(slot=slot, villager=villager, hall=old.hall, by=by, visit=visit)
        Appointment.objects.filter(pk=old.pk).update(successor=new)
        booking_requests.remember(by=by, key=key, content=content, appointment=new)
        with translation.override(settings.LANGUAGE_CODE):
            done = _("已经重约")
        follow_ups.finish_about(about_kind=ABOUT, about_id=old.pk, by=by, note=done)
        reminders.silence(about_kind=ABOUT, about_id=old.pk, by=by, why=done)
    return new


def chain(appointment: Appointment, *, user: User | None = None) -> list[Appointment]:
    """The bookings this one was moved or rebooked from and to, itself among them, the first one first; alone, it is
    the only one. With a user, only what they may see. One query."""
    seen = Appointment.objects.for_user(user) if user else Appointment.objects.all()
    linked = seen.filter(Q(successor__isnull=False) | Q(predecessor__isnull=False))
    rows = {row.pk: row for row in linked.filter(villager=appointment.villager_id).with_names()}
    rows.setdefault(appointment.pk, appointment)
    before = {row.successor_id: row for row in rows.values() if row.successor_id}
    first = rows[appointment.pk]
    while first.pk in before:
        first = before[first.pk]
    found = [first]
    while (successor := found[-1].successor_id) in rows:
        found.append(rows[successor])
    return found


def is_movable(appointment: Appointment) -> bool:
    """Whether there is anything to move: a booked place of ours. Whether the rules let it, see `why_not_movable`."""
    return appointment.source == AppointmentSource.SCHEDULE and appointment.state == AppointmentState.BOOKED


def why_not_movable(appointment: Appointment) -> str:
    """One sentence why the booking cannot be moved with us now; empty when it can. Give it its policies."""
    try:
        _check_itself(appointment)
    except BookingError as error:
        return error.sentence
    return ""


def _check_itself(old: Appointment) -> None:
    """Raise NotLive, TooManyMoves or TooLateToCancel."""
    if not is_movable(old):
        raise NotLive(_("这个预约不能在这里改约，请看它现在的情况。"))
    bookings.check_deadline(old)
    if old.moves >= policies.policy_of(old).max_moves:
        raise TooManyMoves(
            _("这个号已经改过 %(count)d 次，医院不让再改；去不了请先取消，再重新约。") % {"count": old.moves}
            if old.moves
            else _("这家医院不能改约；去不了请先取消，再重新约。")
        )


def _check(old: Appointment, slot: Slot) -> None:
    _check_itself(old)
    if old.slot_id == slot.pk:
        raise SlotNotOffered(_("现在约的就是这个时间，请选别的时间。"))
    if old.department_id != slot.session.department_id:
        raise SlotNotOffered(_("改约只能在同一个科室里换时间；要换科室，请先取消，再重新约。"))
