"""The desk lets texts go to a number again that had stopped them."""

import pytest
from django.urls import reverse

from auditorium import clock
from auditorium.models import AuditEntry
from tests.factories import ContactFactory, HallFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def contact(hall):
    return ContactFactory(villager=VillagerFactory(registered_at=hall), phone__opted_out_at=clock.now())


@pytest.fixture
def desk(client, hall):
    client.force_login(desk_user(hall))
    return client


def address(contact):
    return reverse("auditorium:contact_texts", args=[contact.villager_id, contact.pk])


def page(contact):
    return reverse("auditorium:villager", args=[contact.villager_id])


def test_button_stands_beside_a_number_that_stopped_texts(desk, contact, hall):
    other = ContactFactory(villager=contact.villager, relation="daughter")
    shown = desk.get(page(contact)).content.decode()
    assert (address(contact) in shown, address(other) in shown) == (True, False)


def test_texts_go_there_again(desk, contact):
    answer = desk.post(address(contact), follow=True)
    assert (answer.redirect_chain[0][0], "这个号码又能收短信了。" in answer.content.decode()) == (page(contact), True)
    contact.phone.refresh_from_db()
    assert contact.phone.opted_out_at is None
    assert AuditEntry.objects.get(action="opted_in").actor.username == desk.get(page(contact)).context["user"].username
    assert "这个号码又能收短信了。" not in desk.post(address(contact), follow=True).content.decode()


def test_only_by_post_of_a_contact_of_that_villager_in_scope(desk, contact):
    assert desk.get(address(contact)).status_code == 405
    other = ContactFactory(villager=VillagerFactory(), phone__opted_out_at=clock.now())
    assert desk.post(address(other)).status_code == 404
    mixed = reverse("auditorium:contact_texts", args=[contact.villager_id, other.pk])
    assert desk.post(mixed).status_code == 404
    nobody = ContactFactory(villager=contact.villager, relation="son", phone=None, reach="in_person")
    assert desk.post(address(nobody)).status_code == 404
    other.phone.refresh_from_db()
    assert other.phone.opted_out_at is not None
