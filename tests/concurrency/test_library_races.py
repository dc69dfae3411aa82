"""Many store the same file, or open the same book, at the same moment."""

import hashlib
import io
from functools import partial

import pytest

from auditorium.domain.library import files
from auditorium.models import StoredFile
from tests import media
from tests.concurrency.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_uploads_of_one_file_are_one_row(library_folder):
    results = at_once([partial(files.store, io.BytesIO(media.mp3(frames=2000))) for _each in range(8)])
    assert {result.sha256 for result in results} == {hashlib.sha256(media.mp3(frames=2000)).hexdigest()}
    stored = StoredFile.objects.get()
    assert [path.name for path in library_folder.rglob("*") if path.is_file()] == [stored.sha256]
    with files.content(stored) as file:
        assert file.read() == media.mp3(frames=2000)
