"""What is going on at the demo's desk: people in the hall today, and tasks that no booking asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.urls import reverse

from auditorium import clock
from auditorium.demo.past import Story, open_moment
from auditorium.domain import follow_ups, task_outcomes, visits
from auditorium.enums import FollowUpKind, FollowUpState, MatterKind
from auditorium.models import FollowUp, Hall, User, Villager, Visit


def tell_today(story: Story, *, hall: Hall, by: User, villagers: dict[str, Villager]) -> None:
    """One visit is done, one is served, one waits, and one is put aside with what was typed of a registration."""
    draft = {
        "url": reverse("auditorium:villager_register"),
        "data": {"name": ["沈长根"], "also_known_as": ["长脚"], "group": ["2组"]},
    }

    here: dict[str, Visit] = {}

    def arrive(key: str, **who: Any) -> None:
        here[key] = visits.arrive(hall=hall, by=by, **who)

    paying = {"villager": villagers["陈国良"], "matters": [(MatterKind.SOCIAL_SECURITY, "医保缴费")]}
    story.tell(_ago(50), partial(arrive, "paid", **paying))
    story.tell(_ago(46), lambda: visits.serve(visit=here["paid"], by=by))
    story.tell(_ago(38), lambda: visits.finish(visit=here["paid"], by=by))
    story.tell(_ago(21), partial(arrive, "aside", label="一位大爷", matters=[MatterKind.BOOKING]))
    story.tell(_ago(18), lambda: visits.serve(visit=here["aside"], by=by))
    story.tell(_ago(12), lambda: visits.put_aside(visit=here["aside"], by=by, draft=draft))
    story.tell(_ago(11), partial(arrive, "served", villager=villagers["李根生"], matters=[MatterKind.BOOKING]))
    story.tell(_ago(6), lambda: visits.serve(visit=here["served"], by=by))
    listening = {"villager": villagers["王月珍"], "matters": [(MatterKind.RESOURCE, "听方言课")]}
    story.tell(_ago(4), partial(arrive, "waiting", **listening))


def tell_tasks(story: Story, *, hall: Hall, by: User, villagers: dict[str, Villager]) -> None:
    """One task is overdue, one is in somebody's hands, one was done long ago."""
    overdue, taken, done = (open_moment(hall, days_ago=days) for days in (4, 2, 14))
    bring = partial(follow_ups.open_task, hall=hall, by=by, kind=FollowUpKind.BRING_PAPER)

    soon = open_moment(hall, days_ago=0) + timedelta(days=3)

    def take() -> None:
        task = bring(villager=villagers["俞荷花"], reason="身份证带来核对一下", due_at=soon)
        follow_ups.take(follow_up=task, by=by)

    def call() -> None:
        task = follow_ups.open_task(
            hall=hall,
            by=by,
            villager=villagers["李根生"],
            kind=FollowUpKind.CALL,
            reason="上次没去就诊，问问要不要再约",
            due_at=done + timedelta(days=1),
        )
        record_done(task, by=by, note="孙子放假了再约")

    story.tell(
        overdue,
        partial(
            bring,
            villager=villagers["解志芳"],
            reason="社保卡复印件带来",
            due_at=open_moment(hall, days_ago=1, after=60),
        ),
    )
    story.tell(taken, take)
    story.tell(done, call)


def record_done(task: FollowUp, *, by: User, note: str) -> None:
    """Somebody did it."""
    task_outcomes.record_outcome(follow_up=task, outcome=FollowUpState.DONE, by=by, note=note)


def _ago(minutes: int) -> datetime:
    """That long before now, but not before the day began: a demo may be loaded just after midnight."""
    now = clock.now()
    return max(now - timedelta(minutes=minutes), clock.day_bounds(clock.local(now).date())[0])
