"""The demo's sounds are heard, are nobody's, and say so wherever they stand."""

import io
import shutil
import subprocess
import wave

import pytest

from auditorium.demo import lessons, sounds
from auditorium.domain.library import lesson_checks, search
from auditorium.models import Phrase, Resource, ResourceFile, Speaker
from tests.factories import HallFactory, UserFactory


@pytest.fixture
def no_voice(monkeypatch):
    """A machine without a program that reads aloud."""
    monkeypatch.setattr(shutil, "which", lambda name: None)


def seconds_of(sound):
    with wave.open(io.BytesIO(sound)) as opened:
        assert (opened.getnchannels(), opened.getframerate()) == (1, sounds.RATE)
        return opened.getnframes() / opened.getframerate()


def test_spoken_is_a_tone_for_each_character_where_nothing_reads_aloud(no_voice):
    assert seconds_of(sounds.spoken("你好！")) == pytest.approx(0.44)


def test_spoken_falls_back_to_tones_where_reading_aloud_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise subprocess.CalledProcessError(1, "espeak-ng")

    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/espeak-ng")
    monkeypatch.setattr(subprocess, "run", fail)
    assert seconds_of(sounds.spoken("你好！")) == pytest.approx(0.44)


@pytest.mark.django_db
@pytest.mark.usefixtures("library_folder", "no_voice")
def test_load_puts_a_lesson_and_an_opera_on_the_halls_shelf_labelled_as_made():
    hall = HallFactory()
    shelved = lessons.load(hall=hall, by=UserFactory())
    assert set(search.find(hall=hall, query="演示")) == set(shelved)
    assert all("演示，声音是电脑" in resource.title for resource in shelved)
    assert Resource.objects.for_hall(HallFactory()).count() == 0
    assert [file.title for file in ResourceFile.objects.order_by("order")] == [
        "慢的一遍（电脑合成）",
        "快的一遍（电脑合成）",
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("library_folder", "no_voice")
def test_load_makes_ten_phrases_that_a_machine_says_and_a_draft_still_to_be_recorded():
    lessons.load(hall=HallFactory(), by=UserFactory())
    lesson = Resource.objects.get(kind="lesson", state="published")
    assert lesson_checks.whats_missing(lesson) == []
    spoken = Phrase.objects.filter(resource=lesson).shown()
    assert [phrase.words for phrase in spoken] == [said.words for said in lessons.PHRASES]
    assert len(spoken) == 10
    assert Speaker.objects.get().is_synthetic is True
    draft = Resource.objects.get(kind="lesson", state="draft")
    assert lesson_checks.whats_missing(draft) == [
        "第 1 句“几铜钿一斤？”还没有录音。",
        "第 2 句“忒贵哉，便宜点。”还没有录音。",
    ]
