"""The process for the hall's network opens what phones and screens need, and nothing of the desk."""

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.urls import reverse

from config import hall_network
from config.preflight import Refused
from config.serving import HallNetwork, programs
from config.serving import hall_network as asked_for
from config.settings import network
from tests.site import free_port
from tests.waiting import wait_until

BASE_DIR = Path(__file__).resolve().parent.parent.parent
NAMES = {str(pattern.name) for pattern in hall_network._opened}


def test_network_opens_nothing_that_wants_a_login():
    assert all(name.startswith(("phone_", "screen")) for name in NAMES)
    assert {"phone_begin", "phone_resource_use", "screen", "screen_begin"} <= NAMES
    assert all(pattern.callback.login_required is False for pattern in hall_network._opened)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/login/", "/library/", "/admin/", "/people/1/", "/sms/receipts/", "/readyz"])
def test_desk_is_not_found_on_the_network(client, settings, address):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = network.ROOT_URLCONF, network.MIDDLEWARE
    response = client.get(address)
    assert response.status_code == 404
    assert "这里只能打开礼堂给您的二维码。服务台要在礼堂的电脑上用。" in response.content.decode()


def test_network_is_closed_unless_it_is_asked_for(monkeypatch):
    monkeypatch.delenv("HALL_NETWORK", raising=False)
    assert asked_for(8000) is None
    assert [program.name for program in programs(8000)] == ["web", "worker", "beat", "smpp"]


@pytest.mark.parametrize(
    ("name", "bound_to"), [("auto", "0.0.0.0"), ("litang.local", "0.0.0.0"), ("192.168.1.20", "192.168.1.20")]
)
def test_network_is_bound_to_what_it_is_given_and_the_desk_to_this_computer(name, bound_to):
    opened = HallNetwork(name, 8001)
    assert (opened.origin, opened.bound_to) == (f"http://{name}:8001", bound_to)
    web, phones = programs(8000, opened)[:2]
    assert (phones.name, phones.arguments[4], phones.arguments[-1]) == (
        "phones",
        bound_to,
        "config.network_wsgi:application",
    )
    assert (web.arguments[4], web.arguments[-1]) == ("127.0.0.1", "config.wsgi:application")


def test_network_names_a_port_that_is_taken(monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("HALL_NETWORK", "127.0.0.1")
        monkeypatch.setenv("HALL_NETWORK_PORT", str(port))
        with pytest.raises(Refused, match=f"端口 {port} 不能用"):
            asked_for(8000)


def test_process_of_the_network_answers_unknown_codes_and_has_no_desk(tmp_path):
    port = free_port()
    environment = os.environ | {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    environment.pop("DATABASE_URL", None)
    for command in (["migrate"], ["collectstatic", "--no-input"]):
        subprocess.run([sys.executable, "manage.py", *command, "-v0"], cwd=BASE_DIR, env=environment, check=True)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        [*granian, "--no-ws", "config.network_wsgi:application"],
        cwd=BASE_DIR,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            wait_until(lambda: listens(port))
            answers = {address: asked(port, address) for address in ("/take/a-secret/", "/", "/login/", "/display/")}
        finally:
            process.terminate()
            _out, log = process.communicate()
    assert {address: status for address, (status, _page) in answers.items()} == {
        "/take/a-secret/": 404,
        "/": 404,
        "/login/": 404,
        "/display/": 200,
    }
    assert "这个地址打不开。" in answers["/take/a-secret/"][1]
    assert "服务台要在礼堂的电脑上用" in answers["/"][1]
    assert "a-secret" not in log
    assert re.search(r"Not Found: /take/…/", log)


def asked(port: int, address: str) -> tuple[int, str]:
    """Status and page."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def listens(port: int) -> bool:
    """Whether somebody does."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_desk_addresses_are_not_reversed_by_chance():
    assert reverse("auditorium:phone_begin", args=["x"], urlconf="config.hall_network") == "/take/x/"
