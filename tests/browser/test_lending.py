"""Lending a printed book by keyboard alone, with a scanner's Enter, and taking it back without looking anybody up."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from auditorium.domain import visits
from auditorium.models import BookCopy, Hall, Loan, User, Villager
from tests.browser.accessibility import assert_accessible
from tests.site import Site

LogIn = Callable[..., Page]


@pytest.fixture
def served(site: Site) -> Villager:
    """The villager who sits at the desk and has no book yet."""
    with site.orm():
        user = User.objects.get(username="desk")
        hall = user.current_hall or Hall.objects.for_user(user).get()
        people = Villager.objects.living().filter(registered_at=hall)
        villager = people.exclude(pk__in=Loan.objects.out().values("villager")).earliest("pk")
        visits.serve(visit=visits.arrive(hall=hall, by=user, villager=villager), by=user)
        return villager


@pytest.fixture
def copy(site: Site, served: Villager) -> Iterator[BookCopy]:
    """A book on the shelf; it stands there again afterwards."""
    with site.orm():
        hall = served.registered_at
        yield BookCopy.objects.filter(hall=hall, state="on_shelf").select_related("resource").earliest("pk")
        Loan.objects.filter(villager=served).delete()


def test_a_book_is_lent_and_taken_back_by_keyboard(logged_in: LogIn, served: Villager, copy: BookCopy, site: Site):
    page = logged_in("desk")
    page.goto(f"/people/{served.pk}/")
    page.get_by_role("link", name="借书还书").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/library/lending/for/"))
    expect(page.get_by_label("册号")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type(f"{copy.number.lower()}\n")
    expect(page.get_by_text(f"《{copy.resource.title}》借给{served.name}了")).to_be_visible()
    expect(page.get_by_label("册号")).to_be_focused()
    with site.orm():
        assert Loan.objects.out().get(copy=copy).villager == served
    page.keyboard.type(f"{copy.number}\n")
    expect(page.get_by_role("alert").first).to_contain_text("本来就是")
    assert_accessible(page)
    page.goto("/library/lending/")
    expect(page.get_by_label("册号")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type(f"{copy.number}\n")
    expect(page.get_by_text(f"（{copy.number}）还了，是{served.name}借的")).to_be_visible()
    with site.orm():
        assert not Loan.objects.out().filter(copy=copy).exists()


def test_the_page_of_a_book_lends_without_scripts(logged_in: LogIn, served: Villager, copy: BookCopy, site: Site):
    page = logged_in("desk", java_script_enabled=False)
    page.goto(f"/library/{copy.resource_id}/")
    page.get_by_role("button", name=re.compile(f"借给{served.name}.*{copy.number}")).click()
    expect(page.get_by_text(f"《{copy.resource.title}》借给{served.name}了")).to_be_visible()
    page.get_by_role("link", name=re.compile("丢了")).click()
    expect(page.get_by_role("heading", name=f"《{copy.resource.title}》丢了吗？")).to_be_visible()
    page.get_by_role("link", name="没丢，返回").click()
    page.get_by_role("button", name=re.compile("还了")).click()
    expect(page.get_by_text("没有借着的书。")).to_be_visible()


def test_pages_of_a_printed_book_are_accessible(logged_in: LogIn, copy: BookCopy):
    page = logged_in("manager")
    page.goto(f"/library/{copy.resource_id}/")
    page.get_by_text("登记新书").first.click()
    assert_accessible(page)
