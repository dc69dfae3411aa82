"""The outside world that carries texts, behind one Protocol; each kind is imported only where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings

from auditorium.enums import GatewayKind

if TYPE_CHECKING:
    from auditorium.gateways.base import SmsGateway

_GATEWAYS = {
    GatewayKind.CONSOLE: ("auditorium.gateways.console", "ConsoleGateway"),
    GatewayKind.HTTP: ("auditorium.gateways.http", "HttpGateway"),
    GatewayKind.ALIYUN: ("auditorium.gateways.aliyun", "AliyunGateway"),
    GatewayKind.TENCENT: ("auditorium.gateways.tencent", "TencentGateway"),
    GatewayKind.SMPP: ("auditorium.gateways.smpp", "SmppGateway"),
    GatewayKind.MODEM: ("auditorium.gateways.modem", "ModemGateway"),
}

KEEPS_THE_WORDS = (GatewayKind.ALIYUN, GatewayKind.TENCENT)
"""Providers that send their own copy of a text, registered beforehand, and know it by a code."""

HOLDS_A_CONNECTION = (GatewayKind.SMPP,)
"""Lines that a process of their own keeps connected and sends on: `manage.py smpp`; the sweep leaves them alone."""


def gateway_for(kind: str, config: Mapping[str, Any]) -> SmsGateway:
    """The gateway of this kind with these settings; ValidationError says what is wrong with them.

    A demo's people are invented, their numbers may not be: whatever its lines say, nothing leaves the machine.
    """
    module, name = _GATEWAYS[GatewayKind.CONSOLE if settings.DEMO else GatewayKind(kind)]
    return cast("SmsGateway", getattr(import_module(module), name)(config))
