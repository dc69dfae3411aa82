"""Who died or moved away: written down, taken back, and what was arranged left to the staff."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from auditorium.domain import departures, reminders
from auditorium.enums import FollowUpKind, IdentityKind
from auditorium.models import AuditEntry, FollowUp, Reminder, Villager
from auditorium.models.villagers import gone
from tests.errands import KIND
from tests.factories import FollowUpFactory, HallFactory, VillagerFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
FRIDAY, SATURDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 24)
CALL_OFF, ASK = "村民已去世，约好的事请取消", "村民已搬走，问清楚约好的事还去不去"
WAYS = [("died_on", CALL_OFF), ("moved_away_on", ASK)]


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_9, tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


@pytest.fixture
def record(villager, hall, user):
    """Write a day down, by the name of its field."""
    ways = {"died_on": departures.record_death, "moved_away_on": departures.record_move}
    return lambda **days: [ways[field](villager=villager, hall=hall, by=user, **{field: days[field]}) for field in days]


def owed(villager, hall, about_id, days=4):
    """Something of another service to come, of which the villager is to be told."""
    event_at = MONDAY_9 + timedelta(days=days)
    reminders.plan(about_kind=KIND, about_id=about_id, villager=villager, hall=hall, event_at=event_at, by=None)


def left():
    tasks = FollowUp.objects.open().filter(kind=FollowUpKind.REBOOK).order_by("pk")
    return [(task.about_kind, task.about_id, task.reason, task.hall) for task in tasks]


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_day_is_written_down_and_taken_back(villager, hall, user, record, field):
    for day in (FRIDAY, FRIDAY, None):
        record(**{field: day})
        villager.refresh_from_db()
        assert (getattr(villager, field), villager.is_gone) == (day, day is not None)
    with pytest.raises(ValidationError) as refused:
        record(**{field: TUESDAY})
    assert [error.code for error in refused.value.error_dict[field]] == ["future"]
    entries = AuditEntry.objects.filter(action="changed").values_list("actor", "hall", "villager_id", "fields")
    assert list(entries) == [(user.pk, hall.pk, villager.pk, [field])] * 2


@pytest.mark.parametrize(("field", "asked"), WAYS)
def test_each_thing_to_come_is_left_to_staff(villager, hall, errands, record, field, asked):
    other = HallFactory()
    errands.over = {3}
    for about_id, where in ((1, hall), (2, other), (3, hall)):
        owed(villager, where, about_id)
    owed(VillagerFactory(registered_at=hall), hall, 4)
    record(**{field: FRIDAY})
    record(**{field: SATURDAY})
    assert left() == [(KIND, 1, asked, hall), (KIND, 2, asked, other)]
    record(**{field: None})
    assert left() == []


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
@pytest.mark.parametrize(("days", "due"), [(4, 1), (0.5, 0.5)])
def test_task_is_due_within_a_day_and_before_what_it_is_about(villager, hall, errands, record, field, days, due):
    owed(villager, hall, 1, days)
    record(**{field: FRIDAY})
    assert FollowUp.objects.open().get().due_at == MONDAY_9 + timedelta(days=due)


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_another_day_leaves_the_tasks_with_whoever_has_them(villager, hall, errands, record, field):
    owed(villager, hall, 1)
    record(**{field: FRIDAY})
    task = FollowUp.objects.open().get()
    record(**{field: SATURDAY})
    assert list(FollowUp.objects.all()) == [task]
    assert FollowUp.objects.open().exists()


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_what_is_past_is_nobodys_task(villager, hall, errands, record, field):
    owed(villager, hall, 1)
    Reminder.objects.update(expires_at=MONDAY_9 - timedelta(hours=1))
    record(**{field: FRIDAY})
    assert left() == []


@pytest.mark.parametrize(("field", "why"), [("died_on", "去世日期记错了"), ("moved_away_on", "村民又回来了")])
def test_task_that_is_closed_says_why(villager, hall, errands, record, field, why):
    owed(villager, hall, 1)
    record(**{field: FRIDAY})
    record(**{field: None})
    assert FollowUp.objects.get().outcome_note == why


def test_task_of_who_moved_away_is_closed_by_their_death(villager, hall, errands, record):
    owed(villager, hall, 1)
    record(moved_away_on=FRIDAY, died_on=SATURDAY)
    assert FollowUp.objects.exclude(closed_at=None).get().outcome_note == "村民已去世"


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_taken_back_leaves_other_tasks_open(villager, hall, errands, record, field):
    owed(villager, hall, 1)
    other = FollowUpFactory(hall=hall, villager=villager, about_kind=KIND, about_id=1)
    record(**{field: FRIDAY})
    record(**{field: None})
    assert list(FollowUp.objects.open()) == [other]


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_nobody_is_asked_for_a_number_any_more(hall, record, villager, field):
    Villager.objects.update(identity_kind=IdentityKind.UNKNOWN)
    FollowUpFactory(villager=villager, kind=FollowUpKind.COMPLETE, about_kind="villager", about_id=villager.pk)
    record(**{field: FRIDAY})
    assert FollowUp.objects.open().count() == 0


def test_who_dies_after_moving_away_is_not_asked_any_more(villager, hall, errands, record):
    """And as long as one of both holds, nothing is owed anew."""
    owed(villager, hall, 1)
    record(moved_away_on=FRIDAY, died_on=SATURDAY)
    assert left() == [(KIND, 1, CALL_OFF, hall)]
    record(died_on=None)
    assert left() == [(KIND, 1, ASK, hall)]
    assert not Reminder.objects.live().exists()
    record(moved_away_on=None)
    assert left() == []
    assert Reminder.objects.live().exists()


def test_who_is_present_lives_here(villager):
    others = [VillagerFactory(**{field: MONDAY_9}) for field in ("died_on", "moved_away_on", "erased_at")]
    assert [one.is_gone for one in (villager, *others)] == [False, True, True, True]
    assert list(Villager.objects.present()) == [villager]
    assert list(Villager.objects.living()) == [villager, others[1]]
    assert list(Villager.objects.filter(gone())) == others
