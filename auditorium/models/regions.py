"""Administrative divisions; a scope is a prefix of their code."""

from __future__ import annotations

import re

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from auditorium.enums import RegionLevel

SIGNIFICANT_DIGITS = {
    RegionLevel.PROVINCE: 2,
    RegionLevel.CITY: 4,
    RegionLevel.COUNTY: 6,
    RegionLevel.TOWN: 9,
    RegionLevel.VILLAGE: 12,
}
_COMMITTEE = re.compile(r"(社区居委会|居民委员会|村民委员会|社区居民委员会|村委会|居委会)$")


class RegionQuerySet(models.QuerySet["Region"]):
    """Regions by level and place in the tree."""

    def current(self) -> RegionQuerySet:
        """Those not retired."""
        return self.filter(retired_on__isnull=True)

    def within(self, prefix: str) -> RegionQuerySet:
        """Those whose code begins with `prefix`, as one index range."""
        return self.filter(code__range=prefix_range(prefix))


def prefix_range(prefix: str) -> tuple[str, str]:
    """First and last 12-digit code that begin with `prefix`; digits sort alike in every collation."""
    return prefix.ljust(12, "0"), prefix.ljust(12, "9")


def codes_around(code: str) -> list[str]:
    """The divisions a place lies in, from its province to its village; by their codes, whether they exist or not."""
    return [code[:digits].ljust(12, "0") for digits in SIGNIFICANT_DIGITS.values()]


class Region(models.Model):
    """One statistical division: 12-digit code, province to village. Never deleted, only retired."""

    code = models.CharField(
        _("区划代码"),
        max_length=12,
        primary_key=True,
        validators=[RegexValidator(r"^\d{12}$", _("区划代码是12位数字。"))],
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=8, choices=RegionLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    retired_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        ordering = ["code"]
        indexes = [
            # the admin's list of one level, e.g. all counties
            models.Index(fields=["level", "code"], name="region_by_level"),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def short_name(self) -> str:
        """The name people say: 宝善桥村, without 村委会 or 居委会."""
        short = _COMMITTEE.sub("", self.name)
        if self.level == RegionLevel.VILLAGE and short and short != self.name and not short.endswith(("村", "社区")):
            return short + ("村" if self.name.endswith(("村委会", "村民委员会")) else "社区")
        return short or self.name

    @property
    def prefix(self) -> str:
        """The significant digits of the code: what every place inside begins with."""
        return self.code[: SIGNIFICANT_DIGITS[RegionLevel(self.level)]]
