"""Dialect lessons: their phrases, who speaks them, and that the speaker agreed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import ConsentEvidence, ConsentGiver
from auditorium.models.library.channels import Channel
from auditorium.models.library.files import StoredFile
from auditorium.models.library.resources import Resource

if TYPE_CHECKING:
    from auditorium.models.users import User


def _may_be_heard(path: str = "") -> Q:
    """Whoever's voice may be played, reached through `path` (`"speaker__"`): a machine's, and of those who agreed."""
    agreed = Q(**{f"{path}consent_given_on__isnull": False, f"{path}consent_withdrawn_at__isnull": True})
    return agreed | Q(**{f"{path}is_synthetic": True})


class SpeakerQuerySet(models.QuerySet["Speaker"]):
    """Speakers by who may write for their channel, and whether they may be heard."""

    def for_user(self, user: User) -> SpeakerQuerySet:
        """Those of the channels somebody may write for."""
        return self.filter(channel__in=Channel.objects.written_by(user))

    def who_may_be_heard(self) -> SpeakerQuerySet:
        """Machines, and those whose consent is in force."""
        return self.filter(_may_be_heard())


class Speaker(models.Model):
    """Somebody whose voice is in a channel's lessons: a name and a village, as they want them shown, and no more.

    A voice is a person's: without consent in force nothing of theirs is shown or played. `is_synthetic` says that
    no person speaks; the learner is told so.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="speakers", verbose_name=_("频道"))
    name = models.CharField(_("怎么称呼"), max_length=40, help_text=_("就是放给大家看的称呼，例如：阿根伯"))
    village = models.CharField(_("哪个村"), max_length=40, blank=True, help_text=_("例如：后仓村"))
    is_synthetic = models.BooleanField(_("合成的声音，不是真人"), default=False)
    consent_given_on = models.DateField(_("同意日期"), null=True, blank=True)
    consent_giver = models.CharField(_("谁同意的"), max_length=10, choices=ConsentGiver, default=ConsentGiver.VILLAGER)
    consent_evidence = models.CharField(_("凭据"), max_length=10, choices=ConsentEvidence, blank=True)
    consent_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("记录人")
    )
    consent_withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, editable=False)

    objects = SpeakerQuerySet.as_manager()

    class Meta:
        verbose_name = _("录音的人")
        verbose_name_plural = _("录音的人")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "name", "village"],
                name="speaker_once_in_channel",
                violation_error_message=_("这个人已经有了。"),
            ),
            models.CheckConstraint(
                condition=Q(consent_given_on__isnull=True, consent_evidence="")
                | (Q(consent_given_on__isnull=False) & ~Q(consent_evidence="")),
                name="speaker_consent_has_evidence",
                violation_error_message=_("同意日期和凭据要一起填。"),
            ),
            models.CheckConstraint(
                condition=Q(consent_withdrawn_at__isnull=True) | Q(consent_given_on__isnull=False),
                name="speaker_consent_withdrawn_once_given",
            ),
            models.CheckConstraint(
                condition=Q(is_synthetic=False) | Q(consent_given_on__isnull=True),
                name="speaker_synthetic_agrees_to_nothing",
                violation_error_message=_("合成的声音不用填同意。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.name}".strip()

    @property
    def may_be_heard(self) -> bool:
        """Whether what they said may be played."""
        return self.is_synthetic or (self.consent_given_on is not None and self.consent_withdrawn_at is None)


class PhraseQuerySet(models.QuerySet["Phrase"]):
    """Phrases by what a learner may hear."""

    def for_user(self, user: User) -> PhraseQuerySet:
        """Those of the channels somebody may write for."""
        return self.filter(resource__channel__in=Channel.objects.written_by(user))

    def shown(self) -> PhraseQuerySet:
        """Those that nobody's missing or withdrawn consent forbids."""
        return self.filter(Q(speaker__isnull=True) | _may_be_heard("speaker__"))

    def unfit(self) -> PhraseQuerySet:
        """Those with which no lesson is published: without sound, or by somebody who does not agree."""
        return self.filter(Q(audio__isnull=True) | (Q(speaker__isnull=False) & ~_may_be_heard("speaker__")))


class Phrase(models.Model):
    """One thing said in a lesson: how it is written, what it means, how it is pronounced, and its sound."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resource = models.ForeignKey(
        Resource, models.CASCADE, db_index=False, related_name="phrases", verbose_name=_("方言课")
    )
    order = models.PositiveSmallIntegerField(_("顺序"), default=1)
    words = models.CharField(_("方言怎么写"), max_length=120)
    gloss = models.CharField(_("普通话意思"), max_length=200)
    romanisation = models.CharField(_("注音"), max_length=200, blank=True)
    audio = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="phrases", verbose_name=_("录音")
    )
    speaker = models.ForeignKey(
        Speaker, models.PROTECT, null=True, blank=True, related_name="phrases", verbose_name=_("录音的人")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("句子")
        verbose_name_plural = _("句子")
        ordering = ["order", "pk"]
        indexes = [
            # a lesson in its order
            models.Index(fields=["resource", "order", "id"], name="phrase_in_lesson"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(audio__isnull=True) | Q(speaker__isnull=False),
                name="phrase_sound_has_speaker",
                violation_error_message=_("有录音就要写是谁录的。"),
            ),
        ]

    def __str__(self) -> str:
        return self.words
