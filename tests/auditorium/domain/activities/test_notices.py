"""What hangs in a hall: from one day to another, and nobody's number on it."""

from datetime import timedelta

import pytest
import time_machine

from auditorium.domain.activities import notices
from auditorium.errors import DeskError
from auditorium.models import AuditEntry, Notice
from tests.auditorium.activities import MONDAY, TUESDAY, at
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db
NO_NUMBERS = "通知人人都看得到，不要写手机号和身份证号；要联系就写礼堂的电话。"


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def put_up(hall):
    by = desk_user(hall)
    return lambda words, first=MONDAY, last=TUESDAY: notices.put_up(
        hall=hall, words=words, first_day=first, last_day=last, by=by
    )


def test_hanging_from_its_first_day_to_its_last(hall, put_up, monday_at_nine):
    put_up("医保开始缴费")
    put_up("明天打疫苗", first=TUESDAY)
    Notice.objects.create(hall=HallFactory(), words="别处的", first_day=MONDAY, last_day=TUESDAY)
    assert [notice.words for notice in notices.hanging(hall)] == ["医保开始缴费"]
    monday_at_nine.move_to(at(TUESDAY, 23, 59))
    assert [notice.words for notice in notices.hanging(hall)] == ["医保开始缴费", "明天打疫苗"]
    monday_at_nine.move_to(at(TUESDAY + timedelta(days=1), 0))
    assert notices.hanging(hall) == []


@pytest.mark.parametrize(
    ("words", "first", "last", "said"),
    [
        ("找我：13800000021", MONDAY, TUESDAY, NO_NUMBERS),
        (
            "330602195402070021丢了证",
            MONDAY,
            TUESDAY,
            NO_NUMBERS,
        ),
        ("倒着", TUESDAY, MONDAY, "结束日期不能早于开始日期。"),
        ("过了", MONDAY - timedelta(days=3), MONDAY - timedelta(days=1), "这个日期已经过了，没人看得到。"),
    ],
)
def test_put_up_refuses_in_one_sentence(put_up, words, first, last, said):
    with pytest.raises(DeskError) as refused:
        put_up(words, first, last)
    assert refused.value.sentence == said
    assert not Notice.objects.exists()


def test_a_hall_s_own_telephone_may_stand_there(put_up):
    assert put_up("要报名打0575-84000000").pk


def test_take_down_leaves_a_trace(hall, put_up):
    notice = put_up("医保开始缴费")
    notices.take_down(notice=notice, by=desk_user(hall))
    assert notices.hanging(hall) == []
    assert list(AuditEntry.objects.filter(object_kind="notice").order_by("pk").values_list("action", flat=True)) == [
        "added",
        "removed",
    ]
