"""A hall, somebody at its desk, and a villager who can be booked for."""

import pytest

from tests.appointments.factories import reachable_villager
from tests.factories import HallFactory, desk_user


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return reachable_villager(hall)


@pytest.fixture
def at_desk(client, desk):
    """The test client, logged in at the hall's desk."""
    client.force_login(desk)
    return client
