"""The chosen language, and pages that are kept by nobody."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_language_is_chinese_whatever_the_browser_asks(client: Client):
    answer = client.get(reverse("login"), headers={"accept-language": "en-US,en"})

    assert answer.headers["Content-Language"] == "zh-hans"
    assert '<html lang="zh-hans"' in answer.text


def test_language_before_login_is_the_one_last_chosen_on_this_computer(client: Client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    assert client.get(reverse("login")).headers["Content-Language"] == "en"


def test_language_of_the_user_goes_before_that_of_the_computer(client: Client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(UserFactory(language="zh-hans"))

    assert client.get(reverse("auditorium:help")).headers["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("unknown", ["", "fr", "zh-hant"])
def test_language_that_is_not_offered_counts_as_none(client: Client, unknown: str):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = unknown

    assert client.get(reverse("login")).headers["Content-Language"] == "zh-hans"


def test_pages_of_somebody_logged_in_are_stored_nowhere(client: Client):
    client.force_login(UserFactory())

    assert client.get(reverse("auditorium:help")).headers["Cache-Control"] == "private, no-store"


def test_page_not_found_is_stored_nowhere_either(client: Client):
    client.force_login(UserFactory())

    answer = client.get("/nowhere/")

    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "private, no-store")


def test_pages_before_login_need_no_such_rule(client: Client):
    assert "no-store" not in client.get(reverse("auditorium:help")).headers.get("Cache-Control", "")
