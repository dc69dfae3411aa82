from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from appointments.models import ClinicSession
from auditorium import clock
from auditorium.models import Region
from tests.appointments.domain.schedule_import.workbooks import HEADER, row, sheet_of
from tests.appointments.factories import HospitalFactory
from tests.factories import HallFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    HospitalFactory(name="柯桥区示例医院")
    return HallFactory(name="宝善桥村文化礼堂", region=RegionFactory(code="330603011258"))


@pytest.fixture
def write(tmp_path, hall):
    def _write(*rows, header=HEADER):
        path = tmp_path / "排班.xlsx"
        path.write_bytes(sheet_of(*rows, header=header))
        return path

    return _write


def good(**changes):
    return row(日期=clock.today() + timedelta(days=3), **changes)


def run(path, *options):
    call_command("import_schedule", str(path), *options)


def refusal(path, *options):
    with pytest.raises(CommandError) as caught:
        run(path, *options)
    assert caught.value.returncode == 1
    return str(caught.value)


def test_command_imports_and_says_what_it_did(write, capsys):
    path = write(good(), ["合计", None, None, None, None, None, None, 30])
    run(path)
    assert capsys.readouterr().out.splitlines() == [
        "排班 第 3 行：这一行不是班次，没有读：合计",
        "新加：柯桥区示例医院 骨科",
        "新加：骨科 李建国",
        "新班次 1，更改 0，没有变 0，冲突 0，不能进的行 0。",
        "已经导入。",
    ]
    run(path)
    assert "新班次 0，更改 0，没有变 1，冲突 0，不能进的行 0。" in capsys.readouterr().out
    run(write(good(号数=40)))
    assert "排班 第 2 行：骨科 李建国" in capsys.readouterr().out


def test_command_lists_every_bad_row_and_leaves_with_one(write, capsys):
    words = refusal(write(good(), good(医生="孙丽", 号数=-3), good(医院="柯桥区示列医院")))
    assert words.startswith("有 2 行不能进、0 处冲突，一行也没有进。")
    assert capsys.readouterr().err.splitlines() == [
        "排班 第 3 行 H 列（号数）：号数是 -3，要在 1 到 999 之间。",
        "排班 第 4 行 L 列（医院）：没有“柯桥区示列医院”这家医院，是不是“柯桥区示例医院”？",
    ]
    assert ClinicSession.objects.count() == 0


def test_command_takes_the_good_rows_when_asked(write, capsys):
    run(write(good(), good(医生="孙丽", 号数=-3)), "--good-rows-only")
    assert (ClinicSession.objects.count(), capsys.readouterr().out.splitlines()[-1]) == (1, "已经导入。")


def test_dry_run_changes_nothing(write, capsys):
    run(write(good()), "--dry-run")
    assert (ClinicSession.objects.count(), capsys.readouterr().out.splitlines()[-1]) == (0, "没有导入，只是先看看。")
    assert refusal(write(good(号数=-3)), "--dry-run").startswith("有 1 行不能进")


def test_command_writes_the_marked_sheet(write, tmp_path):
    report = tmp_path / "out.xlsx"
    refusal(write(good(号数=-3)), "--report", str(report))
    assert load_workbook(report)["排班"]["N2"].value == "号数：号数是 -3，要在 1 到 999 之间。"


def test_command_asks_whose_places_these_are(write, hall):
    Region.objects.create(code="330603000000", name="柯桥区", level="county")
    path = write(good()[:-2], header=HEADER[:-2])
    assert refusal(path) == "表里没有“医院”这一列，请说明是哪家医院的排班。（用 --hospital）"
    named = ("--hospital", "柯桥区示例医院")
    assert refusal(path, *named) == (
        "表里没有“分配给”这一列，请说明这些号分给哪个礼堂或区域。（用 --for-hall / --for-region）"
    )
    run(path, *named, "--for-hall", str(hall.pk))
    run(path, *named, "--for-region", "330603")
    assert [(s.allotted_hall, s.allotted_region_id) for s in ClinicSession.objects.order_by("pk")] == [
        (hall, None),
        (None, "330603000000"),
    ]


def test_command_asks_at_a_terminal(write, hall, monkeypatch):
    answers = iter(["柯桥区示例医院", "宝善桥村"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    run(write(good()[:-2], header=HEADER[:-2]))
    assert ClinicSession.objects.get().allotted_hall == hall


def test_command_refuses_what_it_cannot_use(write, tmp_path):
    path = write(good())
    assert refusal(tmp_path / "nowhere.xlsx") == f"打不开文件 {tmp_path / 'nowhere.xlsx'}。"
    assert refusal(path, "--for-hall", "99") == "没有编号是 99 的礼堂。"
    assert refusal(path, "--for-region", "11") == "没有代码是 11 的区划。"
    assert refusal(path, "--hospital", "无名医院") == "没有“无名医院”这家医院，请先请管理员加上。"
    path.write_bytes(b"PK\x03\x04")
    assert refusal(path) == "文件坏了，打不开。请重新保存一次再传。"
