import itertools
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditorium import references
from auditorium.references import ALPHABET, LENGTH, is_valid_reference, new_reference, normalise_reference

bodies = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def completed(body: str) -> str:
    """The one reference that begins so."""
    (reference,) = (body + last for last in ALPHABET if is_valid_reference(body + last))
    return reference


def test_new_references_are_valid_and_differ():
    drawn = {new_reference() for _ in range(1000)}
    assert len(drawn) == 1000
    assert {reference for reference in drawn if not is_valid_reference(reference)} == set()
    assert {len(reference) for reference in drawn} == {8}


def test_new_references_use_the_whole_alphabet_and_nothing_that_looks_alike():
    used = set("".join(new_reference() for _ in range(1000)))
    assert used == set(ALPHABET)
    assert used & set("0O1IL2Z5S") == {"2", "5"}


def test_the_alphabet_is_a_prime_number_of_characters():
    assert [divisor for divisor in range(1, len(ALPHABET) + 1) if len(ALPHABET) % divisor == 0] == [1, 29]


@pytest.mark.parametrize("place", range(LENGTH))
def test_every_single_wrong_character_is_caught(place):
    """The check is linear: what one body shows for each pair of characters in each place holds for all."""
    for right in ALPHABET:
        body = "2222222"[:place] + right + "2222222"[place + 1 :]
        reference = completed(body) if place < LENGTH - 1 else completed("K7M2Q9R")
        wrong = [reference[:place] + other + reference[place + 1 :] for other in ALPHABET if other != reference[place]]
        assert [text for text in wrong if is_valid_reference(text)] == []


@pytest.mark.parametrize("place", range(LENGTH - 1))
def test_every_swap_of_neighbours_is_caught(place):
    for first, second in itertools.permutations(ALPHABET, 2):
        if place < LENGTH - 2:
            reference = completed(("2222222"[:place] + first + second + "2222222")[: LENGTH - 1])
        else:
            reference = completed("222222" + first)
        swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
        assert swapped == reference or not is_valid_reference(swapped)


@given(bodies, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_a_swap_of_any_two_characters_is_caught(body, one, other):
    reference = completed(body)
    assume(reference[one] != reference[other])
    characters = list(reference)
    characters[one], characters[other] = characters[other], characters[one]
    assert not is_valid_reference("".join(characters))


@given(bodies)
def test_each_body_has_exactly_one_check_character(body):
    assert completed(body).startswith(body)


@given(bodies)
def test_a_reference_is_recognised_however_it_is_typed(body):
    reference = completed(body)
    typed = f" {reference[:4].lower()} - {reference[4:].lower().replace('2', 'z').replace('5', 's')}\n"
    assert normalise_reference(typed) == reference
    assert is_valid_reference(typed)


@pytest.mark.parametrize("text", ["", "K7M2", "K7M2-Q9R", "K7M2-Q9RTT", "K7M2-Q9R0", "K7M2-Q9RI", "预约单号预约单号"])
def test_what_cannot_be_a_reference_is_refused(text):
    assert not is_valid_reference(text)


def test_normalise_reads_full_width_letters_and_long_dashes():
    assert normalise_reference("ｋ７ｍ２－ｑ９ｒｔ") == "K7M2Q9RT"
    assert normalise_reference("K7M2—Q9RT") == "K7M2Q9RT"


def test_grouped_reference_is_in_two_fours():
    assert references.grouped_reference("K7M2Q9RT") == "K7M2-Q9RT"
    assert re.fullmatch(r"\w{4}-\w{4}", references.grouped_reference(new_reference()))
