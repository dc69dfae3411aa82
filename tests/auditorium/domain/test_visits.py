"""Who waits, who is served, and what is noted of it."""

from datetime import datetime, timedelta

import pytest
import time_machine

from auditorium.domain import visits
from auditorium.enums import MatterKind, VisitChannel, VisitState
from auditorium.errors import DeskError, EndedError, TakenError
from auditorium.models import AuditEntry, Matter, Visit
from tests.factories import HallFactory, UserFactory, VillagerFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


@pytest.fixture(autouse=True)
def travel():
    with time_machine.travel(MONDAY_9, tick=False) as travel:
        yield travel


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def villager(hall):
    return VillagerFactory(registered_at=hall)


def kinds(visit):
    return [(matter.kind, matter.note, matter.done_at is not None) for matter in visit.matters.all()]


def test_arrive_with_a_label_and_matters_waits(hall, user):
    visit = visits.arrive(
        hall=hall, by=user, label=" 一位大妈 ", channel=VisitChannel.PHONE, matters=["booking", ("other", "开证明")]
    )
    assert (str(visit), visit.state, visit.channel, visit.arrived_at) == ("一位大妈", "waiting", "phone", MONDAY_9)
    assert kinds(visit) == [("booking", "", False), ("other", "开证明", False)]
    assert list(AuditEntry.objects.values_list("action", "actor", "object_id")) == [("arrived", user.pk, visit.pk)]


def test_arrive_twice_today_is_one_visit_with_both_matters(hall, user, villager):
    first = visits.arrive(hall=hall, by=user, villager=villager, matters=["booking"])
    again = visits.arrive(hall=hall, by=user, villager=villager, matters=["booking", "class"])
    assert again == first
    assert kinds(first) == [("booking", "", False), ("class", "", False)]


def test_arrive_after_an_ended_visit_is_a_new_one(hall, user, villager):
    first = visits.arrive(hall=hall, by=user, villager=villager)
    visits.finish(visit=first, by=user)
    assert visits.arrive(hall=hall, by=user, villager=villager) != first


def test_arrive_next_day_is_a_new_visit(hall, user, villager, travel):
    first = visits.arrive(hall=hall, by=user, villager=villager)
    travel.shift(timedelta(days=1))
    assert visits.arrive(hall=hall, by=user, villager=villager) != first


def test_serve_puts_the_one_before_aside(hall, user):
    first, second = VisitFactory(hall=hall), VisitFactory(hall=hall)
    visits.serve(visit=first, by=user)
    served = visits.serve(visit=second, by=user)
    first.refresh_from_db()
    assert (first.state, served.state, served.served_by, served.serving_since) == (
        "put_aside",
        "serving",
        user,
        MONDAY_9,
    )


def test_serve_leaves_colleagues_alone(hall, user):
    theirs = visits.serve(visit=VisitFactory(hall=hall), by=desk_user(hall))
    visits.serve(visit=VisitFactory(hall=hall), by=user)
    theirs.refresh_from_db()
    assert theirs.state == "serving"


def test_serve_what_a_colleague_serves_names_them(hall, user):
    visit = VisitFactory(hall=hall)
    visits.serve(visit=Visit.objects.get(pk=visit.pk), by=desk_user(hall, full_name="陈芳"))
    with pytest.raises(TakenError) as refused:
        visits.serve(visit=visit, by=user)
    assert refused.value.sentence == "陈芳已经在接待这位了。"


def test_serve_twice_is_serving_once(hall, user):
    visit = VisitFactory(hall=hall)
    visits.serve(visit=Visit.objects.get(pk=visit.pk), by=user)
    assert visits.serve(visit=visit, by=user).state == "serving"


@pytest.mark.parametrize("end", [visits.finish, visits.leave])
def test_serve_takes_back_an_end_by_mistake(hall, user, end):
    visit = end(visit=VisitFactory(hall=hall), by=user)
    visits.serve(visit=visit, by=user)
    assert (visit.state, visit.ended_at) == ("serving", None)


def test_put_aside_keeps_the_form_and_resume_gives_it_back(hall, user):
    draft = {"url": "/people/new", "data": {"name": ["张小明"]}}
    visit = visits.serve(visit=VisitFactory(hall=hall), by=user)
    visits.put_aside(visit=visit, by=user, draft=draft)
    assert visit.state == "put_aside"
    assert visits.resume(visit=visit, by=user) == draft
    assert visit.state == "serving"


