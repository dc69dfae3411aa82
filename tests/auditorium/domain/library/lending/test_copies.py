"""Copies of printed books: numbered, found by what is typed or scanned, taken out of use and back."""

import pytest
import time_machine
from django.db import IntegrityError

from auditorium.domain.library.lending import copies, loans
from auditorium.domain.library.lending.copies import Elsewhere
from auditorium.errors import DeskError
from auditorium.models import AuditEntry, BookCopy, Role
from tests.factories import (
    BookCopyFactory,
    HallFactory,
    PrintedBookFactory,
    ResourceFactory,
    VillagerFactory,
    desk_user,
)
from tests.outbox import at

pytestmark = pytest.mark.django_db


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


def refusal(call, **said):
    with pytest.raises(DeskError) as refused:
        call(**said)
    return refused.value.sentence


def states():
    return list(BookCopy.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("typed", "kept"), [(" n001 ", "N001"), ("Ｎ－００１", "N-001"), ("农 001", "农001"), ("i247.5/3", "I247.5/3")]
)
def test_number_is_the_same_however_it_is_typed(typed, kept):
    assert copies.cleaned(typed) == kept


def test_copies_are_added_once_each_and_audited(hall, desk):
    book = PrintedBookFactory()
    made = copies.add(resource=book, hall=hall, numbers=["n1", "N2", "", "ｎ１"], by=desk)
    assert [one.number for one in made] == ["N1", "N2"]
    assert list(BookCopy.objects.values_list("resource", "hall", "number", "state")) == [
        (book.pk, hall.pk, "N1", "on_shelf"),
        (book.pk, hall.pk, "N2", "on_shelf"),
    ]
    entries = AuditEntry.objects.filter(action="added", object_kind="bookcopy").values_list(
        "object_id", "actor", "hall"
    )
    assert list(entries.order_by("object_id")) == [(one.pk, desk.pk, hall.pk) for one in made]


def test_a_number_of_another_book_of_the_hall_is_refused_and_nothing_added(hall, desk):
    BookCopyFactory(hall=hall, number="N1", resource__title="家")
    BookCopyFactory(number="N2")
    book = PrintedBookFactory()
    assert refusal(copies.add, resource=book, hall=hall, numbers=["N2", "n1"], by=desk) == (
        "册号“N1”已经是《家》的了，请换一个。"
    )
    assert book.copies.count() == 0
    assert len(copies.add(resource=book, hall=hall, numbers=["N2"], by=desk)) == 1


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([" ", ""], "请填册号。"),
        (["X" * 25], f"册号最多24个字，“{'X' * 25}”太长了。"),
        ([f"X{n}" for n in range(51)], "一次最多登记50册，请分几次登记。"),
    ],
)
def test_numbers_that_cannot_be_are_named(hall, desk, numbers, sentence):
    assert refusal(copies.add, resource=PrintedBookFactory(), hall=hall, numbers=numbers, by=desk) == sentence
    assert not BookCopy.objects.exists()


def test_only_printed_books_have_copies(hall, desk):
    sentence = refusal(copies.add, resource=ResourceFactory(), hall=hall, numbers=["N1"], by=desk)
    assert sentence == "只有纸质书才登记册号。"


def test_a_number_is_looked_for_at_this_hall_first(hall, desk):
    BookCopyFactory(number="N1")
    mine = BookCopyFactory(hall=hall, number="N1")
    assert copies.find(number=" ｎ1", hall=hall, user=desk) == mine


def test_a_copy_of_another_hall_is_named_only_in_scope(hall, desk):
    other = HallFactory(name="后仓村文化礼堂")
    BookCopyFactory(hall=other, number="N7", resource__title="家")
    assert refusal(copies.find, number="N7", hall=hall, user=desk) == ("没有册号“N7”。请看看贴在书上的号码，再输一遍。")
    Role.objects.create(user=desk, role="desk", hall=other)
    del desk.role_list
    assert refusal(copies.find, number="N7", hall=hall, user=desk) == (
        "册号“N7”是后仓村文化礼堂的《家》，请到那里借还。"
    )
    assert refusal(copies.find, number="  ", hall=hall, user=desk) == "请输入或扫描册号。"


def test_who_has_it_is_said_only_to_whom_they_are_in_scope(hall, desk):
    copy = BookCopyFactory(hall=hall, number="N1")
    villager = VillagerFactory(registered_at=hall, name="张小明")
    loans.lend(copy=copy, villager=villager, by=desk)
    assert copies.why_not_there(copy, user=desk) == "《活着》（N1）已经借出去了，张小明借着，12月23日到期。"
    assert copies.why_not_there(copy, user=desk, villager=villager) == (
        "《活着》（N1）本来就是张小明借着的，要续借请按“续借”。"
    )
    assert copies.why_not_there(copy, user=desk_user(HallFactory())) == "《活着》（N1）已经借出去了。"


def test_copies_are_taken_out_of_use_and_back_but_not_those_that_are_out(hall, desk):
    shelved, lent = BookCopyFactory.create_batch(2, hall=hall)
    loans.lend(copy=lent, villager=VillagerFactory(registered_at=hall), by=desk)
    everything = BookCopy.objects.all()
    assert (copies.withdraw(copies=everything, by=desk), states()) == (1, ["withdrawn", "lent"])
    assert copies.why_not_there(shelved, user=desk) == f"《活着》（{shelved.number}）不再外借。"
    assert (copies.put_back(copies=everything, by=desk), states()) == (1, ["on_shelf", "lent"])
    assert (copies.miss(copies=everything, by=desk), states()) == (1, ["lost", "lent"])
    assert copies.why_not_there(shelved, user=desk) == (
        f"《活着》（{shelved.number}）记着丢了。找到了请先按“还书”收进来。"
    )
    assert (copies.withdraw(copies=everything, by=desk), states()) == (1, ["withdrawn", "lent"])
    assert (copies.put_back(copies=everything, by=desk), states()) == (1, ["on_shelf", "lent"])


def test_other_halls_in_scope_say_how_many_they_have(hall, desk, django_assert_num_queries):
    book = PrintedBookFactory()
    other, far = HallFactory(name="后仓村文化礼堂"), HallFactory()
    BookCopyFactory(resource=book, hall=hall)
    BookCopyFactory.create_batch(2, resource=book, hall=other)
    BookCopyFactory(resource=book, hall=other, state="lent")
    BookCopyFactory(resource=book, hall=other, state="lost")
    BookCopyFactory(resource=book, hall=far)
    Role.objects.create(user=desk, role="desk", hall=other)
    desk.role_list  # noqa: B018  read once per request
    with django_assert_num_queries(1):
        assert copies.elsewhere(book, hall=hall, user=desk) == [Elsewhere("后仓村文化礼堂", 3, 2)]


def test_one_number_twice_in_a_hall_is_refused_by_the_database(hall):
    BookCopyFactory(hall=hall, number="N1")
    BookCopyFactory(number="N1")
    with pytest.raises(IntegrityError):
        BookCopyFactory(hall=hall, number="N1")
