"""What became of a hall's texts is its people's to see, and nobody else's."""

import pytest
from django.urls import reverse

from auditorium import clock
from auditorium.domain import figures
from tests import admin_rows
from tests.factories import HallFactory, MessageFactory, SmsLineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    hall = HallFactory(name="宝善桥村文化礼堂")
    line = SmsLineFactory()
    MessageFactory(line=line, hall=hall, state="delivered")
    MessageFactory(line=line, hall=hall, state="undelivered", error_code="MK:0001")
    MessageFactory(line=line, hall=HallFactory(), state="delivered")
    figures.count_day(clock.today())
    return hall


def texts_of(hall):
    return reverse("admin:auditorium_hall_texts", args=[hall.pk])


def test_manager_sees_what_became_of_the_halls_texts(client, hall):
    client.force_login(admin_rows.hall_manager(hall))
    answer = client.get(texts_of(hall))
    page = answer.context["page"]
    assert (page.days[-1].delivered, page.days[-1].lost, page.causes) == (1, 1, [("MK:0001", "空号：不存在的用户", 1)])
    assert "宝善桥村文化礼堂的短信" in answer.content.decode()
    assert texts_of(hall) in client.get(f"/admin/auditorium/hall/{hall.pk}/change/").content.decode()


def test_manager_of_another_hall_does_not(client, hall):
    client.force_login(admin_rows.hall_manager(HallFactory()))
    assert client.get(texts_of(hall)).status_code == 404
