"""Booking a place and giving it back: the only code that writes an appointment's place.

Book: lock the villager, re-read, count limits, claim the place with one UPDATE, write. Everything a
booking owes (number, reminders, audit) is written in the same transaction; the worker is woken after it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.domain import policies, slots
from appointments.enums import (
    APPOINTMENT_TRANSITIONS,
    AWAITING_HOSPITAL,
    AppointmentSource,
    AppointmentState,
    HospitalKnows,
)
from appointments.errors import (
    AlreadyBooked,
    BookingError,
    KeyReused,
    NotLive,
    SlotFull,
    SlotNotOffered,
    TooLateToCancel,
    VillagerNotReady,
)
from appointments.models import Appointment, BookingRequest, ClinicSession, Slot
from auditorium import clock, references
from auditorium.dates import clock_time, full_date
from auditorium.domain import audit, follow_ups, reminders
from auditorium.domain.transitions import transition
from auditorium.enums import ConsentPurpose, FollowUpKind, IdentityKind, ReminderPurpose, VisitChannel
from auditorium.models import Villager

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from appointments.domain.policies import Policy
    from auditorium.models import Hall, User, Visit

ABOUT = "appointment"
_REFERENCE_TRIES = 5


def book(
    *, slot: Slot, villager: Villager, hall: Hall, by: User, key: UUID | None = None, visit: Visit | None = None
) -> Appointment:
    """Give the villager a place in the slot and return the appointment, booked and numbered.

    With a `key`, the same user asking the same again gets the same appointment. Raises a BookingError,
    having written nothing: VillagerNotReady, SlotNotOffered, SlotFull, AlreadyBooked, KeyReused.
    """
    content = content_hash("book", slot.pk, villager.pk, hall.pk)
    with transaction.atomic():
        villager = lock_villager(villager.pk)
        answered = answered_before(by=by, key=key, content=content)
        if answered:
            return answered
        slot = Slot.objects.select_related("session__department__hospital__policy", "session__doctor").get(pk=slot.pk)
        policy = policies.policy_for(slot.session.department.hospital)
        _check_villager(villager)
        _check_offer(slot, hall, policy)
        _check_limits(slot, villager, policy)
        number = slots.claim(slot.pk)
        if number is None:
            raise _gone(slot)
        appointment = insert(_place(slot=slot, villager=villager, hall=hall, by=by, visit=visit, number=number))
        remember(by=by, key=key, content=content, appointment=appointment)
        audit.record(action="booked", what=appointment, by=by, hall=hall, villager_id=villager.pk)
        reminders.plan(
            about_kind=ABOUT,
            about_id=appointment.pk,
            villager=villager,
            hall=hall,
            event_at=slot.starts_at,
            by=by,
            in_person=visit is None or visit.channel != VisitChannel.PHONE,
        )
    return appointment


def check(*, slot: Slot, villager: Villager, hall: Hall) -> None:
    """Raise what `book` would raise now, writing nothing; the slot comes with session, hospital and policy."""
    policy = policies.policy_for(slot.session.department.hospital)
    _check_villager(villager)
    _check_offer(slot, hall, policy)
    _check_limits(slot, villager, policy)
    if not slot.free:
        raise _gone(slot)


def cancel(*, appointment: Appointment, by: User, why: str = "", tell: bool = True) -> Appointment:
    """Cancel for the villager: the place and number go back, what is unsent is silenced.

    A place of ours can be cancelled until its deadline, a booking made elsewhere at any time while it is
    live (its platform must be told by a person). Raises NotLive or TooLateToCancel.
    """
    with transaction.atomic():
        lock_villager(appointment.villager_id)
        if appointment.slot_id:
            _check_deadline(appointment)
            slots.lock(appointment.slot_id)
        _end(appointment, to=AppointmentState.CANCELLED_BY_VILLAGER, by=by, why=why)
        reminders.silence(
            about_kind=ABOUT,
            about_id=appointment.pk,
            by=by,
            why=why,
            tell=ReminderPurpose.CANCELLED if tell else None,
        )
    appointment.refresh_from_db()
    return appointment


def acknowledge(*, appointments: QuerySet[Appointment], by: User, accepted: bool = True) -> int:
    """Note the hospital's answer to bookings it was waiting to hear of; return how many it settled.

    A refused one is cancelled for the clinic: the place goes back, the villager is told, and a person
    gets the task of finding another place.
    """
    waiting = appointments.live().filter(hospital_knows__in=AWAITING_HOSPITAL)  # type: ignore[attr-defined]
    if accepted:
        table: dict[str, tuple[str, ...]] = {HospitalKnows.ACKNOWLEDGED: AWAITING_HOSPITAL}
        return transition(waiting, to=HospitalKnows.ACKNOWLEDGED, table=table, by=by, field="hospital_knows")
    refused = 0
    for pk in list(waiting.values_list("pk", flat=True)):
        refused += _refuse(pk, by)
    return refused


def lock_villager(villager_id: int) -> Villager:
    """The villager's row, locked until the transaction ends: limits are counted under this lock."""
    return Villager.objects.select_for_update(no_key=True).get(pk=villager_id)


def why_not_ready(villager: Villager) -> str:
    """One sentence why nothing can be booked for this villager, whatever the place; empty when all is there.

    Nothing here queries when the consents are loaded.
    """
    if villager.erased_at or villager.died_on:
        return _("这位村民的资料已经停用，不能预约。")
    if villager.identity_kind == IdentityKind.UNKNOWN:
        return _("医院要实名预约，请先补上身份证号；也可以登记在别处约好的号。")
    agreed = (consent.purpose for consent in villager.consents.all() if consent.withdrawn_at is None)
    if ConsentPurpose.HEALTH not in agreed:
        return _("还没有记下村民同意代办看病预约，请先问过本人或监护人再记下。")
    return ""


