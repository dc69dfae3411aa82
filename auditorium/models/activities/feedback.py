"""What people thought of an activity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.activity_enums import Satisfaction
from auditorium.models.activities.activities import Activity
from auditorium.models.activities.dates import ActivityDate
from auditorium.models.halls import Hall
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """What was said, in scope."""

    def for_user(self, user: User) -> FeedbackQuerySet:
        """At the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))


class Feedback(models.Model):
    """What somebody thought of one date: said at the desk, with a name or without, or `people` hands counted.

    `words` may tell of somebody's life: they are dropped after a while, the figures stay.
    """

    activity = models.ForeignKey(
        Activity, models.PROTECT, db_index=False, related_name="feedback", verbose_name=_("活动")
    )
    date = models.ForeignKey(
        ActivityDate, models.PROTECT, db_index=False, related_name="feedback", verbose_name=_("哪一次")
    )
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("礼堂"))
    villager = models.ForeignKey(
        Villager, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁说的")
    )
    satisfaction = models.CharField(_("满意不满意"), max_length=8, choices=Satisfaction)
    by_hands = models.BooleanField(_("举手数的"), default=False)
    people = models.PositiveSmallIntegerField(_("几个人"), default=1)
    words = models.CharField(_("怎么说的"), max_length=200, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("谁记的")
    )
    taken_at = models.DateTimeField(_("什么时候记的"), default=clock.now)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("大家的意见")
        verbose_name_plural = _("大家的意见")
        ordering = ["-pk"]
        indexes = [
            # what was said of an activity
            models.Index(fields=["activity", "-id"], name="feedback_of_activity"),
            # whose words are to be dropped
            models.Index(fields=["taken_at"], condition=~Q(words=""), name="feedback_with_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "villager"],
                condition=Q(villager__isnull=False),
                name="feedback_once",
                violation_error_message=_("这位村民已经说过了。"),
            ),
            models.UniqueConstraint(
                fields=["date", "satisfaction"],
                condition=Q(by_hands=True),
                name="feedback_hands_once",
                violation_error_message=_("这一次已经数过了。"),
            ),
            models.CheckConstraint(
                condition=Q(by_hands=True, villager__isnull=True, words="") | Q(by_hands=False, people=1),
                name="feedback_of_one_or_by_hands",
                violation_error_message=_("举手只记人数。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.get_satisfaction_display()}"
