"""Lending at the desk: out to a villager, back by the number on the book, renewed, or lost.

Locks are taken villager first, then copy and loan. The copy is claimed by one conditional UPDATE, so of two desks one
gets it; how many somebody has is counted under their own lock.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from auditorium import clock
from auditorium.domain import audit, follow_ups, visits
from auditorium.domain.library import use
from auditorium.domain.library.lending import copies, owed
from auditorium.domain.transitions import transition
from auditorium.enums import MatterKind
from auditorium.errors import DeskError, EndedError, TakenError
from auditorium.library_enums import COPY_TRANSITIONS, LOAN_TRANSITIONS, CopyState, LoanState, ResourceState
from auditorium.models import BookCopy, LendingPolicy, Loan, Villager

if TYPE_CHECKING:
    from auditorium.models import Hall, User

RETURNED, RENEWED, LOST = gettext_noop("书还了"), gettext_noop("续借了"), gettext_noop("书丢了")
"""How a task about a loan ended; kept in Chinese, as tasks are."""


def policy_of(hall: Hall) -> LendingPolicy:
    """What the hall has set, or what holds where nobody has set anything."""
    return LendingPolicy.objects.filter(hall=hall).first() or LendingPolicy(hall=hall)


@transaction.atomic
def lend(*, copy: BookCopy, villager: Villager, by: User) -> Loan:
    """The villager takes this copy home. TakenError where it is not on the shelf, DeskError where they may not."""
    borrower = owed.locked(villager.pk)
    policy = policy_of(copy.hall)
    if refused := why_not(borrower, policy):
        raise DeskError(refused)
    if copy.resource.state != ResourceState.PUBLISHED:
        raise DeskError(_("《%(title)s》还没有上架，不能借。") % {"title": copy.resource.title})
    if not _move(copy, CopyState.LENT, by):
        raise TakenError(copies.why_not_there(copy, user=by, villager=borrower))
    now, due_on = clock.now(), clock.today() + timedelta(days=policy.days)
    loan = Loan.objects.create(
        copy=copy,
        hall=copy.hall,
        villager=borrower,
        lent_at=now,
        lent_by=by,
        due_on=due_on,
        ask_on=due_on + timedelta(days=policy.call_after),
    )
    audit.record(action="lent", what=loan, by=by, hall=copy.hall, villager_id=borrower.pk)
    use.count(hall_id=copy.hall_id, resource_id=copy.resource_id, at=now)
    owed.plan(villager=borrower, hall=copy.hall, by=by)
    return loan


@transaction.atomic
def lend_at_desk(*, copy: BookCopy, villager: Villager, by: User) -> Loan:
    """The same for somebody at the desk: what they came for is ticked, once for all the books of a day."""
    start, _end = clock.day_bounds(clock.today())
    is_first = not Loan.objects.filter(villager=villager, hall=copy.hall, lent_at__gte=start).exists()
    loan = lend(copy=copy, villager=villager, by=by)
    if is_first and not use.is_ticked(villager, by):
        visits.note(
            villager=villager,
            hall=copy.hall,
            by=by,
            matter=MatterKind.RESOURCE,
            about_kind=owed.ABOUT,
            about_id=loan.pk,
        )
    return loan


@transaction.atomic
def give_back(*, copy: BookCopy, by: User) -> Loan | None:
    """The copy stands on the shelf again; return the loan that ended, None where it had been lost and was found.

    Raises EndedError, having changed nothing, where nobody had it.
    """
    loan = Loan.objects.out().filter(copy=copy).select_related("hall").first()
    if loan:
        return _end(loan, LoanState.RETURNED, CopyState.ON_SHELF, by)
    if not copies.put_back(copies=BookCopy.objects.filter(pk=copy.pk, state=CopyState.LOST), by=by):
        said = {"title": copy.resource.title, "number": copy.number}
        raise EndedError(_("《%(title)s》（%(number)s）没有借出去，不用还。") % said)
    return None


@transaction.atomic
def report_lost(*, loan: Loan, by: User) -> Loan:
    """The borrower cannot bring it back: nobody asks for it any more. EndedError where it is not out."""
    return _end(loan, LoanState.LOST, CopyState.LOST, by)


@transaction.atomic
def renew(*, loan: Loan, by: User) -> Loan:
    """The borrower keeps it for another time, counted from today; what is owed about it moves along."""
    borrower = owed.locked(loan.villager_id)
    fresh = Loan.objects.out().with_book().select_related("hall").filter(pk=loan.pk).first()
    if fresh is None:
        raise EndedError(_("这本书已经还过了。"))
    policy = policy_of(fresh.hall)
    due_on = clock.today() + timedelta(days=policy.days)
    said = {"title": fresh.copy.resource.title, "most": policy.renewals}
    if borrower.is_gone:
        raise DeskError(_gone(borrower))
    if fresh.renewals >= policy.renewals:
        raise DeskError(_("《%(title)s》最多续借%(most)d次，请先还回来。") % said)
    if due_on <= fresh.due_on:
        raise DeskError(_("《%(title)s》刚借，还没到要续借的时候。") % said)
    Loan.objects.filter(pk=fresh.pk).update(
        due_on=due_on, ask_on=due_on + timedelta(days=policy.call_after), renewals=F("renewals") + 1
    )
    audit.record(action="renewed", what=fresh, by=by, hall=fresh.hall, villager_id=borrower.pk, fields=["due_on"])
    _settle(fresh, borrower, by, RENEWED)
    fresh.refresh_from_db(fields=["due_on", "ask_on", "renewals"])
    return fresh


def why_not(villager: Villager, policy: LendingPolicy) -> str:
    """Why this villager may not borrow another book at the policy's hall; empty when they may."""
    if villager.is_gone:
        return _gone(villager)
    if Loan.objects.out().filter(villager=villager, hall=policy.hall).count() < policy.books:
        return ""
    said = {"name": villager.name, "most": policy.books}
    return _("%(name)s已经借了%(most)d本，最多借%(most)d本，请先还一本。") % said


def _gone(villager: Villager) -> str:
    if villager.moved_away_on and not villager.died_on and not villager.erased_at:
        return _("%(name)s已经搬走了，不能借书。") % {"name": villager.name}
    return _("%(name)s的资料已经停用，不能借书。") % {"name": villager.name}


def _end(loan: Loan, to: LoanState, copy_to: CopyState, by: User) -> Loan:
    borrower = owed.locked(loan.villager_id)
    moved = transition(
        Loan.objects.filter(pk=loan.pk), to=to, table=LOAN_TRANSITIONS, by=by, ended_at=clock.now(), ended_by=by
    )
    if not moved:
        raise EndedError(_("这本书已经还过了。"))
    ended = Loan.objects.with_book().select_related("hall").get(pk=loan.pk)
    ended.villager = borrower
    _move(ended.copy, copy_to, by)
    _settle(ended, borrower, by, RETURNED if to == LoanState.RETURNED else LOST)
    return ended


def _settle(loan: Loan, borrower: Villager, by: User, note: str) -> None:
    """What somebody had to do about it is done, and what is owed follows what is still out."""
    follow_ups.finish_about(about_kind=owed.ABOUT, about_id=loan.pk, by=by, note=note)
    owed.plan(villager=borrower, hall=loan.hall, by=by)


def _move(copy: BookCopy, to: CopyState, by: User) -> int:
    return transition(BookCopy.objects.filter(pk=copy.pk), to=to, table=COPY_TRANSITIONS, by=by)
