"""Many desks after one copy, or one borrower at many desks. Each race has a control that goes wrong unguarded."""

import threading
from functools import partial
from unittest import mock

import pytest
import time_machine

from auditorium.domain.library.lending import loans, owed
from auditorium.library_enums import CopyState
from auditorium.models import BookCopy, LendingPolicy, Loan, Reminder, Villager
from tests.concurrency.threads import at_once
from tests.factories import BookCopyFactory, HallFactory, VillagerFactory, desk_user
from tests.outbox import at, told_villager

DESKS = 8

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 09:00"), tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


def outcomes(results):
    """How many of each kind of result."""
    kinds = [type(result).__name__ for result in results]
    return {kind: kinds.count(kind) for kind in set(kinds)}


def test_one_of_many_gets_the_copy(hall, desk):
    copy = BookCopyFactory(hall=hall)
    people = [VillagerFactory(registered_at=hall) for _desk in range(DESKS)]
    results = at_once([partial(loans.lend, copy=copy, villager=one, by=desk) for one in people])
    assert outcomes(results) == {"Loan": 1, "TakenError": DESKS - 1}
    assert Loan.objects.get().copy == copy


def test_copy_control_look_then_write_lends_it_to_all(hall):
    """Looked at first and written after, without a condition in the UPDATE, everybody believes to have it."""
    copy = BookCopyFactory(hall=hall)
    all_have_looked = threading.Barrier(DESKS)

    def look_then_write():
        is_in = BookCopy.objects.get(pk=copy.pk).is_in
        all_have_looked.wait(30)
        return is_in and BookCopy.objects.filter(pk=copy.pk).update(state=CopyState.LENT)

    assert at_once([look_then_write] * DESKS) == [1] * DESKS


def test_the_last_book_somebody_may_have_is_lent_once(hall, desk):
    LendingPolicy.objects.create(hall=hall, books=1)
    villager = told_villager(hall)
    copies = BookCopyFactory.create_batch(DESKS, hall=hall)
    results = at_once([partial(loans.lend, copy=copy, villager=villager, by=desk) for copy in copies])
    assert outcomes(results) == {"Loan": 1, "DeskError": DESKS - 1}
    assert BookCopy.objects.filter(state="lent").count() == 1


@pytest.mark.postgres
def test_last_book_control_without_the_lock_is_lent_twice(hall, desk):
    """SQLite lets one writer in at a time, so only PostgreSQL can show what the lock is for."""
    LendingPolicy.objects.create(hall=hall, books=1)
    villager = told_villager(hall)
    both_have_counted = threading.Barrier(2)
    why_not = loans.why_not

    def count_and_wait(*asked):
        found = why_not(*asked)
        both_have_counted.wait(30)
        return found

    with (
        mock.patch.object(owed, "locked", lambda pk: Villager.objects.get(pk=pk)),
        mock.patch.object(loans, "why_not", count_and_wait),
    ):
        copies = BookCopyFactory.create_batch(2, hall=hall)
        results = at_once([partial(loans.lend, copy=copy, villager=villager, by=desk) for copy in copies])
    assert outcomes(results) == {"Loan": 2}


def test_a_book_comes_back_once_and_its_place_is_free_once(hall, desk):
    copy = BookCopyFactory(hall=hall)
    loans.lend(copy=copy, villager=told_villager(hall), by=desk)
    results = at_once([partial(loans.give_back, copy=copy, by=desk)] * DESKS)
    assert outcomes(results) == {"Loan": 1, "EndedError": DESKS - 1}
    assert (BookCopy.objects.get().state, Loan.objects.get().state) == ("on_shelf", "returned")


def test_two_borrowers_swapping_books_never_wait_for_each_other(hall, desk):
    people = [told_villager(hall) for _each in range(2)]
    copies = BookCopyFactory.create_batch(2, hall=hall)
    for copy, villager in zip(copies, people, strict=True):
        loans.lend(copy=copy, villager=villager, by=desk)
    back = [partial(loans.give_back, copy=copy, by=desk) for copy in copies]
    across = [partial(loans.lend, copy=copy, villager=one, by=desk) for copy in copies for one in people]
    kinds = outcomes(at_once([*back, *across]))
    assert set(kinds) <= {"Loan", "TakenError"}
    assert Loan.objects.out().count() == BookCopy.objects.filter(state="lent").count()


def test_borrowing_at_many_desks_owes_one_word(hall, desk):
    villager = told_villager(hall)
    copies = BookCopyFactory.create_batch(5, hall=hall)
    results = at_once([partial(loans.lend, copy=copy, villager=villager, by=desk) for copy in copies])
    assert outcomes(results) == {"Loan": 5}
    assert Reminder.objects.live().count() == 1
