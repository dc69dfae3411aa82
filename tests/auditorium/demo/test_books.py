"""The demo's books are real EPUBs, the same wherever they are made, and on the shelf for every hall."""

import hashlib
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from auditorium.demo import books, library
from auditorium.domain.library import search
from auditorium.domain.library.epub import Epub
from auditorium.models import Resource
from tests.factories import HallFactory, OpeningHoursFactory, UserFactory

NAMES = [told.name for told in library.BOOKS]


@pytest.mark.parametrize("name", NAMES)
def test_a_book_is_an_epub_that_begins_as_it_must(name):
    made = books.epub(books.read(name))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert made[30:58] == b"mimetypeapplication/epub+zip"
        for entry in archive.namelist():
            if entry.endswith((".xhtml", ".opf", ".xml")):
                ET.fromstring(archive.read(entry))


@pytest.mark.parametrize("name", NAMES)
def test_a_book_is_the_same_to_the_last_byte(name):
    assert books.epub(books.read(name)) == books.epub(books.read(name))


def test_the_bytes_of_a_book_do_not_change_by_themselves():
    made = hashlib.sha256(books.epub(books.read("zhuzijiaxun"))).hexdigest()
    assert made == "21fa839e86d6c1df6a399db014d2d77887af11f9a64cbd2ed2767520e8cd5489"


def test_a_book_has_its_chapters_in_order_and_its_cover():
    book = books.read("lunyu")
    opened = Epub(io.BytesIO(books.epub(book)))
    assert [chapter.title for chapter in opened.chapters] == [title for title, _paragraphs in book.chapters]
    assert "学而时习之" in opened.text(opened.chapters[0].path)
    assert opened.read(opened.cover_path()) == book.cover


@pytest.mark.django_db
@pytest.mark.usefixtures("library_folder")
def test_the_library_is_on_the_shelf_of_every_hall_and_found_by_a_line(settings, tmp_path):
    settings.DEMO, settings.VAR_DIR = True, tmp_path  # the demo's clock lies there
    hall = HallFactory()
    for weekday in range(1, 8):
        OpeningHoursFactory(hall=hall, weekday=weekday)
    library.load(hall=hall, by=UserFactory())
    elsewhere = HallFactory()
    assert Resource.objects.for_hall(elsewhere).count() == len(NAMES) + 2
    found = {query: search.find(hall=elsewhere, query=query).first() for query in ("欲穷千里目", "tssbs", "浙里文化圈")}
    assert [str(resource) for resource in found.values()] == ["唐诗三百首", "唐诗三百首", "浙里文化圈（浙里办）"]
    assert all(resource.licence and resource.rights_holder for resource in Resource.objects.all())
