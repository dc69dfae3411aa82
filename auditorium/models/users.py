"""People who log in, and the roles that say what they may see."""

from __future__ import annotations

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from auditorium.enums import RoleKind, TextSize
from auditorium.models.regions import Region, codes_around, prefix_range


class User(AbstractUser):
    """A member of staff. What they may see comes from their roles, never from `is_staff`."""

    full_name = models.CharField(_("姓名"), max_length=40, blank=True)
    current_hall = models.ForeignKey(
        "auditorium.Hall", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("当前礼堂")
    )
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    text_size = models.CharField(_("字号"), max_length=8, choices=TextSize, default=TextSize.NORMAL)
    shortcuts = models.BooleanField(_("单键快捷键"), default=True)

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")

    def __str__(self) -> str:
        return self.full_name or self.username

    @cached_property
    def role_list(self) -> list[Role]:
        """The user's roles, read once per request."""
        return list(self.roles.all())

    @property
    def is_administrator(self) -> bool:
        """Whether this user sees everything in the deployment."""
        return self.is_active and (
            self.is_superuser or any(role.role == RoleKind.ADMINISTRATOR for role in self.role_list)
        )

    def hall_scope(self, path: str = "", kinds: tuple[str, ...] = ()) -> Q:
        """Which halls the user may see, as a condition on a hall reached through `path` (`"hall__"`).

        A hall role covers one hall, a region role every hall whose region code begins with the region's
        prefix. `kinds` narrows to some kinds of role. No role, nothing.
        """
        if not self.is_active:
            return Q(pk__in=[])
        if self.is_administrator:
            return Q()
        scope = Q(pk__in=[])
        for role in self.role_list:
            if kinds and role.role not in kinds:
                continue
            if role.hall_id:
                scope |= Q(**{path.removesuffix("__") or "pk": role.hall_id})
            elif role.region:
                scope |= Q(**{f"{path}region__code__range": prefix_range(role.region.prefix)})
        return scope

    def region_scope(self, path: str) -> Q:
        """Which divisions concern the user's halls, as a condition on a division reached through `path` (`"region__"`).

        Those inside a region role's region, and those around it or around a hall role's hall: a few values a role,
        however many halls lie there.
        """
        if self.is_administrator:
            return Q()
        scope = Q(pk__in=[])
        for role in self.role_list if self.is_active else ():
            if role.hall:
                scope |= Q(**{f"{path}code__in": codes_around(role.hall.region_id)})
            elif role.region:
                inside = Q(**{f"{path}code__range": prefix_range(role.region.prefix)})
                scope |= inside | Q(**{f"{path}code__in": codes_around(role.region.code)})
        return scope

    def keeper_scope(self) -> Q:
        """Which channels the user looks after: those kept by a hall they manage, or inside a region they supervise."""
        if self.is_administrator:
            return Q()
        scope = Q(pk__in=[])
        for role in self.role_list if self.is_active else ():
            if role.role == RoleKind.HALL_MANAGER:
                scope |= Q(keeper_hall=role.hall_id)
            elif role.role == RoleKind.SUPERVISOR and role.region:
                inside = prefix_range(role.region.prefix)
                scope |= Q(keeper_hall__region__code__range=inside) | Q(keeper_region__code__range=inside)
        return scope

    def has_role(self, *kinds: str) -> bool:
        """Whether any of the user's roles is one of `kinds`; administrators have them all."""
        return self.is_administrator or any(role.role in kinds for role in self.role_list)


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles with what their scope needs."""

    def with_scope(self) -> RoleQuerySet:
        """With region and hall loaded."""
        return self.select_related("region", "hall")


class RoleManager(models.Manager["Role"]):
    """Roles always come with their region, since reading a scope needs it."""

    def get_queryset(self) -> RoleQuerySet:
        return RoleQuerySet(self.model, using=self._db).with_scope()


class Role(models.Model):
    """What a user may do, and where: at one hall, or in every hall of a region."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=16, choices=RoleKind)
    hall = models.ForeignKey(
        "auditorium.Hall", models.CASCADE, null=True, blank=True, related_name="roles", verbose_name=_("礼堂")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="roles", verbose_name=_("区域")
    )

    objects = RoleManager()

    class Meta:
        verbose_name = _("角色")
        verbose_name_plural = _("角色")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role=RoleKind.ADMINISTRATOR, hall__isnull=True, region__isnull=True)
                    | Q(role=RoleKind.SUPERVISOR, hall__isnull=True, region__isnull=False)
                    | Q(role__in=[RoleKind.DESK, RoleKind.HALL_MANAGER], hall__isnull=False, region__isnull=True)
                ),
                name="role_has_its_scope",
                violation_error_message=_("服务台和负责人要选礼堂，区域主管要选区域，系统管理员都不选。"),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "hall"],
                condition=Q(hall__isnull=False),
                name="role_once_per_hall",
                violation_error_message=_("这个角色已经有了。"),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region"],
                condition=Q(region__isnull=False),
                name="role_once_per_region",
                violation_error_message=_("这个角色已经有了。"),
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(hall__isnull=True, region__isnull=True),
                name="role_once_everywhere",
                violation_error_message=_("这个角色已经有了。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.hall or self.region or ''}".strip()
