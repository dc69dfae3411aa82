"""Small files that are what they say: enough of each kind for the library to know it."""

import io
import zipfile

from PIL import Image

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WAV = b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x08\0\0\0" + b"\x80" * 8
MP4 = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42" + b"\0\0\0\x08free"
M4A = b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + b"\0\0\0\x08free"
OGG = b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead\x01\x01" + bytes(10)
WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d4287810442858102") + b"V_VP9 A_OPUS"
WEBM_AUDIO = WEBM.replace(b"V_VP9 ", b"")
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n我家有个小九妹\n".encode()
SRT = (
    "1\r\n00:00:01,000 --> 00:00:03,500\r\n我家有个小九妹\r\n聪明伶俐人钦佩\r\n\r\n"
    "2\r\n1:00:04,05 --> 01:00:06,000 X1:1 X2:2\r\n<i>描龙绣凤</i>\r\n"
)
_FRAME = bytes.fromhex("fffb9064") + bytes(413)


def mp3(frames=3, tag=b""):
    """Silent MPEG sound at 128 kbit/s; `tag` is the body of an ID3 tag before it."""
    head = b"ID3\x04\0\0" + bytes((len(tag) >> 21 & 127, len(tag) >> 14 & 127, len(tag) >> 7 & 127, len(tag) & 127))
    return (head + tag if tag else b"") + _FRAME * frames


def pdf(*sizes):
    """A PDF with a page of each size: red above, blue below."""
    sheets = []
    for width, height in sizes:
        sheet = Image.new("RGB", (width, height), "red")
        sheet.paste("blue", (0, height // 2, width, height))
        sheets.append(sheet)
    out = io.BytesIO()
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def zipped(entries, compress=True):
    """A zip of `{name: text or bytes}`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def page(body, title="章"):
    """A chapter as books have them."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>{title}</title></head><body>{body}</body></html>"
    )


def epub(chapters=None, more=None, opf=None, container=CONTAINER):
    """A book of chapters, given as {title: body}; `more` entries are added, `opf` replaces the package."""
    chapters = chapters or {"第一章": "<p>从前有个村子。</p>", "第二章": "<p>村里有座礼堂。</p>"}
    items = "".join(
        f'<item id="c{n}" href="c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    points = "".join(f'<li><a href="c{n}.xhtml">{title}</a></li>' for n, title in enumerate(chapters))
    package = opf or (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata/><manifest>'
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        f"{items}</manifest><spine>{spine}</spine></package>"
    )
    entries = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/book.opf": package,
        "OEBPS/nav.xhtml": page(
            f'<nav epub:type="toc" xmlns:epub="http://www.idpf.org/2007/ops"><ol>{points}</ol></nav>'
        ),
        **{f"OEBPS/c{n}.xhtml": page(body, title) for n, (title, body) in enumerate(chapters.items())},
        **(more or {}),
    }
    return zipped({name: content for name, content in entries.items() if content is not None})
