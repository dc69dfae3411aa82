"""A line's settings as an administrator types them: JSON, with every secret covered once it is stored."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import gateways
from auditorium.enums import GatewayKind
from auditorium.gateways.modem import USUAL_CAP
from auditorium.gateways.presets import RECEIPTS_HERE
from auditorium.models import SmsLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    _LineForm = forms.ModelForm[SmsLine]
else:
    _LineForm = forms.ModelForm

HIDDEN = "••••••"
MOST_BY_MODEM = 200
"""More than this a day no carrier lets a SIM card send."""

_SECRET_NAMES = ("authorization", "key", "secret", "token", "password", "passwd", "pwd", "sign")
_OPEN_HEADERS = {"accept", "accept-language", "content-type", "user-agent"}
_ADDRESSES = ("receipts", "replies")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_UNFILLED = re.compile("[⟨⟩]|…$")


def without_secrets(config: Any) -> Any:
    """The settings with every secret covered: what has a telling name, whatever stands in an unusual header, and
    what the secret of an address of ours stands in.

    Placeholders are no secrets, nor is where a receipt or an answer has which of its parts.
    """
    return _covered(config, tuple(_own_secrets(config).values()))


def _covered(config: Any, own: tuple[str, ...], name: str = "", inside: str = "") -> Any:
    if isinstance(config, dict):
        return {key: _covered(value, own, str(key).lower(), name) for key, value in config.items()}
    if isinstance(config, list):
        return [_covered(value, own, name, inside) for value in config]
    if not config or _PLACEHOLDER.fullmatch(str(config)):
        return config
    return HIDDEN if _is_secret(name, inside) or any(secret in str(config) for secret in own) else config


def _own_secrets(config: Any) -> dict[str, str]:
    """The secrets of our addresses for receipts and for answers, by what comes there."""
    parts = {name: config.get(name) for name in _ADDRESSES} if isinstance(config, dict) else {}
    found = {name: part.get("secret") for name, part in parts.items() if isinstance(part, dict)}
    return {name: secret for name, secret in found.items() if isinstance(secret, str) and secret}


def _is_secret(name: str, inside: str) -> bool:
    if inside == "headers":
        return name not in _OPEN_HEADERS
    return name == "secret" if inside in _ADDRESSES else any(word in name for word in _SECRET_NAMES)


def with_secrets(typed: Any, stored: Any) -> Any:
    """What was typed, with the stored value wherever a cover was left standing; the cover where nothing is stored."""
    if typed == HIDDEN:
        return stored or HIDDEN
    if isinstance(typed, dict):
        known: Mapping[str, Any] = stored if isinstance(stored, dict) else {}
        return {key: with_secrets(value, known.get(key)) for key, value in typed.items()}
    if isinstance(typed, list):
        old = stored if isinstance(stored, list) else []
        return [with_secrets(value, old[i] if i < len(old) else None) for i, value in enumerate(typed)]
    return typed


def to_begin_with(kind: str, preset: str = "") -> dict[str, Any]:
    """Settings of such a line for an operator to fill in, with secret addresses of its own for receipts and answers."""
    begun: dict[str, Any] = json.loads(json.dumps(gateways.example_for(kind, preset)))
    for name in _ADDRESSES:
        if isinstance(begun.get(name), dict):
            begun[name]["secret"] = secrets.token_urlsafe(24)
    return begun


class SmsLineForm(_LineForm):
    """A line; its secrets are stored encrypted and never shown again. Its kind is chosen once."""

    settings = forms.CharField(
        label=gettext_lazy("接口设置"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 18, "cols": 90, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("JSON。密钥存好后只显示成圆点，不动它就保持原样。"),
    )

    class Meta:
        model = SmsLine
        fields = ["name", "signature", "region", "order", "is_active", "price", "daily_cap", "sources"]
        widgets = {"sources": forms.Textarea(attrs={"rows": 3, "cols": 40, "spellcheck": "false"})}
        help_texts: ClassVar = {
            "name": gettext_lazy("给自己人看的，例如：柯桥区 阿里云。"),
            "signature": gettext_lazy("短信开头【】里的字，2到12个，不写【】。要和平台上登记的一样。"),
            "region": gettext_lazy("只发这个区划里的礼堂的短信。不填就哪里的都发。"),
            "order": gettext_lazy("数字小的先用。它停了、连不上或当天发满了，就用下一条。"),
            "is_active": gettext_lazy("不用了就取消勾选，以前的记录都留着。"),
            "price": gettext_lazy("发一条多少元，例如 0.045；长短信按几条算。不填就不算费用。"),
            "daily_cap": gettext_lazy("一天最多发多少条，长短信按几条算。不填就不限。"),
            "sources": gettext_lazy("平台从哪些 IP 地址推送回执和回复，一行一个，例如 203.0.113.0/24。不填就不限。"),
        }

    kind: str = GatewayKind.HTTP
    preset: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.kind = self.instance.gateway
        self.instance.gateway = self.kind
        for name in left_out(self.kind):
            del self.fields[name]
        if self.kind != GatewayKind.CONSOLE:
            shown = without_secrets(self.instance.config) if self.instance.pk else to_begin_with(self.kind, self.preset)
            self.fields["settings"].initial = json.dumps(shown, ensure_ascii=False, indent=2)
        if self.kind == GatewayKind.MODEM:
            cap = self.fields["daily_cap"]
            cap.required, cap.initial = True, USUAL_CAP
            cap.help_text = _("个人手机卡发得多会被运营商停机，连同礼堂的电话。一般不要超过每天 %(usual)d 条。") % {
                "usual": USUAL_CAP
            }

    def clean_price(self) -> Decimal | None:
        """Nobody is paid for sending."""
        price: Decimal | None = self.cleaned_data["price"]
        if price is not None and price < 0:
            raise ValidationError(_("价格不能是负数。"))
        return price

    def clean_daily_cap(self) -> int | None:
        """A SIM card is no provider; and a line that may send nothing is one that is not in use."""
        cap: int | None = self.cleaned_data["daily_cap"]
        if cap == 0:
            raise ValidationError(_("至少 1 条。不想用这条线路，就取消“使用中”。"))
        if self.kind == GatewayKind.MODEM and cap and cap > MOST_BY_MODEM:
            raise ValidationError(_("短信猫一天最多 %(most)d 条，再多会被停机。") % {"most": MOST_BY_MODEM})
        return cap

    def clean_settings(self) -> str:
        """Whatever the kind of gateway asks for; what was typed is kept as it is, whatever is wrong with it."""
        typed: str = self.cleaned_data["settings"]
        try:
            said = json.loads(typed or "{}")
        except ValueError as error:
            line = getattr(error, "lineno", 0)
            raise ValidationError(_("第 %(line)d 行不是正确的 JSON。") % {"line": line}) from None
        if not isinstance(said, dict):
            raise ValidationError(_("接口设置要写成 {…} 的样子。"))
        config = with_secrets(said, self.instance.config if self.instance.pk else {})
        if secret := _own_secrets(config).get("receipts"):
            config = _addressed(config, reverse("auditorium:sms_receipts", args=[self.instance.uid, secret]))
        unfilled = sorted(_unfilled(config))
        if unfilled:
            raise ValidationError(_("还没有填：%(names)s。") % {"names": ", ".join(unfilled)})
        if open_names := sorted(_open_secrets(config)):
            words = _("%(names)s：密钥不要写在网址里，写到 body 或 headers 里才能盖住。")
            raise ValidationError(words % {"names": ", ".join(open_names)})
        gateways.check(self.kind, config)
        if HIDDEN in json.dumps(config, ensure_ascii=False):
            raise ValidationError(_("有圆点的地方原来没有存密钥，请写上密钥。"))
        self.instance.config = config
        return typed

    def new_addresses(self) -> dict[str, str]:
        """The secrets of receipts' and answers' addresses that are new with this form, by what comes there."""
        before = self._before if isinstance(self._before, dict) else {}
        found = {}
        for name in _ADDRESSES:
            part, old = self.instance.config.get(name), before.get(name)
            if isinstance(part, dict) and (not isinstance(old, dict) or old.get("secret") != part.get("secret")):
                found[name] = str(part["secret"])
        return found

    def full_clean(self) -> None:
        """Remember what is stored before it is replaced."""
        self._before = self.instance.config if self.instance.pk else {}
        super().full_clean()


def left_out(kind: str) -> list[str]:
    """The fields a line of this kind has no use for: nobody posts anything to a modem, or over a connection."""
    if kind == GatewayKind.CONSOLE:
        return ["settings", "sources"]
    return ["sources"] if kind in {GatewayKind.MODEM, *gateways.HOLDS_A_CONNECTION} else []


def _addressed(config: Any, address: str) -> Any:
    """The settings with this address wherever an example has left its place open."""
    if isinstance(config, dict):
        return {name: _addressed(value, address) for name, value in config.items()}
    return config.replace(RECEIPTS_HERE, address) if isinstance(config, str) else config


def _open_secrets(config: Any, path: str = "") -> Iterator[str]:
    """The addresses a provider's key or password stands in, where it would be shown."""
    if isinstance(config, dict):
        for name, value in config.items():
            yield from _open_secrets(value, f"{path}.{name}" if path else str(name))
    elif path.rpartition(".")[2] == "url" and isinstance(config, str):
        address = urlsplit(config)
        said = parse_qsl(address.query)
        told = any(_is_secret(name.lower(), "") and not _PLACEHOLDER.fullmatch(value) for name, value in said)
        if told or address.password:
            yield path


def _unfilled(config: Any, path: str = "") -> Iterator[str]:
    """The places an example left to be filled in."""
    if isinstance(config, dict):
        for name, value in config.items():
            yield from _unfilled(value, f"{path}.{name}" if path else str(name))
    elif isinstance(config, str) and config != HIDDEN and _UNFILLED.search(config):
        yield path
