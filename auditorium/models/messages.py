"""What is owed to villagers, and the texts that answer it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.enums import MessageAudience, MessageState, ReminderPurpose, ReminderState
from auditorium.literals import written
from auditorium.models.contacts import Contact, Phone
from auditorium.models.halls import Hall
from auditorium.models.sms_lines import SmsLine
from auditorium.models.templates import MessageTemplate
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models.users import User


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders in scope, by what they are about and when they are due."""

    def for_user(self, user: User) -> ReminderQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def about(self, kind: str, pk: int) -> ReminderQuerySet:
        """Those that concern one thing."""
        return self.filter(about_kind=kind, about_id=pk)

    def live(self) -> ReminderQuerySet:
        """Those still owed."""
        return self.filter(state__in=written("planned", "sending", "relayed", "follow_up"))

    def in_doubt(self, at: datetime) -> ReminderQuerySet:
        """Those under way of which it should be certain by now that somebody was told."""
        return self.filter(state__in=written("sending", "relayed"), sure_by__lte=at)

    def due(self, at: datetime) -> ReminderQuerySet:
        """Those whose time has come and that nobody has begun."""
        return self.filter(state=ReminderState.PLANNED, due_at__lte=at)


class Reminder(models.Model):
    """What is owed to a villager: about one thing, for one purpose, due at one time.

    It always ends in a known state. `expires_at` is when telling would be useless (the visit).
    Both template versions are fixed when it is planned, in Chinese; who reads another language gets the words that
    were in force then. Who receives it is decided when it is claimed. `sure_by` is when a person is asked unless it
    is certain by then that they were told; null where nothing hangs on it. `heard_on` are the phones (ids) of contacts
    who were told in the villager's stead what it takes back.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="reminders", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, db_index=False, related_name="reminders", verbose_name=_("村民")
    )
    about_kind = models.CharField(max_length=20, editable=False)
    about_id = models.BigIntegerField(editable=False)
    purpose = models.CharField(_("用途"), max_length=16, choices=ReminderPurpose)
    own_template = models.ForeignKey(MessageTemplate, models.PROTECT, db_index=False, related_name="+")
    discreet_template = models.ForeignKey(MessageTemplate, models.PROTECT, db_index=False, related_name="+")
    due_at = models.DateTimeField(_("该发的时间"))
    expires_at = models.DateTimeField(_("最晚"))
    state = models.CharField(_("状态"), max_length=12, choices=ReminderState, default=ReminderState.PLANNED)
    sure_by = models.DateTimeField(null=True, editable=False)
    heard_on = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["about_kind", "about_id", "purpose"],
                condition=Q(state__in=["planned", "sending", "relayed", "follow_up"]),
                name="reminder_owed_once",
            ),
        ]
        indexes = [
            # the sweep: what is planned and due
            models.Index(fields=["due_at", "id"], condition=Q(state="planned"), name="reminder_due"),
            # the sweep that ends what came too late
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=["planned", "sending", "relayed", "follow_up"]),
                name="reminder_live_until",
            ),
            # the sweep that asks a person where nobody knows whether they were told
            models.Index(
                fields=["sure_by", "id"],
                condition=Q(state__in=["sending", "relayed"], sure_by__isnull=False),
                name="reminder_in_doubt",
            ),
            models.Index(fields=["about_kind", "about_id"], name="reminder_about"),
            models.Index(fields=["villager", "-due_at"], name="reminder_of_villager"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.get_state_display()}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Texts in scope and by state."""

    def for_user(self, user: User) -> MessageQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def unsent(self) -> MessageQuerySet:
        """Those no gateway has been given."""
        return self.filter(state__in=["pending", "claimed"])

    def held(self) -> MessageQuerySet:
        """Those a worker has: claimed, or being handed over this moment."""
        return self.filter(state__in=written("claimed", "sending"))

    def claimable(self, at: datetime) -> MessageQuerySet:
        """Those waiting whose time has come."""
        return self.filter(state=MessageState.PENDING, not_before__lte=at)


