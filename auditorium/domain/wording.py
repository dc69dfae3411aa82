"""The words of a text: which are in force, what may stand in them, and how they are filled in.

How words are replaced by others is `template_versions`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock, sms_length
from auditorium.enums import TOGETHER, TextLanguage
from auditorium.models import MessageTemplate
from auditorium.plain_select import PlainSelect
from auditorium.ports import TextVariable, service_for
from auditorium.validators import validate_template_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.models import Hall, Villager

VALUE_LENGTH = 35
"""No value is longer: mainland providers refuse it."""

NAME = TextVariable(
    "name",
    gettext_lazy("村民的姓名"),
    longest="阿卜杜热合曼·买买提",
    shortest=6,
    required=True,
    usual="张小明",
    least="王芳",
)
PEOPLE = TextVariable(
    "people",
    gettext_lazy("每个人的姓名和几点"),
    longest="欧阳建国13:30、欧阳秀英14:00、欧阳建设14:30",
    required=True,
    usual="张建国8:30、李秀英9:10",
    least="王芳8:30、张力9:10",
)
ASK = TextVariable("ask", gettext_lazy("礼堂电话；没有电话时是礼堂名称"), longest="0575-84000000")
"""What every text may use, whatever it is about; one for several people has them all at once."""

CURRENT = PlainSelect(
    MessageTemplate,
    "SELECT {columns} FROM auditorium_messagetemplate this WHERE about_kind = %s AND language = %s AND is_current",
)

_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_ELLIPSIS = "…"


@dataclass(frozen=True)
class Rendered:
    """A text as it goes out: whole, with its 【signature】, and the values that stand in its template."""

    body: str
    values: Mapping[str, str]


class WordingError(Exception):
    """A text could not be written: its template asks for a value there is none of."""


def current_templates(about_kind: str, language: str = TextLanguage.CHINESE) -> dict[tuple[str, str], MessageTemplate]:
    """The words in force for one kind of thing in one language, by (purpose, audience).

    What an installation has no words for yet gets those its service comes with, so nothing that is owed
    waits for somebody to load them, and no purpose has words for one audience only.
    """
    current = {(template.purpose, template.audience): template for template in CURRENT.all(about_kind, language)}
    for (purpose, audience), body in service_for(about_kind).default_texts(language).items():
        if (purpose, audience) not in current:
            current[purpose, audience], _created = MessageTemplate.objects.get_or_create(
                about_kind=about_kind,
                purpose=purpose,
                audience=audience,
                language=language,
                is_current=True,
                defaults={"body": body, "in_force_at": clock.now()},
            )
    return current


def variables_for(
    *, about_kind: str, audience: str, purpose: str = "", language: str = TextLanguage.CHINESE
) -> tuple[TextVariable, ...]:
    """What a text about this kind of thing may use when it is written for these eyes."""
    base = (PEOPLE, ASK) if purpose == TOGETHER else (NAME, ASK)
    return (*base, *service_for(about_kind).text_variables(audience, purpose=purpose, language=language))


def variables_of(template: MessageTemplate) -> tuple[TextVariable, ...]:
    """What these words may use."""
    return variables_for(
        about_kind=template.about_kind,
        audience=template.audience,
        purpose=template.purpose,
        language=template.language,
    )


def variables_in(body: str) -> tuple[str, ...]:
    """The variables of some words, in the order they stand there."""
    return tuple(dict.fromkeys(_VARIABLE.findall(body)))


def check(*, about_kind: str, audience: str, body: str, purpose: str = "") -> None:
    """Raise ValidationError unless the words can be sent and say nothing these eyes must not see."""
    validate_template_body(body)
    allowed = variables_for(about_kind=about_kind, audience=audience, purpose=purpose)
    used = set(variables_in(body))
    unknown = sorted(used - {variable.name for variable in allowed})
    if unknown:
        raise ValidationError(
            _("这里不能用变量 %(unknown)s，可以用的有 %(allowed)s。")
            % {
                "unknown": "、".join(f"{{{name}}}" for name in unknown),
                "allowed": "、".join(f"{{{variable.name}}}" for variable in allowed),
            }
        )
    missing = [variable.name for variable in allowed if variable.required and variable.name not in used]
    if missing:
        raise ValidationError(
            _("正文里少了变量 %(missing)s。") % {"missing": "、".join(f"{{{name}}}" for name in missing)}
        )


def values_of(*, villager: Villager, hall: Hall) -> dict[str, str]:
    """The values every text may use."""
    return {"name": villager.name, "ask": callback(hall)}


def callback(hall: Hall) -> str:
    """Where the villager asks back: the hall's number as people write it, or its name where it has none."""
    return _as_written(str(hall.phone.as_e164)) if hall.phone else hall.name


@lru_cache(maxsize=4096)
def _as_written(e164: str) -> str:
    """The number with its area code, as every text of a hall has it."""
    number = phonenumbers.parse(e164)
    digits = phonenumbers.national_significant_number(number)
    area = phonenumbers.length_of_geographical_area_code(number)
    return f"0{digits[:area]}-{digits[area:]}" if area else digits


def render(template: MessageTemplate, values: Mapping[str, str], signature: str) -> Rendered:
    """The text and the values in it; WordingError when a value is missing or empty.

    Where the text would not fit one part, long names are shortened in the middle, in the order and down to the
    length their service allows, if that makes it fit; what no shortening helps is left whole.
    """
    variables = variables_of(template)
    used = set(variables_in(template.body))
    chosen = {name: _shortened(value, VALUE_LENGTH) for name, value in values.items() if name in used}
    text = _filled(template.body, chosen, signature)
    if sms_length.fits_one(text):
        return Rendered(text, chosen)
    return _made_to_fit(template.body, chosen, signature, variables) or Rendered(text, chosen)


def _made_to_fit(
    body: str, values: Mapping[str, str], signature: str, variables: Sequence[TextVariable]
) -> Rendered | None:
    """The text in one part, with as little shortened as it takes; None when nothing helps."""
    chosen = dict(values)
    for variable in reversed(variables):
        if variable.shortest is None or variable.name not in chosen:
            continue
        whole = chosen[variable.name]
        for length in range(len(whole) - 1, variable.shortest - 1, -1):
            chosen[variable.name] = _shortened(whole, length)
            text = _filled(body, chosen, signature)
            if sms_length.fits_one(text):
                return Rendered(text, chosen)
    return None


def _filled(body: str, values: Mapping[str, str], signature: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if not found:
            raise WordingError(match[1])
        return found

    return f"【{signature}】{_VARIABLE.sub(value, body)}"


def _shortened(value: str, length: int) -> str:
    """At most `length` characters: beginning and end, which tell names apart, with … between."""
    if len(value) <= length:
        return value
    kept = length - len(_ELLIPSIS)
    end = kept // 2
    return value[: math.ceil(kept / 2)] + _ELLIPSIS + (value[-end:] if end else "")
