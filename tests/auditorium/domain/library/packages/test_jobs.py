"""Packages made and taken in by a worker: each once, taken up again when it died, with a sentence whatever happens."""

import io
from datetime import timedelta

import pytest

from auditorium import clock
from auditorium.domain.library import files
from auditorium.domain.library.packages import jobs
from auditorium.domain.library.packages.manifest import PackageError
from auditorium.library_enums import PackageJobKind, PackageJobState
from auditorium.models import PackageJob, Resource
from tests.factories import HallFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(is_superuser=True)


def test_export_and_import_by_a_worker(shelf, admin):
    made = jobs.ask_export(channel=shelf.channel, by=admin)
    assert jobs.run_waiting() == 1
    made.refresh_from_db()
    assert (made.state, made.has_file, made.report["resources"]) == (PackageJobState.DONE, True, 4)
    with files.storage().open(made.path, "rb") as package:
        content = package.read()
    shelf.forget()
    taken = jobs.ask_import(file=io.BytesIO(content), hall=None, by=admin)
    assert jobs.run_waiting() == 1
    taken.refresh_from_db()
    assert (taken.state, taken.report["added_count"], taken.report["refused"]) == (PackageJobState.DONE, 4, [])
    assert (taken.done, taken.total) == (4, 4)
    assert taken.channel.name == "国学经典"
    assert jobs.run_waiting() == 0


def test_package_that_cannot_be_used_ends_in_a_sentence_in_its_askers_language(admin):
    admin.language = "en"
    admin.save()
    job = jobs.ask_import(file=io.BytesIO(b"PK nothing"), hall=None, by=admin)
    jobs.run_waiting()
    job.refresh_from_db()
    assert job.state == PackageJobState.REFUSED
    assert job.report["why"] == "The file cannot be opened: perhaps it was not copied to its end. Please copy it again."


def test_fault_nobody_foresaw_ends_in_a_sentence_too(shelf, admin, monkeypatch, caplog):
    monkeypatch.setattr(jobs, "export", lambda *args, **kwargs: 1 / 0)
    job = jobs.ask_export(channel=shelf.channel, by=admin)
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, "系统出错" in job.report["why"]) == (PackageJobState.REFUSED, True)
    assert f"package job {job.pk}" in caplog.text


def test_file_the_storage_lost_is_said(shelf, admin):
    job = jobs.ask_export(channel=shelf.channel, by=admin)
    files.storage().delete(shelf.book.files.first().file.path)
    jobs.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.report) == (PackageJobState.REFUSED, {"why": "有文件找不到了，请联系系统管理员。"})


@pytest.mark.parametrize(("silent_for", "is_taken"), [(timedelta(seconds=60), 0), (timedelta(seconds=121), 1)])
def test_job_whose_worker_died_is_taken_up_and_one_that_lives_is_not(shelf, admin, silent_for, is_taken):
    job = jobs.ask_export(channel=shelf.channel, by=admin)
    PackageJob.objects.update(state=PackageJobState.RUNNING, alive_at=clock.now() - silent_for)
    assert jobs.run_waiting() == is_taken
    job.refresh_from_db()
    assert (job.state == PackageJobState.DONE) == bool(is_taken)


def test_file_is_dropped_after_a_week_and_the_report_stays(shelf, admin):
    job = jobs.ask_export(channel=shelf.channel, by=admin)
    jobs.run_waiting()
    assert jobs.drop_old(clock.now() + jobs.KEPT - timedelta(minutes=1)) == 0
    assert jobs.drop_old(clock.now() + jobs.KEPT + timedelta(minutes=1)) == 1
    assert jobs.drop_old(clock.now() + jobs.KEPT + timedelta(minutes=1)) == 0
    job.refresh_from_db()
    assert (job.has_file, files.storage().exists(job.path), job.report["resources"]) == (False, False, 4)


def test_only_an_administrators_new_channel_is_everybodys():
    with pytest.raises(PackageError, match="归哪个礼堂"):
        jobs.ask_import(file=io.BytesIO(b"PK"), hall=None, by=UserFactory())
    assert PackageJob.objects.count() == 0


def test_jobs_are_seen_by_whoever_asked_and_by_administrators(admin):
    mine, other = UserFactory(), UserFactory()
    job = PackageJob.objects.create(kind=PackageJobKind.IMPORT, hall=HallFactory(), asked_by=mine)
    assert list(PackageJob.objects.for_user(mine)) == [job]
    assert list(PackageJob.objects.for_user(other)) == []
    assert list(PackageJob.objects.for_user(admin)) == [job]


def test_long_report_names_the_first_and_counts_all(shelf, admin, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_NAMED", 2)
    job = jobs.ask_export(channel=shelf.channel, by=admin)
    jobs.run_waiting()
    with files.storage().open(job.path, "rb") as package:
        content = package.read()
    shelf.forget()
    taken = jobs.ask_import(file=io.BytesIO(content), hall=None, by=admin)
    jobs.run_waiting()
    taken.refresh_from_db()
    assert (len(taken.report["added"]), taken.report["added_count"]) == (2, 4)
    assert Resource.objects.count() == 4
