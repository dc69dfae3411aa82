"""How a revisit ends: booked by its wish or by hand, not wanted, too late, or with the villager gone.

The caller holds the villager's lock.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.enums import REVISIT_TRANSITIONS, WISH_TRANSITIONS, RevisitState, WishState
from appointments.models import Revisit, Wish
from auditorium import clock
from auditorium.domain import follow_ups
from auditorium.domain.transitions import transition
from auditorium.plain_select import holds, words

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from appointments.models import Appointment
    from auditorium.models import User

WISH, REVISIT = "wish", "revisit"
"""What they are called in audit and tasks."""

PENDING = (RevisitState.WAITING, RevisitState.DUE)
# Asked at every booking; only who has something to come back for, or a wish that came to nothing, is looked at further.
ANYTHING_TO_END = f"""
SELECT EXISTS (SELECT 1 FROM appointments_revisit WHERE villager_id = %s AND state IN ({words(PENDING)}))
    OR EXISTS (SELECT 1 FROM appointments_wish WHERE villager_id = %s AND state = 'missed')
"""  # noqa: S608  an enum's words

EARLIER, LATER = timedelta(days=7), timedelta(days=14)
"""A booking so long before or after the date the doctor named is what he meant."""


def wish_booked(wish: Wish) -> None:
    """The wish a revisit became has got its villager a place."""
    transition(_of(wish), to=RevisitState.BOOKED, table=REVISIT_TRANSITIONS, by=None, ended_at=clock.now())


def wish_missed(wish: Wish) -> None:
    """It has not; the wish's task asks for another place."""
    transition(_of(wish), to=RevisitState.DUE, table=REVISIT_TRANSITIONS, by=None)


def wish_cancelled(wish: Wish, *, by: User | None, why: str) -> None:
    """It is not wanted, and so neither is the revisit."""
    for revisit in _of(wish):
        end(revisit, to=RevisitState.CANCELLED, by=by, why=why)


def booked(appointment: Appointment, *, by: User | None) -> None:
    """The villager has a booking in a department: whatever they were to come back for around that day is booked, and
    nobody need call because a wish there was missed."""
    if not holds(ANYTHING_TO_END, appointment.villager_id, appointment.villager_id):
        return
    found = Revisit.objects.filter(
        villager=appointment.villager_id,
        department=appointment.department_id,
        state__in=PENDING,
        due_on__range=(appointment.date - LATER, appointment.date + EARLIER),
    )
    with translation.override(settings.LANGUAGE_CODE):
        for revisit in found.exclude(after=appointment.pk):
            end(revisit, to=RevisitState.BOOKED, by=by, why=_("已经另外约好了"))
        missed = Wish.objects.filter(
            villager=appointment.villager_id,
            session__department=appointment.department_id,
            state=WishState.MISSED,
        )
        if pks := list(missed.values_list("pk", flat=True)):
            follow_ups.close_about_many(about_kind=WISH, about_ids=pks, by=by, why=_("已经另外约好了"))


def end(revisit: Revisit, *, to: RevisitState, by: User | None, why: str = "") -> int:
    """Close the revisit with its tasks and whatever still waits for it; 0 when it has ended already."""
    moved = transition(
        Revisit.objects.filter(pk=revisit.pk),
        to=to,
        table=REVISIT_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
    )
    if moved:
        follow_ups.close_about(about_kind=REVISIT, about_id=revisit.pk, by=by, why=why)
        for wish in Wish.objects.filter(revisit=revisit.pk):
            _close(wish, by, why)
    return moved


def _close(wish: Wish, by: User | None, why: str) -> None:
    follow_ups.close_about(about_kind=WISH, about_id=wish.pk, by=by, why=why)
    transition(
        Wish.objects.filter(pk=wish.pk),
        to=WishState.CANCELLED,
        table=WISH_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
    )


def _of(wish: Wish) -> QuerySet[Revisit]:
    return Revisit.objects.filter(wish=wish)
