"""Speakers in the admin: their names are mended, and whoever no longer agrees is heard no more."""

import pytest

from auditorium.enums import RoleKind
from auditorium.models import AuditEntry, Phrase, Role, Speaker
from tests import admin_rows
from tests.factories import (
    ChannelFactory,
    HallFactory,
    PhraseFactory,
    ResourceFactory,
    SpeakerFactory,
    StoredFileFactory,
)

pytestmark = pytest.mark.django_db
SPEAKERS = "/admin/auditorium/speaker/"


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def channel(hall):
    return ChannelFactory(keeper_hall=hall)


@pytest.fixture
def managing(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    return client


def test_manager_mends_a_name_and_nothing_of_the_consent(managing, channel):
    speaker = SpeakerFactory(channel=channel, name="阿根伯", village="后仓村")
    said = {"name": "阿根伯伯", "village": "后仓村", "consent_given_on": "2020-01-01", "is_synthetic": "on"}
    assert managing.post(f"{SPEAKERS}{speaker.pk}/change/", said).status_code == 302
    mended = Speaker.objects.get()
    assert (mended.name, mended.consent_given_on, mended.is_synthetic) == (
        "阿根伯伯",
        speaker.consent_given_on,
        False,
    )
    assert AuditEntry.objects.get(object_kind="speaker").action == "speaker_changed"


def test_name_somebody_else_has_is_refused(managing, channel):
    SpeakerFactory(channel=channel, name="阿根伯", village="后仓村")
    other = SpeakerFactory(channel=channel, name="阿根", village="后仓村")
    answer = managing.post(f"{SPEAKERS}{other.pk}/change/", {"name": "阿根伯", "village": "后仓村"})
    assert "这个人已经有了。" in answer.content.decode()


def test_speaker_who_no_longer_agrees_is_silent_at_once(managing, channel):
    speaker, theirs = SpeakerFactory(channel=channel), SpeakerFactory(channel=ChannelFactory(keeper_hall=HallFactory()))
    for one in (speaker, theirs):
        lesson = ResourceFactory(kind="lesson", channel=one.channel)
        PhraseFactory(resource=lesson, speaker=one, audio=StoredFileFactory(media_type="audio/wav"))
    chosen = {"action": "withdraw", "_selected_action": [speaker.pk, theirs.pk]}
    assert "停用了 1 段录音。" in managing.post(SPEAKERS, chosen, follow=True).content.decode()
    assert [phrase.speaker for phrase in Phrase.objects.exclude(audio=None)] == [theirs]
    speaker.refresh_from_db()
    assert speaker.consent_withdrawn_at is not None


def test_speakers_of_channels_one_does_not_look_after_are_not_there(client, hall):
    other = HallFactory()
    manager = admin_rows.hall_manager(hall)
    Role.objects.create(user=manager, role=RoleKind.DESK, hall=other)  # there they write lessons, and manage nothing
    client.force_login(manager)
    theirs = SpeakerFactory(channel=ChannelFactory(keeper_hall=other))
    assert client.get(f"{SPEAKERS}{theirs.pk}/change/").status_code == 302
    assert client.get(f"{SPEAKERS}add/").status_code == 403
