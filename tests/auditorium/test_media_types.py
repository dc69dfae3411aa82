"""What a file is says its content alone; what the library does not show is refused by its name."""

import io

import pytest

from auditorium import media_types
from auditorium.media_types import NotAllowedError, media_type_of
from tests import media

KNOWN = {
    "epub": (media.epub(), media_types.EPUB),
    "pdf": (media.PDF, media_types.PDF),
    "utf-8": ("人之初，性本善。\n".encode(), media_types.TEXT),
    "utf-8 with a mark": ("\ufeff人之初，性本善。\n".encode(), media_types.TEXT),
    "gbk": ("人之初，性本善。\n".encode("gbk"), media_types.TEXT),
    "captions": (media.VTT, media_types.CAPTIONS),
    "mp3": (media.mp3(), media_types.MP3),
    "mp3 with a tag": (media.mp3(tag=b"TIT2" + bytes(20_000)), media_types.MP3),
    "m4a": (media.M4A, media_types.M4A),
    "ogg": (media.OGG, media_types.OGG),
    "webm": (media.WEBM, media_types.WEBM),
    "webm sound": (media.WEBM_AUDIO, media_types.WEBM_AUDIO),
    "wav": (media.WAV, media_types.WAV),
    "mp4": (media.MP4, media_types.MP4),
    "png": (media.PNG, media_types.PNG),
    "jpeg": (media.JPEG, media_types.JPEG),
    "webp": (media.WEBP, media_types.WEBP),
}
OTHER = {
    "empty": (b"", "空文件"),
    "page": (b"\n<!DOCTYPE html><html><script>alert(1)</script></html>", "网页"),
    "page behind a comment": (b"<!-- hello --><HTML><body>", "网页"),
    "script in a text": (b"hello <script src=x></script>", "网页"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "SVG"),
    "xml": (b'<?xml version="1.0"?><a/>', "XML"),
    "page behind an id3 tag": (media.mp3(frames=0, tag=b"x" * 20) + b"<html><script>", "网页"),
    "one frame of sound, then something": (media.mp3(frames=1) + b"<p>" * 200, "认不出"),
    "windows program": (b"MZ\x90\0" + bytes(200), "Windows 程序"),
    "shell script": (b"#!/bin/sh\nrm -rf /\n", "程序脚本"),
    "word": (media.zipped({"word/document.xml": "x"}), "Word 文档"),
    "zip": (media.zipped({"a.txt": "x"}), "ZIP 压缩包"),
    "broken zip": (media.zipped({"a.txt": "x"})[:20], "压缩包坏了"),
    "gif": (b"GIF89a" + bytes(20), "GIF 图片"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    "mov": (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "MOV"),
    "mkv": (bytes.fromhex("1a45dfa3") + b"matroska V_MPEG4", "MKV"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "旧版 Office"),
    "noise": (bytes(range(1, 255)) * 40, "认不出"),
    "utf-16": ("人之初".encode("utf-16"), "认不出"),
    "captions in gbk": ("WEBVTT\n\n人之初".encode("gbk"), "UTF-8"),
}


@pytest.mark.parametrize(("content", "media_type"), KNOWN.values(), ids=KNOWN)
def test_media_type_is_found_in_the_content(content, media_type):
    assert media_type_of(io.BytesIO(content)) == media_type


@pytest.mark.parametrize(("content", "named"), OTHER.values(), ids=OTHER)
def test_media_type_of_anything_else_is_refused_by_its_name(content, named):
    with pytest.raises(NotAllowedError) as refusal:
        media_type_of(io.BytesIO(content))
    assert named in refusal.value.sentence
    assert refusal.value.sentence.endswith("。")


def test_media_type_leaves_the_file_at_its_beginning():
    file = io.BytesIO(media.mp3(tag=bytes(99)))
    media_type_of(file)
    assert file.tell() == 0


def test_media_types_all_have_a_name():
    assert set(media_types.NAMES) == media_types.ALLOWED
