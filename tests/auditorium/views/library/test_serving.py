"""Files reach whoever may see their resource, in the parts asked for, harmless, without lying in memory."""

import io
import tracemalloc

import pytest
from django.core.files.storage import InMemoryStorage
from django.test import RequestFactory
from django.urls import reverse

from auditorium.domain.library.files import store
from auditorium.library_enums import FileRole, ResourceState
from auditorium.media_types import MP4
from auditorium.views.library.serving import NotSatisfiableError, Part, part_asked_for, send
from tests import media
from tests.factories import (
    ChannelFactory,
    HallFactory,
    ResourceFactory,
    ResourceFileFactory,
    StoredFileFactory,
    UserFactory,
    desk_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]
SOUND = media.mp3(frames=30)


@pytest.fixture
def desk(client):
    client.force_login(desk_user(HallFactory()))
    return client


@pytest.fixture
def sound():
    return ResourceFileFactory(file=store(io.BytesIO(SOUND)), title="小九妹")


def address(row):
    return reverse("auditorium:resource_file", args=[row.pk])


def headers(response):
    """What it says of itself, once it is read to its end."""
    body(response)
    return response.headers


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_file_is_sent_whole(desk, sound):
    response = desk.get(address(sound))
    assert (response.status_code, body(response)) == (200, SOUND)
    assert response.headers["Content-Length"] == str(len(SOUND))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert response.headers["ETag"] == f'"{sound.file.sha256}"'


SIZE = len(SOUND)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=100-", 100, SIZE),
        ("bytes=-10", SIZE - 10, SIZE),
        (f"bytes=-{SIZE * 2}", 0, SIZE),
        (f"bytes=10-{SIZE * 2}", 10, SIZE),
    ],
)
def test_range_is_sent_in_part(desk, sound, asked, start, end):
    response = desk.get(address(sound), headers={"range": asked})
    assert (response.status_code, body(response)) == (206, SOUND[start:end])
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert response.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", "bytes=-0"])
def test_range_behind_the_end_is_416(desk, sound, asked):
    response = desk.get(address(sound), headers={"range": asked})
    assert (response.status_code, body(response)) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=٣-"])
def test_range_that_is_none_gets_everything(desk, sound, asked):
    response = desk.get(address(sound), headers={"range": asked})
    assert (response.status_code, body(response)) == (200, SOUND)


def test_range_of_another_file_gets_everything(desk, sound):
    same = desk.get(address(sound), headers={"range": "bytes=0-9", "if-range": f'"{sound.file.sha256}"'})
    other = desk.get(address(sound), headers={"range": "bytes=0-9", "if-range": '"0"'})
    assert (same.status_code, len(body(same))) == (206, 10)
    assert (other.status_code, body(other)) == (200, SOUND)


def test_head_tells_the_size_and_sends_nothing(desk, sound):
    response = desk.head(address(sound))
    assert (response.status_code, response.headers["Content-Length"], body(response)) == (200, str(SIZE), b"")


def test_what_the_browser_has_is_not_sent_again(desk, sound):
    response = desk.get(address(sound), headers={"if-none-match": f'"{sound.file.sha256}"'})
    assert (response.status_code, body(response)) == (304, b"")


