"""The people a hall serves, and which halls serve them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import IdentityKind, OtherDocument, ServedAs, Sex
from auditorium.fields import EncryptedTextField
from auditorium.models.halls import Hall
from auditorium.models.regions import Region

if TYPE_CHECKING:
    from auditorium.models.users import User


class Household(models.Model):
    """An optional group of villagers who live together."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="households", verbose_name=_("礼堂"))
    name = models.CharField(_("户名"), max_length=40, help_text=_("例如：张小明家"))
    address = models.CharField(_("住址"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("户")
        verbose_name_plural = _("户")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def gone(path: str = "") -> Q:
    """Whoever died, moved away or was erased; `path` leads to the villager, as "villager__" does."""
    fields = ("died_on", "moved_away_on", "erased_at")
    return Q(*((f"{path}{field}__isnull", False) for field in fields), _connector=Q.OR)


class VillagerQuerySet(models.QuerySet["Villager"]):
    """Villagers in scope."""

    def for_user(self, user: User) -> VillagerQuerySet:
        """Those served by a hall inside the user's roles; the one door for lists, details and exports."""
        if user.is_administrator:
            return self.filter(erased_at__isnull=True)
        served = VillagerHall.objects.filter(villager=OuterRef("pk")).filter(user.hall_scope("hall__"))
        return self.filter(Exists(served), erased_at__isnull=True)

    def of_hall(self, hall: Hall) -> VillagerQuerySet:
        """Those this hall serves."""
        return self.filter(Exists(VillagerHall.objects.filter(villager=OuterRef("pk"), hall=hall)))

    def living(self) -> VillagerQuerySet:
        """Those neither dead nor erased: who can still say something to us."""
        return self.filter(died_on__isnull=True, erased_at__isnull=True)

    def present(self) -> VillagerQuerySet:
        """The living who have not moved away either: of whom something may still be asked and said."""
        return self.living().filter(moved_away_on__isnull=True)


class Villager(models.Model):
    """A person served; never a login. One row in the deployment, whatever the number of halls.

    `id_number` is encrypted; it is found by `id_hash` (HMAC, with its key's version) and shown by its
    last four. `registered_at` is the hall that wrote the row down.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("姓名"), max_length=60)
    also_known_as = models.CharField(_("又名/小名"), max_length=60, blank=True, help_text=_("例如：阿根"))
    sex = models.CharField(_("性别"), max_length=8, choices=Sex, default=Sex.UNKNOWN)
    birth_date = models.DateField(_("出生日期"), null=True, blank=True)

    identity_kind = models.CharField(
        _("身份证"), max_length=20, choices=IdentityKind, default=IdentityKind.RESIDENT_ID_SEEN
    )
    id_number = EncryptedTextField(_("身份证号"), blank=True, default="")
    id_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    id_hash_version = models.PositiveSmallIntegerField(default=0, editable=False)
    id_last4 = models.CharField(_("身份证尾号"), max_length=4, blank=True, default="", editable=False)
    other_document = models.CharField(_("证件种类"), max_length=20, choices=OtherDocument, blank=True, default="")
    other_document_number = EncryptedTextField(_("证件号码"), blank=True, default="")

    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在村")
    )
    group = models.CharField(_("村民组"), max_length=20, blank=True, help_text=_("例如：3组"))
    address = models.CharField(_("住址"), max_length=120, blank=True)
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("户")
    )

    hard_of_hearing = models.BooleanField(_("听不见"), default=False)
    low_vision = models.BooleanField(_("看不清"), default=False)
    cannot_read = models.BooleanField(_("不识字"), default=False)
    dialect_only = models.BooleanField(_("只讲方言"), default=False)
    limited_mobility = models.BooleanField(_("行动不便"), default=False)
    needs_companion = models.BooleanField(_("要人陪"), default=False)
    note = models.CharField(_("备注"), max_length=200, blank=True, help_text=_("只写办事用得着的。"))

    registered_at = models.ForeignKey(Hall, models.PROTECT, related_name="+", verbose_name=_("登记的礼堂"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    died_on = models.DateField(_("去世日期"), null=True, blank=True)
    moved_away_on = models.DateField(_("搬走日期"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True, editable=False)

    halls = models.ManyToManyField(Hall, through="VillagerHall", related_name="villagers")
    objects = VillagerQuerySet.as_manager()

    NEEDS = ("hard_of_hearing", "low_vision", "cannot_read", "dialect_only", "limited_mobility", "needs_companion")

    class Meta:
        verbose_name = _("村民")
        verbose_name_plural = _("村民")
        ordering = ["pk"]
        permissions = [("view_full_identity", _("可以看完整证件号和电话"))]
        constraints = [
            models.UniqueConstraint(
                fields=["id_hash", "id_hash_version"],
                condition=~Q(id_hash=""),
                name="villager_id_once",
                violation_error_message=_("这个身份证号已经登记过了。"),
            ),
            models.CheckConstraint(
                condition=Q(id_hash="", id_last4="") | ~Q(id_hash="") & ~Q(id_last4=""), name="villager_id_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needs(self) -> list[str]:
        """The communication needs that hold, in the words the desk uses."""
        fields = (field for field in self._meta.concrete_fields if field.name in self.NEEDS)
        return [str(field.verbose_name) for field in fields if getattr(self, field.name)]

    @property
    def is_gone(self) -> bool:
        """Whether nothing is booked for them and nobody is told anything of them any more; see `gone`."""
        return bool(self.died_on or self.moved_away_on or self.erased_at)


class VillagerHallQuerySet(models.QuerySet["VillagerHall"]):
    """Links in scope."""

    def for_user(self, user: User) -> VillagerHallQuerySet:
        """Those of the halls inside the user's roles."""
        return self.filter(user.hall_scope("hall__"))


class VillagerHall(models.Model):
    """A hall serves a villager; without this row the hall cannot see them."""

    villager = models.ForeignKey(Villager, models.CASCADE, related_name="hall_links", verbose_name=_("村民"))
    hall = models.ForeignKey(Hall, models.PROTECT, related_name="villager_links", verbose_name=_("礼堂"))
    kind = models.CharField(_("服务关系"), max_length=12, choices=ServedAs, default=ServedAs.RESIDENT)
    since = models.DateField(_("从"), auto_now_add=True)

    objects = VillagerHallQuerySet.as_manager()

    class Meta:
        verbose_name = _("服务关系")
        verbose_name_plural = _("服务关系")
        constraints = [
            models.UniqueConstraint(
                fields=["villager", "hall"],
                name="villager_hall_once",
                violation_error_message=_("这位村民已经在这个礼堂了。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.villager_id} {self.get_kind_display()}"


class KeyKind(models.TextChoices):
    """What a search key was made from."""

    NAME = "name", _("姓名")
    PINYIN = "pinyin", _("拼音")
    INITIALS = "initials", _("拼音首字母")
    PHONE = "phone", _("手机尾号")
    ID = "id", _("身份证尾号")


class VillagerKey(models.Model):
    """One way to find a villager: a lower-case key, searched as a range `key >= q AND key < q + U+10FFFF`."""

    villager = models.ForeignKey(Villager, models.CASCADE, related_name="keys")
    hall = models.ForeignKey(Hall, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=KeyKind)
    key = models.CharField(max_length=80)

    class Meta:
        constraints = [
            # the desk's own hall: hall = ? AND key in a range; covers the villager, so no table visit
            models.UniqueConstraint(fields=["hall", "key", "villager", "kind"], name="villager_key_in_hall"),
        ]
        indexes = [
            # the rest of a supervisor's scope: key in a range, halls filtered along the scan
            models.Index(fields=["key", "villager", "hall"], name="villager_key_anywhere"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.villager_id}"
