"""What a person must do for a villager: call, knock, rebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from auditorium.enums import FOLLOW_UP_OPEN, FollowUpKind, FollowUpState
from auditorium.models.contacts import Contact
from auditorium.models.halls import Hall, Helper
from auditorium.models.regions import Region, prefix_range
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models.users import User


def handed_to_region_of(user: User) -> Q:
    """What was handed to a division inside one of the user's regions, as a condition on follow-ups."""
    handed = Q(pk__in=[])
    for role in user.role_list:
        if role.region:
            handed |= Q(escalated_region__code__range=prefix_range(role.region.prefix))
    return handed


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Follow-ups in scope, by state and urgency."""

    def for_user(self, user: User) -> FollowUpQuerySet:
        """Those of the user's halls, those handed to one of them, and those handed to their region."""
        if user.is_administrator:
            return self
        scope = user.hall_scope("hall__") | user.hall_scope("escalated_hall__")
        return self.filter(scope | handed_to_region_of(user))

    def with_villager(self) -> FollowUpQuerySet:
        """With whom they are of, their identity numbers left unread, and the text that led to them."""
        return self.select_related("villager", "reply").defer("villager__id_number", "villager__other_document_number")

    def open(self) -> FollowUpQuerySet:
        """Those nobody has finished; SQLite finds them by their index only where it is said without values."""
        return self.filter(state__in=FOLLOW_UP_OPEN, closed_at__isnull=True)

    def overdue(self, at: datetime) -> FollowUpQuerySet:
        """Those open past their time."""
        return self.open().filter(due_at__lt=at)


class FollowUp(models.Model):
    """A task with a due time, an assignee and the words to say; it ends in an outcome.

    `about` names what it concerns ("appointment", id) without knowing its model. A follow-up that was
    not reached, or had a wrong number, points to its `next_step`. What somebody wrote stands in its `reply` alone, as
    long as words of texts are kept; what was to be said, and what came of it, is dropped a while after it ended.
    """

    hall = models.ForeignKey(Hall, models.PROTECT, related_name="follow_ups", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("村民")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("打给谁")
    )
    kind = models.CharField(_("做什么"), max_length=16, choices=FollowUpKind)
    state = models.CharField(_("状态"), max_length=16, choices=FollowUpState, default=FollowUpState.OPEN)
    reason = models.CharField(_("为什么"), max_length=120)
    words = models.TextField(_("要说的话"), blank=True)
    reply = models.ForeignKey(
        "auditorium.Reply",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="tasks",
        verbose_name=_("来的短信"),
    )
    about_kind = models.CharField(max_length=20, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)
    due_at = models.DateTimeField(_("最晚"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人")
    )
    helper = models.ForeignKey(
        Helper, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("帮手")
    )
    escalated_at = models.DateTimeField(_("转出时间"), null=True, blank=True)
    escalated_hall = models.ForeignKey(
        Hall, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("转给礼堂")
    )
    escalated_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("转给乡镇")
    )
    outcome_note = models.CharField(_("结果说明"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁提的")
    )
    created_at = models.DateTimeField(_("提出时间"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁办的")
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    next_step = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="previous_step", verbose_name=_("下一步")
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("待办")
        verbose_name_plural = _("待办")
        ordering = ["due_at", "pk"]
        constraints = [
            # of two workers who find the same text undelivered, one opens the task
            models.UniqueConstraint(
                fields=["about_kind", "about_id", "kind"],
                condition=Q(state__in=["open", "taken"], about_id__isnull=False),
                name="follow_up_open_once",
            ),
        ]
        indexes = [
            # the desk's list of what is open, by due time
            models.Index(fields=["hall", "due_at"], condition=Q(closed_at__isnull=True), name="follow_up_open"),
            # what somebody is doing
            models.Index(fields=["assignee", "due_at"], condition=Q(closed_at__isnull=True), name="follow_up_mine"),
            # the sweep that hands on what nobody took
            models.Index(
                fields=["due_at"],
                condition=Q(closed_at__isnull=True, escalated_at__isnull=True),
                name="follow_up_to_hand_on",
            ),
            # what was handed to a hall or a town
            models.Index(
                fields=["escalated_hall", "due_at"],
                condition=Q(escalated_hall__isnull=False, closed_at__isnull=True),
                name="follow_up_at_backup_hall",
            ),
            models.Index(
                fields=["escalated_region", "due_at"],
                condition=Q(escalated_region__isnull=False, closed_at__isnull=True),
                name="follow_up_at_town",
            ),
            # the latest that were done at a hall, its own and those handed to it
            models.Index(
                fields=["hall", "-closed_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="follow_up_done",
            ),
            models.Index(
                fields=["escalated_hall", "-closed_at", "-id"],
                condition=Q(escalated_hall__isnull=False, closed_at__isnull=False),
                name="follow_up_done_handed",
            ),
            # the words of what was done long ago
            models.Index(
                fields=["closed_at"],
                condition=Q(closed_at__isnull=False) & ~Q(words="", outcome_note=""),
                name="follow_up_with_words",
            ),
            # the villager's timeline
            models.Index(fields=["villager", "-created_at"], name="follow_up_of_villager"),
            # closing what concerns an appointment that was cancelled
            models.Index(fields=["about_kind", "about_id"], name="follow_up_about"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.why}"

    @property
    def why(self) -> str:
        """The reason as it is read: kept in Chinese, translated where nothing was put into the sentence."""
        return gettext(self.reason) if self.reason else ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state in FOLLOW_UP_OPEN