class Message(models.Model):
    """One text to one number on one line; it answers one or several reminders, or a `reply`.

    `uid` is our key at the provider. Phone, words and line are frozen when the reminder is claimed; a
    queued text never changes. `values` are those in its `template`, for providers that keep the words; like the
    body they are dropped after a while. `cost` is in yuan, at the line's price when it was sent; null where that
    has none. `lease_until` ends a claim whose worker died; of what was sent it says when to ask about it again.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, db_index=False, related_name="messages", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, null=True, db_index=False, related_name="messages", verbose_name=_("村民")
    )
    phone = models.ForeignKey(Phone, models.PROTECT, db_index=False, related_name="messages", verbose_name=_("号码"))
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+", verbose_name=_("联系人"))
    line = models.ForeignKey(SmsLine, models.PROTECT, db_index=False, related_name="messages", verbose_name=_("线路"))
    audience = models.CharField(_("给谁看"), max_length=10, choices=MessageAudience)
    is_copy = models.BooleanField(_("抄送"), default=False)
    template = models.ForeignKey(
        MessageTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("短信模板"),
    )
    values = models.JSONField(default=dict, blank=True, editable=False)
    body = models.TextField(_("短信正文"))
    parts = models.PositiveSmallIntegerField(_("条数"))
    cost = models.DecimalField(_("费用"), max_digits=8, decimal_places=4, null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=MessageState, default=MessageState.PENDING)
    reminders = models.ManyToManyField(Reminder, related_name="messages")
    reply = models.ForeignKey(
        "auditorium.Reply",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="answers",
        verbose_name=_("答复"),
    )
    created_at = models.DateTimeField(_("写成时间"))
    not_before = models.DateTimeField(_("不早于"))
    expires_at = models.DateTimeField(_("最晚"))
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    claimed_by = models.CharField(max_length=80, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("回执时间"), null=True, blank=True)
    provider_id = models.CharField(_("接口编号"), max_length=80, blank=True)
    error_code = models.CharField(_("错误码"), max_length=60, blank=True)
    error_text = models.CharField(_("错误"), max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("短信")
        verbose_name_plural = _("短信")
        ordering = ["-created_at"]
        indexes = [
            # the worker's claim: what waits for each line, oldest first
            models.Index(fields=["line", "not_before", "id"], condition=Q(state="pending"), name="message_waiting"),
            # what was written hours ago and still waits
            models.Index(fields=["created_at", "id"], condition=Q(state="pending"), name="message_written"),
            # leases that ran out, and calls cut off
            models.Index(fields=["lease_until"], condition=Q(state__in=["claimed", "sending"]), name="message_lease"),
            # calls cut off: ask the provider
            models.Index(fields=["lease_until"], condition=Q(state="unknown"), name="message_unknown"),
            # receipts by the provider's number
            models.Index(fields=["line", "provider_id"], condition=~Q(provider_id=""), name="message_receipt"),
            # a line's cap per day; before the next two: of indexes that fit as well SQLite takes the one made last
            models.Index(fields=["line", "sent_at"], name="message_of_line"),
            # what was sent and never reported on: ask for its receipt
            models.Index(
                fields=["line", "sent_at"],
                condition=Q(state="sent", ended_at__isnull=True, lease_until__isnull=True),
                name="message_unheard",
            ),
            # what was asked about without result: ask again
            models.Index(
                fields=["line", "lease_until"],
                condition=Q(state="sent", ended_at__isnull=True, lease_until__isnull=False),
                name="message_asked_about",
            ),
            # what answers a reply
            models.Index(fields=["reply"], condition=Q(reply__isnull=False), name="message_answering"),
            # retention, and the figures of a young day: whose words are still kept
            models.Index(fields=["created_at"], condition=~Q(body=""), name="message_with_words"),
            # our cap per number and day, and the demo phone
            models.Index(fields=["phone", "-created_at"], name="message_of_phone"),
            models.Index(fields=["villager", "-created_at"], name="message_of_villager"),
            models.Index(fields=["hall", "-created_at"], name="message_of_hall"),
        ]

    def __str__(self) -> str:
        return f"{self.uid} {self.get_state_display()}"


class MessagePart(models.Model):
    """One part of a long text, where the provider numbers and reports each by itself."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="sent_parts")
    line = models.ForeignKey(SmsLine, models.PROTECT, db_index=False, related_name="+")
    provider_id = models.CharField(max_length=80)
    delivered = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("短信分条")
        verbose_name_plural = _("短信分条")
        ordering = ["pk"]
        indexes = [
            # receipts by the provider's number
            models.Index(fields=["line", "provider_id"], name="message_part_receipt"),
        ]

    def __str__(self) -> str:
        return self.provider_id
