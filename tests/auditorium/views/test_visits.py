"""The buttons of the desk's list of today, and the page of one visit."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from auditorium import clock
from auditorium.domain import drafts, visits
from auditorium.models import Matter, Visit
from tests.factories import HallFactory, VillagerFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def desk(client, user):
    """A browser of somebody at the hall's desk."""
    client.force_login(user)
    return client


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


def press(desk, button, *args, **data):
    """POST without following."""
    return desk.post(url(button, *args), data)


# ---- adding


def test_visit_add_writes_down_a_label_and_a_matter(desk, hall):
    response = press(desk, "visit_add", who="一位大爷", kind="booking", note="膝盖痛", channel="phone")
    visit = Visit.objects.get()
    assert response.headers["Location"] == url("desk")
    assert (visit.hall, visit.label, visit.channel, visit.state) == (hall, "一位大爷", "phone", "waiting")
    assert list(visit.matters.values_list("kind", "note")) == [("booking", "膝盖痛")]
    assert said(response) == ["记下了：一位大爷，请稍等。"]


def test_visit_add_without_a_channel_is_in_person(desk):
    press(desk, "visit_add", who="一位大爷", kind="booking")
    assert Visit.objects.get().channel == "walk_in"


def test_visit_add_with_a_villager_needs_no_label(desk, villager):
    response = press(desk, "visit_add", villager=villager.pk, kind="booking", now="1")
    visit = Visit.objects.get()
    assert (visit.villager, visit.label, visit.state) == (villager, "", "serving")
    assert response.headers["Location"] == url("villager", villager.pk)


def test_visit_add_with_nobody_says_so(desk):
    response = press(desk, "visit_add", who="  ", kind="booking")
    assert said(response) == ["请写上是谁：姓名，或者“一位大爷”。"]
    assert not Visit.objects.exists()


def test_visit_add_with_a_villager_out_of_scope_writes_nothing(desk):
    press(desk, "visit_add", villager=VillagerFactory().pk, kind="booking")
    assert not Visit.objects.exists()


# ---- buttons


def test_visit_start_leads_to_the_villager(desk, hall, villager, user):
    visit = VisitFactory(hall=hall, villager=villager)
    assert press(desk, "visit_start", visit.pk).headers["Location"] == url("villager", villager.pk)
    assert visits.served_now(user) == visit


def test_visit_start_without_a_name_leads_to_the_visit_and_says_who_waits(desk, hall, user):
    visits.serve(visit=VisitFactory(hall=hall, label="李阿根"), by=user)
    visit = VisitFactory(hall=hall)
    response = press(desk, "visit_start", visit.pk)
    assert response.headers["Location"] == url("visit", visit.pk)
    assert said(response) == ["李阿根先放一放了。"]


def test_visit_start_of_a_colleagues_is_refused_in_words(desk, hall):
    visit = VisitFactory(hall=hall)
    visits.serve(visit=Visit.objects.get(pk=visit.pk), by=desk_user(hall, full_name="陈芳"))
    assert said(press(desk, "visit_start", visit.pk)) == ["陈芳已经在接待这位了。"]


@pytest.mark.parametrize(
    ("button", "state"), [("visit_put_aside", "put_aside"), ("visit_finish", "done"), ("visit_leave", "left")]
)
def test_buttons_move_the_visit_and_lead_to_the_desk(desk, hall, user, button, state):
    visit = visits.serve(visit=VisitFactory(hall=hall), by=user)
    assert press(desk, button, visit.pk).headers["Location"] == url("desk")
    visit.refresh_from_db()
    assert visit.state == state


def test_buttons_lead_back_to_where_they_were(desk, hall):
    visit = VisitFactory(hall=hall)
    page = url("visit", visit.pk)
    assert press(desk, "visit_put_aside", visit.pk, next=page).headers["Location"] == page
    elsewhere = press(desk, "visit_put_aside", visit.pk, next="https://evil.example/")
    assert elsewhere.headers["Location"] == url("desk")


def test_close_left_over_is_one_press(desk, hall):
    old = VisitFactory(hall=hall, arrived_at="2026-01-05T09:00:00+08:00")
    press(desk, "visits_close_left_over")
    old.refresh_from_db()
    assert old.state == "left"


@pytest.mark.parametrize(
    "name",
    ["visit_start", "visit_put_aside", "visit_finish", "visit_leave", "visit_identify", "matter_add"],
)
def test_visits_out_of_scope_are_not_there(desk, name):
    visit = VisitFactory()
    assert press(desk, name, visit.pk, villager=1, kind="booking").status_code == 404
    assert desk.get(url("visit", visit.pk)).status_code == 404
    visit.refresh_from_db()
    assert visit.state == "waiting"


def test_matters_out_of_scope_are_not_there(desk):
    matter = visits.add_matter(visit=VisitFactory(), kind="booking")
    assert press(desk, "matter_tick", matter.pk, done="1").status_code == 404


