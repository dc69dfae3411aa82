"""What a line's page says beside its figures: its connection, its cap, when it was last asked, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from auditorium import clock, dates, gateways
from auditorium.domain import lines
from auditorium.gateways import HOLDS_A_CONNECTION
from auditorium.gateways.base import PollingGateway
from auditorium.models import LineConnection

if TYPE_CHECKING:
    from datetime import datetime

    from auditorium.models import SmsLine


def standing(line: SmsLine) -> str:
    """Whether a line sends, and why not, in a few words."""
    if not line.is_active:
        return _("停用")
    if line.paused_at:
        return _("暂停：%(why)s") % {"why": line.paused_reason}
    if line.failing_since:
        return _("%(time)s 起连不上") % {"time": f"{clock.local(line.failing_since):%m-%d %H:%M}"}
    return pgettext("线路", "正常")


def to_do(line: SmsLine) -> str:
    """What an administrator does about a line that does not send; empty where there is nothing to do."""
    if not line.is_active:
        return ""
    if line.paused_at:
        return _("没发的短信都留着。处理好以后按“恢复”，没过时间的会接着发；两小时还没恢复的，会请人打电话。")
    if lines.is_down(line, clock.now()):
        return _("有别的线路就由下一条接着发。半小时后自动再试，请检查网络和平台。")
    return ""


def facts(line: SmsLine) -> list[tuple[str, str]]:
    """Name and words of each thing there is to say; one query for its connection, two for its cap."""
    said: list[tuple[str, str]] = []
    if line.paused_at:
        said.append((_("什么时候停的"), _moment(line.paused_at)))
    if line.failing_since:
        said.append((_("从什么时候连不上"), _moment(line.failing_since)))
    if line.gateway in HOLDS_A_CONNECTION:
        said += _connection(line)
    if wrong := _wrong(line):
        said.append((_("接口设置"), wrong))
    if _is_polled(line):
        asked = _moment(line.polled_at) if line.polled_at else _("还没有取过")
        said.append((_("上次到平台取回执和回复"), asked))
    room = lines.room(line, clock.now())
    if room is not None and line.daily_cap is not None:
        used = {"used": line.daily_cap - room, "cap": line.daily_cap}
        words = _("用了 %(used)d 条，一天最多 %(cap)d 条") % used
        if room <= 0:
            words = _("%(words)s。今天不再发，有别的线路就由它发，没有就等明天早上") % {"words": words}
        said.append((_("今天的条数"), words))
    return said


def _connection(line: SmsLine) -> list[tuple[str, str]]:
    """Who keeps it connected and since when, and what the provider said last."""
    kept = LineConnection.objects.filter(line=line).first()
    if kept is None or kept.held_until is None or kept.held_until <= clock.now():
        words = _("没有进程在保持连接，这条线路发不了。请在服务器上运行 manage.py smpp")
    elif kept.connected_at is None:
        words = _("进程 %(holder)s 正在连，还没有连上") % {"holder": kept.held_by}
    else:
        words = _("%(since)s 起连着，由进程 %(holder)s 保持") % {
            "since": _moment(kept.connected_at),
            "holder": kept.held_by,
        }
    said = [(_("连接"), words)]
    if kept and kept.error_code:
        meaning = gateways.words_for(line.gateway, kept.error_code)
        said.append((_("最近一次出错"), f"{kept.error_code} {meaning}".strip()))
    return said


def _is_polled(line: SmsLine) -> bool:
    """Whether the provider is asked for what it keeps for us."""
    try:
        return isinstance(gateways.gateway_for(line.gateway, line.config), PollingGateway)
    except ValidationError:
        return False


def _wrong(line: SmsLine) -> str:
    """What is wrong with the settings as they are stored: an extra that is not installed any more, a file gone."""
    try:
        gateways.check(line.gateway, line.config)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _moment(when: datetime) -> str:
    return f"{dates.full_date(when)} {dates.clock_time(when)}"
