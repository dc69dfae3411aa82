"""What a file is, found by looking into it; what it is called and what a browser said of it count for nothing.

Own code, because it must do less than a library of magic numbers and be surer of it: such a library takes any bytes
behind an ID3 mark for music and knows no text. Here only what the library shows is known, and each is looked at closely
enough that no page or program passes for it.
"""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium.errors import DeskError
from auditorium.text_files import UnreadableTextError, encoding_of

EPUB = "application/epub+zip"
PDF = "application/pdf"
TEXT = "text/plain"
CAPTIONS = "text/vtt"
SUBRIP = "application/x-subrip"
"""Captions that are made into CAPTIONS when they are stored; no file that is kept is of this type."""

MP3, M4A, OGG, WEBM_AUDIO, WAV = "audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm", "audio/wav"
MP4, WEBM = "video/mp4", "video/webm"
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"

BOOKS = frozenset({EPUB, PDF, TEXT})
AUDIO = frozenset({MP3, M4A, OGG, WEBM_AUDIO, WAV})
VIDEO = frozenset({MP4, WEBM})
PICTURES = frozenset({PNG, JPEG, WEBP})
ALLOWED = BOOKS | AUDIO | VIDEO | PICTURES | {CAPTIONS}

NAMES = {
    EPUB: gettext_lazy("EPUB 电子书"),
    PDF: gettext_lazy("PDF 文件"),
    TEXT: gettext_lazy("文本文件"),
    CAPTIONS: gettext_lazy("字幕文件（VTT、SRT）"),
    MP3: gettext_lazy("MP3 录音"),
    M4A: gettext_lazy("M4A 录音"),
    OGG: gettext_lazy("Ogg 录音"),
    WEBM_AUDIO: gettext_lazy("WebM 录音"),
    WAV: gettext_lazy("WAV 录音"),
    MP4: gettext_lazy("MP4 视频"),
    WEBM: gettext_lazy("WebM 视频"),
    PNG: gettext_lazy("PNG 图片"),
    JPEG: gettext_lazy("JPEG 图片"),
    WEBP: gettext_lazy("WebP 图片"),
}

_HEAD = 8192
_ACTIVE = (
    (re.compile(rb"<svg[\s>]", re.IGNORECASE), gettext_lazy("SVG 图")),
    (re.compile(rb"<!doctype\s+html|<(html|head|body|script|iframe|meta)[\s>/]", re.IGNORECASE), gettext_lazy("网页")),
    (re.compile(rb"\A\s*<\?xml"), gettext_lazy("XML 文件")),
    (re.compile(rb"\A\s*\{\\rtf"), gettext_lazy("RTF 文档")),
    (re.compile(rb"\A#!|\A@echo", re.IGNORECASE), gettext_lazy("程序脚本")),
)
_OTHERS = (
    (b"MZ", gettext_lazy("Windows 程序")),
    (b"\x7fELF", gettext_lazy("Linux 程序")),
    (b"\xd0\xcf\x11\xe0", gettext_lazy("旧版 Office 文档")),
    (b"Rar!", gettext_lazy("RAR 压缩包")),
    (b"7z\xbc\xaf", gettext_lazy("7z 压缩包")),
    (b"\x1f\x8b", gettext_lazy("GZ 压缩包")),
    (b"GIF8", gettext_lazy("GIF 图片")),
    (b"BM", gettext_lazy("BMP 图片")),
    (b"fLaC", gettext_lazy("FLAC 录音")),
    (b"#!AMR", gettext_lazy("AMR 录音")),
    (b"FLV\x01", gettext_lazy("FLV 视频")),
    (b"\x30\x26\xb2\x75", gettext_lazy("WMV 或 WMA 文件")),
)
_SUBRIP = re.compile(rb"\A(\xef\xbb\xbf)?\s*\d{1,6}\s*\r?\n\s*\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->")
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1c-\x1f\x7f]")


class NotAllowedError(DeskError):
    """The file is nothing the library shows; the sentence names what it is."""


