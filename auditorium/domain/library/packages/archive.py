"""A zip nobody vouches for: each file known by its name and held against its checksum, nothing unpacked by path.

Everything that is wrong with a single entry is told by its name; the rest can still be used.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from auditorium.domain.library import files
from auditorium.domain.library.packages.exporting import MANIFEST
from auditorium.domain.library.packages.manifest import Manifest, PackageError
from auditorium.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MANIFEST_BYTES = 64 << 20
"""A manifest of 100,000 resources is about half of it."""

MOST_ENTRIES = 200_000
_FILE = re.compile(r"files/([0-9a-f]{64})")
_ENCRYPTED = 0x1
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class DamagedError(DeskError):
    """One entry is not what the package says, or may not stand in one."""


@dataclass(frozen=True)
class Refused:
    """Something of the package that was left out: its name there, or the title of what it belongs to, and why."""

    name: str
    why: str


class Archive:
    """A package opened for reading. PackageError when nothing of it can be used."""

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN:
            raise PackageError(_("这个文件打不开，可能没有拷贝完整，请重新拷贝一次。")) from None
        self.refused: list[Refused] = []
        self._entries: dict[str, zipfile.ZipInfo] = {}
        if len(self._zip.infolist()) > MOST_ENTRIES:
            raise PackageError(_("这个资源包里的文件太多，不能用。"))
        seen: set[str] = set()
        for entry in self._zip.infolist():
            if why := _wrong_with(entry) or (_("同名的文件有两个。") if entry.filename in seen else ""):
                self._entries.pop(entry.filename, None)
                self.refused.append(Refused(entry.filename[:200], why))
            else:
                self._entries[entry.filename] = entry
            seen.add(entry.filename)

    def manifest(self) -> Manifest:
        """What it says of itself."""
        if MANIFEST not in self._entries:
            raise PackageError(_("这不是看书听戏的资源包，或者没有拷贝完整：里面没有目录。"))
        try:
            with self._zip.open(self._entries[MANIFEST]) as entry:
                words = entry.read(MANIFEST_BYTES + 1)
            if len(words) > MANIFEST_BYTES:
                raise PackageError(_("资源包的目录太大，不能用。"))
            data: Any = json.loads(words)
        except (*_BROKEN, ValueError, RecursionError):
            raise PackageError(_("资源包的目录坏了，请重新拷贝一次。")) from None
        return Manifest(data)

    @contextmanager
    def content(self, sha256: str, *, size: int) -> Iterator[IO[bytes]]:
        """The file with this checksum, checked, for reading. DamagedError when it is missing or another."""
        entry = self._entries.get(f"files/{sha256}")
        if entry is None:
            raise DamagedError(_("文件不在资源包里。"))
        if entry.file_size != size:
            raise DamagedError(_("文件大小和目录里写的不一样。"))
        with tempfile.TemporaryFile() as copy:
            try:
                found = self._copied(entry, copy, size)
            except _BROKEN:
                raise DamagedError(_("文件坏了，读不出来。")) from None
            if found != sha256:
                raise DamagedError(_("文件坏了，和原来的不一样。"))
            copy.seek(0)
            yield copy

    def unasked(self, needed: Collection[str]) -> list[str]:
        """Names of files that stand in it though nothing in the manifest needs them."""
        return sorted(name for name in self._entries if name != MANIFEST and name.removeprefix("files/") not in needed)

    def _copied(self, entry: zipfile.ZipInfo, copy: IO[bytes], size: int) -> str:
        """Copy it as far as it was said to go, whatever the zip would still bring; return its checksum."""
        digest, left = hashlib.sha256(), size
        with self._zip.open(entry) as packed:
            while chunk := packed.read(min(files.CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise zipfile.BadZipFile
                digest.update(chunk)
                copy.write(chunk)
        return digest.hexdigest()


def _wrong_with(entry: zipfile.ZipInfo) -> str:
    """Why an entry may not stand in a package; empty when it may."""
    mode = entry.external_attr >> 16
    if entry.filename != MANIFEST and not _FILE.fullmatch(entry.filename):
        return _("资源包里不该有这个文件。")
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return _("这是一个快捷方式，不是文件。")
    if entry.flag_bits & _ENCRYPTED:
        return _("这个文件加了密，打不开。")
    if entry.compress_type not in _PACKED:
        return _("这个文件的压缩方式不认识。")
    return ""
