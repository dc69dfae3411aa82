"""Tasks on the screen: shelves, one task with its number, outcomes, and the list for knocking."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain import follow_ups
from auditorium.enums import FollowUpKind, FollowUpState
from auditorium.models import AuditEntry, FollowUp, Phone, Reminder
from tests.errands import KIND
from tests.factories import (
    ContactFactory,
    FollowUpFactory,
    HallFactory,
    HelperFactory,
    MessageFactory,
    PhoneFactory,
    RegionFactory,
    VillagerFactory,
    desk_user,
    supervisor,
)
from tests.outbox import owe, told_villager

pytestmark = pytest.mark.django_db
MONDAY_9 = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


@pytest.fixture(autouse=True)
def _at_nine():
    with time_machine.travel(MONDAY_9, tick=False):
        yield


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def user(hall):
    return desk_user(hall)


@pytest.fixture
def desk(client, user):
    """A browser of somebody at the hall's desk."""
    client.force_login(user)
    return client


@pytest.fixture
def task(hall):
    return FollowUpFactory(hall=hall)


def url(name, *args):
    return reverse(f"auditorium:{name}", args=args)


def press(desk, button, *args, **data):
    """POST without following."""
    return desk.post(url(button, *args), data)


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


def listed(desk, shelf):
    return list(desk.get(url("follow_ups"), {"list": shelf}).context["page_obj"])


# ---- shelves


def test_shelves_hold_what_they_say(desk, hall, user):
    later = FollowUpFactory(hall=hall, due_at=MONDAY_9 + timedelta(hours=3))
    soon = FollowUpFactory(hall=hall, due_at=MONDAY_9 + timedelta(hours=1))
    mine = FollowUpFactory(hall=hall, state=FollowUpState.TAKEN, assignee=user)
    handed = FollowUpFactory(escalated_hall=hall, escalated_at=MONDAY_9)
    done = FollowUpFactory(hall=hall, state=FollowUpState.DONE, closed_at=MONDAY_9, closed_by=user)
    FollowUpFactory()
    assert listed(desk, "hall") == [soon, mine, later]
    assert listed(desk, "mine") == [mine]
    assert listed(desk, "handed") == [handed]
    assert listed(desk, "done") == [done]
    assert listed(desk, "nonsense") == [soon, mine, later]


def test_what_was_done_for_another_hall_is_found_among_the_done(desk, hall):
    done = FollowUpFactory(escalated_hall=hall, escalated_at=MONDAY_9, state=FollowUpState.DONE, closed_at=MONDAY_9)
    FollowUpFactory(state=FollowUpState.DONE, closed_at=MONDAY_9)
    assert listed(desk, "done") == [done]


def test_the_town_finds_what_was_handed_to_it(client):
    town = RegionFactory(code="330603001000", name="柯桥街道", level="town")
    hall = HallFactory()
    user = supervisor(town, current_hall=hall)
    task = FollowUpFactory(escalated_region=town, escalated_at=MONDAY_9)
    FollowUpFactory(hall=hall)
    client.force_login(user)
    assert listed(client, "handed") == [task]


def test_list_masks_the_number_and_says_overdue_in_words(desk, hall):
    villager = VillagerFactory(registered_at=hall, name="周素芬")
    contact = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613812340021"))
    FollowUpFactory(hall=hall, villager=villager, contact=contact, due_at=MONDAY_9 - timedelta(minutes=1))
    page = desk.get(url("follow_ups")).content.decode()
    assert "周素芬" in page
    assert "138****0021" in page
    assert "1234" not in page.replace(" ", "")
    assert "过期" in page
    assert "今天上午8:59前" in page


def test_why_is_kept_in_chinese_and_read_in_english(desk, hall, monkeypatch):
    """Where nothing was put into the sentence; else as it was written."""
    english = "The text did not arrive"
    monkeypatch.setattr("auditorium.models.follow_ups.gettext", lambda said: said.replace("短信没送到", english))
    task = FollowUpFactory(hall=hall, reason="短信没送到")
    FollowUpFactory(hall=hall, reason="号码打不通（空号），问问村民的新号码")
    pages = [desk.get(url("follow_ups")).text, desk.get(url("follow_up", task.pk)).text]
    assert [(english in page, "短信没送到" in page) for page in pages] == [(True, False)] * 2
    assert "号码打不通（空号）" in pages[0]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("shelf", ["hall", "mine", "handed", "done"])
