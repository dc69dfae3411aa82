"""The library's files in a bucket of a store in another process: kept, sent in parts, signed, taken along."""

import io
import urllib.request
from datetime import timedelta

import environ
import pytest
from django.urls import reverse

from auditorium import clock
from auditorium.domain.library import covers, files, grants
from auditorium.domain.library.packages import exporting
from auditorium.domain.library.packages.importing import import_package
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.models import Resource, ResourceFile, StoredFile
from config import library_storage
from tests import media
from tests.factories import ChannelFactory, HallFactory, ResourceFactory, desk_user
from tests.peers import object_store

boto3 = pytest.importorskip("boto3")

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("object store")]
SOUND = media.mp3(frames=400)
BUCKET = "library"


@pytest.fixture(scope="module")
def store_address():
    with object_store.running() as address:
        yield address


@pytest.fixture
def bucket(store_address, settings, monkeypatch, tmp_path):
    """An empty bucket, in which this test's library keeps its files."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("LIBRARY_BUCKET", BUCKET),
        ("LIBRARY_BUCKET_ENDPOINT", store_address),
        ("LIBRARY_BUCKET_REGION", "us-east-1"),
        ("LIBRARY_BUCKET_ADDRESSING", "path"),
    ):
        monkeypatch.setenv(name, value)
    made = boto3.resource("s3", endpoint_url=store_address, region_name="us-east-1").create_bucket(Bucket=BUCKET)
    settings.STORAGES = {**settings.STORAGES, "library": library_storage.chosen(environ.Env(), tmp_path)}
    yield made
    made.objects.all().delete()
    made.delete()


@pytest.fixture
def desk(client):
    client.force_login(desk_user(HallFactory()))
    return client


def attached(content, kind=ResourceKind.AUDIO, **kwargs):
    stored = files.store(io.BytesIO(content))
    return files.attach(resource=ResourceFactory(kind=kind, **kwargs), stored=stored)


def address(row):
    return reverse("auditorium:resource_file", args=[row.pk])


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_content_is_kept_once_and_dropped_when_nothing_uses_it(bucket):
    first, second = files.store(io.BytesIO(SOUND)), files.store(io.BytesIO(SOUND))
    assert (first, [one.key for one in bucket.objects.all()]) == (second, [first.path])
    with files.content(first) as kept:
        assert kept.read() == SOUND
    StoredFile.objects.update(created_at=clock.now() - timedelta(days=2))
    assert files.drop_unused(clock.now()) == 1
    assert list(bucket.objects.all()) == []


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [("", 200, 0, None), ("bytes=0-9", 206, 0, 10), ("bytes=100-199", 206, 100, 200), ("bytes=-7", 206, -7, None)],
)
def test_file_is_sent_in_the_part_asked_for(desk, bucket, asked, status, start, end):
    response = desk.get(address(attached(SOUND)), headers={"range": asked} if asked else {})
    assert (response.status_code, body(response)) == (status, SOUND[start:end])
    response.close()


def test_range_behind_the_end_and_a_lost_file_are_said(desk, bucket):
    row = attached(SOUND)
    assert desk.get(address(row), headers={"range": f"bytes={len(SOUND)}-"}).status_code == 416
    files.storage().delete(row.file.path)
    assert desk.get(address(row)).status_code == 404


def test_part_of_a_large_film_fetches_no_more_than_the_part(bucket):
    stored = files.store(io.BytesIO(media.MP4 + bytes(32 << 20)))
    with files.part(stored, 16 << 20, (16 << 20) + 10) as part:
        assert part.read() == bytes(10)


def test_signed_address_leads_to_the_file_in_parts_and_by_its_name(desk, bucket, settings):
    settings.LIBRARY_SERVING = "redirect"
    response = desk.get(f"{address(attached(SOUND))}?download")
    assert response.status_code == 302
    asked = urllib.request.Request(response.headers["Location"], headers={"Range": "bytes=5-14"})
    with urllib.request.urlopen(asked) as sent:
        assert (sent.status, sent.read()) == (206, SOUND[5:15])
        assert sent.headers["Content-Type"] == "audio/mpeg"
        assert sent.headers["Content-Disposition"].startswith("attachment;")


def test_phone_gets_its_part_out_of_the_bucket(client, bucket, settings):
    settings.PHONES_ORIGIN = "http://192.168.1.20:8001"
    hall, row = HallFactory(), attached(SOUND)
    _grant, token = grants.give(resource=row.resource, hall=hall, by=desk_user(hall))
    response = client.get(
        reverse("auditorium:phone_resource_file", args=[token, row.pk]), headers={"range": "bytes=3-5"}
    )
    assert (response.status_code, body(response)) == (206, SOUND[3:6])
    response.close()


def test_cover_and_duration_come_out_of_the_bucket_and_go_back(bucket):
    row = attached(media.pdf((300, 400)), kind=ResourceKind.BOOK)
    sound = attached(SOUND)
    assert covers.make() == 2
    cover = ResourceFile.objects.get(resource=row.resource, role=FileRole.COVER)
    with files.content(cover.file) as kept:
        assert kept.read(3) == b"\xff\xd8\xff"
    sound.refresh_from_db()
    assert sound.seconds == 10


def test_package_goes_out_of_one_bucket_and_into_it_again(bucket):
    channel = ChannelFactory(name="国学经典")
    attached(media.epub(), kind=ResourceKind.BOOK, channel=channel, title="三字经")
    out = io.BytesIO()
    exporting.export(channel, out, by=None)
    Resource.objects.all().delete()
    channel.delete()
    StoredFile.objects.all().delete()
    bucket.objects.all().delete()
    done = import_package(io.BytesIO(out.getvalue()), by=None)
    assert (done.added, done.refused, done.files) == (["三字经"], [], 1)
    with files.content(StoredFile.objects.get()) as kept:
        assert kept.read(4) == b"PK\x03\x04"
    assert import_package(io.BytesIO(out.getvalue()), by=None).added == []
