"""What a villager takes home: the slip's lines, complete, in the language that is active."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from appointments.domain import policies, standing, visit_day, windows
from appointments.enums import AppointmentSource
from appointments.models import Appointment, Route
from auditorium import clock
from auditorium.dates import clock_time, full_date, lunar_date
from auditorium.references import grouped_reference

if TYPE_CHECKING:
    from datetime import datetime

    from appointments.domain.visit_day import VisitDay


@dataclass(frozen=True)
class Slip:
    """One slip. Empty fields are not printed. `code` is an SVG of a QR code that holds the reference only."""

    title: str
    name: str
    number: str
    day: str
    time: str
    lunar: str
    hospital: str
    clinic: str
    place: str
    arrive: str
    pick_up_by: str
    bring: str
    prepare: str
    pick_up: str
    fee: str
    cancel_by: str
    route: str
    flags: tuple[str, ...]
    unconfirmed: str
    replaced: str
    reference: str
    hall: str
    hall_phone: str
    code: SafeString


def slip_for(appointment: Appointment) -> Slip:
    """The slip of a booking; give it `with_names()` and the hospital's policy, and it takes one query more, of a
    moved booking two."""
    policy = policies.policy_of(appointment)
    day = visit_day.of_appointment(appointment, policy)
    return Slip(
        title=_("预约登记单") if appointment.awaits_hospital else _("预约单"),
        name=appointment.villager.name,
        number=appointment.shown_number,
        day=full_date(appointment.date),
        time=_time(appointment),
        lunar=lunar_date(appointment.date),
        hospital=appointment.held_at.name if appointment.held_at else appointment.hospital_name,
        clinic=_clinic(appointment),
        place=_place(appointment),
        arrive=_arrive(day),
        pick_up_by=_("最晚%(time)s取号，过时不候") % {"time": clock_time(day.pick_up_by)} if day.pick_up_by else "",
        bring=day.bring,
        prepare=day.prepare,
        pick_up=appointment.pick_up_code,
        fee=_("%(fee)s 元") % {"fee": f"{appointment.fee.normalize():f}"} if appointment.fee else "",
        cancel_by=_cancel_by(appointment, policy),
        route=_route(appointment),
        flags=_flags(appointment),
        unconfirmed=_("待医院确认，确认后礼堂会告诉您") if appointment.awaits_hospital else "",
        replaced=_replaced(appointment),
        reference=grouped_reference(appointment.reference),
        hall=appointment.hall.name,
        hall_phone=_hall_phone(appointment),
        code=_code(appointment.reference),
    )


def _replaced(appointment: Appointment) -> str:
    """Which slip this one replaces; asks only where the booking was moved."""
    old = Appointment.objects.filter(successor=appointment).first() if appointment.moves else None
    if old is None:
        return ""
    return _("改过约：原来%(when)s的预约单作废") % {"when": standing.when(old)}


def _time(appointment: Appointment) -> str:
    if appointment.starts_at:
        return clock_time(appointment.starts_at)
    if appointment.period:
        return _("%(period)s，几点还要问") % {"period": appointment.get_period_display()}
    return _("几点还要问")


def _clinic(appointment: Appointment) -> str:
    doctor = appointment.doctor_name
    kind = appointment.get_clinic_class_display() if appointment.clinic_class else ""
    who = doctor or (_("%(kind)s门诊") % {"kind": kind} if kind else "")
    extra = _("（加号）") if appointment.is_extra else ""
    whose = appointment.hospital_name if appointment.held_at else ""
    return " ".join(part for part in (whose, appointment.department_name, who) if part) + extra


def _place(appointment: Appointment) -> str:
    """Where in the hospital; at a hall, whose name stands above, the room there."""
    hall = appointment.held_at
    return appointment.place.removeprefix(hall.name).strip() if hall else appointment.place


def _arrive(day: VisitDay) -> str:
    if not day.arrive_by:
        return ""
    early = clock_time(day.arrive_by)
    if day.pick_up_place:
        return _("请%(time)s前到，先在%(place)s取号") % {"time": early, "place": day.pick_up_place}
    return _("请%(time)s前到") % {"time": early}


def _cancel_by(appointment: Appointment, policy: policies.Policy) -> str:
    if appointment.source == AppointmentSource.ELSEWHERE:
        channel = str(appointment.channel or appointment.channel_text)
        if channel:
            return _("去不了，请打电话给礼堂，也要在%(channel)s取消") % {"channel": channel}
        return _("去不了，请打电话给礼堂，也要在原来约的地方取消")
    deadline = windows.cancel_deadline(policy=policy, date=appointment.date)
    if clock.now() < deadline:
        return _("去不了，请在%(deadline)s前打电话给礼堂") % {"deadline": _full(deadline)}
    phone = appointment.hospital.phone.as_national if appointment.hospital and appointment.hospital.phone else ""
    return _("去不了，请打电话给医院 %(phone)s") % {"phone": phone} if phone else _("去不了，请打电话给医院")


def _full(moment: datetime) -> str:
    return f"{full_date(clock.local(moment).date())} {clock_time(moment)}"


def _route(appointment: Appointment) -> str:
    if appointment.held_at:
        return ""
    route = Route.objects.filter(hall=appointment.hall_id, hospital=appointment.hospital_id).first()
    if not route:
        return ""
    times = []
    if route.first_bus and route.last_bus:
        times.append(
            _("头班 %(first)s，末班 %(last)s")
            % {"first": f"{route.first_bus:%H:%M}", "last": f"{route.last_bus:%H:%M}"}
        )
    if route.minutes:
        times.append(_("约 %(minutes)d 分钟") % {"minutes": route.minutes})
    return _("；").join([route.bus, *times])


def _flags(appointment: Appointment) -> tuple[str, ...]:
    villager = appointment.villager
    said = []
    if villager.hard_of_hearing:
        said.append(_("听力不便，请当面或书面叫号"))
    if villager.low_vision:
        said.append(_("视力不便，请带路"))
    if villager.limited_mobility:
        said.append(_("行动不便，请照顾"))
    if villager.dialect_only:
        said.append(_("只会讲方言"))
    return tuple(said)


def _hall_phone(appointment: Appointment) -> str:
    return appointment.hall.phone.as_national if appointment.hall.phone else ""


def _code(reference: str) -> SafeString:
    drawing = segno.make(reference, error="m", micro=False).svg_inline(omitsize=True, border=1)
    return mark_safe(drawing)  # noqa: S308 the reference has no character that SVG could take for markup
