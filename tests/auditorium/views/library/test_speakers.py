"""The pages about whoever speaks in a lesson."""

import pytest
from django.urls import reverse

from auditorium import clock
from auditorium.models import Speaker
from tests.factories import (
    ChannelFactory,
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    SpeakerFactory,
    StoredFileFactory,
    desk_user,
)

pytestmark = pytest.mark.django_db
CONSENT = {"given_on": "2026-10-12", "giver": "villager", "evidence": "signed"}


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(client, hall):
    client.force_login(desk_user(hall))
    return client


@pytest.fixture
def lesson(hall):
    return ResourceFactory(kind="lesson", state="draft", channel=ChannelFactory(keeper_hall=hall))


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def test_speaker_new_writes_down_who_agreed_when(desk, lesson):
    typed = {"name": "阿根伯", "village": "后仓村", "agreed": "on", **CONSENT}
    response = desk.post(url("speaker_new", lesson.pk), typed)
    speaker = Speaker.objects.get()
    assert response.headers["Location"] == url("lesson", lesson.pk)
    assert (speaker.channel, str(speaker), speaker.may_be_heard) == (lesson.channel, "后仓村 阿根伯", True)


def test_speaker_new_without_the_tick_has_not_agreed(desk, lesson):
    desk.post(url("speaker_new", lesson.pk), {"name": "阿根伯", **CONSENT})
    assert Speaker.objects.get().may_be_heard is False


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"given_on": ""}, "given_on", "请填写同意日期。"),
        ({"given_on": "2999-01-01"}, "given_on", "同意日期不能在今天以后。"),
        ({"is_synthetic": "on"}, "__all__", "合成的声音不用填同意。"),
    ],
)
def test_speaker_new_says_what_is_wrong(desk, lesson, typed, field, sentence):
    sent = {"name": "阿根伯", "agreed": "on", **CONSENT, **typed}
    errors = desk.post(url("speaker_new", lesson.pk), sent).context["form"].errors
    assert (errors[field], Speaker.objects.count()) == ([sentence], 0)


def test_speaker_edit_shows_what_was_agreed_and_keeps_it(desk, lesson):
    speaker = SpeakerFactory(channel=lesson.channel)
    form = desk.get(url("speaker_edit", lesson.pk, speaker.pk)).context["form"]
    assert (form["agreed"].value(), form["given_on"].value()) == (True, speaker.consent_given_on)
    desk.post(url("speaker_edit", lesson.pk, speaker.pk), {"name": "阿根", "agreed": "on", **CONSENT})
    speaker.refresh_from_db()
    assert (speaker.name, speaker.may_be_heard) == ("阿根", True)


def test_speaker_form_offers_today_for_a_new_consent(desk, lesson):
    form = desk.get(url("speaker_new", lesson.pk)).context["form"]
    assert (form["agreed"].value(), form["given_on"].value()) == (None, clock.today())


def test_speaker_withdraw_asks_first_and_then_silences(desk, lesson):
    speaker = SpeakerFactory(channel=lesson.channel)
    phrase = PhraseFactory(resource=lesson, speaker=speaker, audio=StoredFileFactory(media_type="audio/wav"))
    page = desk.get(url("speaker_withdraw", lesson.pk, speaker.pk)).content.decode()
    assert "1 段录音会马上从所有的课里拿掉，找不回来。" in page
    assert Speaker.objects.get().may_be_heard is True
    response = desk.post(url("speaker_withdraw", lesson.pk, speaker.pk))
    assert [str(message) for message in response.wsgi_request._messages] == ["同意撤回了，1 段录音已经从课里拿掉。"]
    phrase.refresh_from_db()
    assert (phrase.audio, Speaker.objects.get().may_be_heard) == (None, False)


def test_speakers_of_another_halls_channel_are_not_found(desk, lesson):
    others = SpeakerFactory(channel=ChannelFactory(keeper_hall=HallFactory()))
    assert desk.get(url("speaker_edit", lesson.pk, others.pk)).status_code == 404
    assert desk.post(url("speaker_withdraw", lesson.pk, others.pk)).status_code == 404
