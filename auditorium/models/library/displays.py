"""Second screens: a television or tablet in a hall that shows what the desk sends it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium import clock
from auditorium.models.halls import Hall
from auditorium.models.library.files import ResourceFile
from auditorium.models.library.lessons import Phrase
from auditorium.models.library.use import ResourceUse

if TYPE_CHECKING:
    from auditorium.models.users import User


class DisplayQuerySet(models.QuerySet["Display"]):
    """Displays in scope."""

    def for_user(self, user: User) -> DisplayQuerySet:
        """Those paired with halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"), hall__isnull=False)


class Display(models.Model):
    """One screen. Until a desk types its `code` it belongs to no hall and shows nothing else.

    The screen is known by a token in its cookie, of which only the SHA-256 is here. What it shows is a piece of one
    use: a file, or a phrase of a lesson; of a book, `leaf` of `chapter`, both counted from 0. `version` grows with
    every change; `active_at` is when something last played or a page was turned.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hall = models.ForeignKey(
        Hall, models.CASCADE, null=True, blank=True, related_name="displays", verbose_name=_("礼堂")
    )
    name = models.CharField(_("名称"), max_length=20, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    code = models.CharField(max_length=6, blank=True, editable=False)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(_("最近连上"), default=clock.now, editable=False)
    paired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("经办人")
    )
    use = models.ForeignKey(ResourceUse, models.SET_NULL, null=True, editable=False, related_name="+")
    part = models.ForeignKey(ResourceFile, models.SET_NULL, null=True, editable=False, related_name="+")
    phrase = models.ForeignKey(Phrase, models.SET_NULL, null=True, editable=False, related_name="+")
    chapter = models.PositiveIntegerField(default=0, editable=False)
    leaf = models.PositiveIntegerField(default=0, editable=False)
    is_playing = models.BooleanField(default=False, editable=False)
    active_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = DisplayQuerySet.as_manager()

    class Meta:
        verbose_name = _("大屏")
        verbose_name_plural = _("大屏")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="display_code_once"),
            models.CheckConstraint(condition=Q(hall__isnull=True) | Q(code=""), name="display_paired_has_no_code"),
        ]

    def __str__(self) -> str:
        return self.name