def content_hash(*parts: object) -> str:
    """What an idempotency key is bound to."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def answered_before(*, by: User, key: UUID | None, content: str) -> Appointment | None:
    """The appointment this key already got; raises KeyReused when the key was used for other content."""
    if key is None:
        return None
    request = BookingRequest.objects.select_related("appointment").filter(user=by, key=key).first()
    if request is None:
        return None
    if request.content_hash != content:
        raise KeyReused(_("这一页已经用过了，请回到上一步重新核对。"))
    return request.appointment


def remember(*, by: User, key: UUID | None, content: str, appointment: Appointment) -> None:
    """Bind the key to its appointment."""
    if key is not None:
        BookingRequest.objects.create(
            user=by, key=key, content_hash=content, appointment=appointment, created_at=clock.now()
        )


def insert(appointment: Appointment) -> Appointment:
    """Write a new appointment under a random reference that nobody has."""
    for _try in range(_REFERENCE_TRIES):
        appointment.reference = references.new_reference()
        if Appointment.objects.filter(reference=appointment.reference).exists():
            continue
        appointment.save(force_insert=True)
        return appointment
    raise RuntimeError("no free reference found; the reference is too short for this database")


def _check_villager(villager: Villager) -> None:
    why = why_not_ready(villager)
    if why:
        raise VillagerNotReady(why)


def _check_offer(slot: Slot, hall: Hall, policy: Policy) -> None:
    if not ClinicSession.objects.for_hall(hall).filter(pk=slot.session_id).exists():
        raise SlotNotOffered(_("这个号不是分给本礼堂的，请选别的时间。"))
    why = policies.why_not_bookable(slot=slot, policy=policy, at=clock.now())
    if why:
        raise SlotNotOffered(why)


def _check_limits(slot: Slot, villager: Villager, policy: Policy) -> None:
    session = slot.session
    same = Appointment.objects.occupying().on(session.date).filter(villager=villager)
    if policy.one_per_department_and_day:
        same = same.filter(department=session.department_id)
    else:
        same = same.filter(session=session)
    other = same.first()
    if other:
        raise AlreadyBooked(
            _("%(name)s %(day)s在%(department)s已经约了一个号（%(reference)s），同一天同一科室只能约一个。")
            % {
                "name": villager.name,
                "day": full_date(session.date),
                "department": session.department.name,
                "reference": other.reference,
            }
        )


def _gone(slot: Slot) -> BookingError:
    fresh = Slot.objects.only("is_open").get(pk=slot.pk)
    if fresh.is_open:
        return SlotFull(_("这个时间的号刚刚约满，请选别的时间。"))
    return SlotNotOffered(_("这个时段不接受预约了，请选别的时间。"))


def _place(*, slot: Slot, villager: Villager, hall: Hall, by: User, visit: Visit | None, number: int) -> Appointment:
    session = slot.session
    hospital = session.department.hospital
    return Appointment(
        source=AppointmentSource.SCHEDULE,
        state=AppointmentState.BOOKED,
        hospital_knows=HospitalKnows.UNSENT if hospital.acknowledges else HospitalKnows.NOT_NEEDED,
        villager=villager,
        hall=hall,
        visit=visit,
        slot=slot,
        session=session,
        hospital=hospital,
        department=session.department,
        doctor=session.doctor,
        date=session.date,
        period=session.period,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        number=number,
        clinic_class=session.clinic_class,
        fee=session.fee,
        place=" ".join(part for part in (session.department.place, session.room) if part),
        booked_by=by,
        booked_at=clock.now(),
    )


def _check_deadline(appointment: Appointment) -> None:
    hospital = appointment.hospital
    if hospital is None:
        return
    deadline = policies.cancel_deadline(policy=policies.policy_for(hospital), date=appointment.date)
    if appointment.is_live and clock.now() >= deadline:
        raise TooLateToCancel(
            _("%(day)s%(time)s以后要打电话给医院取消：%(hospital)s %(phone)s %(hours)s").strip()
            % {
                "day": full_date(clock.local(deadline).date()),
                "time": clock_time(deadline),
                "hospital": hospital.name,
                "phone": hospital.phone.as_national if hospital.phone else "",
                "hours": hospital.phone_hours,
            }
        )


def _end(appointment: Appointment, *, to: AppointmentState, by: User | None, why: str) -> None:
    moved = transition(
        Appointment.objects.filter(pk=appointment.pk),
        to=to,
        table=APPOINTMENT_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
    )
    if not moved:
        raise NotLive(_("这个预约已经结束了，不用再取消。"))
    if appointment.slot_id:
        slots.release(appointment.slot_id)


def _refuse(pk: int, by: User) -> int:
    with transaction.atomic():
        appointment = Appointment.objects.with_names().get(pk=pk)
        villager = lock_villager(appointment.villager_id)
        if appointment.slot_id:
            slots.lock(appointment.slot_id)
        try:
            _end(appointment, to=AppointmentState.CANCELLED_BY_CLINIC, by=by, why=_("医院没接受"))
        except NotLive:
            return 0
        Appointment.objects.filter(pk=pk).update(hospital_knows=HospitalKnows.REFUSED)
        reminders.silence(about_kind=ABOUT, about_id=pk, by=by, why=_("医院没接受"), tell=ReminderPurpose.CANCELLED)
        follow_ups.open_task(
            hall=appointment.hall,
            villager=villager,
            kind=FollowUpKind.REBOOK,
            reason=_("医院没接受这个预约，请帮村民改约"),
            due_at=policies.cancel_deadline(policy=policies.DEFAULTS, date=appointment.date),
            about_kind=ABOUT,
            about_id=pk,
            by=by,
        )
    return 1
