"""Lending at the desk: out, back, renewed and lost, with what is owed to who has the book."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from auditorium.domain import visits
from auditorium.domain.library.lending import loans, owed
from auditorium.errors import DeskError, EndedError, TakenError
from auditorium.models import (
    AuditEntry,
    BookCopy,
    FollowUp,
    HallResource,
    LendingPolicy,
    Loan,
    Matter,
    Reminder,
    ReminderRule,
    Visit,
)
from tests.factories import BookCopyFactory, FollowUpFactory, HallFactory, PrintedBookFactory, desk_user
from tests.outbox import at, told_villager

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 23)


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 09:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return told_villager(hall)


@pytest.fixture
def copy(hall):
    return BookCopyFactory(hall=hall, number="N1")


@pytest.fixture
def lend(hall, villager, desk):
    """Lend a copy, a new one if none is given, to the villager or somebody else."""
    return lambda copy=None, to=None: loans.lend(
        copy=copy or BookCopyFactory(hall=hall), villager=to or villager, by=desk
    )


def refusal(error, call, **said):
    with pytest.raises(error) as refused:
        call(**said)
    return refused.value.sentence


def planned():
    """About which loan, and when, something is still owed."""
    live = Reminder.objects.filter(about_kind="loan").live().order_by("due_at", "pk")
    return [(row.about_id, row.purpose, row.due_at.date()) for row in live]


def states(copy):
    loan = Loan.objects.filter(copy=copy).latest("pk")
    return (BookCopy.objects.get(pk=copy.pk).state, loan.state)


def test_a_copy_goes_out_for_thirty_days(copy, villager, desk, hall):
    loan = loans.lend(copy=copy, villager=villager, by=desk)
    assert (loan.due_on, loan.ask_on, loan.lent_at, loan.lent_by) == (DUE, date(2026, 12, 30), at("11-23 09:00"), desk)
    assert states(copy) == ("lent", "out")
    (entry,) = AuditEntry.objects.filter(action="lent", object_kind="loan")
    assert (entry.object_id, entry.actor, entry.hall, entry.villager_id) == (loan.pk, desk, hall, villager.pk)
    totals = HallResource.objects.get(hall=hall, resource=copy.resource)
    assert (totals.times, totals.last_used_at) == (1, at("11-23 09:00"))


def test_terms_are_the_halls_own(copy, villager, desk, hall, lend):
    LendingPolicy.objects.create(hall=hall, days=14, books=2, renewals=0, call_after=3)
    LendingPolicy.objects.create(hall=HallFactory(), days=1, books=1)
    loan = lend(copy)
    assert (loan.due_on, loan.ask_on) == (date(2026, 12, 7), date(2026, 12, 10))
    lend()
    assert refusal(DeskError, lend) == "张小明已经借了2本，最多借2本，请先还一本。"
    assert refusal(DeskError, loans.renew, loan=loan, by=desk) == "《活着》最多续借0次，请先还回来。"


def test_five_books_at_a_hall_and_no_more(lend, villager, desk):
    elsewhere = BookCopyFactory()
    loans.lend(copy=elsewhere, villager=villager, by=desk)
    lent = [lend() for _each in range(5)]
    assert refusal(DeskError, lend) == "张小明已经借了5本，最多借5本，请先还一本。"
    loans.give_back(copy=lent[0].copy, by=desk)
    assert lend().is_out


def test_a_copy_that_is_out_is_not_lent_again(copy, lend, hall):
    lend(copy)
    other = told_villager(hall, name="李秀英")
    sentence = refusal(TakenError, lend, copy=copy, to=other)
    assert sentence == "《活着》（N1）已经借出去了，张小明借着，12月23日到期。"
    assert Loan.objects.get().villager.name == "张小明"


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("died_on", "张小明的资料已经停用，不能借书。"), ("moved_away_on", "张小明已经搬走了，不能借书。")],
)
def test_who_is_gone_borrows_nothing(copy, villager, lend, field, sentence):
    setattr(villager, field, date(2026, 11, 20))
    villager.save()
    assert refusal(DeskError, lend, copy=copy) == sentence
    assert (BookCopy.objects.get().state, Loan.objects.count()) == ("on_shelf", 0)


def test_a_book_off_the_catalogue_is_not_lent_but_comes_back(copy, lend, desk):
    loan = lend(copy)
    copy.resource.state = "withdrawn"
    copy.resource.save()
    assert loans.give_back(copy=copy, by=desk) == loan
    assert refusal(DeskError, lend, copy=copy) == "《活着》还没有上架，不能借。"


def test_it_comes_back_by_its_copy_and_only_once(copy, lend, desk, monday):
    loan = lend(copy)
    monday.shift(timedelta(days=3))
    ended = loans.give_back(copy=copy, by=desk)
    assert (ended, ended.state, ended.ended_at, ended.ended_by) == (loan, "returned", at("11-26 09:00"), desk)
    assert states(copy) == ("on_shelf", "returned")
    assert refusal(EndedError, loans.give_back, copy=copy, by=desk) == "《活着》（N1）没有借出去，不用还。"
    assert AuditEntry.objects.filter(action="returned", villager_id=loan.villager_id).count() == 1


def test_a_loan_that_ended_is_neither_renewed_nor_lost(copy, lend, desk):
    loan = lend(copy)
    loans.give_back(copy=copy, by=desk)
    for act in (loans.renew, loans.report_lost):
        assert refusal(EndedError, act, loan=loan, by=desk) == "这本书已经还过了。"
    assert states(copy) == ("on_shelf", "returned")


def test_a_lost_book_is_owed_no_more_and_is_found_by_bringing_it_back(copy, lend, desk):
    loan = lend(copy)
    loans.report_lost(loan=loan, by=desk)
    assert (states(copy), planned()) == (("lost", "lost"), [])
    assert refusal(TakenError, lend, copy=copy) == "《活着》（N1）记着丢了。找到了请先按“还书”收进来。"
    assert loans.give_back(copy=copy, by=desk) is None
    assert states(copy) == ("on_shelf", "lost")


def test_it_is_renewed_once_from_today(copy, lend, desk, monday):
    loan = lend(copy)
    assert refusal(DeskError, loans.renew, loan=loan, by=desk) == "《活着》刚借，还没到要续借的时候。"
    monday.shift(timedelta(days=20))
    renewed = loans.renew(loan=loan, by=desk)
    assert (renewed.due_on, renewed.ask_on, renewed.renewals) == (date(2027, 1, 12), date(2027, 1, 19), 1)
    assert planned() == [(loan.pk, "three_days", date(2027, 1, 9))]
    assert refusal(DeskError, loans.renew, loan=loan, by=desk) == "《活着》最多续借1次，请先还回来。"
    assert AuditEntry.objects.filter(action="renewed", villager_id=loan.villager_id).count() == 1


def test_who_moved_away_does_not_renew(copy, lend, desk, villager, monday):
    loan = lend(copy)
    monday.shift(timedelta(days=20))
    villager.moved_away_on = date(2026, 12, 1)
    villager.save()
    assert refusal(DeskError, loans.renew, loan=loan, by=desk) == "张小明已经搬走了，不能借书。"


def test_one_word_three_days_before_for_all_that_is_due_that_day(lend, desk, monday):
    first, second = lend(), lend()
    assert planned() == [(first.pk, "three_days", date(2026, 12, 20))]
    assert Reminder.objects.get().expires_at == at("12-23 20:00")
    monday.shift(timedelta(days=1))
    third = lend()
    assert planned() == [(first.pk, "three_days", date(2026, 12, 20)), (third.pk, "three_days", date(2026, 12, 21))]
    loans.give_back(copy=first.copy, by=desk)
    assert planned() == [(second.pk, "three_days", date(2026, 12, 20)), (third.pk, "three_days", date(2026, 12, 21))]
    loans.give_back(copy=second.copy, by=desk)
    assert planned() == [(third.pk, "three_days", date(2026, 12, 21))]


def test_how_many_days_before_is_for_the_rules_to_say(lend, hall):
    ReminderRule.objects.create(about_kind="loan", purpose="three_days", hall=hall, days=7, at="09:00")
    loan = lend()
    assert planned() == [(loan.pk, "three_days", date(2026, 12, 16))]


def test_no_word_is_owed_where_the_hall_wants_none(lend, hall):
    ReminderRule.objects.create(about_kind="loan", purpose="three_days", hall=hall, is_on=False)
    lend()
    assert planned() == []


@pytest.mark.parametrize(("state", "left"), [("follow_up", 1), ("planned", 1), ("told", 0), ("sending", 0)])
def test_what_was_not_said_of_the_first_book_is_said_of_the_next(lend, desk, monday, state, left):
    first, second = lend(), lend()
    monday.move_to(at("12-21 09:00"))
    Reminder.objects.update(state=state)
    loans.give_back(copy=first.copy, by=desk)
    assert planned() == [(second.pk, "three_days", date(2026, 12, 21))] * left


def test_a_task_about_it_is_done_when_it_is_back_renewed_or_lost(lend, desk, hall, villager, monday):
    lent = [lend() for _each in range(3)]
    monday.shift(timedelta(days=40))
    for loan in lent:
        FollowUpFactory(hall=hall, villager=villager, about_kind="loan", about_id=loan.pk)
    loans.give_back(copy=lent[0].copy, by=desk)
    loans.renew(loan=lent[1], by=desk)
    loans.report_lost(loan=lent[2], by=desk)
    ended = FollowUp.objects.order_by("pk").values_list("state", "outcome_note", "closed_by")
    assert list(ended) == [("done", note, desk.pk) for note in ("书还了", "续借了", "书丢了")]


def test_all_books_of_a_day_are_one_visit(hall, desk, villager, monday):
    for _each in range(2):
        loans.lend_at_desk(copy=BookCopyFactory(hall=hall), villager=villager, by=desk)
    visit = Visit.objects.get()
    assert (visit.villager, visit.state) == (villager, "done")
    assert Matter.objects.get().kind == "resource"
    monday.shift(timedelta(days=1))
    loans.lend_at_desk(copy=BookCopyFactory(hall=hall), villager=villager, by=desk)
    assert Visit.objects.count() == 2


def test_what_they_came_for_is_ticked_in_the_visit_being_served(hall, desk, villager):
    visit = visits.serve(visit=visits.arrive(hall=hall, by=desk, villager=villager), by=desk)
    loan = loans.lend_at_desk(copy=BookCopyFactory(hall=hall), villager=villager, by=desk)
    (matter,) = visit.matters.all()
    assert (matter.about_kind, matter.about_id, matter.done_at) == ("loan", loan.pk, at("11-23 09:00"))


def test_one_loan_of_a_copy_at_a_time_says_the_database(lend, copy):
    loan = lend(copy)
    loan.pk = None
    with pytest.raises(IntegrityError):
        loan.save(force_insert=True)


def test_a_loan_has_an_end_only_when_it_is_over_says_the_database(lend, copy):
    lend(copy)
    with pytest.raises(IntegrityError):
        Loan.objects.update(ended_at=at("11-24 09:00"))


def test_lending_asks_a_fixed_number_of_queries(lend, hall, desk, villager, django_assert_max_num_queries):
    for _each in range(3):
        lend()
    book = PrintedBookFactory()
    copy = BookCopyFactory(hall=hall, resource=book)
    with django_assert_max_num_queries(32):
        loans.lend(copy=copy, villager=villager, by=desk)


def test_a_reminder_is_of_use_until_the_evening_of_the_day():
    assert owed.last_moment(DUE) == at("12-23 20:00")
