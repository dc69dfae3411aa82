"""The demo's past: its own clock set back, so that what is written down then bears the time it tells of.

This is the clock that the demo's phone page moves forward. Nothing but a demo has one.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from auditorium import clock
from auditorium.domain import delivery, hall_hours
from auditorium.enums import ReminderState
from auditorium.models import Hall, Reminder


@contextmanager
def clock_kept() -> Iterator[None]:
    """Let the clock be moved inside the block; afterwards the present is the present again."""
    logger = logging.getLogger("auditorium")  # a month of texts is no news
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
        clock.move_back()


def open_moment(hall: Hall, *, days_ago: int, after: int = 0) -> datetime:
    """Some minutes after 9:00 that many days ago, or on the last day before it on which the hall was open then."""
    day = clock.today() - timedelta(days=days_ago)
    days = (day - timedelta(days=back) for back in range(7))
    moments = (datetime.combine(day, time(9), tzinfo=clock.SHANGHAI) + timedelta(minutes=after) for day in days)
    return next(moment for moment in moments if hall_hours.is_open(hall, moment))


@dataclass
class Story:
    """What happened, told in any order and lived through in the order of time."""

    _acts: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    def tell(self, moment: datetime, act: Callable[[], object]) -> None:
        """This happened then. Of two things at one moment the one told first comes first."""
        heapq.heappush(self._acts, (moment, len(self._acts), act))

    def live(self, *, each_time: Callable[[], object]) -> None:
        """Let everything happen, and what was due in between be sent; then the present is the present again.

        `each_time` something was sent, it is asked for what else people did then.
        """
        now = clock.now()
        with clock_kept():
            before = self._acts[0][0]
            while self._acts:
                moment, _place, act = heapq.heappop(self._acts)
                _send_between(before, moment, each_time)
                clock.move_to(moment)
                act()
                before = moment
            _send_between(before, now, each_time)


def _send_between(start: datetime, end: datetime, each_time: Callable[[], object]) -> None:
    """Send each thing at the time it was due, if that was between these moments."""
    due = Reminder.objects.filter(state=ReminderState.PLANNED, due_at__lte=end).order_by("due_at")
    while upcoming := due.filter(due_at__gt=start).values_list("due_at", flat=True).first():
        start = upcoming
        clock.move_to(upcoming)
        delivery.sweep()
        each_time()
