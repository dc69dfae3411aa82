"""Books as a room reads them: each chapter in leaves that fill a screen in type seen from the last row.

A leaf is words and pictures only. A long paragraph goes on on the next leaf, a picture has one to itself.
"""

from __future__ import annotations

import html
import re
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from auditorium.domain.library import pages
from auditorium.domain.library.epub import BadBookError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditorium.models.library.files import StoredFile

LINES = 9
PER_LINE = 26
"""What fits in the type of screen.css; where more stands on a leaf the screen's page grows longer."""

_LAST = 1 << 30
_INLINE = {"b", "strong", "i", "em", "u", "s", "sub", "sup", "br", "ruby", "rb", "rt", "rp"}
_WITHIN = {*_INLINE, "a", "span", "small", "q", "cite", "code"}
_HEADINGS = {"h1", "h2", "h3"}
_SENTENCE = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]?[”’」』）)]*")


@dataclass(frozen=True)
class Leaf:
    """One leaf, the `number`-th of `of` in its chapter, counted from 0; `chapters` are the titles of all."""

    html: SafeString
    chapter: int
    number: int
    of: int
    chapters: list[str]

    @property
    def title(self) -> str:
        """Its chapter's."""
        return self.chapters[self.chapter]

    @property
    def has_heading(self) -> bool:
        """Whether it says itself what it is called."""
        return self.html.startswith("<h2>")


@contextmanager
def _opened(stored: StoredFile) -> Iterator[pages.Book]:
    """The book; BadBookError also when its file is lost."""
    try:
        with pages.opened(stored) as book:
            yield book
    except FileNotFoundError:
        raise BadBookError(_("这本书的文件找不到了，请找管理员重新上传。")) from None


class _AsInTheBook:
    """Links for whoever only counts leaves."""

    def chapter(self, number: int) -> str:
        """Never followed."""
        return ""

    def picture(self, path: str) -> str:
        """Never fetched."""
        return path


def leaf(stored: StoredFile, *, chapter: int, number: int, links: pages.Links | None = None) -> Leaf:
    """That leaf, or the nearest there is; only with `links` are its pictures found. BadBookError without a book."""
    with _opened(stored) as book:
        return _leaf(book, min(chapter, len(book.chapters) - 1), number, links or _AsInTheBook())


def beyond(stored: StoredFile, *, chapter: int, number: int, by: int) -> Leaf | None:
    """The leaf one on (`by` 1) or back (-1); None at either end of the book. BadBookError without a book."""
    with _opened(stored) as book:
        here = _leaf(book, min(chapter, len(book.chapters) - 1), number, _AsInTheBook())
        if 0 <= here.number + by < here.of:
            return _leaf(book, here.chapter, here.number + by, _AsInTheBook())
        other = here.chapter + by
        if not 0 <= other < len(book.chapters):
            return None
        return _leaf(book, other, 0 if by > 0 else _LAST, _AsInTheBook())


def cut(text: str) -> list[SafeString]:
    """A cleaned chapter in leaves; one empty leaf where nothing stands in it."""
    reader = _Blocks()
    reader.feed(text)
    reader.close()
    leaves, leaf, room = [], list[str](), LINES
    for block, lines in reader.blocks():
        if leaf and lines > room:
            goes_on = [leaf.pop()] if leaf[1:] and leaf[-1].startswith("<h2>") else []
            leaves.append(leaf)
            leaf, room = goes_on, LINES - 2 * len(goes_on)
        leaf.append(block)
        room -= lines
    return [mark_safe("".join(one)) for one in [*leaves, leaf]]  # noqa: S308 each block is cleaned below


def _leaf(book: pages.Book, chapter: int, number: int, links: pages.Links) -> Leaf:
    cut_up = cut(book.html(chapter, links))
    number = min(number, len(cut_up) - 1)
    return Leaf(cut_up[number], chapter, number, len(cut_up), [one.title for one in book.chapters])


class _Blocks(HTMLParser):
    """Takes a cleaned chapter apart into paragraphs, headings and pictures."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._tag = "p"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self._end()
            told = dict(attrs)
            if source := told.get("src"):
                self._blocks.append(("img", format_html('<img src="{}" alt="{}">', source, told.get("alt") or "")))
        elif tag in _INLINE:
            self._words.append(f"<{tag}>")
        elif tag not in _WITHIN:
            self._end()
            self._tag = "h2" if tag in _HEADINGS else "p"

    def handle_endtag(self, tag: str) -> None:
        if tag in _INLINE:
            self._words.append(f"</{tag}>")
        elif tag not in _WITHIN:
            self._end()

    def handle_data(self, data: str) -> None:
        self._words.append(html.escape(data))

    def blocks(self) -> Iterator[tuple[str, int]]:
        """Each as HTML, with how many lines it takes; what is longer than a leaf in parts."""
        self._end()
        for tag, words in self._blocks:
            if tag == "img":
                yield words, LINES
                continue
            said = html.unescape(nh3.clean(words.replace("<br>", "\n"), tags=set(), clean_content_tags={"rt", "rp"}))
            lines = sum(-(-len(line.strip()) // PER_LINE) for line in said.split("\n"))
            if lines <= LINES:
                cleaned = nh3.clean(words, tags=_INLINE, attributes={})
                yield f"<{tag}>{cleaned}</{tag}>", lines + (tag == "h2")
            else:
                for part in _parts(said):
                    yield format_html("<p>{}</p>", part), -(-len(part) // PER_LINE)

    def _end(self) -> None:
        words = "".join(self._words).strip()
        if re.sub(r"<[^>]*>", "", words).strip():
            self._blocks.append((self._tag, words))
        self._words, self._tag = [], "p"


def _parts(said: str) -> Iterator[str]:
    """At most a leaf each, cut after a sentence, else where it must be."""
    part = ""
    for sentence in _SENTENCE.findall(said):
        for begin in range(0, len(sentence), LINES * PER_LINE):
            piece = sentence[begin : begin + LINES * PER_LINE]
            if part and len(part) + len(piece) > LINES * PER_LINE:
                yield part
                part = ""
            part += piece
    if part:
        yield part
