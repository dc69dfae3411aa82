import hashlib
import hmac

import pytest
from cryptography.fernet import Fernet, InvalidToken
from hypothesis import given
from hypothesis import strategies as st

from auditorium import crypto

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@given(st.text(st.characters(codec="utf-8")))
def test_decrypt_gives_back_what_was_encrypted(text):
    assert crypto.decrypt(crypto.encrypt(text)) == text


def test_encrypt_hides_the_text_and_never_repeats_itself():
    first, second = crypto.encrypt("330603194503070013"), crypto.encrypt("330603194503070013")
    assert first != second
    assert "330603194503070013" not in first


def test_decrypt_reads_what_an_older_key_wrote(settings):
    settings.FIELD_KEYS = [OLD]
    token = crypto.encrypt("张小明")
    settings.FIELD_KEYS = [NEW, OLD]
    assert crypto.decrypt(token) == "张小明"


def test_encrypt_uses_the_newest_key(settings):
    settings.FIELD_KEYS = [NEW, OLD]
    token = crypto.encrypt("张小明")
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(InvalidToken):
        crypto.decrypt(token)


def test_keyed_hash_is_hmac_sha256_by_the_highest_version(settings):
    settings.HASH_KEYS = {2: "new", 10: "newest", 1: "old"}
    assert crypto.keyed_hash("张小明") == (hmac.new(b"newest", "张小明".encode(), hashlib.sha256).hexdigest(), 10)


def test_all_hashes_has_one_a_version_newest_first(settings):
    settings.HASH_KEYS = {1: "old"}
    stored, version = crypto.keyed_hash("张小明")
    settings.HASH_KEYS = {1: "old", 2: "new"}
    newest, _ = crypto.keyed_hash("张小明")
    assert version == 1
    assert crypto.all_hashes("张小明") == [newest, stored]
