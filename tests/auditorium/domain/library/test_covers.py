"""Covers come from the book itself, are small and bear nothing a phone wrote; what is damaged does no harm."""

import io

import pytest
from PIL import Image

from auditorium.domain.library import covers, files, pictures
from auditorium.domain.library.files import attach, store
from auditorium.domain.library.pictures import BadPictureError
from auditorium.library_enums import FileRole
from auditorium.media_types import NotAllowedError
from auditorium.models import ResourceFile
from tests import media
from tests.factories import ResourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


def picture(width=1200, height=800, kind="PNG", **options):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind, **options)
    return out.getvalue()


def book_with_cover(content):
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        '<item id="a" href="c0.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="p" href="p.png" properties="cover-image" media-type="image/png"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    return media.epub(opf=package, more={"OEBPS/p.png": content})


def added(content, role=FileRole.CONTENT, **kwargs):
    return attach(resource=ResourceFactory(**kwargs), stored=store(io.BytesIO(content)), role=role)


def cover_of(row):
    found = ResourceFile.objects.get(resource=row.resource, role=FileRole.COVER)
    with files.content(found.file) as file:
        return Image.open(io.BytesIO(file.read()))


def test_cover_is_made_small_and_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x8825] = {1: "N", 2: (29.0, 59.0, 0.0)}
    row = added(picture(kind="JPEG", exif=exif), role=FileRole.COVER)
    assert covers.make() == 1
    cover = cover_of(row)
    assert (cover.format, cover.size, dict(cover.getexif())) == ("JPEG", (427, 640), {})


def test_cover_is_taken_from_the_book():
    row = added(book_with_cover(picture()))
    assert (covers.make(), cover_of(row).size, covers.make()) == (1, (640, 427), 0)


def test_cover_is_the_first_page_of_a_pdf():
    document = Image.new("RGB", (300, 400), "white")
    out = io.BytesIO()
    document.save(out, "PDF")
    row = added(out.getvalue())
    covers.make()
    assert cover_of(row).height == 640


def test_cover_somebody_gave_stays():
    row = added(picture(100, 100), role=FileRole.COVER)
    attach(resource=row.resource, stored=store(io.BytesIO(book_with_cover(picture()))))
    covers.make()
    assert cover_of(row).size == (100, 100)


def test_new_cover_takes_the_place_of_the_old():
    row = added(picture(100, 100), role=FileRole.COVER)
    attach(resource=row.resource, stored=store(io.BytesIO(picture(50, 60))), role=FileRole.COVER)
    assert cover_of(row).size == (50, 60)


@pytest.mark.parametrize(
    "content", [media.PDF, book_with_cover(b"no picture"), book_with_cover(picture()[:200]), media.mp3()]
)
def test_cover_that_cannot_be_is_none(content):
    row = added(content, kind="audio" if content[:2] == b"\xff\xfb" else "book")
    assert (covers.make(), covers.make()) == (1, 0)
    assert not ResourceFile.objects.filter(resource=row.resource, role=FileRole.COVER).exists()


def test_cover_whose_rest_is_missing_stays_as_it_is():
    row = added(picture(kind="JPEG")[:2000], role=FileRole.COVER)
    assert covers.make() == 1
    row.refresh_from_db()
    assert row.looked_at is not None


def test_picture_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(pictures, "PIXELS", 1000)
    with pytest.raises(BadPictureError, match="尺寸太大"):
        store(io.BytesIO(picture(100, 100)))


def test_picture_that_is_a_bomb_for_pillow_too_is_refused(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(BadPictureError, match="坏了"):
        store(io.BytesIO(picture(100, 100)))


def test_picture_without_a_body_is_refused():
    with pytest.raises(BadPictureError, match="坏了"):
        store(io.BytesIO(media.JPEG))


def test_file_is_attached_only_where_it_fits():
    with pytest.raises(NotAllowedError):
        added(media.mp3())
    assert not ResourceFile.objects.exists()
