"""Reading the text message a booking platform sent, so that nobody types it again.

Only reading: what was found is shown to be checked, nothing is trusted. Platforms word their texts freely;
labelled parts (医院：…) win over what is recognised in running text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from appointments.enums import Period


@dataclass(frozen=True)
class Pasted:
    """What a platform's text says; empty or None where it says nothing that was understood."""

    hospital: str = ""
    department: str = ""
    doctor: str = ""
    day: date | None = None
    time: time | None = None
    period: str = ""
    number: str = ""
    pick_up_code: str = ""
    channel: str = ""
    patient: str = ""


_STOP = r"[,，。;；、\n（(【】\[\]]"
_SIGNATURE = re.compile(r"[【\[]([^】\]]{2,20})[】\]]")
_LABELS = {
    "hospital": r"(?:就诊|预约)?(?:医院|院区)(?:名称)?",
    "department": r"(?:就诊|预约|挂号)?科室(?:名称)?",
    "doctor": r"(?:就诊|预约)?(?:医生|专家|医师)(?:姓名)?",
    "patient": r"(?:就诊人|患者|姓名|就诊者)(?:姓名)?",
}
_HOSPITAL = re.compile(
    r"([\u4e00-\u9fff]{2,20}?(?:中心医院|人民医院|中医院|医院|卫生院|卫生服务中心|妇幼保健院|门诊部))"
)
_DEPARTMENT = re.compile(
    r"([\u4e00-\u9fff]{0,10}?(?:内科|外科|妇科|产科|妇产科|儿科|骨科|眼科|口腔科|皮肤科|耳鼻喉科|耳鼻咽喉科|中医科"
    r"|针灸科|康复科|肿瘤科|全科|急诊科|肛肠科|伤科|推拿科|精神科|疼痛科|感染科|麻醉科))"
)
_DOCTOR = re.compile(r"([\u4e00-\u9fff]{2,4})(?:主任|副主任|主治)?(?:医生|医师|大夫|教授|专家)")
_PATIENT = re.compile(r"(?:^|[】\]，,。:：\s])(?:尊敬的)?([\u4e00-\u9fff]{2,4}?)(?:先生|女士|同志)?(?:您好|你好)")
_FULL_DATE = re.compile(r"(20\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
_SHORT_DATE = re.compile(r"(?<![\d-])(\d{1,2})\s*(?:月|/|-)\s*(\d{1,2})(?:日|号|(?=[^\d:：点时-]))")
_TIME = re.compile(
    r"(早上|上午|中午|下午|晚上|夜间)?\s*(?<!\d)([01]?\d|2[0-3])\s*"
    r"(?:[:：]\s*([0-5]\d)|[点时]\s*(半|[0-5]?\d)?分?|(?=[-~—至到]\s*\d{1,2}\s*[点时]))(?!\d)"
)
_PERIOD = re.compile(r"(早上|上午|中午|下午|晚上|夜间)")
_NUMBER = re.compile(
    r"(?:就诊|排队|挂号|预约)?(?:序号|号序|排号|号码|第)(?:为|是)?\s*[:：]?\s*(?:第)?\s*([A-Za-z]?\d{1,4})\s*号?(?!\d)"
)
_BARE_NUMBER = re.compile(r"(?<![\d:：月\-/])(\d{1,3})\s*号(?!码|楼|线|门|院|诊|源|窗)")
_CODE = re.compile(  # never a bare 密码 or 验证码: those are for logging in, and are not ours to keep
    r"(?:(?:取号|就诊|预约)(?:密码|验证码)|取号(?:码|凭证)|预约(?:码|号|编号|凭证号)|识别码|订单号)"
    r"(?:为|是)?\s*[:：]?\s*([A-Za-z0-9]{4,24})"
)
_PERIODS = {
    "早上": Period.MORNING,
    "上午": Period.MORNING,
    "中午": Period.AFTERNOON,
    "下午": Period.AFTERNOON,
    "晚上": Period.EVENING,
    "夜间": Period.EVENING,
}
_NOT_A_NAME = ("您已", "您的", "预约", "成功", "尊敬", "本次", "就诊", "用户")


def read(text: str, *, today: date, hospitals: Iterable[str] = (), departments: Iterable[str] = ()) -> Pasted:
    """Find hospital, department, doctor, day, time, number, code, platform and patient in a pasted text.

    Known `hospitals` and `departments` are preferred over what merely looks like one. A day without a
    year is the next such day from `today`; a day that does not exist is left out.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\r", "\n")
    signature = _SIGNATURE.search(plain)
    body = _SIGNATURE.sub(" ", plain)
    hospital = _labelled("hospital", body) or _known(body, hospitals) or _trimmed(_HOSPITAL.search(body))
    rest = body.replace(hospital, " ", 1) if hospital else body
    department = _labelled("department", body) or _known(rest, departments) or _trimmed(_DEPARTMENT.search(rest))
    rest = rest.replace(department, " ", 1) if department else rest
    moment, period = _time(body)
    return Pasted(
        hospital=hospital[:60],
        department=department[:40],
        doctor=(_labelled("doctor", body) or _name(_DOCTOR.search(rest)))[:40],
        day=_day(body, today),
        time=moment,
        period=period,
        number=_first(_NUMBER, body) or _first(_BARE_NUMBER, _without_days(body)),
        pick_up_code=_first(_CODE, body),
        channel=signature.group(1) if signature else "",
        patient=_labelled("patient", body) or _name(_PATIENT.search(body)),
    )


def _labelled(part: str, text: str) -> str:
    found = re.search(rf"{_LABELS[part]}\s*[:：]\s*([^\s,，。;；\n（(]+)", text)
    return found.group(1).strip() if found else ""


def _known(text: str, names: Iterable[str]) -> str:
    found = [name for name in names if name and name in text]
    return max(found, key=len, default="")


def _trimmed(found: re.Match[str] | None) -> str:
    if not found:
        return ""
    return re.sub(
        r"^.*?(?:已成功预约|成功预约|预约成功|已预约|预约了|预约的|预约|挂号|您在|到|在|的)", "", found.group(1)
    )


def _name(found: re.Match[str] | None) -> str:
    if not found:
        return ""
    name = re.sub(r"^(?:主任|专家|医师|的|由)", "", found.group(1))
    return "" if name.startswith(_NOT_A_NAME) else name


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""


def _without_days(text: str) -> str:
    return _SHORT_DATE.sub(" ", _FULL_DATE.sub(" ", text))


def _day(text: str, today: date) -> date | None:
    full = _FULL_DATE.search(text)
    if full:
        return _date(*(int(part) for part in full.groups()))
    for short in _SHORT_DATE.finditer(text):
        month, day = (int(part) for part in short.groups())
        this_year = _date(today.year, month, day)
        if this_year and this_year >= today - timedelta(days=1):
            return this_year
        next_year = _date(today.year + 1, month, day)
        if next_year:
            return next_year
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(text: str) -> tuple[time | None, str]:
    without = _without_days(text)
    found = _TIME.search(without)
    spoken = _PERIOD.search(without)
    period = str(_PERIODS[spoken.group(1)]) if spoken else ""
    if not found:
        return None, period
    said, hour_text, minute_text, half = found.groups()
    hour = int(hour_text)
    minute = 30 if half == "半" else int(minute_text or half or 0)
    part = said or (spoken.group(1) if spoken else "")
    if (part in {"下午", "晚上", "夜间"} and hour < 12) or (part == "中午" and hour <= 3):
        hour += 12
    if not period:
        period = str(Period.MORNING if hour < 12 else Period.AFTERNOON if hour < 18 else Period.EVENING)
    return time(hour, minute), period
