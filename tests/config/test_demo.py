"""The demo's data over several starts: killed while loading, started again, begun anew."""

import subprocess
import sys

import pytest
from django.db import connection

from auditorium.models import Villager
from tests.site import BASE_DIR, Site
from tests.waiting import wait_until


@pytest.mark.hard
def test_demo_survives_a_kill_keeps_its_data_and_begins_anew(tmp_path, django_db_blocker):
    if connection.vendor != "sqlite":
        pytest.skip("a database server's data is begun anew by its owner")
    site = Site(tmp_path, database=None, blocker=django_db_blocker)

    with (tmp_path / "first.txt").open("wb") as output:
        first = subprocess.Popen(
            [sys.executable, "manage.py", "demo"], cwd=BASE_DIR, env=site.environment, stdout=output, stderr=output
        )
    wait_until(lambda: "村民" in (tmp_path / "first.txt").read_text(), seconds=120)
    first.kill()
    first.wait()

    with site.running(), site.orm():
        loaded = Villager.objects.count()
        assert loaded > 100
        Villager.objects.filter(pk=Villager.objects.earliest("pk").pk).update(name="改过名")
    with site.running(), site.orm():
        assert Villager.objects.filter(name="改过名").exists()
    with site.running("--reset"), site.orm():
        assert Villager.objects.count() == loaded
        assert not Villager.objects.filter(name="改过名").exists()
