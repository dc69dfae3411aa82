"""Grants (带回家): for a while a phone may open one resource, without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.models.halls import Hall
from auditorium.models.library.resources import Resource
from auditorium.models.villagers import Villager

if TYPE_CHECKING:
    from auditorium.models.users import User


class ResourceGrantQuerySet(models.QuerySet["ResourceGrant"]):
    """Grants in scope, and those that still open something."""

    def for_user(self, user: User) -> ResourceGrantQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))

    def live(self) -> ResourceGrantQuerySet:
        """Those neither over nor taken back; whether the hall still shows the resource is asked when it is opened."""
        return self.filter(revoked_at__isnull=True, ends_at__gt=clock.now())


class ResourceGrant(models.Model):
    """One QR code. Whoever holds its token may open the resource until `ends_at`, unless the desk took it back.

    Of the token only the keyed hash is here. `villager` is whom it was given to, where that was said; the phone is
    never told. `times` counts openings.
    """

    hall = models.ForeignKey(Hall, models.CASCADE, db_index=False, related_name="grants", verbose_name=_("礼堂"))
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="grants", verbose_name=_("资源"))
    villager = models.ForeignKey(
        Villager, models.CASCADE, null=True, blank=True, related_name="resource_grants", verbose_name=_("村民")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    hash_version = models.PositiveSmallIntegerField(editable=False)
    made_at = models.DateTimeField(_("给出的时间"), default=clock.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    ends_at = models.DateTimeField(_("到什么时候"))
    revoked_at = models.DateTimeField(_("收回的时间"), null=True, editable=False)
    times = models.PositiveIntegerField(_("打开过几次"), default=0, editable=False)

    objects = ResourceGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("带回家的二维码")
        verbose_name_plural = _("带回家的二维码")
        ordering = ["-made_at", "-pk"]
        indexes = [
            # a hall's live grants
            models.Index(fields=["hall", "ends_at"], name="grant_of_hall", condition=Q(revoked_at__isnull=True)),
            # what the nightly chore drops
            models.Index(fields=["ends_at"], name="grant_over"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("made_at")), name="grant_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.ends_at:%Y-%m-%d %H:%M}"
