"""A file is stored once, whatever it is called and however many store it at once; what nothing uses is dropped."""

import hashlib
import io
import tracemalloc
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from auditorium import clock
from auditorium.domain import retention
from auditorium.domain.library import files
from auditorium.domain.library.files import TooLargeError, store
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.media_types import MP3, PDF, PICTURES, NotAllowedError
from auditorium.models.library.files import StoredFile
from tests import media
from tests.factories import ResourceFileFactory

pytestmark = pytest.mark.django_db


def lying_in(library_folder):
    return sorted(path.name for path in library_folder.rglob("*") if path.is_file())


def test_store_keeps_the_content_under_its_checksum(library_folder):
    kept = store(SimpleUploadedFile("人之初.mp3", media.mp3(), content_type="text/html"))
    digest = hashlib.sha256(media.mp3()).hexdigest()
    assert (kept.sha256, kept.media_type, kept.size) == (digest, MP3, len(media.mp3()))
    assert lying_in(library_folder) == [digest]
    with files.content(kept) as file:
        assert file.read() == media.mp3()


def test_store_of_the_same_content_again_is_the_same_row(library_folder):
    first = store(io.BytesIO(media.PDF))
    assert store(SimpleUploadedFile("other.pdf", media.PDF)) == first
    assert StoredFile.objects.count() == 1
    assert len(lying_in(library_folder)) == 1


def test_store_writes_anew_what_the_storage_lost(library_folder):
    first = store(io.BytesIO(media.PDF))
    files.storage().delete(first.path)
    store(io.BytesIO(media.PDF))
    assert lying_in(library_folder) == [first.sha256]


def test_store_names_what_a_pdf_called_mp3_is(library_folder):
    with pytest.raises(NotAllowedError) as refusal:
        store(SimpleUploadedFile("歌.mp3", media.PDF), allowed={MP3})
    assert refusal.value.sentence == "这个文件是PDF 文件，这里要放MP3 录音。"
    assert (StoredFile.objects.count(), lying_in(library_folder)) == (0, [])


def test_store_refuses_above_the_limit_of_the_kind(library_folder, settings):
    settings.LIBRARY_MEGABYTES = {**settings.LIBRARY_MEGABYTES, "book": 1, "audio": 0}
    assert store(io.BytesIO(media.PDF)).media_type == PDF
    with pytest.raises(TooLargeError) as refusal:
        store(io.BytesIO(media.mp3()))
    assert refusal.value.sentence == "这个文件太大，录音最大 0 MB。"
    assert StoredFile.objects.count() == 1


def test_store_never_holds_the_file_in_memory(library_folder, tmp_path_factory):
    long = tmp_path_factory.mktemp("film") / "film.mp4"
    with long.open("wb") as film:
        film.write(media.MP4)
        film.seek(64 << 20)
        film.write(b"\0")
    tracemalloc.start()
    with long.open("rb") as film:
        assert store(film).size == (64 << 20) + 1
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 << 20


def test_store_that_breaks_off_leaves_no_half_file(library_folder, monkeypatch):
    def full(_handle):
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(io.BytesIO(media.PDF))
    assert lying_in(library_folder) == []
    monkeypatch.undo()
    assert lying_in(library_folder) == []
    store(io.BytesIO(media.PDF))
    assert lying_in(library_folder) == [hashlib.sha256(media.PDF).hexdigest()]


@pytest.mark.parametrize(
    ("kind", "role", "media_types"),
    [
        (ResourceKind.AUDIO, FileRole.COVER, PICTURES),
        (ResourceKind.LINK, FileRole.CONTENT, frozenset()),
        (ResourceKind.BOOK, FileRole.TRANSCRIPT, frozenset({"text/plain"})),
    ],
)
def test_fitting_files_by_kind_and_role(kind, role, media_types):
    assert files.fitting(kind=kind, role=role) == media_types


def test_fitting_files_of_a_book_are_no_sound():
    assert MP3 not in files.fitting(kind=ResourceKind.BOOK, role=FileRole.CONTENT)


def test_drop_unused_takes_row_and_file_after_a_day(library_folder):
    unused, used = store(io.BytesIO(media.PDF)), store(io.BytesIO(media.mp3()))
    ResourceFileFactory(file=used)
    assert retention.keep_house(at=clock.now() + timedelta(hours=23))["files"] == 0
    assert retention.keep_house(at=clock.now() + timedelta(hours=25))["files"] == 1
    assert lying_in(library_folder) == [used.sha256]
    assert not StoredFile.objects.filter(pk=unused.pk).exists()


def test_drop_unused_leaves_what_was_stored_again(library_folder):
    kept = store(io.BytesIO(media.PDF))
    StoredFile.objects.update(created_at=clock.now() - timedelta(days=9))
    store(io.BytesIO(media.PDF))
    assert files.drop_unused(clock.now()) == 0
    assert lying_in(library_folder) == [kept.sha256]


def test_drop_unused_leaves_what_is_used_at_the_last_moment(library_folder, monkeypatch):
    kept, drop = store(io.BytesIO(media.PDF)), files._drop

    def drop_late(pk, before):
        ResourceFileFactory(file=kept)
        return drop(pk, before)

    monkeypatch.setattr(files, "_drop", drop_late)
    assert files.drop_unused(clock.now() + timedelta(days=2)) == 0
    assert lying_in(library_folder) == [kept.sha256]
