"""That somebody died or moved away: nothing is booked or sent any more, and what was arranged is left to the staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from auditorium import clock
from auditorium.domain import audit, follow_ups, silencing
from auditorium.domain.activities import enrolling
from auditorium.domain.library.lending import asking
from auditorium.domain.library.lending.owed import ABOUT as LENT
from auditorium.domain.transitions import transition
from auditorium.enums import FOLLOW_UP_TRANSITIONS, FollowUpKind, FollowUpState
from auditorium.models import FollowUp, Reminder, Villager
from auditorium.ports import service_for

if TYPE_CHECKING:
    from auditorium.models import Hall, User


@dataclass(frozen=True)
class Departure:
    """One way to be gone: the field of its date, and what is said. Words are kept in Chinese, translated where read.

    `to_do` is the reason of tasks about what was arranged, `to_fetch` of those about books they have.
    """

    field: str
    why: str
    to_do: str
    to_fetch: str
    taken_back: str


DEATH = Departure(
    field="died_on",
    why=gettext_noop("村民已去世"),
    to_do=gettext_noop("村民已去世，约好的事请取消"),
    to_fetch=asking.OF_THE_DEAD,
    taken_back=gettext_noop("去世日期记错了"),
)
MOVE = Departure(
    field="moved_away_on",
    why=gettext_noop("村民已搬走"),
    to_do=gettext_noop("村民已搬走，问清楚约好的事还去不去"),
    to_fetch=asking.OF_WHO_MOVED,
    taken_back=gettext_noop("村民又回来了"),
)
SEEN_TO_WITHIN = timedelta(days=1)


def record_death(*, villager: Villager, died_on: date | None, hall: Hall, by: User) -> None:
    """Write down when somebody died: from now on nothing is booked or sent for them. None takes it back.

    What is still to come becomes a task each: staff call it off; books are fetched. Places in activities are given to
    who waits at once, after the day is written down: the one locks people first, the other what they come to.
    """
    _record(DEATH, villager, died_on, hall, by)
    if died_on:
        enrolling.release(villager=villager, by=by, why=DEATH.why)


def record_move(*, villager: Villager, moved_away_on: date | None, hall: Hall, by: User) -> None:
    """The same of somebody who moved away, who is asked about each thing to come. None: they are back.

    Places that were given back stay so: see `given_up`.
    """
    _record(MOVE, villager, moved_away_on, hall, by)
    if moved_away_on:
        enrolling.release(villager=villager, by=by, why=MOVE.why)


def given_up(villager: Villager) -> list[str]:
    """The activities still to come whose places went to others when the villager was gone."""
    return [title for way in (DEATH, MOVE) for title in enrolling.released(villager, why=way.why)]


@transaction.atomic
def _record(departure: Departure, villager: Villager, day: date | None, hall: Hall, by: User) -> None:
    if day and day > clock.today():
        raise ValidationError({departure.field: ValidationError(_("日期还没到，请再核对一遍。"), code="future")})
    known = Villager.objects.select_for_update(no_key=True).get(pk=villager.pk)
    if getattr(known, departure.field) == day:
        return
    setattr(known, departure.field, day)
    known.save(update_fields=[departure.field, "updated_at"])
    audit.record(action="changed", what=known, by=by, hall=hall, villager_id=known.pk, fields=[departure.field])
    now_gone = DEATH if known.died_on else MOVE if known.moved_away_on else None
    for other in (DEATH, MOVE):
        if other is not now_gone:
            _close_tasks(known, other, by, why=_(departure.why if day else departure.taken_back))
    if now_gone:
        why = _(now_gone.why)
        follow_ups.close_about(about_kind=follow_ups.ABOUT_VILLAGER, about_id=known.pk, by=by, why=why)
        silencing.everything(villager=known, by=by, why=why)
        _leave_to_staff(known, now_gone, by)
        asking.fetch_from_family(villager=known, by=by)
    else:
        silencing.resume(villager=known)


def _leave_to_staff(villager: Villager, departure: Departure, by: User) -> None:
    """Open a task for each thing still to come of which the villager was owed a word; its end closes the task."""
    now = clock.now()
    owed = Reminder.objects.filter(villager=villager, expires_at__gt=now).exclude(about_kind=LENT)
    owed = owed.order_by("pk").select_related("hall")
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
                reason=departure.to_do,
                due_at=min(now + SEEN_TO_WITHIN, reminder.expires_at),
                about_kind=kind,
                about_id=about_id,
                by=by,
            )


def _close_tasks(villager: Villager, departure: Departure, by: User, *, why: str) -> None:
    transition(
        FollowUp.objects.filter(
            villager=villager,
            kind__in=(FollowUpKind.REBOOK, FollowUpKind.KNOCK),
            reason__in=(departure.to_do, departure.to_fetch),
        ),
        to=FollowUpState.CANCELLED,
        table=FOLLOW_UP_TRANSITIONS,
        by=by,
        closed_by=by,
        closed_at=clock.now(),
        outcome_note=why,
    )
