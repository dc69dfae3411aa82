"""A lesson, opened at the desk: what may be heard of it, with a player for each phrase."""

import pytest
from django.urls import reverse

from auditorium.models import ResourceUse
from tests.factories import (
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    SpeakerFactory,
    StoredFileFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(desk_user(HallFactory()))
    return client


@pytest.fixture
def lesson():
    return ResourceFactory(kind="lesson", title="绍兴话·日常十句")


def spoken(lesson, **speaker):
    return PhraseFactory(
        resource=lesson,
        audio=StoredFileFactory(media_type="audio/webm"),
        speaker=SpeakerFactory(channel=lesson.channel, **speaker),
    )


def opened(desk, lesson):
    return desk.post(reverse("auditorium:resource_open", args=[lesson.pk]), {"whom": "nobody"}).headers["Location"]


def test_lesson_opened_has_a_player_for_each_phrase_that_may_be_heard(desk, lesson):
    heard = spoken(lesson)
    unasked = spoken(lesson, consent_given_on=None, consent_evidence="")
    page = desk.get(opened(desk, lesson)).content.decode()
    assert reverse("auditorium:phrase_sound", args=[heard.pk]) in page
    assert reverse("auditorium:phrase_sound", args=[unasked.pk]) not in page
    assert ResourceUse.objects.get().resource == lesson


def test_lesson_opened_says_which_voice_is_made(desk, lesson):
    spoken(lesson)
    address = opened(desk, lesson)
    assert "合成声音" not in desk.get(address).content.decode()
    spoken(lesson, is_synthetic=True, consent_given_on=None, consent_evidence="")
    assert "合成声音" in desk.get(address).content.decode()


def test_lesson_opened_asks_as_much_for_five_phrases_as_for_one(desk, lesson, django_assert_num_queries):
    spoken(lesson)
    address = opened(desk, lesson)
    desk.get(address)
    for _round in range(2):
        with django_assert_num_queries(12):
            desk.get(address)
        for _count in range(4):
            spoken(lesson)
