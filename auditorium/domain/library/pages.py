"""Books as the reader shows them, page by page: nothing in a page runs, and nothing comes from outside the book.

A page of an EPUB is cleaned down to words, pictures of the same book and links within it; how it looks is the desk's
own affair. A plain text is cut into pages at its paragraphs. The pages of a PDF are pictures.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

import nh3
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from auditorium.domain.library import files, pdf
from auditorium.domain.library.epub import BadBookError, Chapter, Epub
from auditorium.media_types import EPUB, PDF, TEXT
from auditorium.text_files import UnreadableTextError, encoding_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pypdfium2 import PdfDocument

    from auditorium.models.library.files import StoredFile

PAGE = 1_500
"""About so many characters of a plain text are a page."""

LISTED = 200
"""A long plain text has so many pages that only every few of them stand in its table of contents."""

READABLE = frozenset({EPUB, TEXT})
"""What the desk's reader shows; a PDF has the browser's own viewer there."""

DRAWN = 1_600
"""So many pixels has a drawn page of a PDF at most; one that is higher than wide is drawn in halves."""

OVERLAP = 0.02
"""So much of a page's height stands on both its halves, lest the line between them is cut."""

_TAGS = {
    *("p", "div", "span", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "section"),
    *("b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "ruby", "rb", "rt", "rp", "q", "cite", "figure"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"),
    *("img", "a", "figcaption", "aside", "article", "header", "footer"),
}
_DROPPED_WHOLE = {"script", "style", "title", "template", "iframe", "object", "noscript", "form", "math"}
_ATTRIBUTES = {"*": {"id", "lang"}, "img": {"src", "alt"}, "a": {"href"}, "td": {"colspan", "rowspan"}}
_VOID = r"(?!(?:br|hr|img|col|wbr|input|meta|link|image|source)\b)"
_CLOSED_AT_ONCE = re.compile(rf"<({_VOID}[A-Za-z][\w:-]*)((?:\s[^<>]*)?)/>")
_DRAWN_PICTURE = re.compile(r"<(?:\w+:)?image\b[^<>]*?\bhref=([\"'])(.*?)\1[^<>]*?>", re.IGNORECASE)
_DRAWING = re.compile(r"</?(?:\w+:)?svg\b[^<>]*>", re.IGNORECASE)


class Links(Protocol):
    """Where a page's pictures and links lead on the desk."""

    def chapter(self, number: int) -> str:
        """To that page."""
        ...

    def picture(self, path: str) -> str:
        """To that picture of the book."""
        ...


@dataclass(frozen=True)
class Section:
    """A line of a book's table of contents: the number of its page, and the mark on that page where it begins."""

    title: str
    number: int
    mark: str = ""


class Book(Protocol):
    """Pages in their order, and the pictures on them."""

    chapters: list[Chapter]

    def contents(self) -> list[Section]:
        """Where a reader may want to begin, in order."""
        ...

    def html(self, number: int, links: Links) -> SafeString:
        """One page, harmless."""
        ...

    def picture(self, path: str) -> bytes:
        """A picture as `links` were asked to lead to it; KeyError when there is none."""
        ...


class EpubBook:
    """An EPUB of the library."""

    def __init__(self, epub: Epub) -> None:
        self._epub = epub
        self.chapters = [
            Chapter(chapter.path, chapter.title or _("第 %(number)d 节") % {"number": number}, chapter.size)
            for number, chapter in enumerate(epub.chapters, 1)
        ]

    def contents(self) -> list[Section]:
        """Each page by its title; one on which several chapters begin by each of these."""
        on_page: dict[str, list[Section]] = {chapter.path: [] for chapter in self.chapters}
        numbers = {chapter.path: number for number, chapter in enumerate(self.chapters)}
        for entry in self._epub.contents:
            if entry.path in on_page and entry.title:
                mark = f"in-{entry.mark}" if entry.mark else ""
                on_page[entry.path].append(Section(entry.title, numbers[entry.path], mark))
        listed = []
        for chapter in self.chapters:
            several = on_page[chapter.path]
            listed += several if len(several) > 1 else [Section(chapter.title, numbers[chapter.path])]
        return listed

    def html(self, number: int, links: Links) -> SafeString:
        """Cleaned; what is written for XML is read as HTML."""
        path = self.chapters[number].path
        text = _DRAWING.sub("", self._epub.text(path))
        text = _DRAWN_PICTURE.sub(lambda found: f'<img src="{found[2]}">', text)
        text = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", text)
        return mark_safe(  # noqa: S308 cleaned right here
            nh3.clean(
                text,
                tags=_TAGS,
                clean_content_tags=_DROPPED_WHOLE,
                attributes=_ATTRIBUTES,
                attribute_filter=self._filter(path, links),
                link_rel=None,
                url_schemes=set(),
            )
        )

    def picture(self, path: str) -> bytes:
        """A picture of the book; KeyError when there is none."""
        return self._epub.read(path)

    def _filter(self, base: str, links: Links) -> Callable[[str, str, str], str | None]:
        numbers = {chapter.path: number for number, chapter in enumerate(self.chapters)}

        def keep(tag: str, name: str, value: str) -> str | None:
            """Links only inside the book, ids that cannot be taken for the page's own."""
            if name == "id":
                return f"in-{value}"
            if name == "src":
                path = self._epub.path_from(base, value)
                return links.picture(path) if path else None
            if name == "href":
                where, _hash, mark = value.partition("#")
                mark = f"#in-{mark}" if mark else ""
                if not where:
                    return mark or None
                number = numbers.get(self._epub.path_from(base, where))
                return None if number is None else links.chapter(number) + mark
            return value

        return keep


