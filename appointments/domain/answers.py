"""What a villager's yes or no by text does to a booking or an offer."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import bookings, offers
from appointments.enums import AppointmentState
from appointments.errors import BookingError, NotLive
from appointments.models import Appointment
from auditorium import clock
from auditorium.enums import TextLanguage
from auditorium.ports import Answered


def short(about_id: int, language: str = TextLanguage.CHINESE) -> str:
    """Whose booking it is and when: 张小明24日8:30, 张小明 24 Nov 8:30; nothing of where or why."""
    appointment = Appointment.objects.select_related("villager").get(pk=about_id)
    name = appointment.villager.name[:4]
    at = f"{clock.local(appointment.starts_at):%H:%M}".removeprefix("0") if appointment.starts_at else ""
    if language == TextLanguage.ENGLISH:
        return f"{name} {appointment.date.day} {appointment.date:%b} {at}".strip()
    return f"{name}{appointment.date.day}日{at}"


def on_reply(about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
    """Take or refuse an offer, note a yes, or begin a cancellation: that only from the villager's own phone."""
    appointment = Appointment.objects.with_names().with_policies().get(pk=about_id)
    with translation.override(settings.LANGUAGE_CODE):
        if appointment.state == AppointmentState.HELD:
            return _on_offer(appointment, yes=yes, may=own or may_decide)
        if yes:
            return Answered()
        if not own:
            return Answered(task=_("不是本人的手机，请问过村民再取消"))
        try:
            if appointment.slot_id:
                bookings.check_deadline(appointment)
        except BookingError as error:
            return Answered(task=_("村民要取消：%(why)s") % {"why": error.sentence})
        return Answered(cancels=True)


def cancel(about_id: int, *, why: str) -> str:
    """Cancel as the villager asked; empty when it is cancelled or over already, else why not."""
    try:
        bookings.cancel(appointment=Appointment.objects.with_names().with_policies().get(pk=about_id), by=None, why=why)
    except NotLive:
        return ""
    except BookingError as error:
        return error.sentence
    return ""


def _on_offer(appointment: Appointment, *, yes: bool, may: bool) -> Answered:
    if not may:
        wants = _("要候补的号") if yes else _("不要候补的号")
        return Answered(task=_("%(wants)s，不是本人的手机，请马上问过村民") % {"wants": wants})
    try:
        if yes:
            offers.accept(appointment=appointment, by=None, in_person=False)
        else:
            offers.decline(appointment=appointment, by=None, why=_("村民回短信不要"))
    except BookingError as error:
        return Answered(task=error.sentence)
    return Answered()
