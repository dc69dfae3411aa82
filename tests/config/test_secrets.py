"""Keys: from the environment, or made once in files that only their owner reads."""

import errno
import stat

import pytest
from cryptography.fernet import Fernet

from config import secrets


@pytest.fixture(autouse=True)
def no_keys_in_environment(monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "HASH_KEYS"):
        monkeypatch.delenv(name)


def test_keys_are_made_once_and_stay(tmp_path):
    folder = tmp_path / "secrets"
    first = (secrets.secret_key(folder), secrets.field_keys(folder), secrets.hash_keys(folder))
    assert (secrets.secret_key(folder), secrets.field_keys(folder), secrets.hash_keys(folder)) == first
    assert len({first[0], first[1][0], first[2][1]}) == 3


def test_key_files_are_for_their_owner_only(tmp_path):
    folder = tmp_path / "secrets"
    secrets.secret_key(folder)
    secrets.field_keys(folder)
    secrets.hash_keys(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_key_that_cannot_be_written_leaves_no_empty_file(tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            secrets.secret_key(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(secrets.secret_key(tmp_path)) > 50


def test_keys_of_the_environment_come_first_and_leave_no_file(tmp_path, monkeypatch):
    newer, older = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("SECRET_KEY", "from outside")
    monkeypatch.setenv("FIELD_KEYS", f"{newer}, {older}")
    monkeypatch.setenv("HASH_KEYS", "2:new,1:old:with:colons")
    assert secrets.secret_key(tmp_path) == "from outside"
    assert secrets.field_keys(tmp_path) == [newer, older]
    assert secrets.hash_keys(tmp_path) == {2: "new", 1: "old:with:colons"}
    assert list(tmp_path.iterdir()) == []
