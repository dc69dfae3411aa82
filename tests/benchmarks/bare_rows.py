"""The rows one booking writes, written with the ORM and nothing else: no rule, no lock, no look at what is there."""

from uuid import uuid4

from django.db import transaction
from django.db.models import F

from appointments.domain.places_given import ABOUT
from appointments.enums import AppointmentSource, AppointmentState
from appointments.models import Appointment, BookingRequest, Slot
from auditorium import clock, references
from auditorium.domain import wording
from auditorium.enums import MatterKind, MessageAudience, ReminderPurpose, VisitState
from auditorium.models import AuditEntry, Matter, MessageTemplate, Reminder, User, Visit

PURPOSES = (ReminderPurpose.CONFIRMATION, ReminderPurpose.THREE_DAYS, ReminderPurpose.ONE_DAY)


@transaction.atomic
def write(
    *, slot: Slot, villager_id: int, hall_id: int, by: User, number: int, words: dict[tuple[str, str], MessageTemplate]
) -> Appointment:
    """What `bookings.book` with a key writes: the slot's count, the booking, its key, audit and three reminders."""
    now = clock.now()
    session = slot.session
    Slot.objects.filter(pk=slot.pk).update(taken=F("taken") + 1)
    appointment = Appointment.objects.create(
        reference=references.new_reference(),
        source=AppointmentSource.SCHEDULE,
        state=AppointmentState.BOOKED,
        villager_id=villager_id,
        hall_id=hall_id,
        slot=slot,
        session=session,
        hospital_id=session.department.hospital_id,
        department_id=session.department_id,
        date=session.date,
        period=session.period,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        number=number,
        clinic_class=session.clinic_class,
        fee=session.fee,
        booked_by=by,
        booked_at=now,
    )
    BookingRequest.objects.create(user=by, key=uuid4(), content_hash="0" * 64, appointment=appointment, created_at=now)
    AuditEntry.objects.create(
        at=now,
        actor=by,
        hall_id=hall_id,
        action="booked",
        object_kind=ABOUT,
        object_id=appointment.pk,
        villager_id=villager_id,
    )
    for purpose in PURPOSES:
        Reminder.objects.create(
            about_kind=ABOUT,
            about_id=appointment.pk,
            villager_id=villager_id,
            hall_id=hall_id,
            purpose=purpose,
            due_at=now,
            expires_at=slot.starts_at,
            own_template=words[purpose, MessageAudience.OWN],
            discreet_template=words[purpose, MessageAudience.DISCREET],
        )
    return appointment


@transaction.atomic
def write_with_visit(
    *, slot: Slot, villager_id: int, hall_id: int, by: User, number: int, words: dict[tuple[str, str], MessageTemplate]
) -> Appointment:
    """What the check page's button writes: the same, and the finished visit with what was done in it."""
    now = clock.now()
    appointment = write(slot=slot, villager_id=villager_id, hall_id=hall_id, by=by, number=number, words=words)
    visit = Visit.objects.create(
        hall_id=hall_id,
        villager_id=villager_id,
        state=VisitState.DONE,
        arrived_at=now,
        serving_since=now,
        ended_at=now,
        served_by=by,
    )
    Matter.objects.create(visit=visit, kind=MatterKind.BOOKING, done_at=now, about_kind=ABOUT, about_id=appointment.pk)
    Appointment.objects.filter(pk=appointment.pk).update(visit=visit)
    return appointment


def words() -> dict[tuple[str, str], MessageTemplate]:
    """The templates every reminder points to."""
    return wording.current_templates(ABOUT)
