"""EPUB books: what is in one, in which order, and whether it is fit to be opened at all.

A book comes from anywhere, so the archive is looked through before anything is read: entries that lead outside, links,
archives that swell, entities and locked books are refused, each in one sentence. Nothing is ever unpacked to the disk.
"""

from __future__ import annotations

import posixpath
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from auditorium.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRIES = 5_000
TOTAL = 500 << 20
ENTRY = 30 << 20
SWELLS = 200
"""How many times its packed size an entry of some size may have; plain text reaches about a tenth of that."""

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html"})
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w*;")


class BadBookError(DeskError):
    """Not a book that can be opened here; the sentence says why."""


@dataclass(frozen=True)
class Chapter:
    """One page of the book's order of reading; `size` is its length in bytes, to tell how far one is."""

    path: str
    title: str
    size: int


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents: the page of it, and the mark in that page where it begins, if it names one."""

    title: str
    path: str
    mark: str


class Epub:
    """An open book. BadBookError when it is not fit for that."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise BadBookError(_("这本电子书坏了，打不开。请重新拷一份。")) from None
        self._entries = {entry.filename: entry for entry in _safe(self._archive.infolist())}
        package = self._package_path()
        self._base = posixpath.dirname(package)
        self._package = self._xml(package)
        self._manifest = {
            item.get("id", ""): item for item in self._package.iterfind("{*}manifest/{*}item") if item.get("href")
        }
        self.contents = list(self._contents())
        titles = {entry.path: entry.title for entry in reversed(self.contents)}
        self.chapters = [
            Chapter(path, titles.get(path) or "", self._entries[path].file_size) for path in self._reading_order()
        ]
        if not self.chapters:
            raise BadBookError(_("这本电子书里没有可看的章节。"))
        self._refuse_locked()

    def read(self, path: str) -> bytes:
        """One entry. KeyError when there is none; BadBookError when it is damaged."""
        try:
            return self._archive.read(self._entries[path])
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, zlib.error):
            raise BadBookError(_("这本电子书坏了，打不开。请重新拷一份。")) from None

    def text(self, path: str) -> str:
        """One entry as text: as its mark or its declaration says, else UTF-8."""
        return _decoded(self.read(path))

    def path_from(self, base: str, reference: str) -> str:
        """What a link in the entry `base` leads to inside the book; empty for anything outside."""
        try:
            parts = urlsplit(reference)
        except ValueError:
            return ""
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(parts.path)))
        return path if path in self._entries else ""

    def cover_path(self) -> str:
        """The picture on the cover; empty when the book names none."""
        named = {meta.get("content") for meta in self._package.iterfind("{*}metadata/{*}meta[@name='cover']")}
        for key, item in self._manifest.items():
            if "cover-image" in item.get("properties", "").split() or key in named:
                return self._at(item)
        return ""

    def _package_path(self) -> str:
        if _CONTAINER not in self._entries:
            raise BadBookError(_("这不是完整的电子书，缺少目录说明。"))
        found = self._xml(_CONTAINER).find(".//{*}rootfile")
        path = found.get("full-path", "") if found is not None else ""
        if path not in self._entries:
            raise BadBookError(_("这不是完整的电子书，缺少目录说明。"))
        return path

    def _xml(self, path: str) -> ET.Element:
        text = self.text(path)
        if "<!ENTITY" in text:
            raise BadBookError(_("这本电子书里有不安全的内容，不能用。"))
        try:
            # No entity is declared, and this parser fetches nothing.
            return ET.fromstring(_NAMED.sub(" ", re.sub(r"^\s*<\?xml[^>]*\?>", "", text)))  # noqa: S314
        except ET.ParseError:
            raise BadBookError(_("这本电子书坏了，打不开。请重新拷一份。")) from None

    def _at(self, item: ET.Element) -> str:
        return self.path_from(f"{self._base}/-" if self._base else "-", item.get("href", ""))

    def _reading_order(self) -> Iterator[str]:
        seen = set()
        for reference in self._package.iterfind("{*}spine/{*}itemref"):
            item = self._manifest.get(reference.get("idref", ""))
            if item is None or item.get("media-type") not in _PAGES:
                continue
            path = self._at(item)
            if path and path not in seen:
                seen.add(path)
                yield path

    def _contents(self) -> Iterator[Entry]:
        """The table of contents: EPUB 3's nav, else EPUB 2's NCX; nothing where it is unreadable."""
        for item in self._manifest.values():
            is_nav = "nav" in item.get("properties", "").split()
            path = self._at(item)
            if not path or not (is_nav or item.get("media-type") == "application/x-dtbncx+xml"):
                continue
            try:
                listed = self._xml(path)
            except BadBookError:
                continue
            for reference, title in _links(listed) if is_nav else _points(listed):
                where, _hash, mark = reference.partition("#")
                yield Entry(" ".join(title.split())[:80], self.path_from(path, where), unquote(mark))
            if is_nav:
                break

    def _refuse_locked(self) -> None:
        if _ENCRYPTION in self._entries:
            locked = {
                unquote(reference.get("URI", ""))
                for reference in self._xml(_ENCRYPTION).iterfind(".//{*}CipherReference")
            }
            if any(chapter.path in locked for chapter in self.chapters):
                raise BadBookError(_("这本电子书加了版权锁，这里打不开。"))


def check(file: BinaryIO) -> None:
    """BadBookError unless the book can be opened and its first page read."""
    book = Epub(file)
    book.text(book.chapters[0].path)


def _safe(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    names = [entry.filename for entry in entries]
    if len(names) > ENTRIES or sum(entry.file_size for entry in entries) > TOTAL:
        raise BadBookError(_("这本电子书解开后太大，不能用。"))
    for entry in entries:
        if entry.file_size > ENTRY or entry.file_size > SWELLS * entry.compress_size + (1 << 20):
            raise BadBookError(_("这本电子书解开后太大，不能用。"))
        parts = entry.filename.split("/")
        if "\\" in entry.filename or ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise BadBookError(_("这本电子书里有不安全的路径，不能用。"))
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BadBookError(_("这本电子书里有不安全的链接，不能用。"))
        if entry.flag_bits & 1:
            raise BadBookError(_("这本电子书加了密码，这里打不开。"))
    if len(set(names)) != len(names):
        raise BadBookError(_("这本电子书里有重名的内容，不能用。"))
    return entries


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    declared = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", content[:200])
    encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    if encoding in {"gb2312", "gbk", "gb18030"}:
        return content.decode("gb18030", "replace")
    return content.decode("utf-8-sig", "replace")


def _links(nav: ET.Element) -> Iterator[tuple[str, str]]:
    for link in nav.iterfind(".//{*}a[@href]"):
        yield link.get("href", ""), "".join(link.itertext())


def _points(ncx: ET.Element) -> Iterator[tuple[str, str]]:
    for point in ncx.iterfind(".//{*}navPoint"):
        target, label = point.find("{*}content"), point.find("{*}navLabel")
        if target is not None and label is not None:
            yield target.get("src", ""), "".join(label.itertext())
