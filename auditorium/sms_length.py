"""How long a text message is, as mainland operators count and charge."""

ONE_PART = 70
EACH_OF_SEVERAL = 67


def length(text: str) -> int:
    """How many characters operators count: UTF-16 code units.

    A character outside the basic plane (some surnames, emoji) takes two.
    """
    return len(text.encode("utf-16-le")) // 2


def parts(text: str) -> int:
    """Parts that a text with its signature 【…】 is sent and charged as; none for an empty text.

    Every text goes out as UCS-2: its signature is Chinese.
    """
    units = length(text)
    if units <= ONE_PART:
        return min(units, 1)
    return -(-units // EACH_OF_SEVERAL)


def fits_one(text: str) -> bool:
    """Whether a text with its signature is sent and charged as one part."""
    return parts(text) <= 1
