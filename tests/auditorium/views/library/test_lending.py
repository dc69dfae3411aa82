"""The farm reading room at the desk: lending by number, taking back by number, and what is said where it cannot be."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain import visits
from auditorium.domain.library.lending import loans
from auditorium.models import BookCopy, LendingPolicy, Loan, Role
from tests.appointments.pages import read
from tests.factories import (
    BookCopyFactory,
    HallFactory,
    PrintedBookFactory,
    ResourceFactory,
    UserFactory,
    VillagerFactory,
    desk_user,
)
from tests.outbox import at, told_villager

pytestmark = pytest.mark.django_db
LENDING = reverse("auditorium:lending")


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 09:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def desk(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def villager(hall):
    return told_villager(hall)


@pytest.fixture
def copy(hall):
    return BookCopyFactory(hall=hall, number="N1")


@pytest.fixture
def loan(copy, villager, user):
    return loans.lend(copy=copy, villager=villager, by=user)


@pytest.fixture
def served(hall, user, villager):
    visits.serve(visit=visits.arrive(hall=hall, by=user, villager=villager), by=user)
    return villager


def page(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_number_lends_and_the_box_waits_for_the_next(desk, villager, copy):
    answer = desk.post(page("lending_for", villager.pk), {"number": " n1"}, follow=True)
    assert answer.redirect_chain == [(page("lending_for", villager.pk), 302)]
    assert said(answer) == ["《活着》借给张小明了，最晚12月23日 周三还。"]
    assert (Loan.objects.get().copy, read(answer).focus) == (copy, "input")
    assert "最晚 12月23日 周三 还" in read(answer).words


def test_a_number_brings_back_whoever_had_it_and_says_what_they_still_have(desk, loan, hall, villager, user):
    loans.lend(copy=BookCopyFactory(hall=hall, number="N2"), villager=villager, by=user)
    answer = desk.post(LENDING, {"number": "N1"}, follow=True)
    assert said(answer) == ["《活着》（N1）还了，是张小明借的。", "张小明还有1本没还。"]
    assert read(answer).focus == "input"
    assert said(desk.post(LENDING, {"number": "N2"}, follow=True)) == ["《活着》（N2）还了，是张小明借的。"]


def test_a_lost_book_that_turns_up_is_put_back(desk, loan, user):
    loans.report_lost(loan=loan, by=user)
    assert said(desk.post(LENDING, {"number": "N1"}, follow=True)) == ["《活着》（N1）找到了，放回架上。"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "请输入或扫描册号。"),
        ("X9", "没有册号“X9”。请看看贴在书上的号码，再输一遍。"),
        ("N1", "《活着》（N1）没有借出去，不用还。"),
        ("N7", "册号“N7”是后仓村文化礼堂的《家》，请到那里借还。"),
    ],
)
def test_why_it_cannot_be_taken_back_is_said_at_the_box(desk, user, copy, number, sentence):
    other = HallFactory(name="后仓村文化礼堂")
    BookCopyFactory(hall=other, number="N7", resource__title="家")
    Role.objects.create(user=user, role="desk", hall=other)
    answer = desk.post(LENDING, {"number": number})
    assert answer.status_code == 409
    assert answer.context["form"].errors["number"] == [sentence]
    assert sentence in answer.content.decode()
    assert f'value="{number}"' in answer.content.decode() or not number


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        ("lent", "《活着》（N1）已经借出去了，李秀英借着，12月23日到期。"),
        ("own", "《活着》（N1）本来就是张小明借着的，要续借请按“续借”。"),
        ("full", "张小明已经借了1本，最多借1本，请先还一本。"),
        ("dead", "张小明的资料已经停用，不能借书。"),
        ("unknown", "没有册号“X”。请看看贴在书上的号码，再输一遍。"),
    ],
)
def test_why_it_cannot_be_lent_is_said_at_the_box(desk, hall, user, villager, copy, prepare, sentence):
    if prepare == "lent":
        loans.lend(copy=copy, villager=told_villager(hall, name="李秀英"), by=user)
    elif prepare == "own":
        loans.lend(copy=copy, villager=villager, by=user)
    elif prepare == "full":
        LendingPolicy.objects.create(hall=hall, books=1)
        loans.lend(copy=BookCopyFactory(hall=hall), villager=villager, by=user)
    elif prepare == "dead":
        villager.died_on = "2026-11-20"
        villager.save()
    before = Loan.objects.count()
    answer = desk.post(page("lending_for", villager.pk), {"number": "X" if prepare == "unknown" else "N1"})
    assert (answer.status_code, answer.context["form"].errors["number"]) == (409, [sentence])
    assert Loan.objects.count() == before


def test_what_is_out_stands_with_the_longest_overdue_first(desk, hall, loan, user, monday):
    monday.shift(timedelta(days=5))
    other = told_villager(hall, name="李秀英")
    loans.lend(copy=BookCopyFactory(hall=hall, number="N2", resource__title="家"), villager=other, by=user)
    loans.lend(copy=BookCopyFactory(number="N3"), villager=other, by=user)
    monday.move_to(at("12-26 09:00"))
    desk.force_login(user)  # nobody stays logged in for a month
    answer = desk.get(LENDING)
    assert [one.copy.number for one in answer.context["page_obj"]] == ["N1", "N2"]
    assert answer.context["counts"] == {"out": 2, "late": 1}
    words = read(answer).words
    assert ("过期 3 天" in words, "其中 1 本过期了" in words, "****" in words) == (True, True, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_however_much_is_out(desk, hall, user, rows, django_assert_num_queries):
    for number in range(rows):
        loans.lend(copy=BookCopyFactory(hall=hall), villager=told_villager(hall, name=f"张{number}"), by=user)
    desk.get(LENDING)
    with django_assert_num_queries(15):
        assert len(desk.get(LENDING).context["page_obj"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_somebodys_books_ask_the_same_however_many(desk, hall, user, villager, rows, django_assert_num_queries):
    for _each in range(rows):
        loans.lend(copy=BookCopyFactory(hall=hall), villager=villager, by=user)
    desk.get(page("lending_for", villager.pk))
    with django_assert_num_queries(15):
        assert len(desk.get(page("lending_for", villager.pk)).context["loans"]) == rows


def test_buttons_renew_and_take_back_where_the_list_stands(desk, user, loan, villager, monday):
    monday.shift(timedelta(days=10))
    desk.force_login(user)
    renewed = desk.post(page("loan_renew", loan.pk), {"desk": 1}, follow=True)
    assert (said(renewed), renewed.redirect_chain) == (["《活着》续借了，最晚2027年1月2日 周六还。"], [(LENDING, 302)])
    assert said(desk.post(page("loan_renew", loan.pk), follow=True)) == ["《活着》最多续借1次，请先还回来。"]
    back = desk.post(page("loan_return", loan.pk), follow=True)
    assert said(back) == ["《活着》（N1）还了，是张小明借的。"]
    assert back.redirect_chain == [(page("lending_for", villager.pk), 302)]
    assert said(desk.post(page("loan_return", loan.pk), follow=True)) == ["《活着》（N1）没有借出去，不用还。"]


def test_lost_is_asked_once(desk, loan, villager):
    answer = desk.get(page("loan_lost", loan.pk))
    assert "《活着》丢了吗？" in read(answer).words
    assert Loan.objects.get().state == "out"
    assert said(desk.post(page("loan_lost", loan.pk), follow=True)) == ["《活着》记下丢了。"]
    assert (Loan.objects.get().state, BookCopy.objects.get().state) == ("lost", "lost")
    assert said(desk.post(page("loan_lost", loan.pk), follow=True)) == ["这本书已经还过了。"]


def test_the_page_of_a_book_lends_to_whoever_is_served(desk, copy, served):
    shown = desk.get(page("resource", copy.resource_id))
    assert "共 1 册，在架 1 册" in read(shown).words
    assert "借给张小明" in read(shown).words
    answer = desk.post(page("copy_lend", copy.pk), follow=True)
    assert answer.redirect_chain == [(page("lending_for", served.pk), 302)]
    assert "张小明 借着，最晚 12月23日 周三 还" in read(desk.get(page("resource", copy.resource_id))).words
    assert said(desk.post(page("copy_lend", copy.pk), follow=True)) == [
        "《活着》（N1）本来就是张小明借着的，要续借请按“续借”。"
    ]


def test_with_nobody_at_the_desk_it_is_said_what_to_do(desk, copy):
    assert "找到来借书的村民" in read(desk.get(page("resource", copy.resource_id))).words
    assert said(desk.post(page("copy_lend", copy.pk), follow=True)) == ["请先在服务台找到来借书的村民。"]
    assert not Loan.objects.exists()


def test_other_halls_in_scope_are_named_and_a_book_the_hall_has_not(desk, user):
    other = HallFactory(name="后仓村文化礼堂")
    copy = BookCopyFactory(hall=other)
    assert "后仓村" not in read(desk.get(page("resource", copy.resource_id))).words
    Role.objects.create(user=user, role="desk", hall=other)
    words = read(desk.get(page("resource", copy.resource_id))).words
    assert ("本礼堂没有这本书" in words, "后仓村文化礼堂：1 册，在架 1 册" in words) == (True, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_a_printed_book_asks_the_same_however_many_copies(desk, hall, villager, user, rows, django_assert_num_queries):
    book = PrintedBookFactory()
    for _each in range(rows):
        loans.lend(copy=BookCopyFactory(hall=hall, resource=book), villager=villager, by=user)
    desk.get(page("resource", book.pk))
    with django_assert_num_queries(17):
        assert desk.get(page("resource", book.pk)).status_code == 200


def test_results_say_how_many_stand_on_the_shelf(desk, hall, user, villager):
    book = PrintedBookFactory()
    copies = BookCopyFactory.create_batch(2, resource=book, hall=hall)
    BookCopyFactory(resource=book)
    found = reverse("auditorium:library") + "?kind=printed_book"
    assert "在架 2 册" in read(desk.get(found)).words
    for copy in copies:
        loans.lend(copy=copy, villager=villager, by=user)
    assert "没有在架的" in read(desk.get(found)).words


def test_managers_add_copies_and_the_desk_does_not(client, desk, hall):
    book = PrintedBookFactory()
    assert "登记新书" not in read(desk.get(page("resource", book.pk))).words
    assert desk.post(page("copies_add", book.pk), {"numbers": "N5"}).status_code == 403
    manager = UserFactory(current_hall=hall)
    Role.objects.create(user=manager, role="hall_manager", hall=hall)
    client.force_login(manager)
    assert "登记新书" in read(client.get(page("resource", book.pk))).words
    added = client.post(page("copies_add", book.pk), {"numbers": "n5\r\nN6\r\n"}, follow=True)
    assert said(added) == ["登记了2册，可以外借了。"]
    assert list(BookCopy.objects.values_list("number", "hall")) == [("N5", hall.pk), ("N6", hall.pk)]
    again = client.post(page("copies_add", book.pk), {"numbers": "N6"}, follow=True)
    assert said(again) == ["册号“N6”已经是《活着》的了，请换一个。"]
    assert said(client.post(page("copies_add", book.pk), {"numbers": " "}, follow=True)) == ["请填册号。"]
    assert client.post(page("copies_add", ResourceFactory().pk), {"numbers": "N9"}).status_code == 404


def test_out_of_scope_does_not_exist(desk):
    hall = HallFactory()
    villager = VillagerFactory(registered_at=hall)
    loan = loans.lend(copy=BookCopyFactory(hall=hall), villager=villager, by=desk_user(hall))
    assert desk.get(page("lending_for", villager.pk)).status_code == 404
    assert desk.get(page("loan_lost", loan.pk)).status_code == 404
    for name in ("loan_renew", "loan_return", "loan_lost"):
        assert desk.post(page(name, loan.pk)).status_code == 404
    assert desk.post(page("copy_lend", loan.copy_id)).status_code == 404
    assert Loan.objects.get().is_out


def test_who_may_borrow_no_more_is_told_before_anything_is_typed(desk, villager, hall, loan):
    LendingPolicy.objects.create(hall=hall, books=1)
    assert "张小明已经借了1本，最多借1本" in read(desk.get(page("lending_for", villager.pk))).words
    villager.moved_away_on = "2026-11-20"
    villager.save()
    shown = desk.get(page("lending_for", villager.pk))
    assert "张小明已经搬走了，不能借书。" in read(shown).words
    assert 'name="number"' not in shown.content.decode()
