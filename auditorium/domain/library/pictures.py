"""Pictures made small for lists and covers: upright, without what a phone wrote into them, and never a bomb."""

from __future__ import annotations

import io
import struct
import warnings
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from auditorium.errors import DeskError

PIXELS = 50_000_000
EDGE = 640
_FORMATS = ("PNG", "JPEG", "WEBP")
_DAMAGE = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, struct.error, MemoryError)


class BadPictureError(DeskError):
    """A picture that cannot be opened, or only by far too much memory."""


def check(file: BinaryIO) -> None:
    """BadPictureError unless its head can be read and says a bearable size."""
    _open(file)


def small(file: BinaryIO) -> bytes:
    """The picture as a JPEG of at most EDGE pixels each way. BadPictureError where that cannot be."""
    picture = _open(file)
    try:
        picture.draft("RGB", (EDGE * 2, EDGE * 2))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((EDGE, EDGE))
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.convert("RGBA").getchannel("A"))
        out = io.BytesIO()
        paper.save(out, "JPEG", quality=80, optimize=True)
    except _DAMAGE:
        raise _damaged() from None
    return out.getvalue()


def _open(file: BinaryIO) -> Image.Image:
    """The picture, of which only the head is read yet; the file stays the caller's to close."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is ours
            picture = Image.open(file, formats=_FORMATS)
    except (Image.DecompressionBombError, *_DAMAGE):
        raise _damaged() from None
    if picture.width * picture.height > PIXELS:
        raise BadPictureError(_("这张图片尺寸太大，请先缩小再传。"))
    return picture


def _damaged() -> BadPictureError:
    return BadPictureError(_("这张图片坏了，打不开，请换一张。"))
