"""Where the keys come from: the environment, or files made once under var/secrets."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def _read_or_make(path: Path, make: str) -> str:
    """Return the file's text; when there is none, write `make` into it, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process made it first
            return path.read_text().strip()
        try:
            with os.fdopen(handle, "w") as file:
                file.write(make)
                file.flush()
                os.fsync(handle)  # before anything is encrypted with it: a power cut must not take the key alone
        except BaseException:
            path.unlink()
            raise
    return path.read_text().strip()


def secret_key(folder: Path) -> str:
    """Django's SECRET_KEY."""
    return os.environ.get("SECRET_KEY") or _read_or_make(folder / "secret_key", secrets.token_urlsafe(50))


def field_keys(folder: Path) -> list[str]:
    """Fernet keys for encrypted columns, newest first (FIELD_KEYS, separated by commas)."""
    text = os.environ.get("FIELD_KEYS") or _read_or_make(folder / "field_keys", Fernet.generate_key().decode())
    return [key.strip() for key in text.split(",") if key.strip()]


def hash_keys(folder: Path) -> dict[int, str]:
    """HMAC keys by version (HASH_KEYS as `2:newer,1:older`); the highest version signs."""
    text = os.environ.get("HASH_KEYS") or _read_or_make(folder / "hash_keys", f"1:{secrets.token_hex(32)}")
    pairs = (part.strip().split(":", 1) for part in text.split(",") if part.strip())
    return {int(version): key for version, key in pairs}
