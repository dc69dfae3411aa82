"""What others send us, without what no database stores: NUL, and halves of characters that were cut in two."""

from __future__ import annotations

from typing import Any


def storable(text: str) -> str:
    """The text as it can be stored; half a character becomes U+FFFD, two that stand together are one."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def storable_throughout(payload: Any) -> Any:
    """The same of every text in JSON that was read."""
    if isinstance(payload, str):
        return storable(payload)
    if isinstance(payload, list):
        return [storable_throughout(item) for item in payload]
    if isinstance(payload, dict):
        return {storable(name): storable_throughout(value) for name, value in payload.items()}
    return payload
