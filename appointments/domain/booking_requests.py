"""Idempotency keys: the same user asking the same again gets the same appointment. Only users have keys."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.errors import KeyReused
from appointments.models import BookingRequest
from auditorium import clock
from auditorium.plain_select import PlainSelect

if TYPE_CHECKING:
    from uuid import UUID

    from appointments.models import Appointment
    from auditorium.models import User

REQUEST = PlainSelect(
    BookingRequest, "SELECT {columns} FROM appointments_bookingrequest this WHERE user_id = %s AND key = %s"
)


def content_hash(*parts: object) -> str:
    """What a key is bound to."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def answered_before(*, by: User | None, key: UUID | None, content: str) -> Appointment | None:
    """The appointment this key already got; raises KeyReused when the key was used for other content."""
    if key is None or by is None:
        return None
    request = REQUEST.first(by.pk, key)
    if request is None:
        return None
    if request.content_hash != content:
        raise KeyReused(_("这一页已经用过了，请回到上一步重新核对。"))
    return request.appointment


def remember(*, by: User | None, key: UUID | None, content: str, appointment: Appointment) -> None:
    """Bind the key to its appointment."""
    if key is not None and by is not None:
        BookingRequest.objects.create(
            user=by, key=key, content_hash=content, appointment=appointment, created_at=clock.now()
        )
