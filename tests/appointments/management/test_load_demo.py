"""Where the demo's data may go, and where not."""

import pytest
from django.core.management import CommandError, call_command

from appointments.domain.reference_data import ensure_reference_data
from appointments.models import Specialty
from auditorium.demo.places import MAIN_HALL
from auditorium.domain.installation import open_first_hall
from auditorium.models import Hall, User, Villager

pytestmark = pytest.mark.django_db


def test_only_a_demo_is_loaded(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")
    assert not Hall.objects.exists()


def test_other_halls_are_left_alone_whatever_their_name(settings):
    settings.DEMO = True
    open_first_hall(
        username="zhanzhang",
        password="Baoshanqiao-2026",
        hall_name=MAIN_HALL,
        region_code="330603011258",
        region_name="宝善桥村",
    )
    with pytest.raises(CommandError, match="不往里面装演示数据"):
        call_command("load_demo")
    assert (Hall.objects.count(), User.objects.count(), Villager.objects.count()) == (1, 1, 0)


def test_reference_data_says_how_much_is_new(capsys):
    call_command("load_reference_data")
    call_command("load_reference_data")
    first, second = capsys.readouterr().out.splitlines()
    assert first != second == "诊疗科目和村民的说法：新增 0 条。"
    assert Specialty.objects.exists()
    assert ensure_reference_data() == 0
