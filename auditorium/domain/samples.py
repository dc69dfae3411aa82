"""How a text will look: written with the shortest, the usual and the longest values, as long and as dear as it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from auditorium import sms_length
from auditorium.domain import wording
from auditorium.enums import GatewayKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from django_stubs_ext import StrOrPromise

    from auditorium.models import MessageTemplate, SmsLine
    from auditorium.ports import TextVariable

_SIZES: tuple[tuple[StrOrPromise, Callable[[TextVariable], str]], ...] = (
    (_("最短"), lambda variable: variable.least or variable.usual or variable.longest),
    (_("平常"), lambda variable: variable.usual or variable.longest),
    (_("最长"), lambda variable: variable.longest),
)


@dataclass(frozen=True)
class Sample:
    """One text as it would go out."""

    size: StrOrPromise
    body: str
    characters: int
    parts: int

    def cost(self, line: SmsLine) -> Decimal | None:
        """What it costs on a line, in yuan; None where nobody has said what a part costs."""
        return None if line.price is None else line.price * self.parts


def of(template: MessageTemplate, signature: str) -> list[Sample]:
    """The text at its shortest, usual and longest, shortened like one that is sent."""
    variables = wording.variables_of(template)
    written = []
    for size, value in _SIZES:
        body = wording.render(template, {variable.name: value(variable) for variable in variables}, signature).body
        written.append(Sample(size, body, sms_length.length(body), sms_length.parts(body)))
    return written


def usual_parts(template: MessageTemplate, signature: str) -> int:
    """Parts that most of these texts take."""
    return of(template, signature)[1].parts


def in_notation(body: str, gateway: str) -> str:
    """The words as the provider of such a line has them typed in: ${name} at Aliyun, {1} at Tencent Cloud."""
    for place, name in enumerate(wording.variables_in(body), 1):
        body = body.replace(f"{{{name}}}", f"${{{name}}}" if gateway == GatewayKind.ALIYUN else f"{{{place}}}")
    return body
