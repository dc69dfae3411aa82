"""A line's settings as an administrator types them: JSON, with every secret covered once it is stored."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import gateways
from auditorium.enums import GatewayKind
from auditorium.gateways.modem import USUAL_CAP
from auditorium.models import SmsLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    _LineForm = forms.ModelForm[SmsLine]
else:
    _LineForm = forms.ModelForm

HIDDEN = "••••••"
MOST_BY_MODEM = 200
"""More than this a day no carrier lets a SIM card send."""

_SECRET_NAMES = ("authorization", "key", "secret", "token", "password", "passwd", "pwd", "sign")
_OPEN_HEADERS = {"accept", "accept-language", "content-type", "user-agent"}
_PLACEHOLDER = re.compile(r"\{\w+\}")
_UNFILLED = re.compile("[⟨⟩]|…$")


def without_secrets(config: Any, name: str = "", inside: str = "") -> Any:
    """The settings with every secret covered: what has a telling name, and whatever stands in an unusual header.

    Placeholders are no secrets, nor is where a receipt or an answer has which of its parts.
    """
    if isinstance(config, dict):
        return {key: without_secrets(value, str(key).lower(), name) for key, value in config.items()}
    if isinstance(config, list):
        return [without_secrets(value, name, inside) for value in config]
    if not config or _PLACEHOLDER.fullmatch(str(config)):
        return config
    return HIDDEN if _is_secret(name, inside) else config


def _is_secret(name: str, inside: str) -> bool:
    if inside == "headers":
        return name not in _OPEN_HEADERS
    return name == "secret" if inside in {"receipts", "replies"} else any(word in name for word in _SECRET_NAMES)


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
    for name in ("receipts", "replies"):
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

    kind: str = GatewayKind.HTTP
    preset: str = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.kind = self.instance.gateway
        self.instance.gateway = self.kind
        if self.kind == GatewayKind.CONSOLE:
            del self.fields["settings"]
        else:
            shown = without_secrets(self.instance.config) if self.instance.pk else to_begin_with(self.kind, self.preset)
            self.fields["settings"].initial = json.dumps(shown, ensure_ascii=False, indent=2)
        if self.kind == GatewayKind.MODEM:
            cap = self.fields["daily_cap"]
            cap.required, cap.initial = True, USUAL_CAP
            cap.help_text = _("个人手机卡发得多会被运营商停机，连同礼堂的电话。一般不要超过每天 %(usual)d 条。") % {
                "usual": USUAL_CAP
            }

    def clean_daily_cap(self) -> int | None:
        """A SIM card is no provider."""
        cap: int | None = self.cleaned_data["daily_cap"]
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
        unfilled = sorted(_unfilled(config))
        if unfilled:
            raise ValidationError(_("还没有填：%(names)s。") % {"names": ", ".join(unfilled)})
        gateways.check(self.kind, config)
        if HIDDEN in json.dumps(config, ensure_ascii=False):
            raise ValidationError(_("有圆点的地方原来没有存密钥，请写上密钥。"))
        self.instance.config = config
        return typed

    def new_addresses(self) -> dict[str, str]:
        """The secrets of receipts' and answers' addresses that are new with this form, by what comes there."""
        before = self._before if isinstance(self._before, dict) else {}
        found = {}
        for name in ("receipts", "replies"):
            part, old = self.instance.config.get(name), before.get(name)
            if isinstance(part, dict) and (not isinstance(old, dict) or old.get("secret") != part.get("secret")):
                found[name] = str(part["secret"])
        return found

    def full_clean(self) -> None:
        """Remember what is stored before it is replaced."""
        self._before = self.instance.config if self.instance.pk else {}
        super().full_clean()


def _unfilled(config: Any, path: str = "") -> Iterator[str]:
    """The places an example left to be filled in."""
    if isinstance(config, dict):
        for name, value in config.items():
            yield from _unfilled(value, f"{path}.{name}" if path else str(name))
    elif isinstance(config, str) and config != HIDDEN and _UNFILLED.search(config):
        yield path
