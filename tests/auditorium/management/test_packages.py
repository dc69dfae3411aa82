"""A channel onto a stick and off it again, by commands."""

import pytest
from django.core.management import CommandError, call_command

from auditorium.domain.library import files
from auditorium.models import Channel, Resource
from tests.auditorium.domain.library.packages.conftest import shelf
from tests.factories import ChannelFactory, HallFactory

__all__ = ["shelf"]
pytestmark = pytest.mark.django_db


def test_channel_is_written_and_taken_in_elsewhere(shelf, tmp_path, capsys):
    stick = tmp_path / "国学经典.zip"
    call_command("export_package", "国学经典", str(stick))
    assert capsys.readouterr().out.startswith("导出 4 项，6 个文件，0.0 MB，在 ")
    shelf.forget()
    call_command("import_package", str(stick))
    said = "“国学经典”：新增 4 项，更改 0 项，没有变 0 项，下架 0 项，新文件 6 个。\n"
    assert capsys.readouterr().out == said
    call_command("import_package", str(stick))
    assert "新增 0 项，更改 0 项，没有变 4 项" in capsys.readouterr().out
    assert Resource.objects.count() == 4


def test_damaged_file_is_named(shelf, tmp_path, capsys):
    stick = tmp_path / "stick.zip"
    call_command("export_package", str(shelf.channel.uid), str(stick))
    name = shelf.sound.files.get(title="下").file.sha256
    shelf.forget()
    damaged = bytearray(stick.read_bytes())
    damaged[damaged.find(name.encode()) + 64 + 40] ^= 1
    stick.write_bytes(damaged)
    call_command("import_package", str(stick))
    assert f"files/{name}：文件坏了，读不出来。" in capsys.readouterr().err


def test_new_channel_is_the_halls_that_was_named(shelf, tmp_path):
    hall = HallFactory(name="后仓村文化礼堂")
    call_command("export_package", "国学经典", str(tmp_path / "stick.zip"))
    shelf.forget()
    call_command("import_package", str(tmp_path / "stick.zip"), hall="后仓村文化礼堂")
    assert Channel.objects.get().keeper_hall == hall


def test_wrong_names_are_said_in_a_sentence(shelf, tmp_path):
    ChannelFactory(name="越剧")
    with pytest.raises(CommandError, match=r"现在有：.*越剧"):
        call_command("export_package", "没有的", str(tmp_path / "stick.zip"))
    assert list(tmp_path.glob("stick*")) == []
    with pytest.raises(CommandError, match="没有叫“没有的”的礼堂"):
        call_command("import_package", str(tmp_path / "stick.zip"), hall="没有的")
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_package", str(tmp_path / "stick.zip"))
    (tmp_path / "stick.zip").write_text("nothing")
    with pytest.raises(CommandError, match="没有拷贝完整"):
        call_command("import_package", str(tmp_path / "stick.zip"))


def test_export_that_fails_leaves_nothing_behind(shelf, tmp_path):
    files.storage().delete(shelf.book.files.first().file.path)
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("export_package", "国学经典", str(tmp_path / "stick.zip"))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []
