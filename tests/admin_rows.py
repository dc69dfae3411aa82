"""One row of every model the admin shows, at a hall; and somebody of every role who may open it."""

from datetime import time, timedelta

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType

from appointments import models as booking
from appointments.domain import bookings, suspensions
from appointments.enums import SessionKind
from auditorium import clock, models
from auditorium.domain import audit
from auditorium.domain.activities import enrolling
from auditorium.domain.library.lending import loans
from auditorium.enums import FollowUpKind, MessageAudience, ReminderPurpose, RoleKind
from tests.appointments.factories import (
    DepartmentFactory,
    DoctorFactory,
    HospitalFactory,
    LeaveFactory,
    ScheduleTemplateFactory,
    SlotFactory,
    reachable_villager,
)
from tests.auditorium.activities import RoomFactory, activity_in
from tests.factories import (
    BookCopyFactory,
    ChannelFactory,
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    HelperFactory,
    RegionFactory,
    ResourceFactory,
    SmsLineFactory,
    SpeakerFactory,
    UserFactory,
    VillagerFactory,
    VisitFactory,
    desk_user,
    supervisor,
)


def hall_manager(hall, **kwargs):
    """Somebody who looks after one hall and its desk."""
    user = UserFactory(is_staff=True, current_hall=hall, **kwargs)
    models.Role.objects.create(user=user, role=RoleKind.HALL_MANAGER, hall=hall)
    return user


def administrator():
    """Somebody with the role, not Django's superuser."""
    user = UserFactory(is_staff=True)
    models.Role.objects.create(user=user, role=RoleKind.ADMINISTRATOR)
    return user


def supervisor_of(code="330603000000", level="county"):
    """Somebody who sees every hall of a county, or of a town in it."""
    return supervisor(RegionFactory(code=code, name="柯桥区", level=level), is_staff=True)


def clerk_of(hospital):
    """Somebody who answers for a hospital and has no role at any hall."""
    user = UserFactory(is_staff=True)
    booking.HospitalClerk.objects.create(user=user, hospital=hospital)
    return user


def template_for(purpose=ReminderPurpose.CONFIRMATION, audience=MessageAudience.OWN):
    version = 1000 + models.MessageTemplate.objects.count()
    body = "{name}，约好：{when}到{where}，{number}，{state}。问{ask}"
    return models.MessageTemplate.objects.create(
        about_kind="appointment", purpose=purpose, audience=audience, version=version, body=body, is_current=False
    )


def reminder_at(hall):
    now = clock.now()
    return models.Reminder.objects.create(
        hall=hall,
        villager=VillagerFactory(registered_at=hall),
        about_kind="appointment",
        about_id=10_000 + models.Reminder.objects.count(),
        purpose=ReminderPurpose.CONFIRMATION,
        own_template=template_for(),
        discreet_template=template_for(audience=MessageAudience.DISCREET),
        due_at=now,
        expires_at=now + timedelta(days=1),
    )


def message_at(hall):
    now = clock.now()
    reminder = reminder_at(hall)
    contact = ContactFactory(villager=reminder.villager)
    message = models.Message.objects.create(
        hall=hall,
        villager=reminder.villager,
        phone=contact.phone,
        contact=contact,
        line=SmsLineFactory(),
        audience=MessageAudience.OWN,
        body="【柯桥文化礼堂】张小明，约好了。",
        parts=1,
        created_at=now,
        not_before=now,
        expires_at=now + timedelta(days=1),
    )
    message.reminders.add(reminder)
    return message


def appointment_at(hall, slot=None):
    slot = slot or SlotFactory(session__allotted_hall=hall)
    return bookings.book(slot=slot, villager=reachable_villager(hall), hall=hall, by=desk_user(hall))


def suspension_at(hall):
    session = SlotFactory(session__allotted_hall=hall).session
    scope = suspensions.scope_of([session])
    return suspensions.suspend(scope=scope, why="医生出诊去了", by=None)


def reply_at(hall):
    message = message_at(hall)
    return models.Reply.objects.create(
        line=message.line,
        phone=message.phone,
        text="1",
        received_at=clock.now(),
        state="settled",
        meaning="yes",
        hall=hall,
        villager=message.villager,
        message=message,
    )


def lift_at(hall):
    return booking.NoShowLift.objects.create(
        villager=VillagerFactory(registered_at=hall),
        hospital=HospitalFactory(),
        hall=hall,
        lifted_by=desk_user(hall),
        lifted_at=clock.now(),
        reason="那几天住院",
    )


def logged(hall):
    kind = ContentType.objects.get_for_model(hall)
    return LogEntry.objects.create(
        user=UserFactory(), content_type=kind, object_id=hall.pk, object_repr="hall #1", action_flag=ADDITION
    )


def specialty():
    number = booking.Specialty.objects.count()
    return booking.Specialty.objects.create(code=f"99.{number}", name=f"骨科{number}")


def template_at(hall):
    return ScheduleTemplateFactory(held_at=hall, allotted_hall=hall, kind=SessionKind.VILLAGE_DOCTOR)


