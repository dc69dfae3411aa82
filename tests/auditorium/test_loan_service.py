"""What lent books put on a villager's timeline and the hall's day, what texts say, and what an answer does."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium import ports, sms_length
from auditorium.domain import delivery, wording
from auditorium.domain.library.lending import default_templates, loans
from auditorium.enums import MessageAudience, TextLanguage
from auditorium.models import FollowUp, Message, MessageTemplate, Reminder
from auditorium.ports import Answered, Link
from tests.factories import BookCopyFactory, HallFactory, SmsLineFactory, VillagerFactory, desk_user
from tests.outbox import at, told_villager

pytestmark = pytest.mark.django_db
HELLO = "张小明您好，我是宝善桥村文化礼堂的。"


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(at("11-23 09:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return told_villager(hall)


@pytest.fixture
def service():
    return ports.service_for("loan")


@pytest.fixture
def lend(hall, villager, desk):
    return lambda title="活着", number="N1": loans.lend(
        copy=BookCopyFactory(hall=hall, number=number, resource__title=title), villager=villager, by=desk
    )


def test_timeline_has_each_loan_where_it_stands(service, lend, villager, desk, monday):
    back, lost, out = lend("家", "N1"), lend("春", "N2"), lend("秋", "N3")
    monday.shift(timedelta(days=2))
    loans.give_back(copy=back.copy, by=desk)
    loans.report_lost(loan=lost, by=desk)

    def lines():
        return [(one.at, one.title, one.state, one.tone, one.has_time) for one in service.timeline(villager, desk)]

    ended = at("11-25 09:00")
    assert lines() == [
        (ended, "借书：《家》", "还了", "plain", True),
        (ended, "借书：《春》", "丢了", "warn", True),
        (at("12-23 20:00"), "借书：《秋》", "要还", "plain", False),
    ]
    assert service.timeline(villager, desk)[2].detail == "N3 · 11月23日 周一借的"
    monday.move_to(at("12-25 09:00"))
    assert lines()[2] == (at("12-25 09:00"), "借书：《秋》", "过期2天", "stop", False)
    assert out.days_over == 2
    assert service.timeline(villager, desk_user(HallFactory())) == []


@pytest.mark.parametrize("count", [1, 3])
def test_timeline_and_today_take_one_query_each(
    service, lend, hall, desk, villager, count, monday, django_assert_num_queries
):
    for number in range(count):
        lend(number=f"N{number}")
    desk.role_list  # noqa: B018  read once per request
    with django_assert_num_queries(1):
        assert len(service.timeline(villager, desk)) == count
    assert service.today(hall, desk) == []
    monday.move_to(at("12-23 09:00"))
    with django_assert_num_queries(1):
        assert [(one.title, one.villager) for one in service.today(hall, desk)] == [
            ("还书：《活着》", "张小明")
        ] * count


def test_texts_name_the_books_on_the_own_phone_only(service, lend):
    first = lend()
    alone = service.variables_of([first.pk], MessageAudience.OWN)[first.pk]
    assert alone == {"what": "《活着》", "when": "12月23日周三", "where": "宝善桥村文化礼堂"}
    lend("家", "N2")
    said = [
        service.variables_of([first.pk], audience, language)[first.pk]["what"]
        for language in TextLanguage.values
        for audience in (MessageAudience.OWN, MessageAudience.DISCREET)
    ]
    assert said == ["《活着》等2本书", "2本书", "活着 and 1 more", "2 books"]
    assert service.variables_of([first.pk], MessageAudience.OWN, "en")[first.pk]["when"] == "Wed 23 Dec"


@pytest.mark.parametrize("count", [1, 3])
def test_values_of_many_take_two_queries(service, lend, count, django_assert_num_queries):
    pks = [lend(number=f"N{number}").pk for number in range(count)]
    with django_assert_num_queries(2):
        assert len(service.variables_of(pks, MessageAudience.OWN)) == count


@pytest.mark.parametrize("language", TextLanguage.values)
def test_texts_use_what_they_may_and_have_values_for_it(service, lend, language):
    loan = lend()
    bodies = service.default_texts(language)
    purposes = {purpose for purpose, _audience in bodies}
    assert set(bodies) == {(purpose, audience) for purpose in purposes for audience in MessageAudience.values}
    for (purpose, audience), body in bodies.items():
        wording.check(about_kind="loan", audience=audience, purpose=purpose, body=body)
        said = service.variables_of([loan.pk], audience, language)[loan.pk]
        assert set(wording.variables_in(body)) - {"name", "ask"} <= {name for name, value in said.items() if value}


@pytest.mark.parametrize("audience", MessageAudience.values)
def test_chinese_texts_fit_one_part(audience):
    variables = wording.variables_for(about_kind="loan", audience=audience)
    for look in ("usual", "longest"):
        values = {one.name: getattr(one, look) or one.longest for one in variables}
        for (purpose, eyes), body in default_templates.BODIES.items():
            if eyes == audience:
                template = MessageTemplate(about_kind="loan", purpose=purpose, audience=audience, body=body)
                text = wording.render(template, values, "柯桥文化礼堂").body
                assert sms_length.parts(text) == 1, text


def test_the_text_goes_out_three_days_before_and_names_all(service, lend, hall, desk, monday):
    SmsLineFactory()
    lend()
    lend("家", "N2")
    monday.move_to(at("12-20 12:30"))
    delivery.sweep()
    (text,) = Message.objects.all()
    assert "张小明，您借的《活着》等2本书最晚12月23日周三还到宝善桥村文化礼堂，没看完可以续借。问" in text.body


def test_who_cannot_be_written_to_becomes_a_task(lend, hall, desk, monday):
    copy = BookCopyFactory(hall=hall)
    loans.lend(copy=copy, villager=VillagerFactory(registered_at=hall), by=desk)
    monday.move_to(at("12-20 12:30"))
    delivery.sweep()
    task = FollowUp.objects.get()
    assert (task.kind, task.about_kind) == ("knock", "loan")
    assert task.words == f"{HELLO}您借的《活着》最晚12月23日周三还到礼堂，没看完可以续借。"


def test_a_no_becomes_a_task_and_a_yes_is_settled(service, lend):
    loan = lend()
    assert service.on_reply(loan.pk, yes=True, own=True, may_decide=False) == Answered()
    assert service.on_reply(loan.pk, yes=False, own=True, may_decide=False) == Answered(
        task="回短信说还不了书，请问清楚是续借，还是书不见了"
    )
    assert service.cancel(loan.pk, why="") == "书还没有还，请打电话问一问。"


def test_still_due_until_its_day_is_over_or_it_is_back(service, lend, desk, monday):
    out, back = lend(), lend("家", "N2")
    loans.give_back(copy=back.copy, by=desk)
    monday.move_to(at("12-23 19:00"))
    assert service.still_due([out.pk, back.pk]) == {out.pk}
    monday.move_to(at("12-24 00:00"))
    assert not service.still_due([out.pk])


def test_what_the_desk_can_do_and_where_it_is(service, lend, villager):
    loan = lend()
    page = reverse("auditorium:lending_for", args=[villager.pk])
    assert service.choices(villager) == [Link("借书还书", page)]
    assert service.url(loan.pk) == page
    assert (service.short(loan.pk), service.short(loan.pk, "en")) == ("张小明23日还书", "张小明 23 Dec books")
    assert service.staff_ids() == ()
    assert Reminder.objects.get().about_kind == service.kind