class TextBook:
    """A plain text of the library."""

    def __init__(self, text: str) -> None:
        self._pages = _cut(text)
        self.chapters = [
            Chapter("", _("第 %(number)d 页") % {"number": number}, len(page))
            for number, page in enumerate(self._pages, 1)
        ]

    def contents(self) -> list[Section]:
        """Every few pages only, where there are very many."""
        every = 1 + len(self._pages) // LISTED
        return [Section(self.chapters[number].title, number) for number in range(0, len(self._pages), every)]

    def html(self, number: int, links: Links) -> SafeString:
        """Paragraphs."""
        return format_html_join("", "<p>{}</p>", ((line,) for line in self._pages[number].split("\n") if line.strip()))

    def picture(self, path: str) -> bytes:
        """There is none."""
        raise KeyError(path)


class PdfBook:
    """A PDF of the library, for screens without a viewer."""

    def __init__(self, document: PdfDocument) -> None:
        self._document = document
        self.chapters = [
            Chapter(f"{number}", _("第 %(number)d 页") % {"number": number + 1}, 1) for number in range(len(document))
        ]
        if not self.chapters:
            raise BadBookError(_("这份 PDF 里一页也没有。"))

    def contents(self) -> list[Section]:
        """All of them."""
        return [Section(chapter.title, number) for number, chapter in enumerate(self.chapters)]

    def html(self, number: int, links: Links) -> SafeString:
        """The page's picture, or those of its halves."""
        width, height = self._document[number].get_size()
        parts = range(2 if height > width else 1)
        title = self.chapters[number].title
        return format_html_join(
            "", '<img src="{}" alt="{}">', ((links.picture(f"{number}/{part}"), title) for part in parts)
        )

    def picture(self, path: str) -> bytes:
        """One of those; KeyError when there is none."""
        number, _slash, part = path.partition("/")
        if not number.isdecimal() or int(number) >= len(self.chapters) or part not in {"0", "1"}:
            raise KeyError(path)
        width, height = self._document[int(number)].get_size()
        begin, end = (0.0, 1.0) if height <= width else (0.0, 0.5 + OVERLAP) if part == "0" else (0.5 - OVERLAP, 1.0)
        return pdf.picture(self._document, int(number), edge=DRAWN, begin=begin, end=end)


@contextmanager
def opened(stored: StoredFile) -> Iterator[Book]:
    """The book, open while it is needed. BadBookError when it cannot be read, FileNotFoundError when it is lost."""
    with files.content(stored) as file:
        if stored.media_type == PDF:
            with pdf.opened(file) as document:
                yield PdfBook(document)
        else:
            yield EpubBook(Epub(file)) if stored.media_type == EPUB else TextBook(_text_of(file))


def words_of(stored: StoredFile) -> str:
    """A plain text as a whole, such as what is said in a recording."""
    with files.content(stored) as file:
        return _text_of(file)


def _text_of(file: BinaryIO) -> str:
    try:
        encoding = encoding_of(file)
    except UnreadableTextError:
        raise BadBookError(_("这个文本文件读不出来，请换一份。")) from None
    file.seek(0)
    return file.read().decode(encoding)


def _cut(text: str) -> list[str]:
    """Pages of whole paragraphs; a paragraph longer than a page is cut where it must be."""
    pages, page, length = [], list[str](), 0
    for paragraph in text.splitlines():
        for start in range(0, len(paragraph) or 1, PAGE):
            piece = paragraph[start : start + PAGE]
            if length and length + len(piece) > PAGE:
                pages.append("\n".join(page))
                page, length = [], 0
            page.append(piece)
            length += len(piece)
    return [*pages, "\n".join(page)]
