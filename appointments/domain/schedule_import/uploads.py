"""A schedule sent in through the admin: received and previewed, then confirmed or discarded, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from appointments.domain.schedule_import.apply import Answers, ScheduleChangedError, ScheduleImport, preview
from appointments.domain.schedule_import.outcome import Outcome
from appointments.enums import UPLOAD_TRANSITIONS, UploadState
from appointments.models import ScheduleUpload
from auditorium import clock
from auditorium.domain import audit
from auditorium.domain.transitions import transition

if TYPE_CHECKING:
    from auditorium.models import User


class AlreadyDecidedError(Exception):
    """The upload was confirmed or discarded before."""


def receive(*, file_name: str, content: bytes, answers: Answers, by: User) -> ScheduleUpload:
    """Keep a file with the preview of what it would do; what can't be read is not kept and raises as `preview`."""
    outcome = preview(content=content, answers=answers, by=by)
    with transaction.atomic():
        upload = ScheduleUpload.objects.create(
            uploaded_by=by,
            created_at=clock.now(),
            file_name=file_name[-120:],
            content=content,
            hospital=answers.hospital,
            hall=answers.hall,
            region=answers.region,
            outcome=outcome.as_json(),
        )
        audit.record(action="uploaded", what=upload, by=by)
    return upload


def outcome_of(upload: ScheduleUpload) -> Outcome:
    """What was shown of it, or was done with it."""
    return Outcome.from_json(upload.outcome)


def confirm(*, upload: ScheduleUpload, by: User) -> Outcome:
    """Bring in the good rows, just as the preview said.

    When that is no longer what would happen, the preview is renewed and ScheduleChangedError raised; raises
    AlreadyDecidedError when somebody decided before.
    """
    if upload.state != UploadState.PREVIEWED:  # a discarded file is gone and can't be read any more
        raise AlreadyDecidedError
    prepared = ScheduleImport(bytes(upload.content), _answers(upload), by)
    try:
        with transaction.atomic():
            _decide(upload, UploadState.APPLIED, by)
            outcome = prepared.carry_out(good_rows_only=True, expected=outcome_of(upload))
            ScheduleUpload.objects.filter(pk=upload.pk).update(outcome=outcome.as_json())
            return outcome
    except (ScheduleChangedError, IntegrityError):
        renewed = preview(content=bytes(upload.content), answers=_answers(upload), by=by)
        still_open = ScheduleUpload.objects.filter(pk=upload.pk, state=UploadState.PREVIEWED)
        still_open.update(outcome=renewed.as_json())
        raise ScheduleChangedError from None


def discard(*, upload: ScheduleUpload, by: User) -> None:
    """Bring nothing in and forget the file; AlreadyDecidedError when somebody decided before."""
    with transaction.atomic():
        _decide(upload, UploadState.DISCARDED, by)
        ScheduleUpload.objects.filter(pk=upload.pk).update(content=b"")


def _decide(upload: ScheduleUpload, state: UploadState, by: User) -> None:
    one = ScheduleUpload.objects.filter(pk=upload.pk)
    if not transition(one, to=state, table=UPLOAD_TRANSITIONS, by=by, decided_at=clock.now()):
        raise AlreadyDecidedError


def _answers(upload: ScheduleUpload) -> Answers:
    return Answers(upload.hospital, upload.hall, upload.region)
