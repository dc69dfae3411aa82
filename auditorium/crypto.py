"""Personal data at rest: encrypted with FIELD_KEYS, found again by hashes keyed with HASH_KEYS."""

import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    keys: Sequence[str] = settings.FIELD_KEYS
    return _fernet(tuple(keys))


def encrypt(text: str) -> str:
    """Encrypt with the newest key; the same text gives another token each time."""
    return _current().encrypt(text.encode()).decode("ascii")


def decrypt(token: str) -> str:
    """Give back what `encrypt` took, under any key still listed; else cryptography's InvalidToken."""
    return _current().decrypt(token.encode()).decode()


def _hash(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def keyed_hash(text: str) -> tuple[str, int]:
    """Hash to store (64 hex digits) and the version of the key that made it: the highest there is."""
    keys: dict[int, str] = settings.HASH_KEYS
    version = max(keys)
    return _hash(keys[version], text), version


def all_hashes(text: str) -> list[str]:
    """The text's hash under every key version, newest first: what to look for while keys are rotated."""
    keys: dict[int, str] = settings.HASH_KEYS
    return [_hash(keys[version], text) for version in sorted(keys, reverse=True)]
