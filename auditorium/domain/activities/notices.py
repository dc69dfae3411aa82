"""What hangs in a hall for everybody to read: on its screen, and read out over the loudspeaker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit
from auditorium.errors import DeskError
from auditorium.models import Notice

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models import Hall, User

_SOMEBODYS = re.compile(r"(?<!\d)(1\d{10}|\d{17}[\dXx])(?!\d)")
"""A mobile phone's number, or an identity number."""


@transaction.atomic
def put_up(*, hall: Hall, words: str, first_day: date, last_day: date, by: User) -> Notice:
    """Hang a notice from one day to another. Raises DeskError for days gone by, or somebody's number in it."""
    if last_day < first_day:
        raise DeskError(_("结束日期不能早于开始日期。"))
    if last_day < clock.today():
        raise DeskError(_("这个日期已经过了，没人看得到。"))
    if _SOMEBODYS.search(words):
        raise DeskError(_("通知人人都看得到，不要写手机号和身份证号；要联系就写礼堂的电话。"))
    made = Notice.objects.create(hall=hall, words=words, first_day=first_day, last_day=last_day, written_by=by)
    audit.record(action="added", what=made, by=by, hall=hall)
    return made


@transaction.atomic
def take_down(*, notice: Notice, by: User) -> None:
    """It hangs no more."""
    audit.record(action="removed", what=notice, by=by, hall=notice.hall)
    notice.delete()


def hanging(hall: Hall) -> list[Notice]:
    """What hangs today."""
    today = clock.today()
    return list(Notice.objects.filter(hall=hall).shown_between(today, today))
