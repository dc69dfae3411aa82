"""A channel with one of everything that travels, and its package."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass

import pytest

from auditorium.domain.library import files
from auditorium.domain.library.packages import exporting
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.models import Channel, CourseItem, Resource, ResourceFile, StoredFile, Topic
from tests import media
from tests.factories import ChannelFactory, PhraseFactory, ResourceFactory, SpeakerFactory

EPUB = media.epub()  # its entries bear the time


def sha(content):
    return hashlib.sha256(content).hexdigest()


@dataclass
class Shelf:
    """What lies in the channel."""

    channel: Channel
    book: Resource
    sound: Resource
    lesson: Resource
    course: Resource

    def package(self):
        """Its package, as bytes."""
        out = io.BytesIO()
        exporting.export(self.channel, out, by=None)
        return out.getvalue()

    def forget(self):
        """As on a machine that never had any of it."""
        self.channel.refresh_from_db()
        CourseItem.objects.all().delete()
        for resource in Resource.objects.all():
            resource.delete()
        self.channel.speakers.all().delete()
        self.channel.delete()
        for stored in StoredFile.objects.all():
            files.storage().delete(stored.path)
            stored.delete()


def put(resource, content, **details):
    return ResourceFile.objects.create(resource=resource, file=files.store(io.BytesIO(content)), **details)


@pytest.fixture
def shelf(library_folder):
    channel = ChannelFactory(name="国学经典")
    above = Topic.objects.create(channel=channel, title="启蒙")
    topic = Topic.objects.create(channel=channel, title="诵读", parent=above)
    book = ResourceFactory(channel=channel, topic=topic, kind=ResourceKind.BOOK, title="三字经")
    put(book, EPUB)
    put(book, media.PNG, role=FileRole.COVER)
    sound = ResourceFactory(channel=channel, kind=ResourceKind.AUDIO, title="听三字经")
    put(sound, media.mp3(3), title="上", order=1)
    put(sound, media.mp3(4), title="下", order=2)
    put(sound, media.VTT, role=FileRole.CAPTIONS)
    lesson = ResourceFactory(channel=channel, kind=ResourceKind.LESSON, title="绍兴话")
    speaker = SpeakerFactory(channel=channel, name="阿根伯")
    audio = files.store(io.BytesIO(media.mp3(5)))
    PhraseFactory(resource=lesson, speaker=speaker, audio=audio, words="侬好", order=1)
    PhraseFactory(resource=lesson, speaker=speaker, audio=audio, words="再会", order=2)
    course = ResourceFactory(channel=channel, kind=ResourceKind.COURSE, title="跟着学")
    for order, step in enumerate((book, sound), start=1):
        CourseItem.objects.create(course=course, resource=step, order=order)
    return Shelf(channel, book, sound, lesson, course)


def manifest_of(package):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return json.loads(archive.read("manifest.json"))


def repacked(package, *, change=None, without=(), more=None, instead=None):
    """The package with its manifest changed, entries left out, added, or replaced (by name)."""
    said = manifest_of(package)
    if change:
        change(said)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        new.writestr("manifest.json", json.dumps(said))
        for name in old.namelist():
            if name != "manifest.json" and name not in without:
                new.writestr(name, (instead or {}).get(name, old.read(name)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return io.BytesIO(out.getvalue())
