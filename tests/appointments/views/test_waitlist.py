"""候补 on its pages: from a full week to the queue, to the place held for somebody, and to their answer."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from appointments.domain import bookings, turns, waitlist
from appointments.enums import AppointmentState, WaitlistState
from appointments.models import Appointment, WaitlistEntry
from auditorium.models import FollowUp
from tests.appointments.factories import DoctorFactory, SlotFactory, at, bookable_villager, reachable_villager
from tests.appointments.pages import read
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
FRIDAY = MONDAY + timedelta(days=4)


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(at(MONDAY, 9), tick=False) as traveller:
        yield traveller.move_to


@pytest.fixture
def slot(hall):
    """The only place of a doctor's Friday morning."""
    return SlotFactory(
        session__allotted_hall=hall,
        session__date=FRIDAY,
        session__department__name="骨科",
        session__department__hospital__name="柯桥区示例医院",
        capacity=1,
    )


@pytest.fixture
def booked(slot, hall, desk):
    return bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)


@pytest.fixture
def entry(slot, hall, desk, villager, booked):
    return wait(slot, hall, desk, villager)


@pytest.fixture
def offer(entry, booked, desk):
    bookings.cancel(appointment=booked, by=desk)
    turns.serve_waitlists()
    return Appointment.objects.get(waitlist_entry=entry)


def wait(slot, hall, desk, villager=None):
    return waitlist.join(
        villager=villager or bookable_villager(hall),
        department=slot.session.department,
        hall=hall,
        by=desk,
        first_date=FRIDAY,
        last_date=FRIDAY,
    )


def join_page(villager, slot, **query):
    return reverse("appointments:waitlist_join", args=[villager.pk, slot.session.department_id], query=query or None)


def entry_page(entry, name="waitlist_entry"):
    return reverse(f"appointments:{name}", args=[entry.pk])


def page_of(appointment, name="appointment"):
    return reverse(f"appointments:{name}", args=[appointment.reference])


def wanted(**changes):
    return {"doctor": "", "first_date": f"{FRIDAY}", "last_date": f"{FRIDAY}", "period": ""} | changes


def fresh(row):
    row.refresh_from_db()
    return row.state


def test_the_week_leads_from_a_full_session_and_a_full_week_to_the_queue(at_desk, villager, slot, booked):
    week = reverse("appointments:week", args=[villager.pk, slot.session.department_id])
    page = read(at_desk.get(week, {"from": f"{MONDAY}"}))
    assert page.links[join_page(villager, slot, session=slot.session_id)] == "周五 11月27日 上午 约满 排候补"
    assert page.links[f"{join_page(villager, slot)}?from=2026-11-23"] == "这几天排候补"


def test_what_came_free_is_shown_as_the_queues(at_desk, hall, desk, slot, entry, booked):
    bookings.cancel(appointment=booked, by=desk)
    another = bookable_villager(hall)
    week = reverse("appointments:week", args=[another.pk, slot.session.department_id])
    page = read(at_desk.get(week, {"from": f"{MONDAY}", "session": slot.session_id}))
    assert "先给排队的" in page.words
    assert "有人在排队，空出来的号先给排队的人。" in page.words
    assert page.links[join_page(another, slot, session=slot.session_id)] == "排候补"
    assert page.focus == join_page(another, slot, session=slot.session_id)


def test_a_desk_that_wants_the_queues_place_is_offered_the_queue(at_desk, hall, desk, slot, entry, booked):
    bookings.cancel(appointment=booked, by=desk)
    another = bookable_villager(hall)
    page = read(at_desk.get(reverse("appointments:check", args=[another.pk, slot.pk])))
    assert "这个班次有人在排队，空出来的号先给排队的人；可以帮村民排候补，或选别的时间。" in page.words
    assert page.links[join_page(another, slot, session=slot.session_id)] == "排候补"
    form = {"key": "00000000-0000-0000-0000-000000000001"}
    response = at_desk.post(reverse("appointments:check", args=[another.pk, slot.pk]), form)
    assert (response.status_code, fresh(entry)) == (409, WaitlistState.OFFERED)
    assert read(response).links[join_page(another, slot, session=slot.session_id)] == "排候补"


