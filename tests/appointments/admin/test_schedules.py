"""Clinic sessions in the admin: who took unusually many of a shared one, and how many places a part has."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.domain import bookings
from appointments.enums import SlotKind
from appointments.forms.slots import CapacityForm
from appointments.models import ClinicSession, Slot
from auditorium import clock
from auditorium.models import AuditEntry, Region
from tests import admin_rows
from tests.appointments.factories import SlotFactory, at, bookable_villager
from tests.factories import HallFactory, RegionFactory, desk_user, supervisor

pytestmark = pytest.mark.django_db

URL = reverse("admin:appointments_clinicsession_changelist")


def test_list_names_who_took_most_and_finds_only_those(client):
    hall = HallFactory()
    town = Region.objects.create(code=f"{hall.region_id[:9]}000", name="示例镇", level="town")
    shared = SlotFactory(session__allotted_hall=None, session__allotted_region=town, capacity=10)
    other = SlotFactory(session__allotted_hall=None, session__allotted_region=town, capacity=10)
    desk = desk_user(hall)
    for slot, times in ((shared, 6), (other, 5)):
        for _ in range(times):
            bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)
    client.force_login(admin_rows.administrator())
    page = client.get(URL).content.decode()
    assert page.count("约了 6 次，共 10 个号") == 1
    assert "约了 5 次" not in page
    found = client.get(URL, {"hoarding": "yes"}).context["cl"].result_list
    assert [session.pk for session in found] == [shared.session_id]


def change_url(session):
    return reverse("admin:appointments_clinicsession_change", args=[session.pk])


def sized(*slots, **capacities):
    """The form of a session's page with these capacities, in the order of the slots."""
    said = {"slots-TOTAL_FORMS": len(slots), "slots-INITIAL_FORMS": len(slots)}
    for n, slot in enumerate(slots):
        said |= {f"slots-{n}-id": slot.pk, f"slots-{n}-session": slot.session_id}
        said |= {f"slots-{n}-capacity": capacities.get(f"of_{n}", slot.capacity)}
    return said


@pytest.fixture
def two_slots():
    """Three places from 8:00, three from 9:00."""
    early = SlotFactory()
    return early, SlotFactory(session=early.session, starts_at=at(early.session.date, 9), numbers=[[4, 6]])


@pytest.fixture
def of_the_region(two_slots):
    """Who supervises the hall the places are for."""
    town = RegionFactory(code=f"{two_slots[0].session.allotted_hall.region_id[:9]}000", level="town")
    return supervisor(town, is_staff=True)


def test_places_added_in_the_admin_take_numbers_after_the_sessions_last(client, two_slots, of_the_region):
    early, late = two_slots
    client.force_login(of_the_region)
    assert client.post(change_url(early.session), sized(early, late, of_0=5)).status_code == 302
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.capacity, early.numbers, late.numbers) == (5, [[1, 3], [7, 8]], [[4, 6]])
    entry = AuditEntry.objects.get(action="capacity_changed")
    assert (entry.actor, entry.object_id, entry.fields) == (of_the_region, early.pk, ["capacity"])


def test_places_somebody_has_are_not_taken_away_in_the_admin(client, two_slots, of_the_region):
    early, late = two_slots
    hall = early.session.allotted_hall
    bookings.book(slot=early, villager=bookable_villager(hall), hall=hall, by=desk_user(hall))
    client.force_login(of_the_region)
    answer = client.post(change_url(early.session), sized(early, late, of_0=0, of_1=2))
    assert "号数不能比已约的少。" in answer.content.decode()
    assert list(Slot.objects.order_by("starts_at").values_list("capacity", flat=True)) == [3, 3]


def test_places_booked_while_the_page_was_open_stay(client, two_slots, of_the_region, monkeypatch):
    early, late = two_slots
    monkeypatch.setattr(CapacityForm, "clean_capacity", lambda form: form.cleaned_data["capacity"])
    Slot.objects.filter(pk=early.pk).update(taken=2)
    client.force_login(of_the_region)
    answer = client.post(change_url(early.session), sized(early, late, of_0=1), follow=True)
    assert "已经约了 2 位，不能减到 1 个号。" in answer.content.decode()
    early.refresh_from_db()
    assert early.capacity == 3


@pytest.mark.parametrize("who", [admin_rows.hall_manager, lambda hall: admin_rows.supervisor_of("330203000000")])
def test_capacity_is_the_hospitals_and_the_supervisors_to_change(client, two_slots, who):
    early, late = two_slots
    client.force_login(who(early.session.allotted_hall))
    client.post(change_url(early.session), sized(early, late, of_0=9))
    assert list(Slot.objects.order_by("starts_at").values_list("capacity", flat=True)) == [3, 3]


def test_extra_places_and_days_gone_by_keep_their_capacity(client, two_slots, of_the_region):
    early, late = two_slots
    Slot.objects.filter(pk=late.pk).update(kind=SlotKind.EXTRA)
    client.force_login(of_the_region)
    client.post(change_url(early.session), sized(early, late, of_1=9))
    ClinicSession.objects.update(date=clock.today() - timedelta(days=1))
    client.post(change_url(early.session), sized(early, late, of_0=9))
    assert list(Slot.objects.order_by("starts_at").values_list("capacity", flat=True)) == [3, 3]
