import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditorium import masks


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613812340021", "138****0021"),
        ("13812340021", "138****0021"),
        ("138 1234 0021", "138****0021"),
        ("0086 138-1234-0021", "138****0021"),
        ("19912340021", "199****0021"),
        ("+8657584000000", "0575-****0000"),
        ("0575-84000000", "0575-****0000"),
        ("0575 8400000", "0575-****0000"),
        ("010-62345678", "010-****5678"),
        ("+861062345678", "010-****5678"),
        ("021 62345678", "021-****5678"),
        ("0575-84000000转8001", "0575-****0000"),
        ("0575 8400 0000 ext. 8001", "0575-****0000"),
        ("84001234", "****1234"),
        ("4008001234", "****1234"),
        ("+85291234567", "****4567"),
        ("+12125551234", "****1234"),
        ("12345", "****"),
        ("", "****"),
        ("不知道", "****"),
    ],
)
def test_mask_phone(number, shown):
    assert masks.mask_phone(number) == shown


@given(st.from_regex(r"(\+86|0086)?(1[3-9][0-9]{9}|0[1-9][0-9]{8,10})|\+[1-9][0-9]{6,14}|[0-9]{1,12}", fullmatch=True))
def test_mask_phone_never_shows_more_than_three_digits_before_what_is_hidden_and_four_after(number):
    shown = re.fullmatch(r"(?:1[3-9][0-9]|0[1-9][0-9]{1,2}-)?\*{4}([0-9]{4})?", masks.mask_phone(number))
    assert shown is not None
    assert shown[1] is None or number.endswith(shown[1])
