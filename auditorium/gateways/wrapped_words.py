"""Words that a platform posts wrapped in letters and digits, unwrapped where its settings say so: 0032 may be typed."""

from __future__ import annotations

import base64

WRAPPINGS = ("", "hex", "base64")
"""How words of answers may come: as they are, in the hex of UCS-2, in the base64 of UTF-8 or GBK."""


def unwrapped(words: str, wrapping: str) -> str:
    """What somebody wrote, out of what it came in; as it came where it is something else after all."""
    try:
        if wrapping == "hex":
            return bytes.fromhex(words).decode("utf-16-be")
        if wrapping == "base64":
            return _in_either(base64.b64decode(words, validate=True))
    except ValueError:
        pass
    return words


def _in_either(words: bytes) -> str:
    try:
        return words.decode()
    except UnicodeDecodeError:
        return words.decode("gb18030")
