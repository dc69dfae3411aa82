"""How long sound and films play is found by the worker; what says nothing true stays unsaid."""

import io
import struct

import pytest

from auditorium.domain.library import covers, durations
from auditorium.domain.library.files import attach, storage, store
from auditorium.library_enums import ResourceKind
from tests import media
from tests.factories import ResourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


def box(name, content):
    return struct.pack(">I4s", 8 + len(content), name) + content


def film(seconds):
    head = box(b"mvhd", struct.pack(">IIIIII", 0, 0, 0, 1000, seconds * 1000, 0x10000) + bytes(76))
    return box(b"ftyp", b"isom\0\0\2\0isommp42") + box(b"moov", head)


def made(kind, *contents):
    resource = ResourceFactory(kind=kind)
    for order, content in enumerate(contents, 1):
        attach(resource=resource, stored=store(io.BytesIO(content)), order=order)
    covers.make()
    resource.refresh_from_db()
    return resource


def test_each_part_and_the_whole_say_how_long_they_play():
    resource = made(ResourceKind.OPERA, media.mp3(frames=500), film(7_384))
    assert list(resource.files.values_list("seconds", flat=True)) == [13, 7_384]
    assert resource.seconds == 7_397


def test_what_is_read_plays_no_time():
    resource = made(ResourceKind.BOOK, media.epub())
    assert (resource.files.first().seconds, resource.seconds) == (None, None)


@pytest.mark.parametrize("content", [media.MP4, media.OGG, film(30 * 24 * 3600)])
def test_what_says_nothing_true_stays_unsaid_and_is_looked_at_once(content):
    resource = made(ResourceKind.VIDEO if b"ftyp" in content else ResourceKind.AUDIO, content)
    row = resource.files.get()
    assert (row.seconds, resource.seconds, row.looked_at is not None) == (None, None, True)


def test_short_sound_is_a_second_at_least():
    assert durations.of(store(io.BytesIO(media.WAV))) == 1


def test_file_the_storage_lost_hinders_nobody():
    lost, kept = ResourceFactory(kind=ResourceKind.AUDIO), ResourceFactory(kind=ResourceKind.AUDIO)
    stored = store(io.BytesIO(media.mp3(frames=40)))
    attach(resource=lost, stored=stored)
    storage().delete(stored.path)
    attach(resource=kept, stored=store(io.BytesIO(media.mp3(frames=500))))
    assert covers.make() == 2
    assert (lost.files.get().seconds, kept.files.get().seconds) == (None, 13)