def test_list_query_count_is_fixed(desk, hall, user, shelf, count, django_assert_num_queries):
    elsewhere = HallFactory()
    for _each in range(count):
        villager = VillagerFactory(registered_at=hall)
        FollowUpFactory(
            hall=elsewhere if shelf == "handed" else hall,
            escalated_hall=hall if shelf == "handed" else None,
            villager=villager,
            contact=ContactFactory(villager=villager),
            helper=HelperFactory(hall=hall),
            assignee=user,
            state="done" if shelf == "done" else "taken",
            closed_at=MONDAY_9 if shelf == "done" else None,
        )
    desk.get(url("follow_ups"), {"list": shelf})
    with django_assert_num_queries(13 if shelf == "done" else 11):  # nine of them the frame's
        assert len(listed(desk, shelf)) == count


# ---- one task


def test_task_page_shows_the_whole_number_and_writes_that_down(desk, hall, user):
    villager = VillagerFactory(registered_at=hall)
    contact = ContactFactory(villager=villager, phone=PhoneFactory(number="+8613812340021"), relation="daughter")
    task = FollowUpFactory(hall=hall, villager=villager, contact=contact)
    page = desk.get(url("follow_up", task.pk)).content.decode()
    assert "138 1234 0021" in page
    assert "不是本人" in page
    entry = AuditEntry.objects.get(action="viewed_phone")
    assert (entry.actor, entry.villager_id, entry.object_id) == (user, villager.pk, task.pk)


def test_task_page_of_an_ended_one_shows_no_number(desk, hall, user):
    villager = VillagerFactory(registered_at=hall)
    ContactFactory(villager=villager, phone=PhoneFactory(number="+8613812340021"))
    task = FollowUpFactory(hall=hall, villager=villager, state="done", closed_at=MONDAY_9, closed_by=user)
    assert "1234 0021" not in desk.get(url("follow_up", task.pk)).content.decode()
    assert not AuditEntry.objects.filter(action="viewed_phone").exists()


def test_task_page_links_to_the_villager_only_in_scope(desk, hall, task):
    handed = FollowUpFactory(escalated_hall=hall, escalated_at=MONDAY_9)
    own, foreign = url("villager", task.villager_id), url("villager", handed.villager_id)
    assert own in desk.get(url("follow_up", task.pk)).content.decode()
    page = desk.get(url("follow_up", handed.pk)).content.decode()
    assert foreign not in page
    assert handed.villager.name in page


@pytest.mark.parametrize("name", ["follow_up_take", "follow_up_put_back", "follow_up_hand", "follow_up_outcome"])
def test_tasks_out_of_scope_are_not_there(desk, name):
    task = FollowUpFactory()
    assert press(desk, name, task.pk, outcome="done").status_code == 404
    assert desk.get(url("follow_up", task.pk)).status_code == 404
    task.refresh_from_db()
    assert task.state == "open"


def test_the_backup_hall_does_what_was_handed_to_it(desk, hall, user):
    task = FollowUpFactory(escalated_hall=hall, escalated_at=MONDAY_9)
    press(desk, "follow_up_take", task.pk)
    task.refresh_from_db()
    assert (task.state, task.assignee) == ("taken", user)


def test_take_and_put_back(desk, task, user):
    assert press(desk, "follow_up_take", task.pk).headers["Location"] == url("follow_up", task.pk)
    task.refresh_from_db()
    assert task.assignee == user
    press(desk, "follow_up_put_back", task.pk)
    task.refresh_from_db()
    assert (task.state, task.assignee) == ("open", None)


def test_take_what_a_colleague_has_is_refused_in_words(desk, task, hall):
    follow_ups.take(follow_up=FollowUp.objects.get(), by=desk_user(hall, full_name="陈芳"))
    assert said(press(desk, "follow_up_take", task.pk)) == ["陈芳已经在办了。"]


