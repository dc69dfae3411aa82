"""Who works for a hospital: its clerks see and keep what is the hospital's, whatever halls book there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appointments.models import HospitalClerk
from auditorium.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest


def is_clerk(request: HttpRequest) -> bool:
    """Whether the user works for a hospital; asked once per page."""
    known = vars(request)
    if "is_hospital_clerk" not in known:  # the frame of every page asks several times
        user = request.user
        known["is_hospital_clerk"] = (
            isinstance(user, User)
            and user.is_active
            and user.is_staff
            and HospitalClerk.objects.filter(user=user).exists()
        )
    return bool(known["is_hospital_clerk"])
