"""Whoever speaks in lessons: who they are, and what becomes of their voice when they no longer agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit
from auditorium.enums import ConsentGiver
from auditorium.models import Phrase, Speaker

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models import Channel, Hall, User


@dataclass(frozen=True, kw_only=True)
class SpokenConsent:
    """That a speaker lets everybody hear them: since when, who said so, shown by what."""

    given_on: date
    evidence: str
    giver: str = ConsentGiver.VILLAGER


@dataclass(frozen=True, kw_only=True)
class SpeakerDetails:
    """A speaker as learners see them; `consent` is None for a machine, and for whoever has not agreed yet."""

    name: str
    village: str = ""
    is_synthetic: bool = False
    consent: SpokenConsent | None = None


@transaction.atomic
def add(*, channel: Channel, details: SpeakerDetails, by: User, hall: Hall | None = None) -> Speaker:
    """Write somebody down. ValidationError when they are there already, or the consent cannot be."""
    speaker = Speaker(channel=channel)
    _apply(speaker, details, by)
    speaker.save()
    audit.record(action="speaker_added", what=speaker, by=by, hall=hall)
    if speaker.consent_given_on:
        audit.record(action="speaker_consent_given", what=speaker, by=by, hall=hall)
    return speaker


@transaction.atomic
def change(*, speaker: Speaker, details: SpeakerDetails, by: User, hall: Hall | None = None) -> Speaker:
    """Correct who they are and what they agreed to; a new consent after a withdrawn one begins anew.

    Consent is not taken back here, but by `withdraw_consent`: leaving it out leaves what there is. Raises as `add`.
    """
    speaker = Speaker.objects.select_for_update().get(pk=speaker.pk)
    before = (speaker.consent_given_on, speaker.consent_withdrawn_at)
    _apply(speaker, details, by)
    speaker.save()
    audit.record(action="speaker_changed", what=speaker, by=by, hall=hall)
    if details.consent and before != (speaker.consent_given_on, speaker.consent_withdrawn_at):
        audit.record(action="speaker_consent_given", what=speaker, by=by, hall=hall)
    return speaker


@transaction.atomic
def withdraw_consent(*, speaker: Speaker, by: User | None, hall: Hall | None = None) -> int:
    """They agree no longer: their recordings leave every lesson at once, published or not. How many these were.

    The files themselves go with the nightly sweep of what nothing uses. That they had agreed, and until when, stays.
    """
    speaker = Speaker.objects.select_for_update().get(pk=speaker.pk)
    silenced = Phrase.objects.filter(speaker=speaker).update(audio=None, speaker=None)
    if speaker.consent_given_on and speaker.consent_withdrawn_at is None:
        speaker.consent_withdrawn_at = clock.now()
        speaker.save(update_fields=["consent_withdrawn_at"])
    audit.record(action="speaker_consent_withdrawn", what=speaker, by=by, hall=hall)
    return silenced


def _apply(speaker: Speaker, details: SpeakerDetails, by: User) -> None:
    speaker.name, speaker.village = details.name, details.village
    speaker.is_synthetic = details.is_synthetic
    if consent := details.consent:
        if consent.given_on > clock.today():
            raise ValidationError({"given_on": _("同意日期不能在今天以后。")})
        speaker.consent_given_on, speaker.consent_evidence = consent.given_on, consent.evidence
        speaker.consent_giver, speaker.consent_recorded_by = consent.giver, by
        speaker.consent_withdrawn_at = None
    speaker.full_clean(exclude=["consent_recorded_by"])
