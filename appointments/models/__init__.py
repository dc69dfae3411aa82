"""One module per noun; its QuerySet stands above it."""

from appointments.models.appointments import Appointment, BookingRequest
from appointments.models.calendar_days import CalendarDay
from appointments.models.hospitals import (
    BookingChannel,
    Department,
    Doctor,
    EverydayWord,
    Hospital,
    HospitalClerk,
    Route,
    Specialty,
)
from appointments.models.no_shows import NoShowLift
from appointments.models.policies import BookingPolicy
from appointments.models.schedules import Leave, ScheduleException, ScheduleTemplate
from appointments.models.sessions import ClinicSession, Slot
from appointments.models.suspensions import Suspension
from appointments.models.uploads import ScheduleUpload
from appointments.models.waitlist import WaitlistEntry
from appointments.models.wishes import Revisit, Wish

__all__ = [
    "Appointment",
    "BookingChannel",
    "BookingPolicy",
    "BookingRequest",
    "CalendarDay",
    "ClinicSession",
    "Department",
    "Doctor",
    "EverydayWord",
    "Hospital",
    "HospitalClerk",
    "Leave",
    "NoShowLift",
    "Revisit",
    "Route",
    "ScheduleException",
    "ScheduleTemplate",
    "ScheduleUpload",
    "Slot",
    "Specialty",
    "Suspension",
    "WaitlistEntry",
    "Wish",
]
