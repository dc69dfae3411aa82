"""Booking references: random, short enough to read out over the phone, and proof against one slip.

Eight characters, seven random and one check. 29 ** 7 is 17 billion: with a million bookings a day for five
years one new reference in ten is already taken, and the unique column makes the caller draw again; six random
characters would be used up in under two years. A reference is no secret: it opens nothing without a login.

The alphabet leaves out what looks alike (0 O, 1 I L, 2 Z, 5 S) and has 29 characters. 29 is prime and 2 is a
primitive root of it, so with the check computed as in ISO 7064's pure systems (radix 2) every wrong character
and every swap of two characters changes the sum.
"""

import re
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRTUVWXY"
LENGTH = 8
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_MISREAD = str.maketrans("ZS", "25")


def new_reference() -> str:
    """Draw a reference. Uniqueness is the database's: on a conflict draw again."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_character(body)


def normalise_reference(text: str) -> str:
    """What was typed or scanned, as it is stored: upper case, no hyphen or spaces, Z and S read as 2 and 5."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-‐-―−]", "", plain).translate(_MISREAD)


def is_valid_reference(text: str) -> bool:
    """Whether the text, once normalised, could be one of ours: length, alphabet and check character."""
    reference = normalise_reference(text)
    if len(reference) != LENGTH or not set(reference) <= _VALUE.keys():
        return False
    return _check_character(reference[:-1]) == reference[-1]


def grouped_reference(reference: str) -> str:
    """K7M2-Q9RT: as it is printed and read out."""
    return f"{reference[:4]}-{reference[4:]}"


def _check_character(body: str) -> str:
    total = 0
    for character in body:
        total = (total + _VALUE[character]) * 2 % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]