@pytest.mark.parametrize("kind", ["user", "helper"])
def test_hand_to_somebody_of_the_hall(desk, task, hall, user, kind):
    person = desk_user(hall, full_name="陈芳") if kind == "user" else HelperFactory(hall=hall)
    response = press(desk, "follow_up_hand", task.pk, to=f"{kind}-{person.pk}")
    task.refresh_from_db()
    assert (task.assignee, task.helper) == ((person, None) if kind == "user" else (user, person))
    assert said(response) == [f"交给{person}了。"]


def test_hand_what_has_ended_meanwhile_says_so(desk, hall):
    task = FollowUpFactory(hall=hall, state=FollowUpState.DONE)
    helper = HelperFactory(hall=hall)
    page = desk.post(url("follow_up_hand", task.pk), {"to": f"helper-{helper.pk}"}, follow=True).content.decode()
    assert "这件事已经有结果了。" in page
    assert f"交给{helper.name}了" not in page


@pytest.mark.parametrize("away", ["other hall", "retired", ""])
def test_hand_to_nobody_else(desk, task, hall, away):
    helper = HelperFactory(hall=HallFactory() if away == "other hall" else hall, is_active=away != "retired")
    response = press(desk, "follow_up_hand", task.pk, to=f"helper-{helper.pk}" if away else "")
    assert response.status_code == 200
    assert response.context["hand"].errors
    task.refresh_from_db()
    assert task.helper is None


# ---- outcomes


def test_outcome_done_ends_it(desk, task):
    response = press(desk, "follow_up_outcome", task.pk, outcome="done", note="女儿接的")
    task.refresh_from_db()
    assert (task.state, task.outcome_note) == ("done", "女儿接的")
    assert (response.headers["Location"], said(response)) == (url("follow_ups"), ["记下了，这件事办结。"])


def test_outcome_not_reached_says_what_follows(desk, task):
    response = press(desk, "follow_up_outcome", task.pk, outcome="not_reached", again_at="2026-11-23T16:30")
    step = FollowUp.objects.exclude(pk=task.pk).get()
    assert step.due_at == MONDAY_9.replace(hour=16, minute=30)
    assert said(response) == ["记下了。下一步：打电话，今天下午4:30前。"]


def test_outcome_not_reached_in_the_past_is_asked_again(desk, task):
    response = press(desk, "follow_up_outcome", task.pk, outcome="not_reached", again_at="2026-11-23T08:30")
    assert response.context["outcome"].errors == {"again_at": ["这个时间已经过了，请往后选。"]}
    assert FollowUp.objects.get().state == "open"


def test_outcome_done_asks_for_no_time(desk, task):
    press(desk, "follow_up_outcome", task.pk, outcome="done", again_at="soon")
    assert FollowUp.objects.get().state == "done"


def test_outcome_wrong_number_flags_it_and_knocks(desk, hall):
    villager = VillagerFactory(registered_at=hall)
    task = FollowUpFactory(hall=hall, villager=villager, contact=ContactFactory(villager=villager))
    response = press(desk, "follow_up_outcome", task.pk, outcome="wrong_number")
    assert Phone.objects.get().bad_since == MONDAY_9
    assert said(response) == ["记下了。下一步：上门，今天下午1:00前。"]


def test_outcome_cancelled_needs_a_reason(desk, task):
    response = press(desk, "follow_up_outcome", task.pk, outcome="cancelled")
    assert response.context["outcome"].errors == {"note": ["为什么不用办了？请写一句。"]}
    press(desk, "follow_up_outcome", task.pk, outcome="cancelled", note="她自己来过了")
    assert FollowUp.objects.get().state == "cancelled"


@pytest.mark.parametrize("outcome", ["open", "taken", "", "lost"])
def test_outcome_must_be_one(desk, task, outcome):
    assert press(desk, "follow_up_outcome", task.pk, outcome=outcome).status_code == 200
    assert FollowUp.objects.get().state == "open"


def test_outcome_twice_is_refused_in_words(desk, task):
    press(desk, "follow_up_outcome", task.pk, outcome="done")
    assert said(press(desk, "follow_up_outcome", task.pk, outcome="done"))[-1] == "这件事已经有结果了。"