@pytest.mark.parametrize(
    "name", ["visit_start", "visit_put_aside", "visit_finish", "visit_leave", "matter_add", "matter_tick"]
)
def test_nothing_changes_by_looking(desk, hall, name):
    assert desk.get(url(name, VisitFactory(hall=hall).pk)).status_code == 405


def test_nobody_gets_in_without_logging_in(client, hall):
    response = client.post(url("visit_start", VisitFactory(hall=hall).pk))
    assert response.headers["Location"].startswith(reverse("login"))


# ---- the page of one visit


def test_visit_page_ticks_and_adds_matters(desk, hall):
    visit = VisitFactory(hall=hall)
    press(desk, "matter_add", visit.pk, kind="class", note="剪纸")
    matter = Matter.objects.get()
    assert (matter.visit, matter.kind, matter.note) == (visit, "class", "剪纸")
    press(desk, "matter_tick", matter.pk, done="1")
    matter.refresh_from_db()
    assert matter.done_at is not None
    press(desk, "matter_tick", matter.pk)
    matter.refresh_from_db()
    assert matter.done_at is None
    assert "剪纸" in desk.get(url("visit", visit.pk)).content.decode()


def test_matter_about_a_booking_is_not_ticked_by_hand(desk, hall, user, villager):
    visits.note(villager=villager, hall=hall, by=user, matter="booking", about_kind="appointment", about_id=7)
    page = desk.get(url("visit", Visit.objects.get().pk)).content.decode()
    assert "/tick" not in page


def test_visit_page_offers_whoever_has_that_name(desk, hall, user):
    from auditorium.domain import villager_keys

    villager = VillagerFactory(registered_at=hall, name="李阿根")
    villager_keys.rebuild([villager])
    visit = VisitFactory(hall=hall, label="李阿根")
    page = desk.get(url("visit", visit.pk)).content.decode()
    assert f'value="{villager.pk}"' in page


def test_visit_identify_finds_and_names(desk, hall, user):
    from auditorium.domain import villager_keys

    villager = VillagerFactory(registered_at=hall, name="李阿根")
    villager_keys.rebuild([villager])
    visit = VisitFactory(hall=hall)
    page = press(desk, "visit_identify", visit.pk, q="李阿根").content.decode()
    assert f'value="{villager.pk}"' in page
    response = press(desk, "visit_identify", visit.pk, villager=villager.pk)
    assert response.headers["Location"] == url("visit", visit.pk)
    visit.refresh_from_db()
    assert visit.villager == villager


def test_visit_identify_while_serving_goes_on_at_the_villagers_page(desk, hall, user, villager):
    visit = visits.serve(visit=VisitFactory(hall=hall), by=user)
    response = press(desk, "visit_identify", visit.pk, villager=villager.pk)
    assert response.headers["Location"] == url("villager", villager.pk)


@pytest.mark.parametrize("chosen", ["", "x"])
def test_visit_identify_nobody_is_not_there(desk, hall, chosen):
    visit = VisitFactory(hall=hall)
    assert press(desk, "visit_identify", visit.pk, villager=chosen).status_code == 404
    assert press(desk, "visit_identify", visit.pk, villager=VillagerFactory().pk).status_code == 404


def test_visit_identify_answers_a_get_with_the_page(desk, hall):
    visit = VisitFactory(hall=hall)
    assert desk.get(url("visit_identify", visit.pk)).headers["Location"] == url("visit", visit.pk)


# ---- 先放一放 on a form page

TYPED = {"name": "张小明", "group": "3组", "csrfmiddlewaretoken": "x", "draft_villager": ""}


def test_put_aside_form_without_a_visit_writes_one_down_by_the_typed_name(desk, hall, user):
    response = press(desk, "put_aside_form", **TYPED, draft_url="/people/new")
    visit = Visit.objects.get()
    assert response.headers["Location"] == url("desk")
    assert (visit.hall, visit.label, visit.state) == (hall, "张小明", "put_aside")
    assert visit.draft == {"url": "/people/new", "data": {"name": ["张小明"], "group": ["3组"]}}
    assert said(response) == ["张小明先放一放，填了一半的也留着。回来时点“接着办”。"]


def test_put_aside_form_without_any_name_still_keeps_it(desk):
    press(desk, "put_aside_form", draft_url="/people/new")
    assert Visit.objects.get().label == "一位村民"


def test_put_aside_form_belongs_to_the_visit_being_served(desk, hall, user):
    visit = visits.serve(visit=VisitFactory(hall=hall), by=user)
    press(desk, "put_aside_form", **TYPED, draft_url="/people/new")
    visit.refresh_from_db()
    assert (visit.state, visit.draft["url"], Visit.objects.count()) == ("put_aside", "/people/new", 1)


def test_put_aside_form_of_somebody_new_leaves_a_named_visit_being_served(desk, hall, user, villager):
    served = visits.serve(visit=VisitFactory(hall=hall, villager=villager), by=user)
    press(desk, "put_aside_form", **TYPED, draft_url="/people/new")
    served.refresh_from_db()
    assert (served.state, served.draft) == ("serving", None)
    assert Visit.objects.exclude(pk=served.pk).values_list("label", "state").get() == ("张小明", "put_aside")


