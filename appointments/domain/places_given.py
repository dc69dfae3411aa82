"""An appointment's place: taken with its number, written down, and given back. The only code that does either.

The caller holds the villager's lock and has checked that the place may be given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments.domain import policies, slots, times
from appointments.enums import APPOINTMENT_TRANSITIONS, AppointmentSource, AppointmentState, HospitalKnows
from appointments.errors import BookingError, NotLive, SlotFull, SlotNotOffered
from appointments.models import Appointment, Slot
from auditorium import clock, references
from auditorium.domain import reminders
from auditorium.domain.transitions import transition
from auditorium.models import Villager
from auditorium.plain_select import PlainSelect

if TYPE_CHECKING:
    from auditorium.enums import ReminderPurpose
    from auditorium.models import Hall, User, Visit

ABOUT = "appointment"
"""What an appointment is called in audit, reminders and tasks."""

_REFERENCE_TRIES = 5

VILLAGER = PlainSelect(
    Villager,
    "SELECT {columns} FROM auditorium_villager this WHERE id = %s {lock}",
    without=["id_number", "other_document_number"],  # no booking decrypts them
)
SLOT = PlainSelect(
    Slot,
    """
    SELECT {columns}
    FROM appointments_slot this
    JOIN appointments_clinicsession session ON session.id = this.session_id
    JOIN appointments_department department ON department.id = session.department_id
    JOIN appointments_hospital hospital ON hospital.id = department.hospital_id
    WHERE this.id = %s
    """,
    related=["session", "session__department", "session__department__hospital"],
    without=["session__department__hospital__phone"],
)


def lock_villager(villager_id: int) -> Villager:
    """The villager's row, locked until the transaction ends: limits are counted under this lock."""
    return VILLAGER.get(villager_id)


def load_slot(slot_id: int) -> Slot:
    """The slot as it is now, with its session, hospital and their rules."""
    slot = SLOT.get(slot_id)
    policies.load(slot.session.department)
    return slot


def take(
    *,
    slot: Slot,
    villager: Villager,
    hall: Hall,
    by: User | None,
    visit: Visit | None = None,
    state: AppointmentState = AppointmentState.BOOKED,
    **more: Any,
) -> Appointment:
    """Claim a place with one UPDATE and write the appointment with its number; `more` are further columns.

    Raises SlotFull or SlotNotOffered when the last place went to somebody else or the slot was closed.
    """
    number = slots.claim(slot.pk)
    if number is None:
        raise gone(slot)
    return insert(_appointment(slot, villager, hall, by, visit=visit, number=number, state=state, **more))


def insert(appointment: Appointment) -> Appointment:
    """Write a new appointment under a random reference that nobody has."""
    for _try in range(_REFERENCE_TRIES):
        appointment.reference = references.new_reference()
        try:
            with transaction.atomic():
                appointment.save(force_insert=True)
        except IntegrityError:
            if not Appointment.objects.filter(reference=appointment.reference).exists():
                raise
        else:
            return appointment
    raise RuntimeError("no free reference found; the reference is too short for this database")


def give_back(appointment: Appointment, *, to: AppointmentState, by: User | None, why: str, **changes: Any) -> None:
    """End the appointment in the state `to` and free its place and number, if it has one.

    Raises NotLive, having written nothing, when it has ended already. Locks the slot.
    """
    if appointment.slot_id:
        slots.lock(appointment.slot_id)
    moved = transition(
        Appointment.objects.filter(pk=appointment.pk),
        to=to,
        table=APPOINTMENT_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
        **changes,
    )
    if not moved:
        raise NotLive(_("这个预约已经结束了，不用再取消。"))
    if appointment.slot_id:
        slots.release(appointment.slot_id)


def tell_now(appointment: Appointment, purpose: ReminderPurpose) -> None:
    """Owe the villager one text about the booking, also where nobody was told of it in writing before."""
    reminders.owe_now(
        about_kind=ABOUT,
        about_id=appointment.pk,
        villager=appointment.villager,
        hall=appointment.hall,
        purpose=purpose,
        expires_at=times.over(day=appointment.date, period=appointment.period, starts_at=appointment.starts_at),
    )


def gone(slot: Slot) -> BookingError:
    """Why no place of the slot could be had."""
    fresh = Slot.objects.only("is_open").filter(pk=slot.pk).first()
    if fresh and fresh.is_open:
        return SlotFull(_("这个时间的号刚刚约满，请选别的时间。"))
    return SlotNotOffered(_("这个时段不接受预约了，请选别的时间。"))


def _appointment(
    slot: Slot, villager: Villager, hall: Hall, by: User | None, *, state: AppointmentState, **more: Any
) -> Appointment:
    session = slot.session
    hospital = session.department.hospital
    asks = hospital.acknowledges and state == AppointmentState.BOOKED
    return Appointment(
        source=AppointmentSource.SCHEDULE,
        state=state,
        hospital_knows=HospitalKnows.UNSENT if asks else HospitalKnows.NOT_NEEDED,
        villager=villager,
        hall=hall,
        slot=slot,
        session=session,
        hospital=hospital,
        department=session.department,
        doctor_id=session.doctor_id,
        date=session.date,
        period=session.period,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        clinic_class=session.clinic_class,
        fee=session.fee,
        place=session.place,
        booked_by=by,
        booked_at=clock.now(),
        **more,
    )