def test_the_page_says_what_queueing_is_before_anybody_joins(at_desk, hall, desk, villager, slot, booked):
    wait(slot, hall, desk)
    page = read(at_desk.get(join_page(villager, slot, session=slot.session_id)))
    for said in [
        "张小明：排候补",
        "柯桥区示例医院 · 骨科",
        "排队不等于约上。",
        "前面还有 1 位",
        "11月26日 周四 下午3:00。到时候还没有，礼堂会打电话告诉村民。",
        "排上",
    ]:
        assert said in page.words, said
    assert not WaitlistEntry.objects.filter(villager=villager).exists()


def test_a_plain_post_puts_the_villager_in_the_queue(at_desk, hall, desk, villager, slot, booked):
    response = at_desk.post(join_page(villager, slot), wanted(), follow=True)
    made = WaitlistEntry.objects.get()
    assert (made.villager, made.hall, made.joined_by, made.doctor, made.period) == (villager, hall, desk, None, "")
    assert (made.first_date, made.last_date) == (FRIDAY, FRIDAY)
    assert response.redirect_chain == [(entry_page(made), 302)]
    words = read(response).words
    assert "排上了。排队不等于约上，有号了马上告诉村民。" in response.content.decode()
    assert "候补排上了，还没约上" in words
    assert "没有人，有号先给这一位" in words


def test_who_waits_there_already_is_led_to_their_place(at_desk, villager, slot, entry):
    for response in (at_desk.get(join_page(villager, slot)), at_desk.post(join_page(villager, slot), wanted())):
        assert (response.status_code, response.headers["Location"]) == (302, entry_page(entry))
    assert WaitlistEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("last_date", f"{FRIDAY - timedelta(days=1)}"),
        ("last_date", "abc"),
        ("first_date", "2026-11-01"),
        ("first_date", ""),
        ("period", "midnight"),
        ("doctor", "999999"),
    ],
)
def test_what_cannot_be_waited_for_is_said_at_the_field_and_the_rest_is_kept(
    at_desk, villager, slot, booked, field, typed
):
    doctor = DoctorFactory(department=slot.session.department)
    response = at_desk.post(join_page(villager, slot), wanted(**{"doctor": doctor.pk} | {field: typed}))
    text = response.content.decode()
    assert (response.status_code, WaitlistEntry.objects.count()) == (200, 0)
    assert (list(response.context["form"].errors), f'id="id_{field}_error"' in text) == ([field], True)
    assert field == "doctor" or f'<option value="{doctor.pk}" selected' in text


def test_where_places_are_left_there_is_nothing_to_wait_for(at_desk, villager, slot):
    response = at_desk.post(join_page(villager, slot), wanted())
    assert (response.status_code, WaitlistEntry.objects.count()) == (409, 0)
    assert "还有号，不用排队，直接约就可以。 看看能约的" in read(response).words


def test_pages_are_404_out_of_scope(client, villager, slot, entry, offer):
    client.force_login(desk_user(HallFactory()))
    for address in [
        join_page(villager, slot),
        entry_page(entry),
        entry_page(entry, "waitlist_leave"),
        page_of(offer, "offer_decline"),
    ]:
        assert (client.get(address).status_code, address) == (404, address)
    for address in [
        join_page(villager, slot),
        entry_page(entry, "waitlist_leave"),
        page_of(offer, "offer_accept"),
        page_of(offer, "offer_decline"),
    ]:
        assert (client.post(address, wanted()).status_code, address) == (404, address)
    assert (fresh(offer), fresh(entry)) == (AppointmentState.HELD, WaitlistState.OFFERED)


def test_leaving_is_asked_once(at_desk, entry):
    assert "张小明不排了吗？" in read(at_desk.get(entry_page(entry, "waitlist_leave"))).words
    assert fresh(entry) == WaitlistState.WAITING
    words = read(at_desk.post(entry_page(entry, "waitlist_leave"), follow=True)).words
    assert (fresh(entry), "候补：不排了" in words) == (WaitlistState.LEFT, True)
    again = at_desk.post(entry_page(entry, "waitlist_leave"), follow=True)
    assert "这次排队已经结束了。" in again.content.decode()


