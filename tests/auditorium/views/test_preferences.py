"""The header's switches."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from auditorium.models import User
from tests.factories import HallFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db

CHOICES = [
    ("auditorium:set_language", "language", "en", settings.LANGUAGE_COOKIE_NAME),
    ("auditorium:set_text_size", "text_size", "largest", "text_size"),
]


@pytest.fixture
def user(client: Client) -> User:
    """Somebody logged in."""
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.mark.parametrize(("name", "field", "value", "cookie"), CHOICES)
def test_choice_is_kept_with_the_user_and_on_this_computer(client, user, name, field, value, cookie):
    answer = client.post(reverse(name), {field: value, "next": "/help/"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/help/")
    user.refresh_from_db()
    assert getattr(user, field) == value
    kept = answer.cookies[cookie]
    assert (kept.value, kept["httponly"], kept["samesite"]) == (value, True, "Lax")


@pytest.mark.parametrize(("name", "field", "value", "cookie"), CHOICES)
def test_choice_before_login_is_kept_on_this_computer(client, name, field, value, cookie):
    answer = client.post(reverse(name), {field: value, "next": reverse("login")})

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("login"))
    assert answer.cookies[cookie].value == value


@pytest.mark.parametrize(("name", "field", "value", "cookie"), CHOICES)
def test_choice_that_is_not_offered_is_refused(client, user, name, field, value, cookie):
    answer = client.post(reverse(name), {field: "huge"})

    assert (answer.status_code, cookie in answer.cookies) == (400, False)
    before = getattr(user, field)
    user.refresh_from_db()
    assert getattr(user, field) == before


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com/", "javascript:alert(1)", ""])
def test_switch_never_leads_to_another_site(client, user, elsewhere):
    answer = client.post(reverse("auditorium:set_text_size"), {"text_size": "large", "next": elsewhere})

    assert answer.headers["Location"] == reverse("auditorium:desk")


@pytest.mark.parametrize("name", ["auditorium:set_language", "auditorium:set_text_size", "auditorium:set_shortcuts"])
def test_switch_is_not_moved_by_a_link(client, user, name):
    assert client.get(reverse(name)).status_code == 405


def test_shortcuts_are_switched_off_and_on_again(client, user):
    for value, expected in (("off", False), ("on", True)):
        client.post(reverse("auditorium:set_shortcuts"), {"shortcuts": value, "next": "/help/"})
        user.refresh_from_db()
        assert user.shortcuts is expected


def test_shortcuts_need_a_user(client):
    answer = client.post(reverse("auditorium:set_shortcuts"), {"shortcuts": "off"})

    assert answer.headers["Location"].startswith(reverse("login"))


def test_hall_in_scope_is_chosen(client):
    here, there = HallFactory(), HallFactory()
    user = desk_user(here)
    user.roles.create(role="desk", hall=there)
    client.force_login(user)

    answer = client.post(reverse("auditorium:choose_hall"), {"hall": there.pk})

    assert answer.headers["Location"] == reverse("auditorium:desk")
    user.refresh_from_db()
    assert user.current_hall == there


@pytest.mark.parametrize("wrong", ["out of scope", "closed down", "not a number", "missing"])
def test_hall_that_is_not_to_be_had_is_not_found(client, wrong):
    here = HallFactory()
    user = desk_user(here)
    closed = HallFactory(is_active=False)
    user.roles.create(role="desk", hall=closed)
    client.force_login(user)
    pk = {"out of scope": HallFactory().pk, "closed down": closed.pk, "not a number": "x", "missing": ""}[wrong]

    assert client.post(reverse("auditorium:choose_hall"), {"hall": pk}).status_code == 404
    user.refresh_from_db()
    assert user.current_hall == here


def test_halls_out_of_scope_are_not_listed(client):
    mine, other = HallFactory(name="宝善桥村文化礼堂"), HallFactory(name="后仓村文化礼堂")
    client.force_login(desk_user(mine))

    page = client.get(reverse("auditorium:choose_hall"))

    assert (mine.name in page.text, other.name in page.text) == (True, False)


def test_halls_are_found_by_a_part_of_their_name(client):
    user = desk_user(HallFactory(name="宝善桥村文化礼堂"))
    user.roles.create(role="desk", hall=HallFactory(name="后仓村文化礼堂"))
    client.force_login(user)

    page = client.get(reverse("auditorium:choose_hall"), {"name": "后仓"})

    assert [hall.name for hall in page.context["page_obj"]] == ["后仓村文化礼堂"]


@pytest.mark.parametrize("is_staff", [True, False])
def test_who_works_at_no_hall_is_shown_the_way_to_the_admin_where_they_may_go(client, is_staff):
    client.force_login(UserFactory(is_staff=is_staff))
    main = client.get(reverse("auditorium:choose_hall")).text.partition("<main")[2]
    assert (f'href="{reverse("admin:index")}"' in main) is is_staff
