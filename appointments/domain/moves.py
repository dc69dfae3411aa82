"""改约: the new place is taken and the old one given back in one transaction; never both, never neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import booking_requests, bookings, eligibility, places_given, policies, queues, slots
from appointments.domain.places_given import ABOUT
from appointments.enums import AppointmentSource, AppointmentState
from appointments.errors import NotLive, SlotNotOffered, TooManyMoves
from appointments.models import Appointment
from auditorium.domain import audit, follow_ups, reminders
from auditorium.enums import VisitChannel

if TYPE_CHECKING:
    from uuid import UUID

    from appointments.models import Slot
    from auditorium.models import User, Visit


def move(
    *, appointment: Appointment, slot: Slot, by: User, key: UUID | None = None, visit: Visit | None = None
) -> Appointment:
    """Book the slot instead of the appointment and return the new one; the old is `rescheduled` and points to it.

    What is unsent about the old is silenced, the first text about the new says that it changed. Raises what
    `bookings.book` and `bookings.cancel` raise, or TooManyMoves, having changed nothing.
    """
    content = booking_requests.content_hash("move", appointment.pk, slot.pk)
    with transaction.atomic():
        villager = places_given.lock_villager(appointment.villager_id)
        answered = booking_requests.answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        old = Appointment.objects.with_names().get(pk=appointment.pk)
        slot = places_given.load_slot(slot.pk)
        _check(old, slot)
        eligibility.check(slot=slot, villager=villager, hall=old.hall, besides=old.pk)
        slots.lock_all([pk for pk in (old.slot_id, slot.pk) if pk is not None])
        why = _("改约")
        places_given.give_back(old, to=AppointmentState.RESCHEDULED, by=by, why=why)
        new = places_given.take(slot=slot, villager=villager, hall=old.hall, by=by, visit=visit, moves=old.moves + 1)
        Appointment.objects.filter(pk=old.pk).update(successor=new)
        booking_requests.remember(by=by, key=key, content=content, appointment=new)
        audit.record(action="booked", what=new, by=by, hall=old.hall, villager_id=villager.pk, why=why)
        reminders.silence(about_kind=ABOUT, about_id=old.pk, by=by, why=why)
        in_person = visit is None or visit.channel != VisitChannel.PHONE
        bookings.owe(new, by=by, in_person=in_person, changed=True, replaces=old.pk)
        queues.wake_after_commit()
    return new


def rebook(
    *, appointment: Appointment, slot: Slot, by: User, key: UUID | None = None, visit: Visit | None = None
) -> Appointment:
    """Book the slot for somebody whose booking the clinic cancelled; link both and close what was to be done.

    Raises what `bookings.book` raises, or NotLive when they have another place already.
    """
    with transaction.atomic():
        villager = places_given.lock_villager(appointment.villager_id)
        old = Appointment.objects.with_names().get(pk=appointment.pk)
        if old.state != AppointmentState.CANCELLED_BY_CLINIC:
            raise NotLive(_("这个预约没有停诊，不用重约。"))
        new = bookings.book(slot=slot, villager=villager, hall=old.hall, by=by, key=key, visit=visit)
        if old.successor_id not in (None, new.pk):
            raise NotLive(_("已经重新约过了。"))
        Appointment.objects.filter(pk=old.pk).update(successor=new)
        follow_ups.finish_about(about_kind=ABOUT, about_id=old.pk, by=by, note=_("已经重约"))
        reminders.silence(about_kind=ABOUT, about_id=old.pk, by=by, why=_("已经重约"))
    return new


def why_not_movable(appointment: Appointment) -> str:
    """One sentence why the booking cannot be moved with us now; empty when it can. The deadline aside."""
    if appointment.source != AppointmentSource.SCHEDULE or appointment.state != AppointmentState.BOOKED:
        return _("这个预约不能在这里改约。")
    if appointment.moves >= policies.policy_of(appointment).max_moves:
        return _("这个号已经改过 %(count)d 次，医院不让再改；不去的话请取消，再重新约。") % {"count": appointment.moves}
    return ""


def _check(old: Appointment, slot: Slot) -> None:
    if old.state != AppointmentState.BOOKED or old.source != AppointmentSource.SCHEDULE:
        raise NotLive(_("这个预约已经结束了，不能再改。"))
    why = why_not_movable(old)
    if why:
        raise TooManyMoves(why)
    bookings.check_deadline(old)
    if old.slot_id == slot.pk:
        raise SlotNotOffered(_("现在约的就是这个时间，请选别的时间。"))
