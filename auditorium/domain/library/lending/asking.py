"""Asking for books that are not back in time: a task to call or knock, again every so many days until they are.

Whose borrower died or moved away are fetched from the family. One task stands for all that somebody has of a hall.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_noop

from auditorium import clock
from auditorium.domain import follow_ups, hall_hours, recipients
from auditorium.domain.library.lending import loans, owed, texts
from auditorium.enums import FollowUpKind
from auditorium.models import FollowUp, Hall, Loan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.models import User, Villager

OVERDUE = gettext_noop("借的书过期没还")
OF_THE_DEAD = gettext_noop("村民已去世，借的书请向家人取回")
OF_WHO_MOVED = gettext_noop("村民已搬走，借的书请取回来")
"""Why somebody is asked; kept in Chinese, translated where read."""

SEEN_TO_WITHIN = timedelta(days=1)
BATCH = 200


def ask_for_overdue() -> int:
    """Open a task for everybody who has books past the day on which they are asked for; return how many.

    Each in a transaction of its own, so one cut off has lost nothing and two at once ask nobody twice.
    """
    asked = 0
    waiting = Loan.objects.out().order_by("hall", "villager").values_list("hall", "villager").distinct()
    while found := list(waiting.filter(ask_on__lte=clock.today())[:BATCH]):
        for hall_id, villager_id in found:
            asked += _ask_for_overdue(hall_id, villager_id)
    return asked


def fetch_from_family(*, villager: Villager, by: User | None) -> None:
    """The villager, locked, is dead or gone: what they have is fetched, hall by hall, and nothing else is asked."""
    by_hall: dict[int, list[Loan]] = {}
    for loan in Loan.objects.out().filter(villager=villager).with_book().order_by("hall", "pk"):
        by_hall.setdefault(loan.hall_id, []).append(loan)
    for hall in Hall.objects.filter(pk__in=by_hall).order_by("pk"):
        theirs = by_hall[hall.pk]
        why = _why(villager)
        pks = [loan.pk for loan in theirs]
        follow_ups.close_about_many(about_kind=owed.ABOUT, about_ids=pks, by=by, why=why)
        _open(hall, villager, theirs, by)


@transaction.atomic
def _ask_for_overdue(hall_id: int, villager_id: int) -> int:
    borrower = owed.locked(villager_id)
    theirs = list(Loan.objects.out().filter(hall=hall_id, villager=borrower).with_book().order_by("pk"))
    late = [loan for loan in theirs if loan.ask_on <= clock.today()]
    if not late:
        return 0
    hall = Hall.objects.get(pk=hall_id)
    about = FollowUp.objects.open().filter(about_kind=owed.ABOUT, about_id__in=[loan.pk for loan in theirs])
    if about.exists():
        _ask_again_later(hall, late)
        return 0
    _open(hall, borrower, theirs if borrower.is_gone else late, None)
    return 1


def _open(hall: Hall, villager: Villager, theirs: Sequence[Loan], by: User | None) -> None:
    recipients.load(villager)
    contact = None if villager.is_gone else recipients.to_call(villager)
    first = theirs[0]
    follow_ups.open_task(
        hall=hall,
        villager=villager,
        kind=FollowUpKind.CALL if contact else FollowUpKind.KNOCK,
        reason=_why(villager),
        words=_words(villager, theirs),
        due_at=_seen_to_by(hall),
        about_kind=owed.ABOUT,
        about_id=first.pk,
        contact=contact,
        by=by,
    )
    _ask_again_later(hall, theirs)


def _ask_again_later(hall: Hall, theirs: Sequence[Loan]) -> None:
    days = timedelta(days=loans.policy_of(hall).call_after)
    Loan.objects.filter(pk__in=[loan.pk for loan in theirs]).update(ask_on=clock.today() + days)


def _why(villager: Villager) -> str:
    if not villager.is_gone:
        return OVERDUE
    return OF_WHO_MOVED if villager.moved_away_on and not villager.died_on else OF_THE_DEAD


def _words(villager: Villager, theirs: Sequence[Loan]) -> str:
    """To who has them: that they are due; to a family: which books they are, with the numbers on them."""
    if not villager.is_gone:
        return texts.spoken(theirs[0].pk, texts.OVERDUE)
    listed = "、".join(f"《{loan.copy.resource.title}》（{loan.copy.number}）" for loan in theirs)
    return f"{villager.name}借的书：{listed}。"


def _seen_to_by(hall: Hall) -> datetime:
    """A day after the hall opens next."""
    now = clock.now()
    return (hall_hours.next_opening(hall, now) or now) + SEEN_TO_WITHIN
