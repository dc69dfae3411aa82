"""A package from another database: all of it arrives, twice changes nothing, an update changes what changed."""

import io

import pytest

from auditorium.domain.library import files, publishing, search, speakers
from auditorium.domain.library.packages.importing import import_package
from auditorium.domain.library.packages.manifest import PackageError
from auditorium.enums import RoleKind
from auditorium.library_enums import FileRole, ResourceState
from auditorium.models import Channel, CourseItem, Phrase, Resource, ResourceFile, Role, StoredFile, Topic
from tests import media
from tests.auditorium.domain.library.packages.conftest import EPUB, manifest_of, put, repacked, sha
from tests.factories import HallFactory, ResourceFactory, UserFactory

pytestmark = pytest.mark.django_db


def rows():
    """Everything a package brings, as it stands in the database."""
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (Channel, Topic, Resource, ResourceFile, StoredFile, CourseItem, Phrase)
    }


def test_package_brings_everything_to_a_database_without_it(shelf):
    package = shelf.package()
    shelf.forget()
    done = import_package(io.BytesIO(package), by=None)
    assert (done.added, done.changed, done.refused) == (["三字经", "听三字经", "绍兴话", "跟着学"], [], [])
    assert done.files == StoredFile.objects.count() == 6
    channel = Channel.objects.get()
    assert (channel.name, channel.is_for_all) == ("国学经典", True)
    book, sound, lesson, course = Resource.objects.order_by("pk")
    assert {one.state for one in (book, sound, lesson, course)} == {ResourceState.PUBLISHED}
    assert (book.topic.title, book.topic.parent.title) == ("诵读", "启蒙")
    assert [(one.title, one.role) for one in sound.files.all()] == [
        ("", FileRole.CAPTIONS),
        ("上", FileRole.CONTENT),
        ("下", FileRole.CONTENT),
    ]
    assert [(one.words, one.speaker and one.speaker.name) for one in lesson.phrases.all()] == [
        ("侬好", "阿根伯"),
        ("再会", "阿根伯"),
    ]
    assert [item.resource for item in course.items.all()] == [book, sound]
    with files.content(StoredFile.objects.get(sha256=sha(EPUB))) as kept:
        assert kept.read() == EPUB
    assert [one.title for one in search.find(hall=HallFactory(), query="三字经")] == ["三字经", "听三字经"]
    assert [one.title for one in search.find(hall=HallFactory(), query="侬好")] == ["绍兴话"]


def test_second_import_changes_nothing(shelf):
    package = shelf.package()
    shelf.forget()
    import_package(io.BytesIO(package), by=None)
    before = rows()
    done = import_package(io.BytesIO(package), by=None)
    assert (done.did_nothing, done.unchanged, done.refused) == (True, 4, [])
    assert rows() == before


def test_update_changes_only_what_changed(shelf):
    package = shelf.package()
    shelf.forget()
    import_package(io.BytesIO(package), by=None)
    before = rows()

    def change(said):
        said["resources"][0]["title"] = "三字经（注音）"

    done = import_package(repacked(package, change=change), by=None)
    assert (done.added, done.changed, done.unchanged, done.files) == ([], ["三字经（注音）"], 3, 0)
    after = rows()
    assert after[Resource][0] | {"title": "三字经"} == before[Resource][0]
    before.pop(Resource)
    assert {model: after[model] for model in before} == before


def test_file_that_was_replaced_is_the_only_new_one(shelf):
    package = shelf.package()
    shelf.forget()
    import_package(io.BytesIO(package), by=None)
    kept = set(ResourceFile.objects.exclude(title="下").values_list("pk", flat=True))
    new = media.mp3(9)

    def change(said):
        said["resources"][1]["files"][-1]["sha256"] = sha(new)
        said["files"][sha(new)] = len(new)

    done = import_package(repacked(package, change=change, more={f"files/{sha(new)}": new}), by=None)
    assert (done.changed, done.files) == (["听三字经"], 1)
    assert kept < set(ResourceFile.objects.values_list("pk", flat=True))
    assert ResourceFile.objects.get(title="下").file.sha256 == sha(new)


