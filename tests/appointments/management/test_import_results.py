"""`manage.py import_results`: what it says, and that bad rows keep all of them out."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from appointments.models import Appointment
from tests.appointments.domain.test_results import MONDAY, book, csv
from tests.appointments.factories import HospitalFactory, at
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db

GOOD = ("张小明", "2026-11-23", "骨科", "", "已就诊")
BAD = ("李根生", "2026-11-23", "骨科", "", "未到")


@pytest.fixture(autouse=True)
def tuesday_at_nine():
    with time_machine.travel(at(MONDAY + timedelta(days=1), 9), tick=False):
        yield


@pytest.fixture
def made():
    return book(HallFactory(), HospitalFactory(name="柯桥区示例医院"))


@pytest.fixture
def write(tmp_path):
    def _write(*rows):
        path = tmp_path / "结果.csv"
        path.write_bytes(csv(*rows))
        return str(path)

    return _write


def test_command_marks_and_says_what_it_did_and_the_second_time_nothing(made, write, capsys):
    path = write(GOOD)
    call_command("import_results", path)
    said = ["要登记 1 个，已经登记过 0 个，不能进的行 0。", "已经登记。"]
    assert capsys.readouterr().out.splitlines() == said
    assert Appointment.objects.get().state == "fulfilled"
    call_command("import_results", path, hospital="柯桥区示例医院")
    assert "要登记 0 个，已经登记过 1 个" in capsys.readouterr().out


def test_dry_run_changes_nothing(made, write, capsys):
    call_command("import_results", write(GOOD), dry_run=True)
    assert capsys.readouterr().out.splitlines()[-1] == "没有登记，只是先看看。"
    assert Appointment.objects.get().state == "booked"


def test_bad_row_keeps_all_out_unless_the_good_ones_are_asked_for(made, write, capsys):
    path = write(GOOD, BAD)
    with pytest.raises(CommandError):
        call_command("import_results", path)
    assert "CSV 第 3 行 A 列（姓名）：没有找到这个人这一天的预约" in capsys.readouterr().err
    assert Appointment.objects.get().state == "booked"
    call_command("import_results", path, good_rows_only=True)
    assert Appointment.objects.get().state == "fulfilled"


@pytest.mark.parametrize("options", [{"hospital": "没有这家"}, {"file": "/nowhere/结果.csv"}])
def test_unknown_hospital_or_file_is_refused_in_words(made, write, options):
    with pytest.raises(CommandError):
        call_command("import_results", options.pop("file", write(GOOD)), **options)
