"""A resource is found by any line of its files, as soon as a worker has read them, and no longer once they are gone."""

import io

import pytest

from auditorium.domain.library import contents, covers, words
from auditorium.domain.library.files import store
from auditorium.library_enums import FileRole, ResourceKind
from auditorium.models import ResourceFile
from tests import media
from tests.factories import ResourceFactory, ResourceFileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]


def found(query):
    return [text.resource.title for text in words.holding(query)]


def filed(content, title="论语", **said):
    kind = said.pop("kind", ResourceKind.BOOK)
    return ResourceFileFactory(
        resource=ResourceFactory(title=title, kind=kind), file=store(io.BytesIO(content)), **said
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (media.epub({"学而": "<p>学而时习之</p><p>不亦说&#20046;</p><script>var 不见的</script>"}), {}),
        ("学而时习之\r\n不亦说乎\r\n".encode("gb18030"), {}),
        (media.VTT + "\n00:03.000 --> 00:05.000\n学而时习之，不亦说乎\n".encode(), {"role": FileRole.CAPTIONS}),
    ],
)
def test_a_line_finds_what_it_stands_in(content, said):
    row = filed(content, **said)
    assert found("时习之") == []
    covers.make()
    assert (found("时习之"), found("不亦说乎"), found("不见的")) == ([row.resource.title], [row.resource.title], [])


def test_a_file_that_is_damaged_costs_the_others_nothing():
    row = filed("学而时习之".encode())
    damaged = store(io.BytesIO(media.epub({"坏": "<p>坏</p>"})))
    ResourceFileFactory(resource=row.resource, file=damaged, order=2)
    ResourceFileFactory(resource=row.resource, file__media_type="application/pdf", order=3)  # lost from the storage
    covers.make()
    assert found("时习之") == [row.resource.title]


def test_what_was_taken_away_is_no_longer_found():
    row = filed("学而时习之".encode())
    other = ResourceFileFactory(resource=row.resource, file=store(io.BytesIO("温故而知新".encode())), order=2)
    covers.make()
    row.delete()
    contents.read_again(other.resource)
    assert (found("时习之"), found("知新")) == ([], [])
    covers.make()
    assert (found("时习之"), found("知新")) == ([], [other.resource.title])
    assert not ResourceFile.objects.filter(looked_at=None).exists()


def test_a_lesson_keeps_the_words_of_its_phrases():
    row = filed("学而时习之".encode(), kind=ResourceKind.LESSON)
    words.write_text(resource=row.resource, paragraphs=["侬好"])
    covers.make()
    assert (found("侬好"), found("时习之")) == ([row.resource.title], [])
