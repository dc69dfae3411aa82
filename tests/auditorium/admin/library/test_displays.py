"""Second screens in the admin: renamed and let go by whoever manages their hall, and by nobody else."""

import pytest

from auditorium.domain.library import displays
from auditorium.enums import RoleKind
from auditorium.models import AuditEntry, Display, Role
from tests import admin_rows
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db
DISPLAYS = "/admin/auditorium/display/"


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def managing(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    return client


def paired(hall):
    waiting, _token = displays.begin()
    return displays.pair(code=waiting.code, name="大厅电视", hall=hall, by=admin_rows.hall_manager(hall))


def test_manager_renames_a_screen_and_nothing_else_of_it(managing, hall):
    screen = paired(hall)
    said = {"name": "戏台边", "hall": HallFactory().pk, "use": "1"}
    assert managing.post(f"{DISPLAYS}{screen.pk}/change/", said).status_code == 302
    renamed = Display.objects.get()
    assert (renamed.name, renamed.hall, renamed.version) == ("戏台边", hall, screen.version)
    assert AuditEntry.objects.of("display", screen.pk).latest("pk").action == "changed"
    assert managing.post(f"{DISPLAYS}{screen.pk}/change/", {"name": " "}).context["errors"]


def test_manager_lets_screens_go_and_those_of_halls_where_they_only_work_stay(client, hall):
    mine, theirs = paired(hall), paired(HallFactory())
    manager = admin_rows.hall_manager(hall)
    Role.objects.create(user=manager, role=RoleKind.DESK, hall=theirs.hall)
    client.force_login(manager)
    chosen = {"action": "unpair", "_selected_action": [mine.pk, theirs.pk]}
    assert "断开了 1 块大屏。" in client.post(DISPLAYS, chosen, follow=True).content.decode()
    assert list(Display.objects.all()) == [theirs]


def test_screens_that_wait_for_their_code_are_nobodys(managing, client):
    displays.begin()
    assert managing.get(DISPLAYS).context["cl"].result_count == 0
    client.force_login(admin_rows.administrator())
    assert client.get(f"{DISPLAYS}add/").status_code == 403
