"""The lines that carry texts."""

from __future__ import annotations

import uuid
from ipaddress import ip_address, ip_network

from django.db import models
from django.utils.translation import gettext_lazy as _

from auditorium.enums import GatewayKind
from auditorium.fields import EncryptedJSONField
from auditorium.models.regions import Region
from auditorium.validators import validate_signature, validate_sources


class SmsLineQuerySet(models.QuerySet["SmsLine"]):
    """Lines that may be used."""

    def usable(self) -> SmsLineQuerySet:
        """Those switched on and not paused, the first to be tried first."""
        return self.filter(is_active=True, paused_at__isnull=True).order_by("order", "pk")


class SmsLine(models.Model):
    """One way to send texts: a gateway with its settings, for the halls of one region. `alert_at` is when the operators
    are to be told that it stopped; null once they were."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=40)
    gateway = models.CharField(_("接口"), max_length=12, choices=GatewayKind)
    config = EncryptedJSONField(_("接口设置"), default=dict, blank=True)
    signature = models.CharField(
        _("签名"), max_length=12, help_text=_("2到12个字，不带【】。"), validators=[validate_signature]
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="sms_lines", verbose_name=_("服务区域")
    )
    order = models.PositiveSmallIntegerField(_("先后"), default=1)
    is_active = models.BooleanField(_("使用中"), default=True)
    paused_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    paused_reason = models.CharField(_("暂停原因"), max_length=120, blank=True)
    failing_since = models.DateTimeField(_("连不上起"), null=True, blank=True, editable=False)
    alert_at = models.DateTimeField(null=True, editable=False)
    price = models.DecimalField(
        _("每条价格"),
        max_digits=6,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("一条短信多少元，用来算费用。"),
    )
    daily_cap = models.PositiveIntegerField(
        _("每天最多"), null=True, blank=True, help_text=_("一天最多发多少条。不填就不限。")
    )
    sources = models.TextField(
        _("回执来源"),
        blank=True,
        validators=[validate_sources],
        help_text=_("平台推送回执和回复的地址，一行一个，例如 203.0.113.0/24。不填就不限。"),
    )
    polled_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SmsLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("短信线路")
        verbose_name_plural = _("短信线路")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name

    def accepts_from(self, address: str) -> bool:
        """Whether receipts and answers may come from this address; from anywhere where `sources` names none."""
        networks = [ip_network(line.strip(), strict=False) for line in self.sources.splitlines() if line.strip()]
        try:
            return not networks or any(ip_address(address) in network for network in networks)
        except ValueError:
            return False


class LineConnection(models.Model):
    """The connection of a line that one process keeps: whose it is until when, and how it stands.

    A row of its own, since the line's is saved whole by whoever edits its settings. `error_code` is what the provider
    said to the last attempt that failed; empty while connected.
    """

    line = models.OneToOneField(SmsLine, models.CASCADE, related_name="connection", verbose_name=_("线路"))
    held_by = models.CharField(max_length=80, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    connected_at = models.DateTimeField(_("连上的时间"), null=True, editable=False)
    error_code = models.CharField(_("错误码"), max_length=60, blank=True, editable=False)

    class Meta:
        verbose_name = _("线路连接")
        verbose_name_plural = _("线路连接")
        ordering = ["line"]

    def __str__(self) -> str:
        return self.line.name