def test_put_aside_without_a_form_keeps_the_one_before(hall, user):
    draft = {"url": "/people/new", "data": {"name": ["张小明"]}}
    visit = visits.put_aside(visit=VisitFactory(hall=hall), by=user, draft=draft)
    visits.resume(visit=visit, by=user)
    visits.put_aside(visit=visit, by=user)
    visits.put_aside(visit=visit, by=user)
    assert visits.resume(visit=visit, by=user) == draft


def test_put_aside_again_takes_the_new_form(hall, user):
    visit = visits.put_aside(visit=VisitFactory(hall=hall), by=user, draft={"url": "/a", "data": {}})
    visits.put_aside(visit=visit, by=user, draft={"url": "/b", "data": {}})
    assert Visit.objects.get(pk=visit.pk).draft == {"url": "/b", "data": {}}


def test_finish_ticks_what_is_left_and_drops_the_form(hall, user, travel):
    visit = visits.arrive(hall=hall, by=user, label="一位大爷", matters=["booking"])
    visits.put_aside(visit=visit, by=user, draft={"url": "/a", "data": {}})
    travel.shift(timedelta(minutes=5))
    visits.finish(visit=visit, by=user)
    assert (visit.state, visit.ended_at, visit.draft) == ("done", MONDAY_9 + timedelta(minutes=5), None)
    assert (visit.served_by, kinds(visit)) == (user, [("booking", "", True)])


def test_finish_keeps_who_served(hall, user):
    colleague = desk_user(hall)
    visit = visits.serve(visit=VisitFactory(hall=hall), by=colleague)
    assert visits.finish(visit=visit, by=user).served_by == colleague


def test_leave_leaves_matters_undone(hall, user):
    visit = visits.arrive(hall=hall, by=user, label="一位大爷", matters=["booking"])
    visits.leave(visit=visit, by=user)
    assert (visit.state, kinds(visit)) == ("left", [("booking", "", False)])


@pytest.mark.parametrize(
    ("ended", "then"),
    [
        (visits.finish, visits.leave),
        (visits.leave, visits.finish),
        (visits.finish, visits.put_aside),
        (visits.leave, visits.put_aside),
    ],
)
def test_an_ended_visit_refuses_another_end(hall, user, ended, then):
    visit = ended(visit=VisitFactory(hall=hall), by=user)
    with pytest.raises(EndedError):
        then(visit=visit, by=user)


@pytest.mark.parametrize("end", [visits.finish, visits.leave])
def test_ending_twice_is_ending_once(hall, user, end):
    visit = end(visit=VisitFactory(hall=hall), by=user)
    before = visit.ended_at
    assert end(visit=visit, by=user).ended_at == before


def test_moves_are_audited_with_the_villager(hall, user, villager):
    visit = visits.arrive(hall=hall, by=user, villager=villager)
    visits.serve(visit=visit, by=user)
    visits.finish(visit=visit, by=user)
    entries = AuditEntry.objects.filter(object_kind="visit", object_id=visit.pk).order_by("pk")
    assert [(entry.action, entry.actor, entry.hall, entry.villager_id) for entry in entries] == [
        ("arrived", user, hall, villager.pk),
        ("serving", user, hall, villager.pk),
        ("done", user, hall, villager.pk),
    ]


def test_identify_names_the_visit(hall, user, villager):
    visit = visits.arrive(hall=hall, by=user, label="一位大爷")
    visit = visits.identify(visit=visit, villager=villager, by=user)
    assert (str(visit), visit.label) == ("张小明", "一位大爷")
    entry = AuditEntry.objects.get(action="identified")
    assert (entry.villager_id, entry.fields) == (villager.pk, ["villager"])


def test_identify_corrects_a_mistake_but_not_once_something_was_done(hall, user, villager):
    other = VillagerFactory(registered_at=hall, name="李阿根")
    visit = visits.arrive(hall=hall, by=user, villager=other)
    visit = visits.identify(visit=visit, villager=villager, by=user)
    visits.serve(visit=visit, by=user)
    visits.note(villager=villager, hall=hall, by=user, matter=MatterKind.BOOKING, about_kind="appointment", about_id=7)
    with pytest.raises(DeskError) as refused:
        visits.identify(visit=visit, villager=other, by=user)
    assert refused.value.sentence == "这次到访已经替张小明办了事，不能再改成别人。请另记一次到访。"


