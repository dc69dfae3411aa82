"""How long a text message is, as mainland operators count and charge."""

ONE_PART = 70
EACH_OF_SEVERAL = 67


def parts(text: str) -> int:
    """Parts that a text with its signature 【…】 is sent and charged as; none for an empty text.

    Chinese goes out as UCS-2, so what counts are UTF-16 code units: a character outside the basic plane
    (some surnames, emoji) takes two.
    """
    units = len(text.encode("utf-16-le")) // 2
    if units <= ONE_PART:
        return min(units, 1)
    return -(-units // EACH_OF_SEVERAL)


def fits_one(text: str) -> bool:
    """Whether a text with its signature is sent and charged as one part."""
    return parts(text) <= 1
