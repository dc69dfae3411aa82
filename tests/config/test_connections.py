"""The pool of database connections: what died in it is noticed before anybody gets it."""

import pytest
from django.db import connection

from auditorium.models import Hall
from tests.concurrency.threads import at_once
from tests.peers.kill_points import end_connections

USERS = 6
NAME = "users of the pool"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_connections_that_died_in_the_pool_are_replaced_before_anybody_gets_one():
    def counted():
        with connection.cursor() as cursor:
            cursor.execute("SET application_name = %s", [NAME])
        return Hall.objects.count()

    assert at_once([counted] * USERS) == [0] * USERS
    end_connections(NAME)
    assert at_once([Hall.objects.count] * USERS) == [0] * USERS
