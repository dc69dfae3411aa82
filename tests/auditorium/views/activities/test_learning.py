"""Marking what was learned, asking what people thought, handing material out: on the desk's pages."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from auditorium.domain import visits
from auditorium.domain.activities import cancelling, enrolling, feedback, handouts, learning
from auditorium.models import Attendance, Feedback, Handout, ResourceUse, SkillMark
from tests.admin_rows import hall_manager
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.auditorium.views.activities.test_pages import go, words
from tests.factories import HallFactory, ResourceFactory, VisitFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory(name="宝善桥村文化礼堂")


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def client(client, desk):
    client.force_login(desk)
    return client


@pytest.fixture
def manager(hall):
    return hall_manager(hall)


@pytest.fixture
def activity(hall):
    activity = activity_in(RoomFactory(hall=hall), weeks=2)
    learning.teach(activity=activity, names=("扫码", "医保码"), by=None)
    return activity


@pytest.fixture
def enrolled(hall, activity, desk):
    people = [told(hall, name=name) for name in ("张小明", "李秀英")]
    return enrolling.sign_up(activity=activity, villagers=people, by=desk)


@pytest.fixture
def in_class(client, desk, enrolled, monday_at_nine):
    """On Tuesday, while the class is held."""
    monday_at_nine.move_to(at(TUESDAY, 10))
    client.force_login(desk)
    return client


def test_a_class_is_marked_after_its_roll_and_the_figures_tell(in_class, activity, enrolled):
    scanning = activity.skills.get(name="扫码")
    date, line = activity.dates.first(), Attendance.objects.filter(enrolment=enrolled[0]).first()
    posted = {f"line-{line.pk}": "present", "then": "skills"}
    shown = go(in_class, "activity_roll", date.pk, **posted)
    assert shown.redirect_chain[-1][0] == reverse("auditorium:activity_skill", args=[activity.pk, scanning.pk])
    levels = {f"cell-{one.pk}-{scanning.pk}": level for one, level in zip(enrolled, ("able", "helped"), strict=True)}
    assert "记下了，改动 2 处。" in words(go(in_class, "activity_skill", activity.pk, scanning.pk, **levels))
    assert "记下了，改动 0 处。" in words(go(in_class, "activity_skill", activity.pk, scanning.pk, **levels))
    page = words(go(in_class, "activity", activity.pk))
    assert "2 人里 1 人会" in page
    assert "1 人帮一下就会" in page


def test_a_learner_is_marked_from_their_timeline_and_it_stands_there(in_class, activity, enrolled):
    one, page = enrolled[0], reverse("auditorium:activity_learner", args=[enrolled[0].pk])
    assert page in words(go(in_class, "villager", one.villager_id))
    levels = {f"cell-{one.pk}-{skill.pk}": "able" for skill in activity.skills.all()}
    shown = go(in_class, "activity_learner", one.pk, **levels)
    assert shown.redirect_chain[-1][0] == reverse("auditorium:villager", args=[one.villager_id])
    assert "学会了什么：智能手机班" in words(shown)
    assert "扫码 会、医保码 会" in words(shown)
    assert "以前记的" in words(go(in_class, "activity_learner", one.pk))


def test_of_who_left_the_marks_stay_and_no_more_are_made(in_class, activity, enrolled, desk):
    one, skill = enrolled[0], activity.skills.first()
    learning.mark(activity=activity, levels={(one.pk, skill.pk): "helped"}, by=desk)
    enrolling.sign_off(enrolment=one, by=desk)
    shown = go(in_class, "activity_learner", one.pk)
    assert "帮一下就会" in words(shown)
    assert "记下来" not in words(shown)
    go(in_class, "activity_learner", one.pk, **{f"cell-{one.pk}-{skill.pk}": "able"})
    assert SkillMark.objects.count() == 1


def test_a_skill_of_another_class_is_not_found(client, activity):
    other = activity_in(RoomFactory(hall=activity.hall))
    assert go(client, "activity_skill", other.pk, activity.skills.first().pk).status_code == 404


def test_hands_and_one_opinion_are_taken_on_one_page(in_class, activity, enrolled):
    date = activity.dates.first()
    assert "记下了，谢谢。" in words(go(in_class, "activity_feedback", date.pk, ask="hands", good="9", bad="1"))
    said = {"ask": "opinion", "satisfaction": "fair", "words": "太快了", "who": str(enrolled[0].villager_id)}
    assert "太快了" in words(go(in_class, "activity_feedback", date.pk, **said))
    page = words(go(in_class, "activity", activity.pk))
    assert [page.count(said) for said in ("满意 9 人", "不满意 1 人", "一般 1 人")] == [1, 1, 1]
    missing = words(go(in_class, "activity_feedback", date.pk, ask="opinion", words="没选"))
    assert "没选" in missing
    assert Feedback.objects.count() == 3


def test_nobody_else_s_villager_is_named_and_no_date_to_come_is_asked_about(in_class, activity, desk):
    date, later = activity.dates.all()
    stranger = told(HallFactory())
    go(in_class, "activity_feedback", date.pk, ask="opinion", satisfaction="good", who=str(stranger.pk))
    assert not Feedback.objects.exists()
    assert "还没开始" in words(go(in_class, "activity_feedback", later.pk))
    cancelling.cancel(activity=activity, why="老师有事", by=desk)
    go(in_class, "activity_feedback", later.pk, ask="hands", good="3")
    assert feedback.totals(activity).by_hands.people == 0


def test_a_manager_chooses_material_and_the_desk_opens_it(client, activity, manager, desk, hall):
    fit, unfit = ResourceFactory(title="手机使用手册"), ResourceFactory(title="手机草稿", state="draft")
    client.force_login(manager)
    found = words(client.get(reverse("auditorium:activity_handouts", args=[activity.pk]), {"q": "手机使用手册"}))
    assert "手机使用手册" in found
    assert go(client, "activity_handouts", activity.pk, resource=unfit.pk).status_code == 404
    go(client, "activity_handouts", activity.pk, resource=fit.pk)
    client.force_login(desk)
    assert "手机使用手册" in words(go(client, "activity", activity.pk))
    assert "手机使用手册" in words(go(client, "activity_handout_sheet", activity.pk))
    visits.serve(visit=VisitFactory(hall=hall, villager=told(hall), label=""), by=desk)
    go(client, "resource_open", fit.pk, whom="nobody")
    assert ResourceUse.objects.get().villager is None
    handout = Handout.objects.get()
    assert go(client, "handout_remove", handout.pk, x="1").status_code == 403
    client.force_login(hall_manager(HallFactory()))
    assert go(client, "handout_remove", handout.pk, x="1").status_code == 404
    client.force_login(manager)
    go(client, "handout_remove", handout.pk, x="1")
    assert handouts.shown(activity) == []


def test_a_class_about_smartphones_is_filled_in_and_made_with_its_skills(client, manager, hall):
    room = RoomFactory(hall=hall)
    client.force_login(manager)
    shown = words(client.get(reverse("auditorium:activity_new"), {"like": "smartphones"}))
    assert 'value="扫码、医保码、反诈、预约挂号"' in shown
    new = {
        "kind": "class",
        "title": "手机班",
        "skills": "扫码，医保码 扫码",
        "day": f"{TUESDAY + timedelta(days=1)}",
        "begins": "09:00",
        "ends": "10:00",
        "weeks": "1",
        "room": room.pk,
    }
    go(client, "activity_new", **new)
    activity = hall.activities.get()
    assert [skill.name for skill in activity.skills.all()] == ["扫码", "医保码"]
    too_long = words(go(client, "activity_new", **new | {"title": "又一班", "skills": "一二三四五六七八九十一二三"}))
    assert "每一样最多12个字。" in too_long
    go(client, "activity_change", activity.pk, kind="class", title="手机班", skills="反诈")
    assert [skill.name for skill in activity.skills.all()] == ["反诈"]
