"""Clinic sessions in the admin: who took unusually many of a shared one."""

import pytest
from django.urls import reverse

from appointments.domain import bookings
from auditorium.models import Region
from tests import admin_rows
from tests.appointments.factories import SlotFactory, bookable_villager
from tests.factories import HallFactory, desk_user

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
