"""Packages in the admin: asked for by whoever looks after a channel, done by a worker, fetched by whoever asked."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from auditorium.domain.library.packages import jobs
from auditorium.models import Channel, PackageJob, Resource
from tests import admin_rows
from tests.auditorium.domain.library.packages.conftest import manifest_of, shelf
from tests.factories import HallFactory, UserFactory

__all__ = ["shelf"]
pytestmark = pytest.mark.django_db
ADD = reverse("admin:auditorium_packagejob_add")


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def managing(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    return client


def page(job):
    return reverse("admin:auditorium_packagejob_change", args=[job.pk])


def test_manager_makes_and_fetches_the_package_of_their_channel(shelf, managing, hall):
    Channel.objects.update(keeper_hall=hall)
    channel_page = managing.get(reverse("admin:auditorium_channel_change", args=[shelf.channel.pk]))
    export = reverse("admin:auditorium_packagejob_export", args=[shelf.channel.pk])
    assert f'action="{export}"' in channel_page.content.decode()
    answer = managing.post(export)
    job = PackageJob.objects.get()
    assert answer.url == page(job)
    waiting = managing.get(page(job)).content.decode()
    assert ("排着队" in waiting, "data-follow" in waiting) == (True, True)
    assert managing.get(reverse("admin:auditorium_packagejob_file", args=[job.pk])).status_code == 404
    jobs.run_waiting()
    done = managing.get(page(job)).content.decode()
    assert ("下载资源包" in done, "data-follow" in done) == (True, False)
    fetched = managing.get(reverse("admin:auditorium_packagejob_file", args=[job.pk]))
    assert "attachment" in fetched["Content-Disposition"]
    assert manifest_of(b"".join(fetched.streaming_content))["channel"]["name"] == "国学经典"


def test_package_sent_in_is_the_managers_halls(shelf, managing, hall):
    package = shelf.package()
    shelf.forget()
    managing.post(ADD, {"file": SimpleUploadedFile("stick.zip", package), "hall": hall.pk})
    job = PackageJob.objects.get()
    jobs.run_waiting()
    said = managing.get(page(job)).content.decode()
    assert "新增 4 项，更改 0 项，没有变 0 项，下架 0 项，新文件 6 个。" in said
    assert "听三字经" in said
    assert Channel.objects.get().keeper_hall == hall


def test_what_was_refused_is_listed(shelf, managing, hall):
    package = bytearray(shelf.package())
    name = shelf.sound.files.get(title="下").file.sha256
    shelf.forget()
    package[package.find(name.encode()) + 64 + 40] ^= 1
    managing.post(ADD, {"file": SimpleUploadedFile("stick.zip", bytes(package)), "hall": hall.pk})
    jobs.run_waiting()
    said = managing.get(page(PackageJob.objects.get())).content.decode()
    assert f"files/{name}：文件坏了，读不出来。" in said
    assert "听三字经：少了要用的文件，这一项没有导入。" in said


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "请填写这一项。"),
        ({"file": SimpleUploadedFile("x.zip", b"\x7fELF")}, "这不是资源包。资源包是一个 .zip 文件。"),
    ],
)
def test_form_says_what_is_wrong(managing, sent, sentence):
    assert sentence in managing.post(ADD, sent).content.decode()
    assert PackageJob.objects.count() == 0


def test_package_above_the_limit_is_refused_before_anybody_waits_for_it(managing, hall, settings):
    settings.LIBRARY_MEGABYTES = settings.LIBRARY_MEGABYTES | {"package": 0}
    sent = {"file": SimpleUploadedFile("stick.zip", b"PK\x03\x04"), "hall": hall.pk}
    assert "在网页上最大能传 0 MB。" in managing.post(ADD, sent).content.decode()
    assert PackageJob.objects.count() == 0


def test_page_shows_how_far_an_upload_is(managing):
    assert "auditorium/upload" in managing.get(ADD).content.decode()


def test_manager_chooses_among_their_halls_only(managing, shelf):
    other = HallFactory()
    answer = managing.post(ADD, {"file": SimpleUploadedFile("stick.zip", shelf.package()), "hall": other.pk})
    assert (answer.status_code, PackageJob.objects.count()) == (200, 0)


def test_channels_and_packages_of_others_do_not_exist(shelf, managing):
    assert managing.post(reverse("admin:auditorium_packagejob_export", args=[shelf.channel.pk])).status_code == 404
    theirs = jobs.ask_import(file=io.BytesIO(b"PK"), hall=HallFactory(), by=UserFactory())
    assert managing.get(page(theirs)).status_code == 404
    assert Resource.objects.count() == 4


def test_export_is_asked_for_by_post_only(shelf, managing, hall):
    Channel.objects.update(keeper_hall=hall)
    assert managing.get(reverse("admin:auditorium_packagejob_export", args=[shelf.channel.pk])).status_code == 405
