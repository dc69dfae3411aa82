"""What a first and a second look at a page send through a slow line, compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

FIRST_LOOK = 100_000
NEXT_LOOK = 30_000
PAGES = ["login", "auditorium:desk", "auditorium:follow_ups", "auditorium:help", "appointments:appointment_list"]
# IE alone reads what is marked nomodule; the second icon is for browsers that cannot show the first.
NEVER_LOADED = re.compile(r"<script[^>]*nomodule[^>]*>|<link[^>]*alternate icon[^>]*>")
LOADED = re.compile(r'<(?:link|script|img)\s[^>]*?(?:href|src)="/static/([^"]+)"')


@pytest.mark.parametrize("name", PAGES)
def test_page_is_light_enough_for_a_village_line(client: Client, name: str):
    if name != "login":
        client.force_login(desk_user(HallFactory()))

    answer = client.get(reverse(name), headers={"accept-encoding": "gzip"})

    assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
    page = gzip.decompress(answer.content).decode()
    files = set(LOADED.findall(NEVER_LOADED.sub("", page)))
    assert {"css/bootstrap.min.css", "auditorium/desk.css", "auditorium/desk.js"} <= files
    weights = {file: len(gzip.compress(Path(finders.find(file)).read_bytes())) for file in files}
    weights["the page"] = len(answer.content)
    assert sum(weights.values()) <= FIRST_LOOK, weights
    assert weights["the page"] <= NEXT_LOOK, weights
    assert not re.search(r"<style|style=|<script>|\son\w+=", page)
