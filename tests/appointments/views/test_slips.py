"""The pages that print."""

import pytest
from django.urls import reverse

from appointments.domain import bookings
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def appointment(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall)
    return bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)


@pytest.mark.parametrize("name", ["slip", "card"])
def test_pages_are_for_those_who_may_see_the_villager(client, appointment, desk, name):
    address = reverse(f"appointments:{name}", args=[appointment.reference])
    client.force_login(desk)
    assert client.get(address).status_code == 200
    client.force_login(desk_user(HallFactory()))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["slip", "card"])
def test_nothing_is_printed_of_a_booking_that_is_called_off(client, appointment, desk, name):
    bookings.cancel(appointment=appointment, by=desk)
    client.force_login(desk)
    answer = client.get(reverse(f"appointments:{name}", args=[appointment.reference]))
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("appointments:appointment", args=[appointment.reference])


@pytest.mark.parametrize("paper", ["a4", "a5", "roll80", "roll57"])
def test_slip_comes_on_the_paper_and_as_often_as_asked(client, appointment, desk, paper):
    client.force_login(desk)
    page = client.get(reverse("appointments:slip", args=[appointment.reference]), {"paper": paper, "copies": 2})
    text = page.content.decode()
    assert f"paper-{paper}" in text
    assert text.count('<article class="sheet"') == 2


def test_slip_ignores_choices_that_are_none(client, appointment, desk):
    client.force_login(desk)
    page = client.get(reverse("appointments:slip", args=[appointment.reference]), {"paper": "b0", "copies": "99"})
    text = page.content.decode()
    assert ("paper-a5" in text, text.count('<article class="sheet"')) == (True, 1)


def test_card_is_in_chinese_even_where_the_desk_reads_english(client, appointment, desk):
    desk.language = "en"
    desk.save()
    client.force_login(desk)
    page = client.get(reverse("appointments:card", args=[appointment.reference])).content.decode()
    assert "带 身份证" in page


def test_slip_is_in_chinese_even_where_the_desk_reads_english(client, appointment, desk):
    desk.language = "en"
    desk.save()
    client.force_login(desk)
    page = client.get(reverse("appointments:slip", args=[appointment.reference])).content.decode()
    assert '<article class="sheet" lang="zh-hans">' in page
    english = client.get(reverse("appointments:slip", args=[appointment.reference]), {"language": "en"})
    assert '<article class="sheet" lang="en">' in english.content.decode()
