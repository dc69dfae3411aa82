"""Cells of a schedule as people fill them: counts, fees, minutes, classes, names. CellError says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from django.utils.translation import gettext as _

from appointments.enums import ClinicClass, DoctorGrade

Value: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | None

MOST_PLACES = 999
SLOT_MINUTES = range(5, 241)
MOST_FEE = Decimal("99999.99")
_CONTROL = re.compile("[\x00-\x1f\x7f\ufffd]")
_CLASSES = {
    ClinicClass.ORDINARY: "普通 普通门诊 普通号 普门 一般 平诊 ordinary general normal",
    ClinicClass.EXPERT: "专家 专家门诊 专家号 专科专家 expert specialist",
    ClinicClass.SPECIAL: "特需 特需门诊 特需号 special vip",
}
_CLASS_OF = {word: clinic_class for clinic_class, words in _CLASSES.items() for word in words.split()}
_GRADES = {
    "副主任医师": DoctorGrade.ASSOCIATE_CHIEF,
    "主任医师": DoctorGrade.CHIEF,
    "主治医师": DoctorGrade.ATTENDING,
    "主治医生": DoctorGrade.ATTENDING,
    "住院医师": DoctorGrade.RESIDENT,
    "医师": "",
    "医生": "",
}
_GRADE_BEHIND = re.compile(rf"[\s(（]*({'|'.join(_GRADES)})[)）]?$")
_NO_DOCTOR = {"", "无", "-", "--", "—", "——", "/", "普通", "普通门诊", "普通号", "不限", "none", "ordinary"}
_SEVERAL = re.compile(r"[、,，;；/\n]")


class CellError(ValueError):
    """What is wrong with a cell and what to write instead, in one sentence."""


def text_of(value: Value) -> str:
    """What a cell says, on one line; a number without the .0 that spreadsheets add."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return re.sub(r"\s+", " ", str(value)).strip()


def folded_text(value: Value) -> str:
    """The same, half-width and lower case."""
    return unicodedata.normalize("NFKC", text_of(value)).strip().lower()


def same_name(text: str) -> str:
    """A name as names are compared: half-width, lower case, without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def shown(value: Value) -> str:
    """A cell's words for a sentence about it."""
    text = text_of(value)
    return text if len(text) <= 20 else f"{text[:20]}…"


def name_of(value: Value, longest: int) -> str:
    """A name as it is stored: Chinese ones without the spaces that spread 张 明 to three characters."""
    text = text_of(value)
    if _CONTROL.search(text):
        raise CellError(_("“%(text)s”里有乱码，请重新写。") % {"text": shown(_CONTROL.sub("?", text))})
    if not re.search(r"[A-Za-z]", text):
        text = re.sub(r"\s", "", text)
    if len(text) > longest:
        raise CellError(_("“%(text)s”太长，最多 %(longest)d 个字。") % {"text": shown(text), "longest": longest})
    return text


def doctor_of(value: Value, longest: int) -> tuple[str, str]:
    """A doctor's name and the grade written behind it; no name for the ordinary clinic of a department."""
    name = name_of(value, longest)
    if folded_text(name) in _NO_DOCTOR:
        return "", ""
    grade = ""
    behind = _GRADE_BEHIND.search(name)
    if behind and (behind.start() > 1 or _GRADES[behind[1]]):  # 张医生 is all we know of some
        name, grade = name[: behind.start()], _GRADES[behind[1]]
    if not name or _SEVERAL.search(name):
        raise CellError(_("“%(text)s”要写一位医生的姓名，几位医生请分几行写。") % {"text": shown(value)})
    return name, grade


def count_of(value: Value) -> int:
    """How many places: 30, 30个, 30人."""
    match = (
        None if isinstance(value, bool) else re.fullmatch(r"(-?\d{1,9})(?:\.0+)?\s*[个号人名位]?", folded_text(value))
    )
    if match is None:
        raise CellError(_("看不懂号数“%(text)s”，请写整数，例如 30。") % {"text": shown(value)})
    count = int(match[1])
    if not 1 <= count <= MOST_PLACES:
        raise CellError(_("号数是 %(count)d，要在 1 到 %(most)d 之间。") % {"count": count, "most": MOST_PLACES})
    return count


def minutes_of(value: Value) -> int:
    """How long a slot is: 30, 30分钟, 半小时, 1小时, or 0:30 as spreadsheets store durations."""
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute)
    minutes = Decimal(value // timedelta(minutes=1)) if isinstance(value, timedelta) else _minutes_in_words(value)
    if minutes != int(minutes) or int(minutes) not in SLOT_MINUTES:
        raise CellError(
            _("每段“%(text)s”不行，要 %(least)d 到 %(most)d 分钟。")
            % {"text": shown(value), "least": SLOT_MINUTES[0], "most": SLOT_MINUTES[-1]}
        )
    return int(minutes)


def _minutes_in_words(value: Value) -> Decimal:
    text = folded_text(value).replace(" ", "")
    if text in {"半小时", "半个小时"}:
        return Decimal(30)
    match = re.fullmatch(r"(\d{1,3}(?:\.\d{1,4})?)(分钟|分|minutes|mins|min|'|小时|个小时|hours|hour|h)?", text)
    if match is None or isinstance(value, bool):
        raise CellError(_("看不懂每段分钟“%(text)s”，请写整数，例如 30。") % {"text": shown(value)})
    is_hours = (match[2] or "").endswith(("小时", "hours", "hour", "h"))
    return Decimal(match[1]) * (60 if is_hours else 1)


def fee_of(value: Value) -> Decimal:
    """A fee in yuan: 50, 50元, ¥50, 免费."""
    text = re.sub(r"[\s,]|人民币|rmb|cny|[¥￥元块]|/[次人]", "", folded_text(value))
    if text in {"免", "免费"}:
        return Decimal(0)
    match = None if isinstance(value, bool) else re.fullmatch(r"\d{1,9}(\.\d{1,2}0*)?", text)
    if match is None:
        raise CellError(_("看不懂挂号费“%(text)s”，请写金额，例如 50。") % {"text": shown(value)})
    fee = Decimal(text).quantize(Decimal("0.01"))
    if fee > MOST_FEE:
        raise CellError(_("挂号费“%(text)s”太大了，请核对。") % {"text": shown(value)})
    return fee


def class_of(value: Value) -> ClinicClass:
    """Ordinary, expert or special."""
    found = _CLASS_OF.get(folded_text(value).replace(" ", ""))
    if found is None:
        raise CellError(_("看不懂类别“%(text)s”，请写普通、专家或特需。") % {"text": shown(value)})
    return found
