"""What happened to one booking, in words."""

import pytest
import time_machine

from appointments.domain import acknowledgements, bookings, history, moves, suspensions
from appointments.enums import HospitalKnows
from appointments.models import Appointment, NoShowLift
from auditorium.domain import audit, delivery
from auditorium.enums import RoleKind
from auditorium.models import Message, Reminder
from tests.appointments.factories import SlotFactory, at, bookable_villager, reachable_villager
from tests.factories import HallFactory, SmsLineFactory, UserFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def made(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall)
    return bookings.book(slot=slot, villager=bookable_villager(hall), hall=hall, by=desk)


def administrator():
    user = UserFactory()
    user.roles.create(role=RoleKind.ADMINISTRATOR)
    return user


def said(made, user):
    return [(act.who, act.what, act.why) for act in history.acts(appointment=made, user=user)]


def test_acts_are_said_latest_first_with_who_and_why(hall, desk, made):
    audit.record(action="acknowledged", what=made, by=None, hall=hall)
    bookings.cancel(appointment=made, by=desk, why="有事去不了")
    assert said(made, desk) == [
        ("何晓燕", "取消预约", "有事去不了"),
        ("系统", "医院已确认", ""),
        ("何晓燕", "约号", ""),
    ]


def test_acts_of_other_halls_are_theirs_to_see(made, desk):
    other = HallFactory()
    audit.record(action="changed", what=made, by=desk_user(other), hall=other)
    assert said(made, desk) == [("何晓燕", "约号", "")]


def test_acts_without_words_of_their_own_keep_their_name(hall, desk, made):
    audit.record(action="inspected", what=made, by=desk, hall=hall)
    assert said(made, desk)[0] == ("何晓燕", "inspected", "")


def test_acts_say_the_hall_the_admin_or_nothing_where_the_system_acted(hall, desk, made):
    Appointment.objects.update(hospital_knows=HospitalKnows.UNSENT)
    acknowledgements.acknowledge(appointments=Appointment.objects.all(), by=desk)
    audit.record(action="unmarked", what=made, by=None, hall=hall)
    assert [(act.what, act.where) for act in history.acts(appointment=made, user=desk)] == [
        ("过了就诊的日子，没人登记去没去", ""),
        ("医院已确认", "管理后台"),
        ("约号", hall.name),
    ]


def test_acts_of_a_move_are_on_both_sides(hall, desk, made):
    later = SlotFactory(session=made.session, starts_at=at(made.date, 9), numbers=[[4, 6]])
    new = moves.move(appointment=made, slot=later, by=desk)
    assert said(made, desk)[0] == ("何晓燕", "改到别的时间，这个号退掉", "")
    assert said(new, desk) == [("何晓燕", "从原来的时间改到这个号", "")]


def test_acts_tell_of_the_sessions_suspension_whoever_decided_it(hall, desk, made):
    scope = suspensions.scope_of([made.session])
    suspension = suspensions.suspend(scope=scope, why="医生有事", by=None)
    suspensions.settle_all()
    suspensions.resume(suspension=suspension, by=administrator())
    assert [(act.what, act.why) for act in history.acts(appointment=made, user=desk)] == [
        ("班次恢复开诊", "医生有事"),
        ("医院取消了这个号", "医生有事"),
        ("班次停诊", "医生有事"),
        ("约号", ""),
    ]


def test_acts_of_a_place_from_the_queue_say_that_it_was_wanted(hall, desk, made):
    audit.record(action="held", what=made, by=None, hall=hall)
    audit.record(action="booked", what=made, by=desk, hall=hall)
    assert said(made, desk)[0] == ("何晓燕", "要候补的这个号，约上了", "")


def test_acts_name_what_was_changed(hall, desk, made):
    audit.record(action="changed", what=made, by=None, hall=hall, fields=["place", "fee"])
    assert said(made, desk)[0] == ("系统", "修改：挂号费（元）、在哪里看", "")


@time_machine.travel("2026-11-23 10:00+08:00", tick=False)  # by night it would wait
def test_acts_tell_what_was_sent_and_who_said_it(hall, desk):
    slot = SlotFactory(session__allotted_hall=hall)
    made = bookings.book(slot=slot, villager=reachable_villager(hall), hall=hall, by=desk)
    SmsLineFactory(gateway="console")
    delivery.sweep()
    rows = list(Reminder.objects.filter(about_id=made.pk).prefetch_related("messages__contact", "messages__phone"))
    audit.record(action="told", what=rows[-1], by=desk, hall=hall)
    acts = history.acts(appointment=made, user=desk, reminders=rows)
    phone = made.villager.contacts.get().phone
    assert {act.what for act in acts} == {
        "约号",
        f"短信“约好了”发给本人 {phone}，{Message.objects.get().get_state_display()}",
        f"有人告诉了村民：{rows[-1].get_purpose_display()}",
    }


def test_acts_tell_of_the_limit_that_was_lifted_for_it(hall, desk, made):
    lift = NoShowLift.objects.create(
        villager=made.villager, lifted_by=desk, lifted_at=made.booked_at, reason="住院去了", hall=hall
    )
    audit.record(action="lifted", what=lift, by=desk, hall=hall, villager_id=made.villager_id, why="住院去了")
    assert said(made, desk)[0] == ("何晓燕", "解除没去就诊的限制", "住院去了")


def test_acts_cost_one_query(hall, desk, made, django_assert_num_queries):
    for _ in range(3):
        audit.record(action="changed", what=made, by=desk, hall=hall)
    assert desk.role_list
    with django_assert_num_queries(1):
        history.acts(appointment=made, user=desk)
