"""Visits on the page of a villager."""

import pytest
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.urls import reverse

from auditorium.domain import visits
from tests.factories import HallFactory, VillagerFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


def bar(user, villager):
    request = RequestFactory().get("/")
    request.user = user
    template = Template("{% load visits %}{% visit_bar villager %}")
    return template.render(RequestContext(request, {"villager": villager}))


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def test_bar_ends_the_visit_being_served(hall, user, villager):
    visit = visits.arrive(hall=hall, by=user, villager=villager, matters=["booking"])
    visits.serve(visit=visit, by=user)
    page = bar(user, villager)
    assert url("visit_finish", visit.pk) in page
    assert "预约挂号" in page


def test_bar_asks_whether_the_one_without_a_name_is_them(hall, user, villager):
    visit = visits.serve(visit=VisitFactory(hall=hall), by=user)
    page = bar(user, villager)
    assert url("visit_identify", visit.pk) in page
    assert "您正在接待一位大爷，就是张小明吗？" in page


def test_bar_writes_a_visit_down_where_somebody_else_is_served(hall, user, villager):
    visits.serve(visit=VisitFactory(hall=hall, villager=VillagerFactory(registered_at=hall)), by=user)
    page = bar(user, villager)
    assert url("visit_add") in page
    assert f'name="villager" value="{villager.pk}"' in page


def test_bar_carries_the_token(user, villager):
    assert "csrfmiddlewaretoken" in bar(user, villager)


@pytest.mark.parametrize("matters", [1, 3])
def test_bar_asks_twice(hall, user, villager, matters, django_assert_num_queries):
    visit = visits.arrive(hall=hall, by=user, villager=villager)
    for number in range(matters):
        visits.add_matter(visit=visit, kind="other", note=str(number))
    visits.serve(visit=visit, by=user)
    with django_assert_num_queries(2):
        bar(user, villager)
