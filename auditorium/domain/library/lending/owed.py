"""What is owed to who has books: one word some days before a day on which some are due, however many they are.

It is about the first of the books that are due on the day; returned before the others, the next takes its place. Where
nobody has set another number of days that is three, by the hall's rules of reminders.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from auditorium import clock
from auditorium.domain import reminder_rules, reminder_times, reminders
from auditorium.domain.reminder_rules import LAST_HOUR
from auditorium.domain.reminders import Owed
from auditorium.enums import ReminderPurpose, ReminderState
from auditorium.models import Loan, Reminder, Villager

if TYPE_CHECKING:
    from datetime import date

    from auditorium.models import Hall, User

ABOUT = "loan"
"""What a loan is called in reminders and tasks."""

PURPOSE = ReminderPurpose.THREE_DAYS
_OVER = gettext_noop("书还了或续借了")
_UNSAID = (ReminderState.PLANNED, ReminderState.FOLLOW_UP)


def locked(villager_id: int) -> Villager:
    """The borrower, locked until the transaction ends: nobody lends to them meanwhile."""
    people = Villager.objects.select_for_update(no_key=True).defer("id_number", "other_document_number")
    return people.get(pk=villager_id)


def last_moment(due_on: date) -> datetime:
    """Until when a word about a day is of use: no text that can wait goes out later."""
    return datetime.combine(due_on, LAST_HOUR, tzinfo=clock.SHANGHAI)


def plan(*, villager: Villager, hall: Hall, by: User | None) -> None:
    """Owe the villager, locked, what follows from the books of this hall they have now, and nothing else."""
    now = clock.now()
    first: dict[date, int] = {}
    loans = Loan.objects.filter(villager=villager, hall=hall)
    for pk, due_on in loans.out().order_by("pk").values_list("pk", "due_on"):
        first.setdefault(due_on, pk)
    wanted = {pk: last_moment(due_on) for due_on, pk in first.items()}
    live = Reminder.objects.filter(about_kind=ABOUT, about_id__in=loans.order_by().values("pk")).live()
    rows = list(live.values_list("about_id", "expires_at", "state"))
    gone = [row for row in rows if wanted.get(row[0]) != row[1]]
    reminders.silence_all(about_kind=ABOUT, about_ids=sorted({row[0] for row in gone}), by=by, why=_OVER)
    unsaid = {expires_at for _pk, expires_at, state in gone if state in _UNSAID}
    rules = reminder_rules.rules_for(hall, ABOUT)
    for pk, expires_at in wanted.items():
        times = dict(reminder_times.times_for(event_at=expires_at, now=now, hall=hall, rules=rules))
        due_at = times.get(PURPOSE) or (now if expires_at in unsaid else None)
        if due_at:
            owed = [Owed(pk, villager, hall, expires_at)]
            reminders.owe_all_at(about_kind=ABOUT, owed=owed, purpose=PURPOSE, due_at=due_at)
