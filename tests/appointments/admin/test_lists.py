"""Every list of the admin, of both apps: what it costs, and who sees which rows."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import CalendarDay
from auditorium import models
from auditorium.admin.base import ScopedAdmin
from tests import admin_rows
from tests.factories import HallFactory

pytestmark = pytest.mark.django_db
ALL = sorted(admin_rows.EVERYTHING, key=lambda model: model.__name__)
QUERIES = dict.fromkeys([models.Message, models.User, models.SmsLine, CalendarDay, models.Topic, models.Resource], 9)
"""Session, user, roles, count, rows and what the frame shows are ten; the filter by line, everybody's roles, what
waits on the lines, which years are missing, and the filter by channel."""


def url(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def shown(answer):
    return {row.pk for row in answer.context["cl"].result_list}


def test_every_model_of_ours_is_tested_here():
    ours = {model for model, its in admin.site._registry.items() if isinstance(its, ScopedAdmin)}
    assert set(admin_rows.EVERYTHING) | {models.ResourceUse} == ours  # which has figures for a list


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", ALL)
def test_list_asks_the_same_whatever_its_length(client, model, rows):
    client.force_login(admin_rows.administrator())
    for _row in range(rows):
        admin_rows.EVERYTHING[model](HallFactory())
    client.get(url(model))  # content types are read once per process
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url(model))
    assert answer.status_code == 200
    assert len(asked) == QUERIES.get(model, 8)