def media_type_of(file: BinaryIO) -> str:
    """Which of ALLOWED the file is, or SUBRIP; NotAllowedError names what else it is.

    Reads a few places, text as a whole.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise NotAllowedError(_("这是一个空文件，里面什么也没有。"))
    found = _picture(head) or _sound_or_film(file, head) or _book(file, head) or _text(file, head)
    file.seek(0)
    return found


def name_of(media_type: str) -> str:
    """What a person calls it."""
    return str(NAMES.get(media_type, media_type))


def _refuse(name: object) -> NotAllowedError:
    return NotAllowedError(
        _("这个文件是%(name)s，这里不能放。可以放 EPUB、PDF、文本、MP3、M4A、MP4、WebM、图片和 VTT、SRT 字幕。")
        % {"name": name}
    )


def _picture(head: bytes) -> str:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    return WEBP if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def _sound_or_film(file: BinaryIO, head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head.startswith(b"OggS"):
        if b"theora" in head[:512]:
            raise _refuse(_("Ogg 视频"))
        return OGG
    if head.startswith(b"\x1aE\xdf\xa3"):
        return _matroska(head)
    if head[4:8] == b"ftyp":
        return _mp4(head)
    return MP3 if _is_mp3(file, head) else ""


def _matroska(head: bytes) -> str:
    """WebM is Matroska that says so; without a film's codec it is sound, as browsers record it."""
    if b"webm" not in head[:64]:
        raise _refuse(_("MKV 视频"))
    return WEBM if b"V_" in head or b"A_" not in head else WEBM_AUDIO


def _mp4(head: bytes) -> str:
    brand = head[8:12]
    if brand in {b"M4A ", b"M4B ", b"M4P "}:
        return M4A
    if brand in {b"heic", b"heix", b"mif1", b"msf1", b"avif"}:
        raise _refuse(_("苹果手机的 HEIC 图片") if brand != b"avif" else _("AVIF 图片"))
    if brand == b"qt  ":
        raise _refuse(_("MOV 视频"))
    return MP4


def _is_mp3(file: BinaryIO, head: bytes) -> bool:
    """Two frames of MPEG sound in a row, behind an ID3 tag if there is one."""
    start = 0
    if head.startswith(b"ID3") and len(head) > 10:
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        start = 10 + size + (10 if head[5] & 0x10 else 0)
        file.seek(start)
        head = file.read(_HEAD)
        padding = len(head) - len(head.lstrip(b"\0"))
        start, head = start + padding, head[padding:]
    first = _frame_length(head[:4])
    if not first:
        return False
    file.seek(start + first)
    return bool(_frame_length(file.read(4)))


_BIT_RATES = {
    1: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = (44100, 48000, 32000)


def _frame_length(header: bytes) -> int:
    """How long the frame of layer III is that begins with these four bytes; 0 where none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    version, bit_rate, sample_rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bit_rate in {0, 15} or sample_rate == 3:
        return 0
    rate = _SAMPLE_RATES[sample_rate] >> {3: 0, 2: 1, 0: 2}[version]
    bits = _BIT_RATES[1 if version == 3 else 2][bit_rate - 1] * 1000
    return (144 if version == 3 else 72) * bits // rate + (header[2] >> 1 & 1)


def _book(file: BinaryIO, head: bytes) -> str:
    if head.lstrip().startswith(b"%PDF-"):
        return PDF
    if not head.startswith(b"PK\x03\x04"):
        return ""
    file.seek(0)
    try:
        names = set(zipfile.ZipFile(file).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise NotAllowedError(_("这个压缩包坏了，打不开。请重新拷一份。")) from None
    if "META-INF/container.xml" in names:
        return EPUB
    for part, name in (("word/", "Word"), ("xl/", "Excel"), ("ppt/", "PPT")):
        if any(entry.startswith(part) for entry in names):
            raise _refuse(_("%(name)s 文档") % {"name": name})
    raise _refuse(_("ZIP 压缩包"))


def _text(file: BinaryIO, head: bytes) -> str:
    """UTF-8 or GB18030 without control characters, and no page, picture or program in letters."""
    for mark, name in _OTHERS:
        if head.startswith(mark):
            raise _refuse(name)
    for pattern, name in _ACTIVE:
        if pattern.search(head):
            raise _refuse(name)
    try:
        encoding = encoding_of(file) if not _CONTROLS.search(head) else ""
    except UnreadableTextError:
        encoding = ""
    if not encoding:
        raise NotAllowedError(
            _("认不出这是什么文件，可能坏了。可以放 EPUB、PDF、文本、MP3、M4A、MP4、WebM、图片和 VTT、SRT 字幕。")
        )
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        if encoding != "utf-8-sig":
            raise NotAllowedError(_("字幕文件要存成 UTF-8 编码，请另存后再传。"))
        return CAPTIONS
    return SUBRIP if _SUBRIP.match(head) else TEXT
