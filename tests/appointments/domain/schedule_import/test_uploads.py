import pytest

from appointments.domain import bookings
from appointments.domain.schedule_import import uploads
from appointments.domain.schedule_import.apply import Answers, MissingAnswerError, ScheduleChangedError
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from appointments.enums import UploadState
from appointments.models import ClinicSession, HospitalClerk, ScheduleUpload
from auditorium.models import AuditEntry
from tests.appointments.domain.schedule_import.workbooks import row, sheet_of
from tests.appointments.factories import at, bookable_villager
from tests.factories import UserFactory, desk_user


@pytest.fixture
def clerk(hospital, hall):
    user = UserFactory()
    HospitalClerk.objects.create(user=user, hospital=hospital)
    return user


def receive(by, *rows, **answers):
    return uploads.receive(file_name="排班.xlsx", content=sheet_of(*rows), answers=Answers(**answers), by=by)


def test_received_file_is_kept_with_its_preview(clerk):
    upload = receive(clerk, row(), row(号数=-1, 医生="王芳"))
    outcome = uploads.outcome_of(upload)
    assert (upload.state, outcome.new, outcome.bad, ClinicSession.objects.count()) == (UploadState.PREVIEWED, 1, 1, 0)
    assert AuditEntry.objects.get(object_kind="scheduleupload").action == "uploaded"


def test_file_that_cannot_be_read_is_not_kept(clerk):
    with pytest.raises(UnreadableScheduleError):
        uploads.receive(file_name="x.xlsx", content=b"PK\x03\x04", answers=Answers(), by=clerk)
    with pytest.raises(MissingAnswerError):
        uploads.receive(
            file_name="x.csv",
            content="科室,日期,时间,号数\n骨科,11月24日,8:00-9:00,3".encode(),
            answers=Answers(),
            by=clerk,
        )
    assert ScheduleUpload.objects.count() == 0


def test_confirmed_good_rows_go_in_once(clerk):
    upload = receive(clerk, row(), row(号数=-1, 医生="王芳"))
    outcome = uploads.confirm(upload=upload, by=clerk)
    upload.refresh_from_db()
    assert (outcome.new, outcome.bad, ClinicSession.objects.count()) == (1, 1, 1)
    assert (upload.state, upload.decided_at is not None) == (UploadState.APPLIED, True)
    with pytest.raises(uploads.AlreadyDecidedError):
        uploads.confirm(upload=upload, by=clerk)
    with pytest.raises(uploads.AlreadyDecidedError):
        uploads.discard(upload=upload, by=clerk)
    assert ClinicSession.objects.count() == 1


def test_discarded_file_is_forgotten(clerk):
    upload = receive(clerk, row())
    uploads.discard(upload=upload, by=clerk)
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.content), ClinicSession.objects.count()) == (UploadState.DISCARDED, b"", 0)


def test_preview_is_renewed_when_something_changed_since(clerk, hall):
    uploads.confirm(upload=receive(clerk, row()), by=clerk)
    upload = receive(clerk, row(结束="10:00", 号数=12))
    session = ClinicSession.objects.get()
    slot = session.slots.get(starts_at=at(session.date, 11))
    bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk_user(hall))
    with pytest.raises(ScheduleChangedError):
        uploads.confirm(upload=upload, by=clerk)
    upload.refresh_from_db()
    assert (upload.state, uploads.outcome_of(upload).conflicts) == (UploadState.PREVIEWED, 1)
    assert uploads.confirm(upload=upload, by=clerk).conflicts == 1


def test_uploads_are_their_users_own(clerk):
    upload = receive(clerk, row())
    other, administrator = UserFactory(), UserFactory(is_superuser=True)
    assert list(ScheduleUpload.objects.for_user(clerk)) == [upload]
    assert list(ScheduleUpload.objects.for_user(other)) == []
    assert list(ScheduleUpload.objects.for_user(administrator)) == [upload]
