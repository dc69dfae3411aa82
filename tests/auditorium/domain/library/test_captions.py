"""Captions as people have them become captions that browsers show; nothing in them can begin a cue or a tag."""

import io

import pytest

from auditorium.domain.library import files
from auditorium.domain.library.captions import webvtt
from auditorium.domain.library.files import TooLargeError
from auditorium.media_types import CAPTIONS, TEXT
from tests import media


def made(text, encoding="utf-8"):
    return webvtt(io.BytesIO(text.encode(encoding))).read().decode()


def test_cues_keep_their_times_and_words():
    assert made(media.SRT) == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n我家有个小九妹\n聪明伶俐人钦佩\n\n"
        "01:00:04.050 --> 01:00:06.000\n<i>描龙绣凤</i>\n"
    )


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_encodings_of_old_programs_are_read(encoding):
    assert made(media.SRT, encoding) == made(media.SRT)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("{\\an8}上面", "上面"),
        ('<font color="#ff0000">红</font>', "红"),
        ("<script>alert(1)</script>好", "好"),
        ("三 < 四 & 五", "三 &lt; 四 &amp; 五"),
        ("去 --> 来", "去 → 来"),
        ("1949", "1949"),
    ],
)
def test_words_are_plain(words, kept):
    assert made(f"1\n00:00:01,0 --> 00:00:02,0\n{words}\n").splitlines()[3:] == [kept]


def test_cues_without_an_empty_line_between_them_are_two():
    text = "1\n00:00:01,000 --> 00:00:02,000\n一\n2\n00:00:02,000 --> 00:00:03,000\n二\n"
    assert made(text).count(" --> ") == 2
    assert "\n2\n" not in made(text)


@pytest.mark.django_db
def test_subrip_is_kept_as_captions(library_folder):
    stored = files.store(io.BytesIO(media.SRT.encode("gb18030")), allowed={CAPTIONS})
    assert stored.media_type == CAPTIONS
    with files.content(stored) as kept:
        assert kept.read().startswith(b"WEBVTT\n")
    assert files.store(io.BytesIO("1\n00:00:01 就这样开始".encode())).media_type == TEXT


@pytest.mark.django_db
def test_subrip_above_the_limit_is_refused_before_it_is_held_in_memory(library_folder, settings, monkeypatch):
    monkeypatch.setattr(files.captions, "webvtt", None)
    settings.LIBRARY_MEGABYTES = settings.LIBRARY_MEGABYTES | {"captions": 0}
    with pytest.raises(TooLargeError, match="字幕最大 0 MB"):
        files.store(io.BytesIO(media.SRT.encode()))
