"""What every page shows around its own content, and what that costs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from auditorium import navigation
from auditorium.context_processors import HALLS_IN_MENU, Desk
from auditorium.enums import FollowUpKind, RegionLevel
from auditorium.models import FollowUp, User
from tests.factories import HallFactory, RegionFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db


def desk_for(user: User | AnonymousUser, path: str = "/", **cookies: str) -> Desk:
    """What the templates of this request read."""
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.user = user
    return Desk(request)


def show(desk: Desk) -> None:
    """Read all that the header reads."""
    assert desk.nav is not None
    assert desk.menu_halls is not None
    assert (desk.hall, desk.has_more_halls, desk.text_size, desk.shortcuts, desk.demo) is not None


def task(hall, **kwargs):
    """An open task at the hall."""
    return FollowUp.objects.create(
        hall=hall,
        kind=FollowUpKind.CALL,
        reason="短信没送到",
        due_at="2026-11-23T08:00Z",
        created_at="2026-11-23T07:00Z",
        **kwargs,
    )


def test_desk_asks_the_database_nothing_before_login(django_assert_num_queries):
    with django_assert_num_queries(0):
        show(desk_for(AnonymousUser()))


def test_desk_asks_the_database_nothing_until_a_template_reads_it(django_assert_num_queries):
    user = User.objects.get(pk=desk_user(HallFactory()).pk)
    with django_assert_num_queries(0):
        desk_for(user)


@pytest.mark.parametrize("count", [1, 5])
def test_desk_costs_four_queries_whatever_there_is_to_show(django_assert_num_queries, count):
    hall = HallFactory()
    pk = desk_user(hall).pk
    for _ in range(count):
        User.objects.get(pk=pk).roles.create(role="desk", hall=HallFactory())
        task(hall)
    user = User.objects.get(pk=pk)

    with django_assert_num_queries(4):  # roles, the hall, other halls, open tasks
        show(desk_for(user))


def test_text_size_before_login_is_the_one_last_chosen_on_this_computer():
    assert desk_for(AnonymousUser(), text_size="large").text_size == "large"


def test_text_size_that_is_not_offered_counts_as_normal():
    assert desk_for(AnonymousUser(), text_size='"><b>').text_size == "normal"


def test_text_size_of_the_user_goes_before_that_of_the_computer():
    user = desk_user(HallFactory(), text_size="largest")

    assert desk_for(user, text_size="large").text_size == "largest"


def test_menu_leaves_out_the_present_hall():
    here, there = HallFactory(), HallFactory()
    user = desk_user(here)
    user.roles.create(role="desk", hall=there)

    assert desk_for(user).menu_halls == [there]


@pytest.mark.parametrize(("more", "left_out"), [(0, False), (1, True)])
def test_menu_of_halls_ends_where_a_list_begins(more, left_out):
    county = RegionFactory(code="330603000000", level=RegionLevel.COUNTY)
    for _ in range(HALLS_IN_MENU + more):
        HallFactory()
    desk = desk_for(supervisor(county))

    assert (len(desk.menu_halls), desk.has_more_halls) == (HALLS_IN_MENU, left_out)


def test_badge_counts_what_waits_at_this_hall():
    hall, other = HallFactory(), HallFactory()
    task(hall)
    task(hall, state="done")
    task(other)
    task(other, escalated_hall=hall)

    counts = {area.url: area.count for area in desk_for(desk_user(hall)).nav}

    assert counts[reverse("auditorium:follow_ups")] == 2


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "auditorium:desk"),
        ("/people/7/", "auditorium:desk"),
        ("/visits/add", "auditorium:desk"),
        ("/tasks/", "auditorium:follow_ups"),
        ("/tasks/3/", "auditorium:follow_ups"),
        ("/appointments/book/7/", "appointments:appointment_list"),
        ("/help/", None),
    ],
)
def test_area_of_the_page_is_marked_as_current(path, current):
    marked = [area.url for area in desk_for(desk_user(HallFactory()), path).nav if area.current]

    assert marked == ([reverse(current)] if current else [])


def test_every_registered_area_has_its_page():
    missing = []
    for item in navigation.items():
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            missing.append(item.url_name)

    assert missing == []
