"""One module per noun; its QuerySet stands above it."""

from appointments.models.appointments import Appointment, BookingRequest
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
from appointments.models.policies import BookingPolicy
from appointments.models.sessions import ClinicSession, Slot
from appointments.models.uploads import ScheduleUpload

__all__ = [
    "Appointment",
    "BookingChannel",
    "BookingPolicy",
    "BookingRequest",
    "ClinicSession",
    "Department",
    "Doctor",
    "EverydayWord",
    "Hospital",
    "HospitalClerk",
    "Route",
    "ScheduleUpload",
    "Slot",
    "Specialty",
]
