from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from auditorium import identity

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(first_17: str) -> str:
    """By the weights and the table as the standard prints them."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return first_17 + "10X98765432"[total % 11]


@st.composite
def numbers(draw: st.DrawFn) -> str:
    place = draw(st.integers(100000, 999999))
    born = draw(st.dates(date(1900, 1, 1), date(2020, 12, 31)))
    return with_check_digit(f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03}")


def refusal(text: str) -> str | None:
    with pytest.raises(ValidationError) as caught:
        identity.validate_resident_id(text)
    return caught.value.code


@given(numbers())
def test_a_number_with_its_check_digit_is_accepted(number):
    assert identity.validate_resident_id(number) == number


@given(numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_refused(number, place, character):
    assume(number[place] != character)
    assert refusal(number[:place] + character + number[place + 1 :]) is not None


@given(numbers(), st.integers(0, 16))
def test_two_swapped_neighbours_are_refused(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assume(swapped != number)
    assert refusal(swapped) is not None


@pytest.mark.parametrize(
    "place",
    [
        "330603",  # 柯桥区, founded in 2013
        "330113",  # 临平区, founded in 2021
        "460400",  # 儋州, a city without counties
        "810000",  # residence permits: Hong Kong
        "820000",  # Macao
        "830000",  # Taiwan
        "911156",  # a foreigner's permanent residence card
        "123456",  # no county that ever was
    ],
)
def test_the_place_is_not_looked_up(place):
    number = with_check_digit(f"{place}19450307001")
    assert identity.validate_resident_id(number) == number


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２ｘ",
        "110105-19491231-002X\u200b",
        "\ufeff11010519491231002X\n",
    ],
)
def test_what_was_typed_is_brought_into_the_stored_form(typed):
    assert identity.normalise(typed) == "11010519491231002X"
    assert identity.validate_resident_id(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "length"),
        ("1101051949123100", "length"),
        ("11010519491231002X0", "length"),
        ("110105491231002", "old_number"),
        ("11010549123100X", "length"),
        ("110105194912310A2X", "characters"),
        ("X10105194912310022", "characters"),
        ("一二三四五六七八九十一二三四五六七八", "characters"),
        ("٣٣0603194503070013", "characters"),
        ("110105194913310021", "birth_date"),
        ("110105194902300021", "birth_date"),
        ("110105194900000021", "birth_date"),
        ("110105000012310021", "birth_date"),
        ("110105189912310021", "birth_date"),
        ("110105194912310021", "check_digit"),
        (with_check_digit("01010519491231002"), "check_digit"),
    ],
)
def test_a_bad_number_is_refused_with_what_is_wrong(text, code):
    assert refusal(text) == code


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1101051949123100", "身份证号应该是18位，现在是16位。"),
        ("110105491231002", "这是以前的15位号码，请输入现在身份证上的18位号码。"),
        ("110105194913310021", "身份证号里的出生日期不对，请再核对一遍。"),
        ("110105194912310021", "身份证号不对，可能有一位输错了，请再核对一遍。"),
    ],
)
def test_the_refusal_is_a_sentence_for_the_desk(text, sentence):
    with pytest.raises(ValidationError) as caught:
        identity.validate_resident_id(text)
    assert caught.value.messages == [sentence]


def test_a_birth_date_is_future_by_the_halls_day():
    born_on_24th = with_check_digit("33060320261124001")
    with time_machine.travel(datetime(2026, 11, 23, 15, 59, tzinfo=UTC), tick=False):
        assert refusal(born_on_24th) == "future_birth_date"
    with time_machine.travel(datetime(2026, 11, 23, 16, 0, tzinfo=UTC), tick=False):
        assert identity.validate_resident_id(born_on_24th) == born_on_24th


def test_birth_date_and_last_four_are_read():
    assert identity.birth_date_of("11010519491231002X") == date(1949, 12, 31)
    assert identity.last_four("11010519491231002X") == "002X"


@pytest.mark.parametrize(("order", "sex"), [("001", "male"), ("002", "female"), ("999", "male"), ("000", "female")])
def test_sex_is_the_seventeenth_digit(order, sex):
    assert identity.sex_of(with_check_digit(f"33060319450307{order}")) == sex
