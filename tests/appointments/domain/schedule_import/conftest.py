"""The place a schedule is for: 柯桥区示例医院 and 宝善桥村文化礼堂, on Monday 23 November 2026, nine in the morning."""

from datetime import datetime

import pytest
import time_machine

from auditorium.clock import SHANGHAI
from auditorium.models import Region
from tests.appointments.factories import HospitalFactory
from tests.factories import HallFactory


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI), tick=False):
        yield


@pytest.fixture
def county(db):
    return Region.objects.create(code="330603000000", name="柯桥区", level="county")


@pytest.fixture
def hospital(county):
    return HospitalFactory(name="柯桥区示例医院", short_name="示例医院", region=county)


@pytest.fixture
def hall(hospital):
    village = Region.objects.create(code="330603011258", name="宝善桥村委会", level="village")
    return HallFactory(name="宝善桥村文化礼堂", region=village)
