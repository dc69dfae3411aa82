"""What was booked at the demo's halls in the weeks before it begins, as data."""

from __future__ import annotations

from typing import NamedTuple

from appointments.demo.hospitals import ACKNOWLEDGING, MAIN, SECOND, SENSITIVE, TOWNSHIP
from appointments.enums import AppointmentState

FULFILLED, NO_SHOW, UNMARKED = AppointmentState.FULFILLED, AppointmentState.NO_SHOW, AppointmentState.UNMARKED
CANCELLED, CONFIRMED, TEXT_LOST = AppointmentState.CANCELLED_BY_VILLAGER, "confirmed", "text_lost"


class Booked(NamedTuple):
    """Booked at the desk some days ago for some days ahead (or back), or the first day from there with a place.

    `later` passes over that many times of that day; `became` is what came of it.
    """

    days_ago: int
    villager: str
    hospital: str
    department: str
    doctor: str
    ahead: int
    later: int = 0
    became: str = ""


class Recorded(NamedTuple):
    """A booking made elsewhere, written down some days ago."""

    days_ago: int
    villager: str
    hospital: str
    department: str
    ahead: int
    at: str = ""
    number: str = ""
    channel: str = ""
    became: str = ""


BOOKED = (
    Booked(24, "张小明", MAIN, "心血管内科", "", -21, 2, FULFILLED),
    Booked(19, "李根生", MAIN, "骨科", "", -15, 0, NO_SHOW),
    Booked(16, "张秀梅", MAIN, "内分泌科", "", -12, 1, FULFILLED),
    Booked(13, "欧阳荣根", MAIN, "心血管内科", "", -9, 3, FULFILLED),
    Booked(9, "曾祥云", TOWNSHIP, "全科", "", -8, 0, UNMARKED),
    Booked(6, "徐伯明", MAIN, "心血管内科", "", 3, 5, CANCELLED),
    Booked(5, "欧阳荣根", MAIN, "心血管内科", "", 0, 4),
    Booked(4, "赵水珍", MAIN, "骨科", "", 2, 1),
    Booked(3, "王月珍", MAIN, "眼科", "", 4, 2),
    Booked(3, "陶金土", MAIN, "骨科", "", 3, 3),
    Booked(2, "张秀梅", MAIN, "内分泌科", "", 5, 0),
    Booked(2, "沈阿彩", MAIN, "心理门诊", "顾静", 6, 0),
    # made further ahead than a holiday is long: this hospital stops on the workday before the visit
    Booked(3, "单国庆", ACKNOWLEDGING, "骨伤科", "鲁正方", 7, 0, CONFIRMED),
    Booked(1, "周素芬", MAIN, "心血管内科", "", 1, 1, TEXT_LOST),
    Booked(1, "邵兴根", ACKNOWLEDGING, "针灸科", "裘月明", 8, 0),
    Booked(1, "鲁阿木", TOWNSHIP, "全科", "俞文斌", 2, 0),
    Booked(1, "查兴土", MAIN, "心血管内科", "孔令仪", 3, 1),
    Booked(17, "邬国定", SECOND, "心血管内科", "", -14, 1, FULFILLED),
    Booked(11, "周亚珍", SECOND, "全科", "", -7, 2, FULFILLED),
    Booked(3, "闻信昌", SECOND, "心血管内科", "", 2, 0),
    Booked(2, "竺杏娣", SECOND, "眼科", "江素心", 4, 1),
    Booked(1, "邬国定", SECOND, "心血管内科", "虞定波", 3, 0),
)

RECORDED = (
    Recorded(30, "张小明", MAIN, "眼科", -27, "09:30", "A017", "浙里办", FULFILLED),
    Recorded(4, "陈国良", MAIN, "骨科", 6, "09:30", "A023", "浙里办"),
    Recorded(3, "章子涵", MAIN, "儿科", 9, "14:00", "B008", "114"),
    Recorded(2, "阮月仙", SENSITIVE, "睡眠门诊", 5, "10:00", "12", "医院微信公众号"),
    Recorded(1, "骆阿大", MAIN, "", 7),
    Recorded(5, "严利明", MAIN, "眼科", 5, "10:00", "A031", "浙里办", CANCELLED),
    Recorded(3, "盖金凤", SENSITIVE, "睡眠门诊", 4, "09:00", "3", "114"),
    Recorded(2, "徐世康", SECOND, "骨科", 4, "08:30", "6", "114"),
)

SUSPENDED_FOR = ("傅建国", "沈凤仙")
"""Who had a place in a session that was suspended afterwards."""
