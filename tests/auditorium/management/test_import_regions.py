import pytest
from django.core.management import CommandError, call_command

from auditorium.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "regions.csv"
    path.write_text("33,浙江省\n4419,东莞市\n441900,东莞市\n", encoding="utf-8")
    return path


def test_command_says_what_it_did(path, capsys):
    call_command("import_regions", str(path))
    assert capsys.readouterr().out.splitlines() == [
        "已检查 3 行",
        "已写入 2 行",
        "读了 3 行：新增 2，更改 0，没有变 0，撤销 0。",
        "有 1 行是同一个地方又写了一次，只算一个。",
    ]
    call_command("import_regions", str(path))
    assert "读了 3 行：新增 0，更改 0，没有变 2，撤销 0。" in capsys.readouterr().out


def test_command_names_faulty_lines_and_fails(path, capsys):
    path.write_text("33,浙江省\nx,绍兴市\n", encoding="utf-8")
    with pytest.raises(CommandError, match="文件没有导入，一行也没有进。") as caught:
        call_command("import_regions", str(path))
    assert caught.value.returncode == 1
    assert capsys.readouterr().err == "第 2 行：代码“x”不对，要 2、4、6、9 或 12 位数字。\n"
    assert Region.objects.count() == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["nowhere.csv"], "找不到文件 nowhere.csv。"), (["{path}", "--retire", "33x"], "--retire 后面要写")],
)
def test_command_refuses_what_it_cannot_use(path, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("import_regions", *(argument.format(path=path) for argument in arguments))


def test_command_retires_on_request(path, capsys):
    call_command("import_regions", str(path))
    Region.objects.create(code="330700000000", name="金华市", level="city", parent_id="330000000000")
    path.write_text("33,浙江省\n3306,绍兴市\n", encoding="utf-8")
    call_command("import_regions", str(path), "--retire", "33")
    assert "新增 1，更改 0，没有变 1，撤销 1。" in capsys.readouterr().out
    assert list(Region.objects.exclude(retired_on=None).values_list("pk", flat=True)) == ["330700000000"]