def test_what_was_taken_off_the_shelf_there_goes_here_and_what_went_here_stays_off(shelf):
    package = shelf.package()
    publishing.withdraw(resources=Resource.objects.filter(pk=shelf.book.pk), by=None)
    publishing.withdraw(resources=Resource.objects.filter(pk=shelf.sound.pk), by=None)
    done = import_package(io.BytesIO(package), by=None)
    shelf.book.refresh_from_db()
    assert (done.did_nothing, shelf.book.state) == (True, ResourceState.WITHDRAWN)

    newer = shelf.package()
    assert set(manifest_of(newer)["withdrawn"]) == {str(shelf.book.uid), str(shelf.sound.uid)}
    shelf.forget()
    import_package(io.BytesIO(package), by=None)
    done = import_package(io.BytesIO(newer), by=None)
    assert done.withdrawn == 2
    assert Resource.objects.get(title="三字经").state == ResourceState.WITHDRAWN


def test_speaker_who_agrees_no_longer_is_silent_wherever_the_package_comes(shelf):
    package = shelf.package()
    phrase = shelf.lesson.phrases.get(words="侬好")
    speakers.withdraw_consent(speaker=phrase.speaker, by=None)
    import_package(io.BytesIO(package), by=None)  # an old stick does not bring the voice back
    phrase.refresh_from_db()
    assert (phrase.audio, phrase.speaker) == (None, None)
    newer = shelf.package()
    assert sha(media.mp3(5)) not in manifest_of(newer)["files"]
    shelf.forget()
    import_package(io.BytesIO(package), by=None)
    import_package(io.BytesIO(newer), by=None)
    assert Phrase.objects.get(words="侬好").audio is None


def test_channel_that_comes_to_a_hall_is_that_halls(shelf):
    package = shelf.package()
    shelf.forget()
    hall = HallFactory()
    done = import_package(io.BytesIO(package), by=None, hall=hall)
    assert (done.channel.keeper_hall, done.channel.is_for_all) == (hall, False)
    assert list(Channel.objects.for_hall(hall)) == [done.channel]
    assert list(Channel.objects.for_hall(HallFactory())) == []


def test_channel_of_others_is_refused_whole(shelf):
    package = shelf.package()
    manager = UserFactory()
    Role.objects.create(user=manager, role=RoleKind.HALL_MANAGER, hall=HallFactory())
    before = rows()
    with pytest.raises(PackageError, match="不归您管理"):
        import_package(io.BytesIO(package), by=manager)
    assert rows() == before


def test_resource_that_stands_in_another_channel_stays_there(shelf):
    package = shelf.package()
    shelf.forget()
    elsewhere = ResourceFactory(uid=manifest_of(package)["resources"][0]["uid"], title="别处的")
    done = import_package(io.BytesIO(package), by=None)
    elsewhere.refresh_from_db()
    assert elsewhere.title == "别处的"
    assert ("三字经", "这里已经有了，在另一个频道里。") in [(one.name, one.why) for one in done.refused]


def test_row_with_values_that_cannot_be_is_left_out_by_name(shelf):
    package = shelf.package()
    shelf.forget()

    def change(said):
        said["resources"][0]["kind"] = "program"
        said["resources"][1]["url"] = "javascript:alert(1)"

    done = import_package(repacked(package, change=change), by=None)
    assert done.added == ["绍兴话", "跟着学"]
    assert [one.name for one in done.refused] == ["三字经", "听三字经", "跟着学", "跟着学"]
    assert done.refused[-1].why == "还缺课程内容，没有上架。"


def test_resource_put_on_the_shelf_anew_keeps_its_readers_place(shelf):
    package = shelf.package()
    put(shelf.book, media.PDF, order=2)
    done = import_package(io.BytesIO(package), by=None)
    assert (done.changed, shelf.book.files.filter(role=FileRole.CONTENT).count()) == (["三字经"], 1)


def test_progress_is_told_by_the_resource(shelf):
    package = shelf.package()
    heard = []
    import_package(io.BytesIO(package), by=None, progress=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]
