"""A voice is heard as long as its speaker agrees, and not a moment longer."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from auditorium import clock
from auditorium.domain.library import lessons, speakers
from auditorium.domain.library.speakers import SpeakerDetails, SpokenConsent
from auditorium.models import AuditEntry, Speaker, StoredFile
from tests.factories import ChannelFactory, PhraseFactory, SpeakerFactory, StoredFileFactory, UserFactory

pytestmark = pytest.mark.django_db
SIGNED = SpokenConsent(given_on=date(2026, 10, 12), evidence="signed")


@pytest.fixture
def by():
    return UserFactory()


def test_add_writes_the_consent_down_with_who_recorded_it(by):
    details = SpeakerDetails(name="阿根伯", village="后仓村", consent=SIGNED)
    speaker = speakers.add(channel=ChannelFactory(), details=details, by=by)
    speaker.refresh_from_db()
    assert (speaker.consent_given_on, speaker.consent_evidence, speaker.consent_giver) == (
        date(2026, 10, 12),
        "signed",
        "villager",
    )
    assert (speaker.consent_recorded_by, speaker.may_be_heard) == (by, True)
    actions = AuditEntry.objects.of("speaker", speaker.pk).values_list("action", flat=True)
    assert set(actions) == {"speaker_added", "speaker_consent_given"}


def test_add_without_consent_may_not_be_heard(by):
    speaker = speakers.add(channel=ChannelFactory(), details=SpeakerDetails(name="阿根伯"), by=by)
    assert speaker.may_be_heard is False
    assert list(Speaker.objects.who_may_be_heard()) == []


def test_add_of_a_machine_needs_no_consent_and_takes_none(by):
    channel = ChannelFactory()
    machine = speakers.add(channel=channel, details=SpeakerDetails(name="电脑", is_synthetic=True), by=by)
    assert list(Speaker.objects.who_may_be_heard()) == [machine]
    with pytest.raises(ValidationError) as refusal:
        speakers.add(channel=channel, details=SpeakerDetails(name="电脑二", is_synthetic=True, consent=SIGNED), by=by)
    assert refusal.value.messages == ["合成的声音不用填同意。"]


def test_add_refuses_the_same_person_again(by):
    there = SpeakerFactory()
    with pytest.raises(ValidationError) as refusal:
        speakers.add(channel=there.channel, details=SpeakerDetails(name=there.name, village="后仓村"), by=by)
    assert refusal.value.messages == ["这个人已经有了。"]


def test_add_refuses_a_consent_of_tomorrow(by):
    tomorrow = clock.today() + timedelta(days=1)
    details = SpeakerDetails(name="阿根伯", consent=SpokenConsent(given_on=tomorrow, evidence="spoken"))
    with pytest.raises(ValidationError) as refusal:
        speakers.add(channel=ChannelFactory(), details=details, by=by)
    assert refusal.value.message_dict == {"given_on": ["同意日期不能在今天以后。"]}


def test_change_without_consent_keeps_the_one_there_is(by):
    speaker = SpeakerFactory()
    speakers.change(speaker=speaker, details=SpeakerDetails(name="阿根", village="宝善桥村"), by=by)
    speaker.refresh_from_db()
    assert (str(speaker), speaker.may_be_heard) == ("宝善桥村 阿根", True)


def test_withdraw_takes_the_recordings_out_of_every_lesson_at_once(by):
    speaker = SpeakerFactory()
    sound = StoredFileFactory(media_type="audio/webm")
    published = PhraseFactory(
        speaker=speaker,
        audio=sound,
        resource__channel=speaker.channel,
        resource__state="published",
    )
    others = PhraseFactory(speaker=SpeakerFactory(), audio=StoredFileFactory(media_type="audio/webm"))
    assert speakers.withdraw_consent(speaker=speaker, by=by) == 1
    published.refresh_from_db()
    speaker.refresh_from_db()
    assert (published.audio, published.speaker, speaker.may_be_heard) == (None, None, False)
    assert list(StoredFile.objects.unused()) == [sound]
    assert [row.audio for row in lessons.to_learn(others.resource)] == [others.audio]
    assert AuditEntry.objects.of("speaker", speaker.pk).first().action == "speaker_consent_withdrawn"


def test_withdrawn_consent_can_be_given_anew(by):
    speaker = SpeakerFactory()
    speakers.withdraw_consent(speaker=speaker, by=by)
    speakers.change(speaker=speaker, details=SpeakerDetails(name=speaker.name, consent=SIGNED), by=by)
    speaker.refresh_from_db()
    assert (speaker.may_be_heard, speaker.consent_withdrawn_at) == (True, None)


def test_database_refuses_a_consent_without_evidence_and_a_sound_without_speaker():
    with pytest.raises(IntegrityError), transaction.atomic():
        SpeakerFactory(consent_evidence="")
    with pytest.raises(IntegrityError), transaction.atomic():
        PhraseFactory(audio=StoredFileFactory())
