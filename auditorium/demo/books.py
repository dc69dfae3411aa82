"""The demo's books: public-domain texts made into EPUB 3, the same to the last byte wherever that is done."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

_BOOKS = Path(__file__).parent.parent / "data" / "books"
_MADE = "2026-11-01T00:00:00Z"
_XHTML = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"{more}>\n'
_CONTAINER = """<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


@dataclass(frozen=True)
class Book:
    """One text: its chapters are a title and paragraphs each."""

    name: str
    title: str
    creator: str
    language: str
    chapters: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def cover(self) -> bytes:
        """A PNG."""
        return (_BOOKS / f"{self.name}.png").read_bytes()

    @property
    def paragraphs(self) -> Iterator[str]:
        """All that stands in it, titles of chapters too."""
        for title, paragraphs in self.chapters:
            yield title
            yield from paragraphs


def read(name: str) -> Book:
    """The book as its file has it; the folder's README tells where it comes from."""
    told = json.loads((_BOOKS / f"{name}.json").read_text(encoding="utf-8"))
    chapters = tuple((chapter["title"], tuple(chapter["paragraphs"])) for chapter in told["chapters"])
    return Book(name, told["title"], told["creator"], told["language"], chapters)


def epub(book: Book) -> bytes:
    """The book as EPUB 3. Nothing is compressed: compressors differ from one machine to the next."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _entries(book):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return out.getvalue()


def _entries(book: Book) -> Iterator[tuple[str, str | bytes]]:
    yield "mimetype", "application/epub+zip"
    yield "META-INF/container.xml", _CONTAINER
    yield "OEBPS/book.opf", _package(book)
    yield "OEBPS/nav.xhtml", _contents(book)
    yield "OEBPS/cover.png", book.cover
    for number, (title, paragraphs) in enumerate(book.chapters, start=1):
        yield f"OEBPS/{_file(number)}", _chapter(book, title, paragraphs)


def _file(number: int) -> str:
    return f"chapter-{number:03}.xhtml"


def _package(book: Book) -> str:
    numbers = range(1, len(book.chapters) + 1)
    items = [f'<item id="c{n:03}" href="{_file(n)}" media-type="application/xhtml+xml"/>' for n in numbers]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="uid">',
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
        f'<dc:identifier id="uid">urn:uuid:{uuid5(NAMESPACE_URL, f"demo:book:{book.name}")}</dc:identifier>',
        f"<dc:title>{escape(book.title)}</dc:title>",
        f"<dc:creator>{escape(book.creator)}</dc:creator>",
        f"<dc:language>{book.language}</dc:language>",
        "<dc:rights>公有领域</dc:rights>",
        f'<meta property="dcterms:modified">{_MADE}</meta>',
        "</metadata>",
        "<manifest>",
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="cover" href="cover.png" media-type="image/png" properties="cover-image"/>',
        *items,
        "</manifest>",
        "<spine>",
        *(f'<itemref idref="c{number:03}"/>' for number in numbers),
        "</spine>",
        "</package>",
    ]
    return "\n".join(lines) + "\n"


def _contents(book: Book) -> str:
    links = (
        f'<li><a href="{_file(number)}">{escape(title)}</a></li>'
        for number, (title, _paragraphs) in enumerate(book.chapters, start=1)
    )
    head = _XHTML.format(more=f' xmlns:epub="http://www.idpf.org/2007/ops" xml:lang="{book.language}"')
    listed = "\n".join(links)
    return (
        f"{head}<head><title>{escape(book.title)}</title></head>\n<body>\n"
        f'<nav epub:type="toc">\n<h1>目录</h1>\n<ol>\n{listed}\n</ol>\n</nav>\n</body>\n</html>\n'
    )


def _chapter(book: Book, title: str, paragraphs: tuple[str, ...]) -> str:
    head = _XHTML.format(more=f' xml:lang="{book.language}"')
    written = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f"{head}<head><title>{escape(title)}</title></head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{written}\n</body>\n</html>\n"
    )
