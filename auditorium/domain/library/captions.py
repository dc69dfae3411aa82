"""Captions as people have them (SubRip, .srt) made into those that browsers show (WebVTT).

Own code: it is a page of text, and the libraries for it bring dozens of formats nobody sends.
"""

from __future__ import annotations

import io
import re
from typing import BinaryIO

import nh3

from auditorium.text_files import encoding_of

_TIMES = re.compile(r"^\s*(\d{1,2}):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d{1,2}):(\d\d):(\d\d)[,.](\d{1,3})")
_PLACED = re.compile(r"\{\\[^}]*\}")
_KEPT = {"b", "i", "u"}


def webvtt(file: BinaryIO) -> BinaryIO:
    """The same cues at the same times; colours and places on the picture are left out, words in italics stay so.

    A block without times is left out. The encoding is UTF-8 or GB18030; UnreadableTextError for any other.
    """
    encoding = encoding_of(file)
    file.seek(0)
    lines = file.read().decode(encoding).splitlines()
    out = ["WEBVTT"]
    is_cue = False
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if times := _TIMES.match(line):
            out += ["", f"{_time(times, 1)} --> {_time(times, 5)}"]
            is_cue = True
        elif not line.strip() or (line.strip().isdecimal() and _TIMES.match(after)):
            is_cue = False  # the number of the next stands there, also where no empty line parts them
        elif is_cue:
            out.append(_words(line))
    return io.BytesIO("\n".join([*out, ""]).encode())


def _time(found: re.Match[str], first: int) -> str:
    hours, minutes, seconds, parts = (found[first + offset] for offset in range(4))
    return f"{hours.zfill(2)}:{minutes}:{seconds}.{parts.ljust(3, '0')}"


def _words(line: str) -> str:
    """One line of a cue: no tags but those kept, no arrow, which would begin another cue."""
    return nh3.clean(_PLACED.sub("", line), tags=_KEPT, attributes={}).replace("--&gt;", "→").strip()