def channel_of(hall):
    return ChannelFactory(keeper_hall=hall)


def loan_at(hall):
    return loans.lend(copy=BookCopyFactory(hall=hall), villager=VillagerFactory(registered_at=hall), by=desk_user(hall))


def enrolment_at(hall):
    activity = activity_in(RoomFactory(hall=hall), day=clock.today() + timedelta(days=1))
    return enrolling.sign_up(activity=activity, villagers=[VillagerFactory(registered_at=hall)], by=None)[0]


IN_SCOPE = {
    models.Hall: lambda hall: hall,
    models.Helper: lambda hall: HelperFactory(hall=hall),
    models.User: desk_user,
    models.Villager: lambda hall: VillagerFactory(registered_at=hall),
    models.Household: lambda hall: models.Household.objects.create(hall=hall, name="张小明家"),
    models.Phone: lambda hall: ContactFactory(villager__registered_at=hall).phone,
    models.Visit: lambda hall: VisitFactory(hall=hall, villager=VillagerFactory(registered_at=hall)),
    models.FollowUp: lambda hall: FollowUpFactory(hall=hall, kind=FollowUpKind.CALL),
    models.Reminder: reminder_at,
    models.Message: message_at,
    models.AuditEntry: lambda hall: audit.record(action="added", what=hall, by=None, hall=hall),
    booking.ClinicSession: lambda hall: SlotFactory(session__allotted_hall=hall).session,
    booking.Appointment: appointment_at,
    booking.ScheduleTemplate: template_at,
    booking.NoShowLift: lift_at,
    models.Reply: reply_at,
    models.Room: lambda hall: RoomFactory(hall=hall),
    models.Activity: lambda hall: activity_in(RoomFactory(hall=hall), day=clock.today() + timedelta(days=1)),
    models.Enrolment: enrolment_at,
    models.ActivityDate: lambda hall: activity_in(
        RoomFactory(hall=hall), day=clock.today() + timedelta(days=1)
    ).dates.get(),
    models.Channel: channel_of,
    models.Display: lambda hall: models.Display.objects.create(hall=hall, name="大厅电视", token_hash=f"{hall.pk:064}"),
    models.Speaker: lambda hall: SpeakerFactory(channel=channel_of(hall)),
    models.BookCopy: lambda hall: BookCopyFactory(hall=hall),
    models.Loan: loan_at,
    models.LendingPolicy: lambda hall: models.LendingPolicy.objects.create(hall=hall),
    models.Topic: lambda hall: models.Topic.objects.create(channel=channel_of(hall), title="启蒙"),
    models.Resource: lambda hall: ResourceFactory(channel=channel_of(hall)),
    booking.Route: lambda hall: booking.Route.objects.create(hall=hall, hospital=HospitalFactory(), bus="803 路"),
}
"""Rows that belong to a hall: nobody else's manager sees them."""

FOR_EVERYBODY = {
    models.Region: lambda hall: hall.region,
    models.MessageTemplate: lambda hall: template_for(),
    booking.Hospital: lambda hall: HospitalFactory(),
    booking.Department: lambda hall: DepartmentFactory(),
    booking.Doctor: lambda hall: DoctorFactory(),
    booking.Specialty: lambda hall: specialty(),
    booking.EverydayWord: lambda hall: booking.EverydayWord.objects.create(word="膝盖痛", specialty=specialty()),
}
"""Reference data: all who manage something look it up."""

FOR_ADMINISTRATORS = {
    models.SmsLine: lambda hall: SmsLineFactory(),
    models.ReminderRule: lambda hall: models.ReminderRule.objects.create(
        about_kind="appointment", purpose=ReminderPurpose.ONE_DAY, hall=HallFactory(), days=1, at=time(15)
    ),
    LogEntry: logged,
    booking.CalendarDay: lambda hall: booking.CalendarDay.objects.create(
        date=clock.today() + timedelta(days=booking.CalendarDay.objects.count()), is_workday=False, name="春节"
    ),
}

OF_HOSPITALS = {
    booking.Leave: lambda hall: LeaveFactory(),
    booking.Suspension: suspension_at,
}
"""What a hospital's people keep; its pages have tests of their own."""

OF_ONE_USER = {
    booking.ScheduleUpload: lambda hall: booking.ScheduleUpload.objects.create(
        uploaded_by=desk_user(hall), created_at=clock.now(), file_name="排班.xlsx", content=b"", hall=hall
    ),
    models.PackageJob: lambda hall: models.PackageJob.objects.create(
        kind="export", channel=channel_of(hall), asked_by=desk_user(hall)
    ),
}
"""What is its user's own; its pages have tests of their own."""

EVERYTHING = IN_SCOPE | FOR_EVERYBODY | FOR_ADMINISTRATORS | OF_HOSPITALS | OF_ONE_USER


def another_hall():
    """In another county."""
    region = RegionFactory(code=f"33020300{9000 + models.Region.objects.count()}", name="后仓村委会")
    return HallFactory(name=f"后仓村{region.pk}文化礼堂", region=region)
