"""Many store the same file, or open the same book, at the same moment."""

import hashlib
import io
from functools import partial

import pytest

from auditorium.domain.library import files
from auditorium.domain.library.use import open_resource, progress
from auditorium.models import HallResource, ReadingPlace, ResourceUse, StoredFile
from tests import media
from tests.concurrency.threads import at_once
from tests.factories import HallFactory, ResourceFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_uploads_of_one_file_are_one_row(library_folder):
    results = at_once([partial(files.store, io.BytesIO(media.mp3(frames=2000))) for _each in range(8)])
    assert {result.sha256 for result in results} == {hashlib.sha256(media.mp3(frames=2000)).hexdigest()}
    stored = StoredFile.objects.get()
    assert [path.name for path in library_folder.rglob("*") if path.is_file()] == [stored.sha256]
    with files.content(stored) as file:
        assert file.read() == media.mp3(frames=2000)


def test_eight_openings_of_one_book_are_all_counted():
    hall, book = HallFactory(), ResourceFactory()
    user = desk_user(hall)
    results = at_once([partial(open_resource, resource=book, hall=hall, by=user) for _each in range(8)])
    assert {type(result) for result in results} == {ResourceUse}
    assert HallResource.objects.get(hall=hall, resource=book).times == 8


def test_place_told_by_eight_windows_at_once_is_one():
    hall, book = HallFactory(), ResourceFactory()
    villager = VillagerFactory(registered_at=hall)
    uses = [open_resource(resource=book, hall=hall, by=None, villager=villager) for _each in range(8)]
    results = at_once([partial(progress, use=use, position=n, locator={"n": n}) for n, use in enumerate(uses)])
    assert {type(result) for result in results} == {ResourceUse}
    place = ReadingPlace.objects.get(villager=villager, resource=book)
    assert place.locator == {"n": place.position}
