"""The settings of a provider reached through its own client: read one by one, with a sentence for each mistake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium.gateways.http_config import SHORTEST_SECRET, is_inside, is_secret


@dataclass(frozen=True)
class Endpoint:
    """Where the provider is reached: `host` with its port, if it has one of its own."""

    scheme: str
    host: str


class VendorConfig:
    """Reads the settings of one line; what is wrong is gathered, so that everything is said at once."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw if isinstance(raw, Mapping) else {}
        self._known: set[str] = set()
        self._errors: list[str] = [] if isinstance(raw, Mapping) else [_("接口设置要写成 {…} 的样子。")]

    def text(self, name: str, usual: str | None = None) -> str:
        """A short piece of text; there must be one unless there is a usual one."""
        value = self._take(name)
        if value is None and usual is not None:
            return usual
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            self._errors.append(_("%(name)s 没有写，照平台控制台里的填。") % {"name": name})
            return ""
        if not value.isascii() or value.split() != [value]:
            self._errors.append(_("%(name)s 只能是英文字母、数字和符号，中间没有空格。") % {"name": name})
        return value

    def endpoint(self, usual: str) -> Endpoint:
        """The provider's own address, unless the settings name another: a proxy, always with TLS outside."""
        value = self._take("endpoint") or usual
        try:
            parts = urlsplit(value if "://" in str(value) else f"https://{value}")
            host, port = parts.hostname or "", parts.port
        except (ValueError, TypeError, AttributeError):
            host, port = "", None
        if not host or parts.scheme not in {"http", "https"} or parts.path.strip("/") or parts.query or parts.username:
            self._errors.append(_("endpoint 写平台的域名，例如 %(usual)s。") % {"usual": usual})
            return Endpoint("https", usual)
        if parts.scheme == "http" and not is_inside(host):
            self._errors.append(_("endpoint：外网的地址要用 https，短信里有村民的姓名和号码。"))
        return Endpoint(parts.scheme, f"{host}:{port}" if port else host)

    def flag(self, name: str) -> bool:
        """Yes or no; no when nothing is written."""
        value = self._take(name)
        if value not in (None, True, False):
            self._errors.append(_("%(name)s 写 true 或 false。") % {"name": name})
        return value is True

    def secret(self, name: str, what: str) -> str:
        """The secret part of the address that the provider posts to; empty where it posts nothing."""
        value = self._take(name)
        if value is None:
            return ""
        secret = value.get("secret") if isinstance(value, Mapping) else None
        if isinstance(secret, str) and is_secret(secret):
            return secret
        self._errors.append(
            _("%(what)s：secret 至少 %(least)s 个字母或数字，别人猜不到。") % {"what": what, "least": SHORTEST_SECRET}
        )
        return ""

    def finish(self) -> None:
        """ValidationError with everything that is wrong, names nobody knows among it."""
        for name in sorted(str(name) for name in self._raw.keys() - self._known):
            self._errors.append(
                _("不认识 %(name)s，可以写的有 %(known)s。") % {"name": name, "known": "、".join(sorted(self._known))}
            )
        if self._errors:
            raise ValidationError(self._errors)

    def _take(self, name: str) -> Any:
        self._known.add(name)
        return self._raw.get(name)
