"""Pages of books hold words, pictures of the same book and links within it, whatever was written into them."""

import io

import pytest

from auditorium.domain.library import pages
from auditorium.domain.library.files import store
from tests import media

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


class Here:
    def chapter(self, number):
        return f"/read?n={number}"

    def picture(self, path):
        return f"/picture/{path}"


def shown(body, more=None, title="章"):
    stored = store(io.BytesIO(media.epub({title: body, "后": "<p>后</p>"}, more=more)))
    with pages.opened(stored) as book:
        return book.html(0, Here()).strip()


def test_page_shows_its_words():
    assert shown("<h1>学而</h1><p>子曰：<em>学</em><br/>而时习之</p>") == (
        "<h1>学而</h1><p>子曰：<em>学</em><br>而时习之</p>"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<script src="http://x/a.js"/>',
        '<p onclick="alert(1)" style="background:url(http://x/)">好</p>',
        '<img src="http://x/a.png" onerror="alert(1)"/>',
        '<img src="//x/a.png"/>',
        '<img src="data:image/svg+xml,x"/>',
        '<a href="javascript:alert(1)">好</a>',
        '<a href="http://x/">好</a>',
        '<iframe src="http://x/"></iframe>',
        '<object data="http://x/"><embed src="http://x/"/></object>',
        '<svg onload="alert(1)"><image xlink:href="http://x/a.png"/><script>1</script></svg>',
        '<math><mi xlink:href="javascript:1">x</mi></math>',
        '<form action="http://x/"><input name="a"/></form>',
        '<link rel="stylesheet" href="http://x/"/><style>@import "http://x/";</style>',
        '<meta http-equiv="refresh" content="0;url=http://x/"/><base href="http://x/"/>',
        '<video src="http://x/"></video><audio autoplay="" src="http://x/"></audio>',
        "<![CDATA[<script>alert(1)</script>]]>",
        '<p title="--><script>alert(1)</script>">好</p>',
    ],
)
def test_page_lets_nothing_run_and_nothing_in(hostile):
    html = shown(hostile)
    for trace in ("http:", "//x", "<script", "javascript:", "onclick", "onerror", "onload", "style", "data:", "<svg"):
        assert trace not in html
    for tag in ("<iframe", "<object", "<embed", "<form", "<input", "<link", "<meta", "<base", "<video", "<audio"):
        assert tag not in html


def test_page_shows_pictures_of_the_book_only():
    html = shown('<img src="a.png" alt="画"/><img src="b.png"/>', more={"OEBPS/a.png": media.PNG})
    assert html == '<img src="/picture/OEBPS/a.png" alt="画"><img>'


def test_page_shows_a_picture_that_is_drawn():
    cover = '<svg viewBox="0 0 1 1"><image width="1" xlink:href="a.png" xmlns:xlink="x"/></svg>'
    assert shown(cover, more={"OEBPS/a.png": media.PNG}) == '<img src="/picture/OEBPS/a.png">'


def test_page_links_within_the_book():
    html = shown('<a id="top" href="c1.xhtml#n1">后</a><a href="#top">回</a><a href="none.xhtml">无</a>')
    assert html == '<a id="in-top" href="/read?n=1#in-n1">后</a><a href="#in-top">回</a><a>无</a>'


def test_page_is_not_swallowed_by_an_empty_title():
    assert shown("<title/><p>还在</p><a id='x'/><p>也在</p>") == '<p>还在</p><a id="in-x"></a><p>也在</p>'


def contents_of(points, chapters):
    toc = "".join(f'<li><a href="{address}">{title}</a></li>' for title, address in points)
    nav = media.page(f'<nav epub:type="toc" xmlns:epub="http://www.idpf.org/2007/ops"><ol>{toc}</ol></nav>')
    with pages.opened(store(io.BytesIO(media.epub(chapters, more={"OEBPS/nav.xhtml": nav})))) as book:
        return [(line.title, line.number, line.mark) for line in book.contents()]


def test_chapters_on_one_page_stand_in_the_table_of_contents_by_their_marks():
    whole = {"全": '<h2 id="a1">学而</h2><p>一</p><h2 id="a2">为政</h2><p>二</p>', "跋": "<p>完</p>"}
    points = [("学而", "c0.xhtml#a1"), ("为政", "c0.xhtml#a%32"), ("无", "none.xhtml#x"), ("跋", "c1.xhtml#z")]
    assert contents_of(points, whole) == [("学而", 0, "in-a1"), ("为政", 0, "in-a2"), ("跋", 1, "")]


def test_page_no_line_leads_to_stands_in_the_table_of_contents_all_the_same():
    assert contents_of([("后", "c1.xhtml")], {"前": "<p>一</p>", "后": "<p>二</p>"}) == [
        ("第 1 节", 0, ""),
        ("后", 1, ""),
    ]


def test_long_text_lists_every_few_of_its_pages_only():
    with pages.opened(store(io.BytesIO(("字" * 1_499 + "\n").encode() * 450))) as book:
        assert (len(book.chapters), [line.number for line in book.contents()][:3]) == (450, [0, 3, 6])


def test_page_with_entities_of_its_own_reads_nothing_from_the_machine():
    declared = '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><body><p>好&a;</p></body></html>'
    stored = store(io.BytesIO(media.epub(more={"OEBPS/c0.xhtml": declared})))
    with pages.opened(stored) as book:
        html = book.html(0, Here())
    assert "好" in html
    assert "root:" not in html


def test_text_is_cut_into_pages_of_whole_paragraphs():
    lines = ["甲" * 700, "乙" * 700, "丙" * 700]
    with pages.opened(store(io.BytesIO("\n".join(lines).encode("gbk")))) as book:
        assert [book.html(n, Here()) for n in range(2)] == [f"<p>{lines[0]}</p><p>{lines[1]}</p>", f"<p>{lines[2]}</p>"]
        assert [(chapter.title, chapter.size) for chapter in book.chapters] == [("第 1 页", 1401), ("第 2 页", 700)]


def test_text_without_an_end_of_line_is_cut_all_the_same():
    with pages.opened(store(io.BytesIO(("字" * 4_000).encode()))) as book:
        assert [chapter.size for chapter in book.chapters] == [1500, 1500, 1000]


def test_text_cannot_bring_tags():
    with pages.opened(store(io.BytesIO("一 < 二 & <b>三</b>".encode()))) as book:
        assert book.html(0, Here()) == "<p>一 &lt; 二 &amp; &lt;b&gt;三&lt;/b&gt;</p>"