@pytest.mark.parametrize("name", ["follow_up_outcome", "follow_up_hand"])
def test_pages_that_answer_a_post_lead_back_from_a_get(desk, task, name):
    assert desk.get(url(name, task.pk)).headers["Location"] == url("follow_up", task.pk)


@pytest.mark.parametrize("count", [1, 3])
def test_task_page_query_count_is_fixed(desk, hall, user, count, django_assert_num_queries):
    villager = VillagerFactory(registered_at=hall)
    for order in range(count):
        ContactFactory(villager=villager, order=order)
        HelperFactory(hall=hall)
        desk_user(hall)
        FollowUpFactory(hall=hall, villager=villager, about_kind="x", about_id=7, state="done", closed_at=MONDAY_9)
    task = FollowUpFactory(hall=hall, villager=villager, about_kind="x", about_id=7, assignee=user)
    desk.get(url("follow_up", task.pk))
    with django_assert_num_queries(21):
        desk.get(url("follow_up", task.pk))


@pytest.mark.parametrize("count", [1, 3])
def test_task_page_says_where_the_telling_stands(desk, hall, errands, count, django_assert_num_queries):
    villager = told_villager(hall)
    reminder = owe(villager)
    Reminder.objects.filter(pk=reminder.pk).update(state="follow_up")
    for _each in range(count):
        contact = villager.contacts.get()
        MessageFactory(hall=hall, contact=contact, phone=contact.phone, state="failed").reminders.add(reminder)
    task = FollowUpFactory(hall=hall, villager=villager, about_kind=KIND, about_id=1)
    desk.get(url("follow_up", task.pk))
    with django_assert_num_queries(22):
        page = desk.get(url("follow_up", task.pk)).content.decode()
    assert "村民还不一定知道，要有人打电话或上门说，已转成待办" in page
    assert page.count("等发送") == 0


# ---- 上门单


def doors_of(response):
    return [(group.name, [task.villager.name for task in group.tasks]) for group in response.context["groups"]]


def knock(hall, name, group="", **kwargs):
    villager = VillagerFactory(registered_at=hall, name=name, group=group)
    return FollowUpFactory(hall=hall, villager=villager, kind=FollowUpKind.KNOCK, **kwargs)


def test_door_list_goes_by_group_and_due_time(desk, hall):
    knock(hall, "甲", "10组")
    knock(hall, "乙", "2组", due_at=MONDAY_9 + timedelta(hours=5))
    knock(hall, "丙", "2组", due_at=MONDAY_9 + timedelta(hours=1))
    knock(hall, "丁")
    knock(hall, "戊", "2组", state=FollowUpState.DONE)
    knock(HallFactory(), "己", "2组")
    assert doors_of(desk.get(url("door_list"))) == [("2组", ["丙", "乙"]), ("10组", ["甲"]), ("", ["丁"])]


def test_door_list_has_calls_to_those_without_a_number(desk, hall):
    reachable = VillagerFactory(registered_at=hall, name="打得通")
    ContactFactory(villager=reachable)
    silent = VillagerFactory(registered_at=hall, name="打不通")
    ContactFactory(villager=silent, phone=PhoneFactory(bad_since=MONDAY_9))
    ContactFactory(villager=silent, phone=None, reach="in_person")
    for villager in (reachable, silent):
        FollowUpFactory(hall=hall, villager=villager)
    FollowUpFactory(hall=hall, villager=silent, kind=FollowUpKind.COMPLETE)
    assert doors_of(desk.get(url("door_list"))) == [("", ["打不通"])]


@pytest.mark.parametrize("field", ["died_on", "moved_away_on"])
def test_door_list_leads_to_nobody_who_is_gone(desk, hall, field):
    task = knock(hall, "走了的人")
    type(task.villager).objects.update(**{field: MONDAY_9.date()})
    assert doors_of(desk.get(url("door_list"))) == []


