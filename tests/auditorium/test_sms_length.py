import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditorium.sms_length import fits_one, parts


@pytest.mark.parametrize(
    ("length", "count"),
    [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (500, 8)],
)
def test_parts_by_length(length, count):
    assert parts("约" * length) == count


def test_a_character_outside_the_basic_plane_counts_twice():
    assert parts("约" * 68 + "𠮷") == 1
    assert parts("约" * 69 + "𠮷") == 2


def test_letters_count_like_characters():
    assert parts("a" * 71) == 2


def test_the_discreet_text_fits_one_part():
    text = (
        "【柯桥文化礼堂】请转告张小明：11月24日(周二)早上8点半到柯桥区示例医院，"
        "带身份证、社保卡。收到请回1。问0575-84000000"
    )
    assert len(text) == 68
    assert fits_one(text)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_fits_one_means_seventy_units_at_most(text):
    assert fits_one(text) == (sum(2 if ord(character) > 0xFFFF else 1 for character in text) <= 70)
