"""What a person must do for a villager: opened, taken by somebody, ended when its reason is gone.

What comes of it is written down in `task_outcomes`. A task that can't be done at its hall in time is handed on, see
`escalation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import audit, escalation
from auditorium.domain.transitions import transition
from auditorium.enums import FOLLOW_UP_TRANSITIONS, FollowUpKind, FollowUpState, Reach
from auditorium.errors import EndedError, TakenError
from auditorium.models import Contact, FollowUp, Hall, Helper, User, Villager
from auditorium.models.follow_ups import FollowUpQuerySet

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from auditorium.models import Reply

SHOWN_AT_THE_DESK = 5
ABOUT_VILLAGER = "villager"
"""What tasks are about that concern somebody as such, and no booking."""
# Done by telling the villager something: what was owed to them in writing is settled too.
TELLING = (FollowUpKind.CALL, FollowUpKind.KNOCK)


@dataclass(frozen=True)
class Brief:
    """The most urgent tasks of a hall, and how many there are."""

    tasks: list[FollowUp]
    open: int
    overdue: int


@transaction.atomic
def open_task(
    *,
    hall: Hall,
    villager: Villager | None,
    kind: str,
    reason: str,
    due_at: datetime,
    words: str = "",
    about_kind: str = "",
    about_id: int | None = None,
    contact: Contact | None = None,
    reply: Reply | None = None,
    by: User | None = None,
) -> FollowUp:
    """Give the hall something to do until `due_at`; without a contact, the first the villager can be called on.

    About one thing there is one open task of a kind: a second one only brings the first forward. A task whose
    hall doesn't open any more before it is due is handed on at once.
    """
    open_already = FollowUp.objects.open().filter(about_kind=about_kind, about_id=about_id, kind=kind)
    if about_id is not None and (found := _brought_forward(open_already, due_at)):
        return found
    if contact is None and villager and kind != FollowUpKind.KNOCK:
        contact = callable_contacts(villager).first()
    try:
        with transaction.atomic():
            task = FollowUp.objects.create(
                hall=hall,
                villager=villager,
                contact=contact,
                kind=kind,
                reason=reason,
                words=words,
                about_kind=about_kind,
                about_id=about_id,
                due_at=due_at,
                reply=reply,
                created_by=by,
                created_at=clock.now(),
            )
    except IntegrityError:  # another worker opened it this very moment
        if found := _brought_forward(open_already, due_at):
            return found
        raise
    audit.record(action="opened", what=task, by=by, hall=hall, villager_id=task.villager_id, why=reason)
    escalation.hand_on_if_shut(task)
    return task


def take(*, follow_up: FollowUp, by: User) -> FollowUp:
    """Somebody says: I do it. Of two at once one gets it, the other a TakenError."""
    free = FollowUp.objects.filter(pk=follow_up.pk, state=FollowUpState.OPEN)
    moved = transition(free, to=FollowUpState.TAKEN, table=FOLLOW_UP_TRANSITIONS, by=by, assignee=by, helper=None)
    follow_up.refresh_from_db()
    _require(moved or follow_up.state == FollowUpState.TAKEN)
    if not moved and follow_up.assignee_id != by.pk:
        raise TakenError(_("%(name)s已经在办了。") % {"name": follow_up.assignee})
    return follow_up


def put_back(*, follow_up: FollowUp, by: User) -> FollowUp:
    """Let somebody else do it."""
    _require(
        transition(
            FollowUp.objects.filter(pk=follow_up.pk),
            to=FollowUpState.OPEN,
            table=FOLLOW_UP_TRANSITIONS,
            by=by,
            assignee=None,
            helper=None,
        )
    )
    follow_up.refresh_from_db()
    return follow_up


def hand_to(
    *, follow_ups: QuerySet[FollowUp], by: User, assignee: User | None = None, helper: Helper | None = None
) -> int:
    """Give open tasks to a colleague, or to a helper who has no login: then `by` writes down what came of it.

    Returns how many; those that have ended meanwhile stay as they are.
    """
    return transition(
        follow_ups,
        to=FollowUpState.TAKEN,
        table=FOLLOW_UP_TRANSITIONS,
        by=by,
        assignee=assignee or by,
        helper=helper,
    )


def close_about(*, about_kind: str, about_id: int, by: User | None, why: str, kind: str = "") -> int:
    """End every open task about something (of one kind, if said) whose reason is gone; return how many."""
    return close_about_many(about_kind=about_kind, about_ids=[about_id], by=by, why=why, kind=kind)


def close_about_many(*, about_kind: str, about_ids: Collection[int], by: User | None, why: str, kind: str = "") -> int:
    """The same about many things at once."""
    tasks = FollowUp.objects.filter(about_kind=about_kind, about_id__in=about_ids)
    return transition(
        tasks.filter(kind=kind) if kind else tasks,
        to=FollowUpState.CANCELLED,
        table=FOLLOW_UP_TRANSITIONS,
        by=by,
        why=why,
        closed_by=by,
        closed_at=clock.now(),
        outcome_note=why[:200],
    )


def finish_about(*, about_kind: str, about_id: int, by: User | None, note: str) -> int:
    """Note every open task about something as done: it was, elsewhere in the desk. Return how many."""
    return transition(
        FollowUp.objects.filter(about_kind=about_kind, about_id=about_id),
        to=FollowUpState.DONE,
        table=FOLLOW_UP_TRANSITIONS,
        by=by,
        closed_by=by,
        closed_at=clock.now(),
        outcome_note=note,
    )


def callable_contacts(villager: Villager) -> QuerySet[Contact]:
    """The contacts who can be called, in order: with a number that isn't known to be wrong, and not only to be met."""
    return who_can_be_called([villager.pk])


def who_can_be_called(villager_ids: Collection[int]) -> QuerySet[Contact]:
    """The same for several villagers."""
    return (
        Contact.objects.filter(villager__in=villager_ids, phone__isnull=False, phone__bad_since__isnull=True)
        .exclude(reach=Reach.IN_PERSON)
        .select_related("phone")
        .order_by("order", "pk")
    )


def numbers_to_call(*, follow_up: FollowUp, by: User) -> list[Contact]:
    """Whom to call, the task's own contact first, to be shown with the whole number: written to the audit."""
    if follow_up.villager is None:
        return []
    contacts = sorted(callable_contacts(follow_up.villager), key=lambda contact: contact.pk != follow_up.contact_id)
    if contacts:
        audit.record(
            action="viewed_phone",
            what=follow_up,
            by=by,
            hall=follow_up.hall,
            villager_id=follow_up.villager_id,
            fields=["phone"],
        )
    return contacts


def at(hall: Hall) -> FollowUpQuerySet:
    """The hall's own tasks and those handed to it."""
    return FollowUp.objects.filter(Q(hall=hall) | Q(escalated_hall=hall))


def brief(*, hall: Hall, user: User) -> Brief:
    """What the desk shows of the tasks, in two queries."""
    tasks = at(hall).for_user(user).open()
    counts = tasks.aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=clock.now())))
    shown = tasks.with_villager().select_related("hall", "assignee", "helper").order_by("due_at", "pk")
    return Brief(tasks=list(shown[:SHOWN_AT_THE_DESK]), **counts)


def _brought_forward(open_already: FollowUpQuerySet, due_at: datetime) -> FollowUp | None:
    """The task there already, due at the earlier of both times."""
    open_already.filter(due_at__gt=due_at).update(due_at=due_at)
    return open_already.first()


def _require(moved: int | bool) -> None:
    if not moved:
        raise EndedError(_("这件事已经有结果了。"))