def test_add_matter_to_an_ended_visit_is_refused(hall, user):
    visit = visits.finish(visit=VisitFactory(hall=hall), by=user)
    with pytest.raises(EndedError):
        visits.add_matter(visit=visit, kind=MatterKind.CLASS)


def test_add_matter_done_before_is_a_new_one(hall):
    visit = VisitFactory(hall=hall)
    visits.tick(matter=visits.add_matter(visit=visit, kind="booking"))
    visits.add_matter(visit=visit, kind="booking")
    assert kinds(visit) == [("booking", "", True), ("booking", "", False)]


def test_add_matter_that_stands_there_twice_is_no_third(hall):
    visit = VisitFactory(hall=hall)
    first = visits.add_matter(visit=visit, kind=MatterKind.CLASS)
    visits.tick(matter=first)
    visits.add_matter(visit=visit, kind=MatterKind.CLASS)
    visits.tick(matter=first, done=False)
    assert visits.add_matter(visit=visit, kind=MatterKind.CLASS) == first
    assert visit.matters.count() == 2


def test_tick_and_untick(hall):
    matter = visits.add_matter(visit=VisitFactory(hall=hall), kind="booking")
    assert visits.tick(matter=matter).done_at == MONDAY_9
    assert visits.tick(matter=matter, done=False).done_at is None


def test_current_is_the_one_served_now_for_them(hall, user, villager):
    visit = visits.arrive(hall=hall, by=user, villager=villager)
    assert visits.current(user=user, villager=villager) is None
    visits.serve(visit=visit, by=user)
    assert visits.current(user=user, villager=villager) == visit
    assert visits.current(user=user, villager=VillagerFactory(registered_at=hall)) is None
    assert visits.current(user=desk_user(hall), villager=villager) is None


def test_current_of_yesterday_counts_once_resumed(hall, user, villager, travel):
    visit = visits.serve(visit=VisitFactory(hall=hall, villager=villager), by=user)
    travel.shift(timedelta(days=1))
    assert visits.current(user=user, villager=villager) is None
    visits.put_aside(visit=visit, by=user)
    visits.resume(visit=visit, by=user)
    assert visits.current(user=user, villager=villager) == visit


def test_note_ticks_what_they_came_for(hall, user, villager):
    visit = visits.arrive(hall=hall, by=user, villager=villager, matters=["class", "booking"])
    visits.serve(visit=visit, by=user)
    noted = visits.note(villager=villager, hall=hall, by=user, matter="booking", about_kind="appointment", about_id=7)
    assert noted == visit
    assert kinds(visit) == [("class", "", False), ("booking", "", True)]
    matter = Matter.objects.get(kind="booking")
    assert (matter.about_kind, matter.about_id) == ("appointment", 7)


def test_note_adds_what_nobody_had_said(hall, user, villager):
    visit = visits.serve(visit=VisitFactory(hall=hall, villager=villager), by=user)
    visits.note(villager=villager, hall=hall, by=user, matter="booking", about_kind="appointment", about_id=7)
    assert kinds(visit) == [("booking", "", True)]


def test_note_names_a_visit_without_a_name_and_drops_the_form(hall, user, villager):
    visit = visits.put_aside(visit=VisitFactory(hall=hall), by=user, draft={"url": "/a", "data": {}})
    visits.resume(visit=visit, by=user)
    assert visits.note(villager=villager, hall=hall, by=user, matter="booking") == visit
    visit.refresh_from_db()
    assert (visit.villager, visit.draft) == (villager, None)


def test_note_drops_the_form_that_was_sent(hall, user, villager):
    visit = VisitFactory(hall=hall, villager=villager)
    visits.put_aside(visit=visit, by=user, draft={"url": "/a", "data": {}})
    visits.resume(visit=visit, by=user)
    visits.note(villager=villager, hall=hall, by=user, matter="booking")
    visit.refresh_from_db()
    assert visit.draft is None


