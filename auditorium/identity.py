"""Resident identity numbers (GB 11643): checked, and read for birth date and sex."""

import re
import unicodedata
from datetime import date
from typing import Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import ric

from auditorium import clock

# No one alive was born before this year, so an earlier one is a slip of the finger.
EARLIEST_BIRTH_YEAR = 1900
_OLD = re.compile(r"[0-9]{15}")
_WELL_FORMED = re.compile(r"[0-9]{17}[0-9X]")


def normalise(text: str) -> str:
    """What was typed or read from a card, as it is stored: half-width, without spaces and hyphens, X in upper case."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and c != "-" and unicodedata.category(c) != "Cf").upper()


def validate_resident_id(text: str) -> str:
    """The number in its stored form, or a ValidationError that says what to look at on the card.

    Mainland resident cards, residence permits of Hong Kong, Macao and Taiwan people (81, 82, 83) and
    foreigners' permanent residence cards (9, since 2023) share length, birth date, sex and check digit. The
    first six digits are not looked up: counties are founded and renamed faster than any list of them is.
    """
    number = normalise(text)
    if _OLD.fullmatch(number):
        raise ValidationError(_("这是以前的15位号码，请输入现在身份证上的18位号码。"), code="old_number")
    if len(number) != 18:
        raise ValidationError(
            _("身份证号应该是18位，现在是%(length)d位。"), code="length", params={"length": len(number)}
        )
    if not _WELL_FORMED.fullmatch(number):
        raise ValidationError(_("身份证号只能是数字，最后一位可以是X。"), code="characters")
    try:
        birth_date = birth_date_of(number)
    except ValueError as error:
        raise ValidationError(_("身份证号里的出生日期不对，请再核对一遍。"), code="birth_date") from error
    if birth_date > clock.today():
        raise ValidationError(_("身份证号里的出生日期还没到，请再核对一遍。"), code="future_birth_date")
    if number[0] == "0" or ric.calc_check_digit(number) != number[-1]:
        raise ValidationError(_("身份证号不对，可能有一位输错了，请再核对一遍。"), code="check_digit")
    return number


def birth_date_of(number: str) -> date:
    """The birth date inside a number in its stored form; ValueError when there is no such day."""
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if born.year < EARLIEST_BIRTH_YEAR:
        raise ValueError(f"Nobody alive was born in {born.year}.")
    return born


def sex_of(number: str) -> Literal["male", "female"]:
    """The sex inside a number in its stored form, as FHIR's administrative gender code."""
    return "male" if int(number[16]) % 2 else "female"


def last_four(number: str) -> str:
    """The part of a number that may be shown."""
    return number[-4:]
