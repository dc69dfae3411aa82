"""What people answer to texts."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import ReplyMeaning, ReplyState
from auditorium.fields import EncryptedTextField
from auditorium.models.contacts import Phone
from auditorium.models.halls import Hall
from auditorium.models.messages import Message
from auditorium.models.sms_lines import SmsLine
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class ReplyQuerySet(models.QuerySet["Reply"]):
    """Answers in scope, and by what they are about."""

    def for_user(self, user: User) -> ReplyQuerySet:
        """Those to texts of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def about(self, kind: str, pk: int) -> ReplyQuerySet:
        """Those that were taken to concern one thing, newest first."""
        return self.filter(about_kind=kind, about_id=pk).order_by("-received_at", "-pk")


class Reply(models.Model):
    """One text from a phone we wrote to. It always ends in a known state, and as a task where nothing else fits.

    `message` is the text it answers, `about_*` what that was about; `villager` and `hall` are those of the message.
    `own` says whether the phone is the villager's own: from any other, "yes" means 已转告 and "no" is a task.
    `act_at` is when a cancellation takes effect unless it is taken back. `choices` are what an ambiguous answer may
    have meant, [[kind, id, message id], …], in the order in which the sender was asked.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(SmsLine, models.PROTECT, related_name="replies", verbose_name=_("线路"))
    phone = models.ForeignKey(Phone, models.PROTECT, related_name="replies", verbose_name=_("号码"))
    provider_id = models.CharField(_("接口编号"), max_length=80, blank=True)
    text = EncryptedTextField(_("内容"), blank=True, default="")
    received_at = models.DateTimeField(_("收到时间"))
    meaning = models.CharField(_("意思"), max_length=10, choices=ReplyMeaning, default=ReplyMeaning.UNCLEAR)
    state = models.CharField(_("状态"), max_length=12, choices=ReplyState, default=ReplyState.RECEIVED)
    hall = models.ForeignKey(Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("村民")
    )
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("回的是")
    )
    about_kind = models.CharField(max_length=20, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)
    own = models.BooleanField(_("本人手机"), default=False)
    act_at = models.DateTimeField(_("生效时间"), null=True, blank=True)
    choices = models.JSONField(default=list, editable=False)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("回复")
        verbose_name_plural = _("回复")
        ordering = ["-received_at", "-pk"]
        indexes = [
            # what one phone answered lately
            models.Index(fields=["phone", "-received_at"], name="reply_of_phone"),
            # what was answered about one thing
            models.Index(fields=["about_kind", "about_id"], name="reply_about"),
            # what was left behind, and what takes effect now
            models.Index(fields=["received_at"], condition=Q(state="received"), name="reply_unread"),
            models.Index(fields=["act_at"], condition=Q(state="waiting"), name="reply_waiting"),
            # retention: whose words are still kept
            models.Index(fields=["received_at"], condition=~Q(text=""), name="reply_with_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "provider_id"], condition=~Q(provider_id=""), name="reply_received_once"
            ),
            models.CheckConstraint(condition=~Q(state="waiting") | Q(act_at__isnull=False), name="reply_waits_until"),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M} {self.get_meaning_display()}"