def test_a_task_about_somebody_who_died_says_so_and_no_words(desk, hall):
    task = FollowUpFactory(hall=hall, words="带身份证来礼堂")
    page = desk.get(url("follow_up", task.pk)).content.decode()
    assert ("去世" in page, "带身份证来礼堂" in page) == (False, True)
    type(task.villager).objects.update(died_on=MONDAY_9.date())
    page = desk.get(url("follow_up", task.pk)).content.decode()
    assert ("已于11月23日 周一去世" in page, "带身份证来礼堂" in page) == (True, False)
    assert "已去世" in desk.get(url("follow_ups")).content.decode()


def test_a_task_about_somebody_who_moved_away_says_so_and_what_to_say(desk, hall):
    task = FollowUpFactory(hall=hall, words="带身份证来礼堂")
    type(task.villager).objects.update(moved_away_on=MONDAY_9.date())
    page = desk.get(url("follow_up", task.pk)).content.decode()
    assert ("已于11月23日 周一搬走" in page, "带身份证来礼堂" in page) == (True, True)
    assert "已搬走" in desk.get(url("follow_ups")).content.decode()


def test_door_list_shows_needs_and_words_and_no_identity(desk, hall):
    villager = VillagerFactory(
        registered_at=hall,
        name="张小明",
        also_known_as="阿明",
        group="3组",
        address="后街5号",
        hard_of_hearing=True,
        id_last4="1234",
        id_hash="x",
        id_number="330603195001011234",
    )
    ContactFactory(villager=villager, phone=PhoneFactory(number="+8613812340021", bad_since=MONDAY_9))
    FollowUpFactory(hall=hall, villager=villager, kind=FollowUpKind.KNOCK, words="带身份证来礼堂")
    page = desk.get(url("door_list")).content.decode()
    for text in ("张小明", "阿明", "3组", "后街5号", "听不见", "带身份证来礼堂", "已告知", "没人在", "11月23日 周一"):
        assert text in page
    assert "1234" not in page
    assert "0021" not in page


def test_door_list_is_written_down(desk, hall, user):
    desk.get(url("door_list"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.object_kind, entry.object_id) == (
        "viewed_door_list",
        user,
        "hall",
        hall.pk,
    )


def test_door_list_of_one_helper(desk, hall, user):
    helper = HelperFactory(hall=hall)
    knock(hall, "甲", helper=helper, state=FollowUpState.TAKEN, assignee=user)
    knock(hall, "乙")
    assert doors_of(desk.get(url("door_list"), {"helper": helper.pk})) == [("", ["甲"])]
    assert doors_of(desk.get(url("door_list"), {"helper": "x"})) == [("", ["甲", "乙"])]


def test_door_list_hands_a_group_to_a_helper(desk, hall, user):
    helper = HelperFactory(hall=hall)
    here, also, other = knock(hall, "甲", "1组"), knock(hall, "乙", "1组"), knock(hall, "丙", "2组")
    away = knock(HallFactory(), "丁", "1组")
    press(desk, "door_list_hand", helper=helper.pk, doors=f"{here.pk},{also.pk},{away.pk}")
    handed = FollowUp.objects.filter(helper=helper, state="taken", assignee=user)
    assert set(handed) == {here, also}
    other.refresh_from_db()
    assert other.helper is None


@pytest.mark.parametrize("doors", ["", "x", "1;2", "1,"])
def test_door_list_hands_nothing_it_does_not_understand(desk, hall, doors):
    knock(hall, "甲")
    assert press(desk, "door_list_hand", helper=HelperFactory(hall=hall).pk, doors=doors).status_code == 302
    assert not FollowUp.objects.filter(helper__isnull=False).exists()


def test_door_list_hands_only_to_helpers_in_scope(desk, hall):
    door = knock(hall, "甲")
    press(desk, "door_list_hand", helper=HelperFactory().pk, doors=str(door.pk))
    door.refresh_from_db()
    assert door.helper is None


@pytest.mark.parametrize("count", [1, 3])
def test_door_list_query_count_is_fixed(desk, hall, count, django_assert_num_queries):
    for number in range(count):
        knock(hall, "甲", f"{number}组", helper=HelperFactory(hall=hall))
    desk.get(url("door_list"))
    with django_assert_num_queries(10):
        desk.get(url("door_list"))
