"""What is held at a hall: 巡回义诊, 村医坐诊 and 家庭医生, and how many people came."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from appointments.enums import SessionState
from appointments.errors import NotAllowed, TooEarly
from appointments.models import ClinicSession, Slot
from auditorium import clock
from auditorium.clock import SHANGHAI
from auditorium.domain import audit

if TYPE_CHECKING:
    from appointments.models.sessions import ClinicSessionQuerySet
    from auditorium.models import Hall, User

DAYS_BACK = 30
DAYS_AHEAD = 30
MOST = 2000
"""More than this have never come to one session."""


def held_at(hall: Hall) -> ClinicSessionQuerySet:
    """The hall's sessions with names, times (`first`), places and booked ones, in order of time."""
    held = ClinicSession.objects.filter(held_at=hall).select_related("department__hospital", "doctor", "held_at")
    return held.annotate(
        first=Min("slots__starts_at"),
        places=Sum("slots__capacity", default=0),
        booked=Sum("slots__taken", default=0),
    ).order_by("date", F("starts").asc(nulls_last=True), "first", "pk")


def coming(hall: Hall) -> ClinicSessionQuerySet:
    """What is held from today on."""
    today = clock.today()
    return held_at(hall).between(today, today + timedelta(days=DAYS_AHEAD))


def to_count(hall: Hall) -> ClinicSessionQuerySet:
    """What was held, today's among it once it has begun, latest first."""
    now = clock.now()
    today = clock.today()
    running = Slot.objects.filter(session=OuterRef("pk"), starts_at__lte=now)
    begun = Q(date__lt=today) | Q(starts__lte=clock.local(now).time()) | Q(Exists(running))
    held = held_at(hall).between(today - timedelta(days=DAYS_BACK), today)
    return held.filter(begun, state=SessionState.OPEN).order_by("-date", "-pk")


def write(*, session: ClinicSession, count: int, by: User) -> ClinicSession:
    """Write down how many came; writing again corrects it.

    Raises NotAllowed where it is not held at a hall or was suspended, TooEarly before it begins.
    """
    with transaction.atomic():
        locked = ClinicSession.objects.select_for_update(no_key=True, of=("self",)).get(pk=session.pk)
        if locked.held_at_id is None or locked.state == SessionState.SUSPENDED:
            raise NotAllowed(_("只有在礼堂看过的，才登记来了几位。"))
        if clock.now() < _begins(locked):
            raise TooEarly(_("还没开始，看完以后再登记来了几位。"))
        if locked.head_count != count:
            locked.head_count = count
            locked.save(update_fields=["head_count"])
            audit.record(action="head_counted", what=locked, by=by, hall=locked.held_at, fields=["head_count"])
    return locked


def _begins(session: ClinicSession) -> datetime:
    if session.starts:
        return datetime.combine(session.date, session.starts, tzinfo=SHANGHAI)
    first: datetime | None = session.slots.aggregate(first=Min("starts_at"))["first"]
    return first or datetime.combine(session.date, datetime.min.time(), tzinfo=SHANGHAI)