def test_a_held_place_says_until_when_and_that_it_is_not_booked(at_desk, entry, offer):
    page = read(at_desk.get(page_of(offer)))
    assert "候补有号了，留到11月23日 周一 上午11:00，还没约上。" in page.words
    assert page.links[page_of(offer, "offer_decline")] == "不要了"
    assert not {page_of(offer, "slip"), page_of(offer, "card")} & set(page.links)
    page = read(at_desk.get(entry_page(entry)))
    assert "留着号，等答复：" in page.words
    assert "另外已约" not in page.words
    assert page.links[page_of(offer)] == "看留的号"


def test_a_plain_post_accepts_and_books_the_number_that_was_held(at_desk, desk, entry, offer):
    assert at_desk.get(page_of(offer, "offer_accept")).status_code == 405
    response = at_desk.post(page_of(offer, "offer_accept"), follow=True)
    assert response.redirect_chain == [(page_of(offer), 302)]
    words = read(response).words
    assert "约好了" in words
    assert "还没约上" not in words
    assert (fresh(offer), fresh(entry)) == (AppointmentState.BOOKED, WaitlistState.BOOKED)
    assert (offer.booked_by, offer.number) == (desk, 1)
    page = read(at_desk.get(entry_page(entry)))
    assert page.links[page_of(offer)] == "看预约"


def test_declining_is_asked_once_and_passes_the_place_on(at_desk, hall, desk, slot, entry, offer):
    second = wait(slot, hall, desk)
    page = read(at_desk.get(page_of(offer, "offer_decline")))
    assert "不要的话，号马上给下一位，这次排队也就结束了。" in page.words
    assert fresh(offer) == AppointmentState.HELD
    at_desk.post(page_of(offer, "offer_decline"))
    turns.serve_waitlists()
    assert fresh(offer) == AppointmentState.CANCELLED_BY_VILLAGER
    assert (fresh(entry), fresh(second)) == (WaitlistState.LEFT, WaitlistState.OFFERED)
    again = at_desk.post(page_of(offer, "offer_decline"), follow=True)
    assert "这个号已经有结果了，请看它现在的情况。" in again.content.decode()


@pytest.mark.parametrize("swept", [False, True])
def test_after_its_time_nobody_can_take_it(at_desk, desk, entry, offer, travel, swept):
    travel(at(MONDAY, 11))
    at_desk.force_login(desk)
    if swept:
        turns.serve_before(offer.session)
    page = read(at_desk.get(page_of(offer)))
    assert "这个号只留到11月23日 周一 上午11:00，时间过了，已经给了别人。" in page.words
    assert page_of(offer, "offer_decline") not in page.links
    response = at_desk.post(page_of(offer, "offer_accept"), follow=True)
    assert "这个候补的号已经过了时间，给了下一位；可以再排，或选别的时间。" in response.content.decode()
    assert fresh(offer) == (AppointmentState.LAPSED if swept else AppointmentState.HELD)


@pytest.mark.parametrize("name", ["slip", "card"])
def test_nothing_is_printed_of_a_place_that_is_only_held(at_desk, offer, name):
    response = at_desk.get(page_of(offer, name))
    assert (response.status_code, response.headers["Location"]) == (302, page_of(offer))
    at_desk.post(page_of(offer, "offer_accept"))
    assert at_desk.get(page_of(offer, name)).status_code == 200


def test_the_list_shows_whose_time_runs_out_and_who_waits_in_order(at_desk, hall, desk, slot, entry, offer):
    second = wait(slot, hall, desk, reachable_villager(hall, name="李阿根"))
    page = read(at_desk.get(reverse("appointments:waiting")))
    assert page.links[page_of(offer)] == "张小明"
    assert page.links[entry_page(second)] == "李阿根"
    assert "有号，留到11月23日 周一 上午11:00" in page.words
    assert page.words.index("张小明") < page.words.index("李阿根")


@pytest.mark.parametrize("many", [1, 6])
def test_pages_ask_the_database_a_fixed_number_of_times(
    at_desk, hall, desk, villager, slot, booked, many, django_assert_num_queries
):
    others = [wait(slot, hall, desk) for _ in range(many)]
    at_desk.get(reverse("appointments:waiting"))
    with django_assert_num_queries(19):
        at_desk.get(join_page(villager, slot, session=slot.session_id))
    with django_assert_num_queries(17):
        at_desk.get(entry_page(others[-1]))
    with django_assert_num_queries(13):
        at_desk.get(reverse("appointments:waiting"))
    assert not FollowUp.objects.exists()