def test_put_aside_form_without_a_name_goes_with_whoever_is_served(desk, hall, user, villager):
    served = visits.serve(visit=VisitFactory(hall=hall, villager=villager), by=user)
    press(desk, "put_aside_form", draft_url="/people/link")
    served.refresh_from_db()
    assert (served.state, served.draft["url"]) == ("put_aside", "/people/link")


def test_put_aside_form_about_a_villager_names_the_visit(desk, hall, user, villager):
    visit = visits.serve(visit=VisitFactory(hall=hall), by=user)
    press(desk, "put_aside_form", draft_villager=villager.pk, draft_url="/appointments/book/1/?q=a")
    visit.refresh_from_db()
    assert (visit.villager, visit.state) == (villager, "put_aside")


def test_put_aside_form_about_somebody_else_leaves_the_visit_being_served(desk, hall, user, villager):
    served = visits.serve(visit=VisitFactory(hall=hall, villager=VillagerFactory(registered_at=hall)), by=user)
    press(desk, "put_aside_form", draft_villager=villager.pk, draft_url="/appointments/book/1/")
    served.refresh_from_db()
    assert (served.state, served.draft) == ("serving", None)
    assert Visit.objects.exclude(pk=served.pk).values_list("villager", "state").get() == (villager.pk, "put_aside")


def test_put_aside_form_about_somebody_out_of_scope_is_not_there(desk):
    pk = VillagerFactory().pk
    assert press(desk, "put_aside_form", draft_villager=pk, draft_url="/a").status_code == 404


@pytest.mark.parametrize("address", ["", "https://evil.example/", "//evil.example/"])
def test_put_aside_form_from_nowhere_is_refused(desk, address):
    assert press(desk, "put_aside_form", draft_url=address).status_code == 400
    assert not Visit.objects.exists()


def test_resume_leads_back_to_the_page_with_what_was_typed(desk, hall):
    """The whole way, on the page that registers somebody."""
    page = url("villager_register")
    press(desk, "put_aside_form", **TYPED, draft_url=page)
    visit = Visit.objects.get()
    response = press(desk, "visit_start", visit.pk)
    assert response.headers["Location"] == f"{page}?resume={visit.pk}"
    shown = desk.get(response.headers["Location"]).content.decode()
    assert re.search(r'<input[^>]*name="name"[^>]*value="张小明"|<input[^>]*value="张小明"[^>]*name="name"', shown)
    assert re.search(r'value="3组"', shown)
    assert "error-summary" not in shown


def test_the_button_on_a_form_page_names_the_page(desk, villager):
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    request = RequestFactory().get("/people/new", {"q": "a&b"})
    html = render_to_string("auditorium/_put_aside.html", {"request": request, "villager": villager})
    assert re.search(rf'name="{drafts.VILLAGER_FIELD}"\s+value="{villager.pk}"', html)
    assert re.search(rf'name="{drafts.URL_FIELD}"\s+value="/people/new\?q=a%26b"', html)
    assert f'formaction="{url("put_aside_form")}"' in html


@pytest.mark.parametrize("matters", [1, 3])
def test_visit_page_query_count_is_fixed(desk, hall, villager, matters, django_assert_num_queries):
    visit = VisitFactory(hall=hall, villager=villager)
    for number in range(matters):
        visits.add_matter(visit=visit, kind="other", note=str(number))
    desk.get(url("visit", visit.pk))
    with django_assert_num_queries(VISIT_PAGE):
        desk.get(url("visit", visit.pk))


VISIT_PAGE = 13  # nine of them the frame's


# ---- the list on the desk


@pytest.mark.parametrize(("days", "words"), [(1, "昨天没办完"), (2, "前几天没办完")])
def test_desk_says_since_when_somebody_is_left_over(desk, hall, days, words):
    VisitFactory(hall=hall, arrived_at=clock.now() - timedelta(days=days))
    page = desk.get(url("desk")).content.decode()
    assert words in page
    assert url("visits_close_left_over") in page


def test_desk_offers_what_each_visit_can_do(desk, hall, user):
    waiting = VisitFactory(hall=hall)
    aside = visits.put_aside(visit=VisitFactory(hall=hall), by=user, draft={"url": "/people/new", "data": {}})
    served = visits.serve(visit=VisitFactory(hall=hall), by=user)
    ended = visits.finish(visit=VisitFactory(hall=hall), by=user)
    page = desk.get(url("desk")).content.decode()
    for visit, words in ((waiting, "接待"), (aside, "接着办"), (ended, "按错了，再接着办")):
        assert re.search(rf'action="{url("visit_start", visit.pk)}".*?{words}', page, re.DOTALL)
    assert f'formaction="{url("visit_finish", served.pk)}"' in page
    assert f'formaction="{url("visit_put_aside", served.pk)}"' in page
    assert "留着填了一半的表" in page
