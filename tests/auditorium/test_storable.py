"""What others send us can be stored."""

import pytest

from auditorium.storable import storable, storable_throughout


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("改天", "改天"),
        ("", ""),
        ("改\0天", "改天"),
        ("改\ud83d天", "改\ufffd天"),
        ("\ude00改", "\ufffd改"),
        ("\ud83d\ude00", "😀"),
        ("\ufeff好", "\ufeff好"),
    ],
)
def test_what_no_database_takes_is_gone(came, kept):
    assert storable(came) == kept
    assert storable(came).encode().decode() == kept


def test_every_text_in_what_was_posted_is_storable():
    posted = {"a\0": ["\0", 1, None, True, {"b": "\ud800"}], "c": 1.5}
    assert storable_throughout(posted) == {"a": ["", 1, None, True, {"b": "\ufffd"}], "c": 1.5}
