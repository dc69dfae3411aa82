"""The outside world that carries texts, behind one Protocol; each kind is imported only where it is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings

from auditorium.enums import GatewayKind
from auditorium.gateways.codes.aliyun import answered as said_by_aliyun
from auditorium.gateways.codes.carriers import reported
from auditorium.gateways.codes.own import WORDS
from auditorium.gateways.codes.smpp import refused as said_by_smpp
from auditorium.gateways.codes.tencent import answered as said_by_tencent

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

_ANSWERED = {
    GatewayKind.ALIYUN: said_by_aliyun,
    GatewayKind.TENCENT: said_by_tencent,
    GatewayKind.SMPP: said_by_smpp,
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


def check(kind: str, config: Mapping[str, Any]) -> None:
    """Raise ValidationError, a sentence for each, when a gateway of this kind can't work with these settings."""
    module, name = _GATEWAYS[GatewayKind(kind)]
    getattr(import_module(module), name)(config)


def example_for(kind: str, preset: str = "") -> Mapping[str, Any]:
    """Settings of a gateway of this kind to begin with; of an HTTP one, those of a platform by its name."""
    if kind == GatewayKind.HTTP:
        presets = import_module("auditorium.gateways.presets").PRESETS
        return cast("Mapping[str, Any]", presets.get(preset, presets["plain"]).settings)
    module, name = _GATEWAYS[GatewayKind(kind)]
    return cast("Mapping[str, Any]", getattr(getattr(import_module(module), name), "EXAMPLE", {}))


def words_for(kind: str, code: str) -> str:
    """What a code on a text of such a line means, in the words of provider or carrier; empty where nobody says."""
    if code in WORDS:
        return str(WORDS[code])
    answered = _ANSWERED.get(GatewayKind(kind))
    return (answered(code).words if answered else "") or reported(code).words
