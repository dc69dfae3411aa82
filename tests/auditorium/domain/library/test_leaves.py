"""A chapter fills screen after screen: nothing is lost, a picture has one to itself, and none is too full to read."""

import io

import pytest
from django.utils.html import strip_tags

from auditorium.domain.library import files, leaves
from auditorium.domain.library.epub import BadBookError
from auditorium.domain.library.leaves import LINES, PER_LINE, cut
from tests import media

SENTENCE = "从前有个村子，村里有座礼堂。"


def stored(content):
    return files.store(io.BytesIO(content))


def places(book, chapter=0, number=0):
    """Chapter and leaf of every leaf from there on."""
    while True:
        yield chapter, number
        there = leaves.beyond(book, chapter=chapter, number=number, by=1)
        if there is None:
            return
        chapter, number = there.chapter, there.number


def test_short_paragraphs_stand_together_and_long_ones_go_on():
    poem = "<h2>静夜思</h2><p>李白</p><p>床前明月光，<br>疑是地上霜。<br>举头望明月，<br>低头思故乡。</p>"
    assert cut(poem) == [
        "<h2>静夜思</h2><p>李白</p><p>床前明月光，<br>疑是地上霜。<br>举头望明月，<br>低头思故乡。</p>"
    ]
    long = cut(f"<p>{SENTENCE * 60}</p>")
    assert "".join(strip_tags(leaf) for leaf in long) == SENTENCE * 60
    assert [len(strip_tags(leaf)) <= LINES * PER_LINE for leaf in long] == [True] * len(long)
    assert {strip_tags(leaf)[-1] for leaf in long} == {"。"}


def test_words_without_any_stop_are_cut_where_they_must_be():
    assert [len(strip_tags(leaf)) for leaf in cut(f"<p>{'天' * 500}</p>")] == [234, 234, 32]


def test_heading_does_not_stay_behind_its_text():
    text = f"<p>{'天' * PER_LINE * 6}</p><h2>二</h2><p>{'地' * PER_LINE * 5}</p>"
    assert [leaf[:4] for leaf in cut(text)] == ["<p>天", "<h2>"]


def test_picture_has_a_leaf_to_itself_and_signs_of_reading_stay():
    first, second, third = cut('<p><ruby>礼<rt>lǐ</rt></ruby></p><p><img src="a.png" alt="图"></p><div>后面</div>')
    assert (first, second, third) == (
        "<p><ruby>礼<rt>lǐ</rt></ruby></p>",
        '<img src="a.png" alt="图">',
        "<p>后面</p>",
    )


def test_links_lead_nowhere_and_what_is_left_open_is_closed():
    assert cut('<p><a href="x">这里</a><b>重</p><p>轻</p>') == ["<p>这里<b>重</b></p><p>轻</p>"]
    assert cut("<div>&lt;script&gt;</div>") == ["<p>&lt;script&gt;</p>"]


def test_chapter_without_words_is_one_empty_leaf():
    assert cut("<div><br></div>") == [""]


@pytest.mark.django_db
@pytest.mark.usefixtures("library_folder")
def test_book_is_turned_from_its_first_leaf_to_its_last_and_back():
    book = stored(media.epub({"一": f"<p>{SENTENCE * 30}</p>", "二": "<p>完</p>"}))
    on = list(places(book))
    assert on == [(0, 0), (0, 1), (1, 0)]
    back = leaves.beyond(book, chapter=1, number=0, by=-1)
    assert (back.chapter, back.number, back.title) == (0, 1, "一")
    assert leaves.beyond(book, chapter=0, number=0, by=-1) is None
    beyond_the_end = leaves.leaf(book, chapter=9, number=9)
    assert (beyond_the_end.chapter, beyond_the_end.number, strip_tags(beyond_the_end.html)) == (1, 0, "完")


@pytest.mark.django_db
@pytest.mark.usefixtures("library_folder")
def test_pdf_is_turned_by_halves_of_upright_pages():
    book = stored(media.pdf((300, 400), (400, 300)))
    assert list(places(book)) == [(0, 0), (0, 1), (1, 0)]
    assert leaves.leaf(book, chapter=0, number=1).html == '<img src="0/1" alt="第 1 页">'


@pytest.mark.django_db
@pytest.mark.usefixtures("library_folder")
def test_book_that_is_lost_or_damaged_is_said():
    book = stored(media.epub())
    files.storage().delete(book.path)
    with pytest.raises(BadBookError) as refusal:
        leaves.leaf(book, chapter=0, number=0)
    assert refusal.value.sentence == "这本书的文件找不到了，请找管理员重新上传。"
    with pytest.raises(BadBookError) as refusal:
        leaves.leaf(stored(media.PDF), chapter=0, number=0)
    assert refusal.value.sentence in {"这份 PDF 坏了，打不开。请重新拷一份。", "这份 PDF 里一页也没有。"}
