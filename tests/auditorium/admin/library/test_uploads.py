"""Files are uploaded on a resource's page, checked by what they are, and not lost to a mistake elsewhere."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from auditorium import clock
from auditorium.library_enums import ResourceKind, ResourceState
from auditorium.models import Resource, ResourceFile, StoredFile
from tests import media
from tests.factories import ResourceFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def resource():
    return ResourceFactory(kind=ResourceKind.AUDIO, state=ResourceState.DRAFT, published_at=None)


def address(resource):
    return reverse("admin:auditorium_resource_change", args=[resource.pk])


def typed(resource, *uploads, **more):
    """The page as a browser sends it, with these uploads."""
    fields = ["kind", "title", "creator", "rights_holder", "licence", "language", "order"]
    rows = [
        {"role": "content", "order": n, "title": "", "language": "", "kept": "", "upload": upload, "id": ""}
        for n, upload in enumerate(uploads, 1)
    ]
    data = {name: getattr(resource, name) for name in fields} | {"channel": resource.channel_id}
    data |= {"files-TOTAL_FORMS": len(rows), "files-INITIAL_FORMS": 0}
    data |= {
        f"files-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items() if value is not None
    }
    return {**data, **more}


def upload(content, name="a.mp3", kind="audio/mpeg"):
    return SimpleUploadedFile(name, content, kind)


def test_upload_becomes_a_file_of_the_resource(admin, resource, django_capture_on_commit_callbacks, monkeypatch):
    woken = []
    monkeypatch.setattr("auditorium.domain.wake.now", lambda name, *ids: woken.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(address(resource), typed(resource, upload(media.mp3()), upload(media.mp3(9))))
    assert response.status_code == 302, response.context["errors"]
    assert [(row.order, row.file.size) for row in resource.files.select_related("file")] == [
        (1, len(media.mp3())),
        (2, len(media.mp3(9))),
    ]
    assert woken == ["auditorium.make_covers"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (media.PDF, "这个文件是PDF 文件，这里要放"),
        (b"<html><script>1</script>", "这个文件是网页"),
        (media.epub(more={"../x": "x"}), "不安全的路径"),
        (media.JPEG, "这张图片坏了"),
        (b"", "空"),
    ],
)
def test_upload_is_judged_by_what_it_is(admin, resource, content, said):
    response = admin.post(address(resource), typed(resource, upload(content)))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not ResourceFile.objects.exists()


def test_upload_above_the_limit_is_refused(admin, resource, settings):
    settings.LIBRARY_MEGABYTES = {**settings.LIBRARY_MEGABYTES, "audio": 0}
    response = admin.post(address(resource), typed(resource, upload(media.mp3())))
    assert "这个文件太大，录音最大 0 MB。" in response.content.decode()


def test_upload_is_kept_while_something_else_is_wrong(admin, resource):
    wrong = admin.post(address(resource), typed(resource, upload(media.mp3()), title=""))
    assert wrong.status_code == 200
    kept = re.search(r'name="files-0-kept" value="([^"]+)"', wrong.content.decode())[1]
    right = typed(resource, None) | {"files-0-kept": kept}
    assert admin.post(address(resource), right).status_code == 302
    assert resource.files.get().file == StoredFile.objects.get()


def test_kept_upload_cannot_be_made_up(admin, resource):
    StoredFile.objects.create(sha256="0" * 64, media_type="audio/mpeg", size=1)
    right = typed(resource, None) | {"files-0-kept": "1", "files-0-title": "一"}
    response = admin.post(address(resource), right)
    assert (response.status_code, ResourceFile.objects.count()) == (200, 0)
    assert "请选择文件" in response.content.decode()


def test_file_can_be_replaced_and_taken_away(admin, resource):
    admin.post(address(resource), typed(resource, upload(media.mp3())))
    row = resource.files.get()
    there = {"files-INITIAL_FORMS": 1, "files-0-id": row.pk}
    admin.post(address(resource), typed(resource, upload(media.mp3(9))) | there)
    row.refresh_from_db()
    assert row.file.size == len(media.mp3(9))
    admin.post(address(resource), typed(resource, None) | there | {"files-0-DELETE": "on"})
    assert not resource.files.exists()


def test_last_file_of_what_is_on_the_shelf_stays(admin, resource):
    admin.post(address(resource), typed(resource, upload(media.mp3())))
    Resource.objects.update(state=ResourceState.PUBLISHED, published_at=clock.now())
    there = {"files-INITIAL_FORMS": 1, "files-0-id": resource.files.get().pk}
    answer = admin.post(address(resource), typed(resource, None) | there | {"files-0-DELETE": "on"})
    assert "已经上架，不能没有正文文件。要改请先下架。" in answer.content.decode()
    assert resource.files.count() == 1
    admin.post(address(resource), typed(resource, None, upload(media.mp3(9))) | there | {"files-0-DELETE": "on"})
    assert resource.files.get().file.size == len(media.mp3(9))
