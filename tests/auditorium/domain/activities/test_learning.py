"""Who can do what by now: marked again and again, and every mark kept."""

import pytest
import time_machine

from auditorium.domain.activities import cancelling, enrolling, learning, schedule
from auditorium.errors import DeskError, EndedError
from auditorium.models import AuditEntry, SkillMark
from tests.auditorium.activities import MONDAY, TUESDAY, RoomFactory, activity_in, at, told
from tests.factories import HallFactory, desk_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday_at_nine():
    with time_machine.travel(at(MONDAY, 9), tick=False) as clock:
        yield clock


@pytest.fixture
def hall():
    return HallFactory()


@pytest.fixture
def desk(hall):
    return desk_user(hall)


@pytest.fixture
def activity(hall):
    activity = activity_in(RoomFactory(hall=hall), weeks=2, places=3)
    learning.teach(activity=activity, names=learning.SMARTPHONES, by=None)
    return activity


@pytest.fixture
def learners(hall, activity, desk):
    people = [told(hall, name=name) for name in ("张小明", "李秀英", "王月珍", "沈阿彩")]
    return enrolling.sign_up(activity=activity, villagers=people, by=desk)


def names(activity):
    return [skill.name for skill in activity.skills.all()]


def test_mark_keeps_every_step_with_its_day_and_who_marked_it(activity, learners, desk, monday_at_nine):
    scanning = activity.skills.get(name="扫码")
    cell = (learners[0].pk, scanning.pk)
    for day, level in ((MONDAY, "not_yet"), (TUESDAY, "helped"), (TUESDAY, "helped")):
        monday_at_nine.move_to(at(day, 10))
        learning.mark(activity=activity, levels={cell: level}, by=desk)
    assert [(mark.level, mark.marked_at, mark.marked_by) for mark in learning.history(learners[0])] == [
        ("helped", at(TUESDAY, 10), desk),
        ("not_yet", at(MONDAY, 10), desk),
    ]
    assert learning.newest([learners[0].pk]) == {cell: "helped"}
    assert AuditEntry.objects.filter(action="marked", villager_id=learners[0].villager_id).count() == 2


def test_progress_counts_who_has_a_place(activity, learners, desk):
    scanning, cards, *_others = activity.skills.all()
    levels = {(one.pk, scanning.pk): level for one, level in zip(learners, ("able", "able", "helped"), strict=False)}
    learning.mark(activity=activity, levels=levels | {(learners[3].pk, scanning.pk): "able"}, by=desk)
    enrolled = [one.pk for one in activity.enrolments.enrolled()]
    told_ = learning.progress(skills=[scanning, cards], enrolments=enrolled)
    assert [(one.learners, one.able, one.helped, one.not_yet) for one in told_] == [(3, 2, 1, 0), (3, 0, 0, 0)]


def test_mark_writes_nothing_of_who_only_waits_or_of_another_class(hall, activity, learners, desk):
    other = activity_in(RoomFactory(hall=hall), hour=14)
    learning.teach(activity=other, names=["剪纸"], by=None)
    waiting, here = learners[3], learners[0]
    levels = {(waiting.pk, activity.skills.first().pk): "able", (here.pk, other.skills.get().pk): "able"}
    assert learning.mark(activity=activity, levels=levels, by=desk) == 0
    assert not SkillMark.objects.exists()


def test_mark_refuses_what_was_called_off(activity, learners, desk):
    cancelling.cancel(activity=activity, why="老师有事", by=desk)
    with pytest.raises(EndedError):
        learning.mark(activity=activity, levels={(learners[0].pk, activity.skills.first().pk): "able"}, by=desk)
    assert not SkillMark.objects.exists()


def test_teach_changes_names_and_order_but_drops_nothing_marked(activity, learners, desk):
    learning.mark(activity=activity, levels={(learners[0].pk, activity.skills.get(name="扫码").pk): "able"}, by=desk)
    learning.teach(activity=activity, names=["反诈", "视频通话", "扫码"], by=desk)
    assert names(activity) == ["反诈", "视频通话", "扫码"]
    with pytest.raises(DeskError) as refused:
        learning.teach(activity=activity, names=["反诈"], by=desk)
    assert refused.value.sentence == "“扫码”已经记过谁会谁不会了，不能去掉。"
    assert names(activity) == ["反诈", "视频通话", "扫码"]
    assert SkillMark.objects.get().skill.name == "扫码"


def test_change_writes_nothing_where_a_skill_must_stay(activity, learners, desk):
    learning.mark(activity=activity, levels={(learners[0].pk, activity.skills.get(name="扫码").pk): "able"}, by=desk)
    details = schedule.ActivityDetails(title="手机班")
    with pytest.raises(DeskError):
        schedule.change(activity=activity, details=details, skills=[], by=desk)
    activity.refresh_from_db()
    assert activity.title == "智能手机班"
    schedule.change(activity=activity, details=details, by=desk)
    assert names(activity) == list(learning.SMARTPHONES)