def test_note_without_a_visit_writes_a_finished_one(hall, user, villager):
    other = visits.serve(visit=VisitFactory(hall=hall, villager=VillagerFactory(registered_at=hall)), by=user)
    visit = visits.note(villager=villager, hall=hall, by=user, matter="booking", about_kind="appointment", about_id=7)
    assert (visit.state, visit.served_by, visit.ended_at, kinds(visit)) == (
        "done",
        user,
        MONDAY_9,
        [("booking", "", True)],
    )
    assert kinds(other) == []


def test_note_is_cheap_without_a_visit(hall, user, villager, django_assert_num_queries):
    with django_assert_num_queries(5):  # two of them the savepoint's
        visits.note(villager=villager, hall=hall, by=user, matter="booking", about_kind="appointment", about_id=7)


def test_today_sorts_the_desk(hall, user, travel):
    early, late = VisitFactory(hall=hall, label="早"), VisitFactory(hall=hall, label="晚")
    VisitFactory(label="别的礼堂")
    VisitFactory(hall=hall, label="昨天", arrived_at=MONDAY_9 - timedelta(days=1))
    aside = visits.put_aside(visit=VisitFactory(hall=hall), by=user, draft={"url": "/a", "data": {}})
    done = visits.finish(visit=VisitFactory(hall=hall), by=user)
    travel.shift(timedelta(minutes=3))
    left = visits.leave(visit=VisitFactory(hall=hall), by=user)
    theirs = visits.serve(visit=VisitFactory(hall=hall), by=desk_user(hall))
    mine = visits.serve(visit=VisitFactory(hall=hall), by=user)
    travel.shift(timedelta(minutes=4))
    today = visits.today(hall=hall, user=user)
    assert [(row.visit, row.minutes) for row in today.waiting] == [(early, 7), (late, 7)]
    assert [(row.visit, row.minutes, row.mine) for row in today.serving] == [(mine, 4, True), (theirs, 4, False)]
    assert [(row.visit, row.visit.has_draft) for row in today.put_aside] == [(aside, True)]
    assert [row.visit for row in today.ended] == [left, done]
    assert [row.visit.label for row in today.left_over] == ["昨天"]


def test_today_shows_nobody_of_a_hall_out_of_scope(hall):
    VisitFactory(hall=hall)
    VisitFactory(hall=hall, arrived_at=MONDAY_9 - timedelta(days=1))
    assert visits.today(hall=hall, user=UserFactory()) == visits.Today([], [], [], [], [])


def test_today_shows_a_resumed_one_among_todays(hall, user, travel):
    old = visits.put_aside(visit=VisitFactory(hall=hall), by=user)
    travel.shift(timedelta(days=1))
    visits.resume(visit=old, by=user)
    today = visits.today(hall=hall, user=user)
    assert ([row.visit for row in today.serving], today.left_over) == ([old], [])


@pytest.mark.parametrize("count", [1, 3])
def test_today_asks_three_times(hall, user, count, django_assert_num_queries):
    for _each in range(count):
        visits.arrive(hall=hall, by=user, villager=VillagerFactory(registered_at=hall), matters=["booking", "class"])
        VisitFactory(hall=hall, arrived_at=MONDAY_9 - timedelta(days=1))
    user.role_list  # noqa: B018  read once a request
    with django_assert_num_queries(3):
        today = visits.today(hall=hall, user=user)
        assert [len(row.visit.matters.all()) for row in today.waiting] == [2] * count
        assert [str(row.visit) for row in today.waiting] == ["张小明"] * count


def test_close_left_over_ends_only_what_is_old_and_open(hall, user):
    yesterday = MONDAY_9 - timedelta(days=1)
    old = VisitFactory(hall=hall, arrived_at=yesterday, draft={"url": "/a", "data": {}})
    done = VisitFactory(hall=hall, arrived_at=yesterday, state=VisitState.DONE)
    elsewhere = VisitFactory(arrived_at=yesterday)
    new = VisitFactory(hall=hall)
    assert visits.close_left_over(hall=hall, by=user) == 1
    assert dict(Visit.objects.values_list("pk", "state")) == {
        old.pk: "left",
        done.pk: "done",
        elsewhere.pk: "waiting",
        new.pk: "waiting",
    }
    assert Visit.objects.get(pk=old.pk).draft is None
