"""A package that was cut, damaged or made to harm: refused file by file, the rest is kept where that is safe."""

import io
import json
import zipfile

import pytest

from auditorium.domain.library.packages import archive
from auditorium.domain.library.packages.importing import import_package
from auditorium.domain.library.packages.manifest import PackageError
from auditorium.models import Resource, StoredFile
from tests import media
from tests.auditorium.domain.library.packages.conftest import EPUB, manifest_of, repacked, sha

pytestmark = pytest.mark.django_db
BOOK = f"files/{sha(EPUB)}"
CHAPTER = f"files/{sha(media.mp3(4))}"
COVER = f"files/{sha(media.PNG)}"


@pytest.fixture
def package(shelf):
    made = shelf.package()
    shelf.forget()
    return made


def refused(done):
    return [(one.name, one.why) for one in done.refused]


def titles():
    return sorted(Resource.objects.values_list("title", flat=True))


def test_damaged_chapter_leaves_its_resource_out_and_nothing_else(package):
    broken = bytearray(media.mp3(4))
    broken[-1] ^= 1
    done = import_package(repacked(package, instead={CHAPTER: bytes(broken)}), by=None)
    assert titles() == ["三字经", "绍兴话", "跟着学"]
    assert refused(done) == [
        (CHAPTER, "文件坏了，和原来的不一样。"),
        ("听三字经", "少了要用的文件，这一项没有导入。"),
        ("跟着学", "课程里有1项这里没有，先不放。"),
    ]


def test_damaged_cover_is_left_out_and_its_book_kept(package):
    done = import_package(repacked(package, instead={COVER: media.PNG[:-1] + b"!"}), by=None)
    assert refused(done) == [(COVER, "文件坏了，和原来的不一样。")]
    assert len(titles()) == 4


def test_damaged_file_of_what_is_here_leaves_it_as_it_was(package):
    import_package(io.BytesIO(package), by=None)
    new = media.mp3(9)

    def change(said):
        said["resources"][1]["title"] = "新的"
        said["resources"][1]["files"][-1]["sha256"] = sha(new)

    done = import_package(repacked(package, change=change), by=None)
    assert (f"files/{sha(new)}", "文件不在资源包里。") in refused(done)
    assert "听三字经" in titles()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "files/../x", "..\\evil.exe", "files/ABC", "a/b"])
def test_entry_under_any_other_name_is_named_and_never_written(package, name, library_folder):
    done = import_package(repacked(package, more={name: b"x"}), by=None)
    assert len(titles()) == 4
    assert "资源包里不该有这个文件。" in [one.why for one in done.refused]
    assert sum(path.is_file() for path in library_folder.rglob("*")) == StoredFile.objects.count()


def test_link_and_locked_entry_are_refused(package):
    link = zipfile.ZipInfo(BOOK)
    link.external_attr = 0o120777 << 16
    base = repacked(package, without=[BOOK])
    with zipfile.ZipFile(base, "a") as made:
        made.writestr(link, "/etc/passwd")
    done = import_package(base, by=None)
    assert (BOOK, "这是一个快捷方式，不是文件。") in refused(done)
    assert "三字经" not in titles()


def test_bomb_is_not_read_beyond_what_was_said(package):
    zeros = bytes(50 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, zeros if name == BOOK else old.read(name))
    done = import_package(io.BytesIO(out.getvalue()), by=None)
    assert (BOOK, "文件大小和目录里写的不一样。") in refused(done)


def test_entry_that_lies_about_its_size_ends_where_it_said(package, monkeypatch):
    seen = []
    read = zipfile.ZipExtFile.read
    monkeypatch.setattr(zipfile.ZipExtFile, "read", lambda self, n=-1: seen.append(n) or read(self, n))
    lying = bytearray(repacked(package, instead={BOOK: bytes(9 << 20)}).getvalue())
    size = len(EPUB)
    for place in (lying.find(BOOK.encode()) - 30 + 22, lying.rfind(BOOK.encode()) - 46 + 24):
        lying[place : place + 4] = size.to_bytes(4, "little")
    done = import_package(io.BytesIO(bytes(lying)), by=None)
    assert BOOK in [name for name, _why in refused(done)]
    assert "三字经" not in titles()


def test_file_nobody_asked_for_is_named_and_left_out(package):
    more = b"%PDF-1.4 more"
    done = import_package(repacked(package, more={f"files/{sha(more)}": more}), by=None)
    assert refused(done) == [(f"files/{sha(more)}", "目录里没有提到这个文件。")]


def test_file_that_is_something_else_than_its_use_is_refused(package):
    page = b"<!doctype html><script>alert(1)</script>"

    def change(said):
        said["resources"][0]["files"][0]["sha256"] = sha(page)
        said["resources"][0]["files"][0]["role"] = "content"
        said["files"][sha(page)] = len(page)

    done = import_package(repacked(package, change=change, more={f"files/{sha(page)}": page}), by=None)
    assert "三字经" not in titles()
    assert "这个文件是网页" in dict(refused(done))[f"files/{sha(page)}"]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_package_cut_in_the_middle_is_refused_in_a_sentence(package, share):
    with pytest.raises(PackageError, match="没有拷贝完整"):
        import_package(io.BytesIO(package[: int(len(package) * share)]), by=None)
    assert titles() == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"format": 99}',
        '{"format": 1}',
        '{"format": 1, "channel": {"uid": "../x"}}',
        json.dumps({"format": 1, "channel": {"uid": "2f1e4a3c-0000-4000-8000-000000000000"}, "resources": [1]}),
        json.dumps({"format": 1, "channel": {"uid": "2f1e4a3c-0000-4000-8000-000000000000"}, "files": {"x": -1}}),
        json.dumps({"format": 1, "channel": {"uid": "2f1e4a3c-0000-4000-8000-000000000000", "name": ["x"]}}),
        json.dumps({"format": 1, "channel": {"uid": "2f1e4a3c-0000-4000-8000-000000000000", "name": ""}}),
    ],
)
def test_manifest_that_is_none_is_refused_in_a_sentence(words):
    with pytest.raises(PackageError):
        import_package(io.BytesIO(media.zipped({"manifest.json": words})), by=None)


@pytest.mark.parametrize("content", [b"", b"PK", media.PNG, media.zipped({"other.txt": "x"})])
def test_what_is_no_package_is_refused_in_a_sentence(content):
    with pytest.raises(PackageError):
        import_package(io.BytesIO(content), by=None)


def test_manifest_above_its_limit_is_refused(package, monkeypatch):
    monkeypatch.setattr(archive, "MANIFEST_BYTES", 100)
    with pytest.raises(PackageError, match="太大"):
        import_package(io.BytesIO(package), by=None)


def test_topic_that_is_its_own_parent_stands_at_the_top(package):
    def change(said):
        first, second = said["topics"]
        first["parent"], second["parent"] = second["uid"], first["uid"]

    import_package(repacked(package, change=change), by=None)
    assert {topic.parent for topic in Resource.objects.get(title="三字经").channel.topics.all()} == {None}


def test_manifest_says_the_sizes_of_its_files(package):
    assert manifest_of(package)["files"][sha(media.PNG)] == len(media.PNG)
