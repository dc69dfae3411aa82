"""What somebody's death leaves to the staff: whatever was arranged for them is still to be called off."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from auditorium import clock
from auditorium.domain import follow_ups
from auditorium.domain.transitions import transition
from auditorium.enums import FOLLOW_UP_TRANSITIONS, FollowUpKind, FollowUpState
from auditorium.models import FollowUp, Reminder
from auditorium.ports import service_for

if TYPE_CHECKING:
    from auditorium.models import User, Villager

CALL_OFF = gettext_noop("村民已去世，约好的事请取消")  # kept in Chinese, translated where it is read
CALL_OFF_WITHIN = timedelta(days=1)


def leave_to_staff(*, villager: Villager, by: User) -> None:
    """Open a task for each thing still to come of which the villager was owed a word; its end closes the task."""
    now = clock.now()
    owed = Reminder.objects.filter(villager=villager, expires_at__gt=now).order_by("pk").select_related("hall")
    by_kind: dict[str, dict[int, Reminder]] = {}
    for reminder in owed:
        by_kind.setdefault(reminder.about_kind, {})[reminder.about_id] = reminder
    for kind, latest in by_kind.items():
        for about_id in sorted(service_for(kind).still_due(latest)):
            reminder = latest[about_id]
            follow_ups.open_task(
                hall=reminder.hall,
                villager=villager,
                kind=FollowUpKind.REBOOK,
                reason=CALL_OFF,
                due_at=min(now + CALL_OFF_WITHIN, reminder.expires_at),
                about_kind=kind,
                about_id=about_id,
                by=by,
            )


def take_back(*, villager: Villager, by: User) -> None:
    """It was a mistake: nothing is to be called off after all."""
    transition(
        FollowUp.objects.filter(villager=villager, kind=FollowUpKind.REBOOK, reason=CALL_OFF),
        to=FollowUpState.CANCELLED,
        table=FOLLOW_UP_TRANSITIONS,
        by=by,
        closed_by=by,
        closed_at=clock.now(),
        outcome_note=_("去世日期记错了"),
    )
