"""Which numbers texts can go to at all."""

import phonenumbers
from phonenumber_field.phonenumber import PhoneNumber

MAINLAND = 86


def takes_texts(number: PhoneNumber) -> bool:
    """Whether it is a mobile of the mainland: landlines have no texts, and no line of ours may send them abroad."""
    return number.country_code == MAINLAND and (phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE)
