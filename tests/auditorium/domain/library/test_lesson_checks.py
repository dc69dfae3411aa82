"""A lesson is shown when it is whole and everybody heard in it agreed."""

import pytest

from auditorium.domain.library import publishing
from auditorium.domain.library.lesson_checks import is_whole, whats_missing
from auditorium.models import Resource
from tests.factories import PhraseFactory, ResourceFactory, SpeakerFactory, StoredFileFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson():
    return ResourceFactory(kind="lesson", state="draft")


def spoken(lesson, **speaker):
    return PhraseFactory(
        resource=lesson,
        speaker=SpeakerFactory(channel=lesson.channel, **speaker),
        audio=StoredFileFactory(media_type="audio/wav"),
    )


def test_whats_missing_of_an_empty_lesson(lesson):
    assert whats_missing(lesson) == ["还没有句子。"]


def test_whats_missing_is_nothing_when_all_spoke_and_agreed(lesson, django_assert_num_queries):
    spoken(lesson)
    spoken(lesson, is_synthetic=True, consent_given_on=None, consent_evidence="")
    with django_assert_num_queries(1):
        assert whats_missing(lesson) == []
    assert is_whole(lesson) is True


def test_whats_missing_names_silent_phrases_and_whoever_was_not_asked(lesson):
    spoken(lesson)
    PhraseFactory(resource=lesson, words="侬好")
    asked = spoken(lesson, name="阿毛", consent_given_on=None, consent_evidence="")
    PhraseFactory(resource=lesson, speaker=asked.speaker, audio=asked.audio)
    assert whats_missing(lesson) == ["后仓村 阿毛还没有同意把录音放给大家听。", "第 2 句“侬好”还没有录音。"]


def test_whats_missing_counts_what_would_be_a_long_list(lesson):
    PhraseFactory.create_batch(7, resource=lesson)
    missing = whats_missing(lesson)
    assert (len(missing), missing[-1]) == (6, "另外还有 2 句没有录音。")


@pytest.mark.parametrize("fault", ["empty", "silent", "unasked", ""])
def test_publish_leaves_a_lesson_that_is_not_whole(lesson, fault):
    if fault != "empty":
        spoken(lesson)
    if fault == "silent":
        PhraseFactory(resource=lesson)
    if fault == "unasked":
        spoken(lesson, consent_given_on=None, consent_evidence="")
    assert (whats_missing(lesson) == [], publishing.lacking(lesson)) == (
        not fault,
        ["句子、录音，或者录音的人的同意"] if fault else [],
    )
    ours = Resource.objects.filter(pk=lesson.pk)
    by = UserFactory()
    publishing.review(resources=ours, by=by)
    assert publishing.publish(resources=ours, by=by) == (0 if fault else 1)
