"""A book that is not fit to be opened is refused in one sentence; what is in one is known without unpacking it."""

import io
import stat
import zipfile

import pytest

from auditorium.domain.library import epub
from auditorium.domain.library.epub import BadBookError, Epub, check
from tests import media


def opened(content):
    return Epub(io.BytesIO(content))


def refusal(content):
    with pytest.raises(BadBookError) as refused:
        check(io.BytesIO(content))
    return refused.value.sentence


def with_entry(info, content=b"x"):
    """A book with one more entry, described by hand."""
    out = io.BytesIO(media.epub())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(info, content)
    return out.getvalue()


def test_book_knows_its_chapters_in_order_of_reading():
    book = opened(media.epub({"序": "<p>一</p>", "正文": "<p>二</p>"}))
    assert [(chapter.path, chapter.title) for chapter in book.chapters] == [
        ("OEBPS/c0.xhtml", "序"),
        ("OEBPS/c1.xhtml", "正文"),
    ]


def test_book_of_the_second_version_takes_its_titles_from_the_ncx():
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><manifest>'
        '<item id="a" href="c0.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        '<spine toc="n"><itemref idref="a"/></spine></package>'
    )
    ncx = (
        '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://x/ncx.dtd">'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>学而&nbsp;第一</text>'
        '</navLabel><content src="c0.xhtml#p1"/></navPoint></navMap></ncx>'
    )
    book = opened(media.epub(opf=package, more={"OEBPS/toc.ncx": ncx}))
    assert [chapter.title for chapter in book.chapters] == ["学而 第一"]


def test_book_names_its_cover():
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata><meta name="cover" content="p"/></metadata><manifest>'
        '<item id="a" href="c0.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="p" href="a%20b.png" media-type="image/png"/></manifest><spine><itemref idref="a"/></spine></package>'
    )
    book = opened(media.epub(opf=package, more={"OEBPS/a b.png": media.PNG}))
    assert book.cover_path() == "OEBPS/a b.png"
    assert opened(media.epub()).cover_path() == ""


def test_links_lead_nowhere_outside_the_book():
    book = opened(media.epub())
    wanted = ["c1.xhtml", "./c1.xhtml#x", "http://x/c1.xhtml", "//x/c1.xhtml", "../../etc/passwd", "none.xhtml", "#a"]
    assert [book.path_from("OEBPS/c0.xhtml", one) for one in wanted] == ["OEBPS/c1.xhtml"] * 2 + [""] * 5


HOSTILE = {
    "leads up": (media.epub(more={"OEBPS/../../up.txt": "x"}), "不安全的路径"),
    "leads from the root": (media.epub(more={"/etc/passwd": "x"}), "不安全的路径"),
    "leads to another disk": (media.epub(more={"C:/x": "x"}), "不安全的路径"),
    "swells": (media.epub(more={"OEBPS/big.txt": "0" * (20 << 20)}), "太大"),
    "has very many entries": (media.epub(more={f"e/{n}": "" for n in range(5_000)}), "太大"),
    "declares an entity": (
        media.epub(opf='<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]><package>&a;</package>'),
        "不安全的内容",
    ),
    "declares an entity in its container": (
        media.epub(container='<!DOCTYPE c [<!ENTITY a "b">]><c>&a;</c>'),
        "不安全的内容",
    ),
    "has no container": (media.epub(container=None), "缺少目录"),
    "has no package": (media.epub(container=media.CONTAINER.replace("book.opf", "none.opf")), "缺少目录"),
    "has no chapters": (media.epub(opf='<package xmlns="http://www.idpf.org/2007/opf"/>'), "没有可看的章节"),
    "has a broken package": (media.epub(opf="<package"), "坏了"),
    "is cut off": (media.epub()[:300], "坏了"),
    "is locked": (
        media.epub(
            more={
                "META-INF/encryption.xml": '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:CipherReference '
                'URI="OEBPS/c0.xhtml"/></encryption>'
            }
        ),
        "版权锁",
    ),
}


@pytest.mark.parametrize(("content", "said"), HOSTILE.values(), ids=HOSTILE)
def test_book_is_refused_that(content, said):
    assert said in refusal(content)


def test_book_with_a_symbolic_link_is_refused():
    link = zipfile.ZipInfo("OEBPS/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "不安全的链接" in refusal(with_entry(link, b"/etc/passwd"))


def test_book_with_a_name_written_backwards_is_refused():
    entry = zipfile.ZipInfo("x")
    entry.filename = "OEBPS\\..\\x"
    assert "不安全的路径" in refusal(with_entry(entry))


def marked(content, name, at, mark):
    """The book with some bytes changed that the archive says of an entry, in both places where it says them."""
    changed = bytearray(content)
    for place, offset in ((content.find(name) - 30, at), (content.rfind(name) - 46, at + 2)):
        changed[place + offset : place + offset + len(mark)] = mark
    return bytes(changed)


def test_book_with_a_password_is_refused():
    assert "加了密码" in refusal(marked(media.epub(), b"OEBPS/c1.xhtml", 6, b"\x01\x00"))


def test_page_that_lies_about_its_size_is_read_no_further():
    content = media.epub({"一": "<p>" + "字" * 100_000 + "</p>"})
    assert "坏了" in refusal(marked(content, b"OEBPS/c0.xhtml", 22, (100).to_bytes(4, "little")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_book_with_one_name_twice_is_refused():
    assert "重名" in refusal(with_entry(zipfile.ZipInfo("OEBPS/book.opf")))


def test_book_with_damaged_bytes_is_refused_when_they_are_read():
    content = bytearray(media.epub({"一": "<p>" + "字" * 400 + "</p>"}))
    start = content.find(b"OEBPS/c0.xhtml") + len("OEBPS/c0.xhtml")
    content[start + 4 : start + 12] = b"\xff" * 8
    assert "坏了" in refusal(bytes(content))


def test_book_with_a_locked_font_is_no_locked_book():
    locked = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:CipherReference URI="OEBPS/f.otf"/></encryption>'
    )
    check(io.BytesIO(media.epub(more={"META-INF/encryption.xml": locked})))


def test_limits_are_above_what_books_have():
    assert (epub.ENTRIES, epub.TOTAL >> 20, epub.ENTRY >> 20) == (5_000, 500, 30)
