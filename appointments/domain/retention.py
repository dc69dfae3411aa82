"""What bookings need not keep: used keys of forms, and the bytes of schedules that were decided on; see the hall's."""

from __future__ import annotations

from datetime import datetime, timedelta

from appointments.enums import UploadState
from appointments.models import BookingRequest, ScheduleUpload

BATCH = 500
KEYS_KEPT = timedelta(days=30)
"""No form stays open on a desk for this long."""

FILES_KEPT = timedelta(days=30)


def drop_keys(at: datetime) -> int:
    """Drop the keys by which a form sent twice is one booking."""
    old = BookingRequest.objects.filter(created_at__lt=at - KEYS_KEPT).order_by("created_at")
    pks = list(old.values_list("pk", flat=True)[:BATCH])
    return BookingRequest.objects.filter(pk__in=pks).delete()[0]


def drop_files(at: datetime) -> int:
    """Empty the files of schedules that were imported or discarded; who sent them and what came of it stays."""
    decided = ScheduleUpload.objects.filter(
        state__in=[UploadState.APPLIED, UploadState.DISCARDED], decided_at__lt=at - FILES_KEPT
    )
    pks = list(decided.exclude(content=b"").order_by("pk").values_list("pk", flat=True)[:BATCH])
    return ScheduleUpload.objects.filter(pk__in=pks).update(content=b"")
