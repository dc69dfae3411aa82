"""The columns of a schedule, and the words hospitals head them with."""

import re
import unicodedata

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

BRACKETED = re.compile(r"[(\[{<【〔「].*?[)\]}>】〕」]")


class Column(TextChoices):
    """What a column of a schedule says. REASON is ours: where a returned workbook says what is wrong."""

    HOSPITAL = "hospital", _("医院")
    DEPARTMENT = "department", _("科室")
    DOCTOR = "doctor", _("医生")
    DATE = "date", _("日期")
    WEEKDAY = "weekday", _("星期")
    PERIOD = "period", _("时段")
    TIME = "time", _("时间")
    START = "start", _("开始时间")
    END = "end", _("结束时间")
    SLOT_LENGTH = "slot_length", _("每段分钟")
    CAPACITY = "capacity", _("号数")
    CLINIC_CLASS = "clinic_class", _("类别")
    FEE = "fee", _("挂号费")
    ROOM = "room", _("诊室")
    ALLOTMENT = "allotment", _("分配给")
    REASON = "reason", _("原因")


_HEADERS: dict[Column, str] = {
    Column.HOSPITAL: "医院 医院名称 医疗机构 医疗机构名称 就诊医院 院区 hospital hospitalname",
    Column.DEPARTMENT: "科室 科室名称 专科 门诊科室 就诊科室 出诊科室 department departmentname dept",
    Column.DOCTOR: (
        "医生 医师 医生姓名 医师姓名 专家 专家姓名 出诊医生 出诊医师 坐诊医生 坐诊医师 出诊专家 坐诊专家 姓名 "
        "doctor doctorname physician"
    ),
    Column.DATE: "日期 出诊日期 坐诊日期 门诊日期 就诊日期 排班日期 date clinicdate day",
    Column.WEEKDAY: "星期 周几 星期几 weekday",
    Column.PERIOD: "时段 午别 班次 班别 上下午 上午下午 门诊时段 period session ampm",
    Column.TIME: "时间 时间段 出诊时间 坐诊时间 门诊时间 就诊时间 起止时间 time times hours timerange",
    Column.START: "开始 开始时间 起始 起始时间 上班时间 开诊时间 start starttime starts from",
    Column.END: "结束 结束时间 截止 截止时间 终止时间 下班时间 停诊时间 end endtime ends to until",
    Column.SLOT_LENGTH: (
        "每段分钟 时段长度 时段时长 每段时长 分段 分段时长 分时时长 间隔 时间间隔 时段分钟 分钟 "
        "slot slotlength slotminutes interval minutes"
    ),
    Column.CAPACITY: (
        "号数 号源 号源数 号源数量 放号数 放号量 名额 限号 限号数 可约数 可约号数 预约数 预约号数 总号数 数量 人数 "
        "capacity places quota numbers"
    ),
    Column.CLINIC_CLASS: "类别 号别 号类 号种 门诊类别 门诊类型 挂号类别 类型 级别 class clinicclass type",
    Column.FEE: "挂号费 费用 诊查费 诊察费 诊疗费 门诊费 金额 价格 收费 fee price cost",
    Column.ROOM: "诊室 诊间 诊室号 地点 位置 就诊地点 出诊地点 房间 room place location",
    Column.ALLOTMENT: (
        "分配给 分配 分给 分配礼堂 分配区域 礼堂 文化礼堂 礼堂名称 区域 区划 "
        "allottedto allotment allocatedto for hall region"
    ),
    Column.REASON: "原因 reason",
}
_COLUMN_OF = {word: column for column, words in _HEADERS.items() for word in words.split()}


def folded(text: str) -> str:
    """The text as it is compared: half-width, lower case, without spaces and marks around words."""
    return re.sub(r"[\s_*:·、/\\-]", "", unicodedata.normalize("NFKC", text)).casefold()


def column_of(header: str) -> Column | None:
    """Which column a heading means, if any; what stands in brackets (元, 分钟) is left aside."""
    text = unicodedata.normalize("NFKC", header)
    return _COLUMN_OF.get(folded(BRACKETED.sub("", text))) or _COLUMN_OF.get(folded(text))