def test_parts_are_not_compressed(desk, sound):
    response = desk.get(address(sound), headers={"range": "bytes=0-999", "accept-encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert body(response) == SOUND[:1000]


def test_range_of_nothing_is_not_satisfiable():
    with pytest.raises(NotSatisfiableError):
        part_asked_for("bytes=0-", 0)
    assert part_asked_for("", 5) is None
    assert part_asked_for("bytes=1-2", 5) == Part(1, 3)


# ---- who may


def test_file_of_a_channel_not_shared_with_the_hall_is_404(desk):
    hidden = ResourceFileFactory(resource__channel__is_for_all=False)
    assert desk.get(address(hidden)).status_code == 404


@pytest.mark.parametrize("state", [state for state in ResourceState if state != ResourceState.PUBLISHED])
def test_file_that_is_not_published_is_404(desk, state):
    assert desk.get(address(ResourceFileFactory(resource__state=state))).status_code == 404


def test_file_of_a_draft_is_shown_to_whoever_looks_after_it(client):
    draft = ResourceFileFactory(resource__state=ResourceState.DRAFT, file=store(io.BytesIO(SOUND)))
    client.force_login(UserFactory(is_superuser=True))
    assert body(client.get(address(draft))) == SOUND


def test_file_needs_a_login(client, sound):
    assert client.get(address(sound)).status_code == 302


def test_cover_is_shown_and_missing_is_404(desk):
    resource = ResourceFactory(channel=ChannelFactory())
    url = reverse("auditorium:resource_cover", args=[resource.pk])
    assert desk.get(url).status_code == 404
    ResourceFileFactory(resource=resource, role=FileRole.COVER, file=store(io.BytesIO(media.PNG)))
    response = desk.get(url)
    assert (response.headers["Content-Type"], body(response)) == ("image/png", media.PNG)


def test_file_the_storage_lost_is_404(desk):
    assert desk.get(address(ResourceFileFactory(file=StoredFileFactory()))).status_code == 404


# ---- harmless


@pytest.mark.parametrize("content", [SOUND, media.epub(), "人之初".encode(), media.VTT, media.PNG])
def test_file_opened_by_itself_can_do_nothing(desk, content):
    said = headers(desk.get(address(ResourceFileFactory(file=store(io.BytesIO(content))))))
    assert said["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"


def test_pdf_opens_in_a_page_of_ours_only(desk):
    said = headers(desk.get(address(ResourceFileFactory(file=store(io.BytesIO(media.PDF))))))
    assert said["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in said["Content-Security-Policy"]


def test_file_is_saved_under_its_name(desk, sound):
    shown, saved = headers(desk.get(address(sound))), headers(desk.get(f"{address(sound)}?download"))
    assert shown["Content-Disposition"] == "inline; filename*=utf-8''%E5%B0%8F%E4%B9%9D%E5%A6%B9.mp3"
    assert saved["Content-Disposition"] == "attachment; filename*=utf-8''%E5%B0%8F%E4%B9%9D%E5%A6%B9.mp3"


def test_name_cannot_break_the_header(desk):
    row = ResourceFileFactory(file=store(io.BytesIO(SOUND)), title='a"\r\nSet-Cookie: x=1')
    assert "\n" not in headers(desk.get(address(row)))["Content-Disposition"]


# ---- ways


def test_large_file_is_never_whole_in_memory(tmp_path_factory):
    film = tmp_path_factory.mktemp("film") / "film.mp4"
    with film.open("wb") as out:
        out.write(media.MP4)
        out.truncate(64 << 20)
    with film.open("rb") as opened:
        stored = store(opened)
    tracemalloc.start()
    response = send(RequestFactory().get("/"), stored, name="film")
    sent = sum(len(chunk) for chunk in response.streaming_content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    response.close()
    assert (stored.media_type, sent) == (MP4, 64 << 20)
    assert most < 2 << 20


def test_server_in_front_sends_where_the_settings_say_so(desk, sound, settings):
    settings.LIBRARY_SERVING = "x-accel"
    response = desk.get(address(sound), headers={"range": "bytes=0-9"})
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["X-Accel-Redirect"] == f"/library-files/{sound.file.path}"
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_object_store_sends_by_a_signed_address_where_the_settings_say_so(desk, sound, settings, monkeypatch):
    asked = {}

    class Bucket(InMemoryStorage):
        def url(self, name, parameters=None):
            asked.update(parameters, name=name)
            return "https://bucket.example.com/signed"

    settings.LIBRARY_SERVING = "redirect"
    monkeypatch.setattr("auditorium.domain.library.files.storage", Bucket)
    response = desk.get(address(sound))
    assert (response.status_code, response.headers["Location"]) == (302, "https://bucket.example.com/signed")
    assert asked == {
        "name": sound.file.path,
        "ResponseContentType": "audio/mpeg",
        "ResponseContentDisposition": response.headers.get("Content-Disposition", asked["ResponseContentDisposition"]),
    }
    assert asked["ResponseContentDisposition"].startswith("inline;")


def test_captions_come_from_here_even_so(desk, settings):
    settings.LIBRARY_SERVING = "redirect"
    response = desk.get(address(ResourceFileFactory(file=store(io.BytesIO(media.VTT)))))
    assert (response.status_code, body(response)) == (200, media.VTT)
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
