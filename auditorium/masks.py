"""What may be shown of a number to somebody who need not see all of it."""

import re

_EXTENSION = re.compile(r"(转|ext|[x#,;]).*", re.IGNORECASE | re.DOTALL)
_MAINLAND_PREFIX = re.compile(r"^(\+86|0086)")
_MOBILE = re.compile(r"(1[3-9][0-9])[0-9]{4}([0-9]{4})")
# Area codes have three digits in the largest cities, four elsewhere; the number itself has seven or eight.
_LANDLINE = re.compile(r"0?(10|2[0-9]|[3-9][0-9]{2})[0-9]{3,4}([0-9]{4})")
HIDDEN = "****"


def mask_phone(number: str) -> str:
    """138****0021 for a mobile, 0575-****0000 for a landline; of anything else the last four digits at most.

    Takes a number in any of the ways people and libraries write it. Fewer than seven digits are hidden whole.
    """
    text = re.sub(r"[^0-9+]", "", _EXTENSION.sub("", number))
    mainland = _MAINLAND_PREFIX.sub("", text)
    if mobile := _MOBILE.fullmatch(mainland):
        return f"{mobile[1]}{HIDDEN}{mobile[2]}"
    if (mainland.startswith("0") or mainland != text) and (landline := _LANDLINE.fullmatch(mainland)):
        return f"0{landline[1]}-{HIDDEN}{landline[2]}"
    digits = text.lstrip("+")
    return HIDDEN + digits[-4:] if len(digits) >= 7 else HIDDEN
