"""Signing people up for an activity and off again: one villager, or a whole household in one go.

Who comes first has a place; the rest wait, and a place that comes free goes to who waits first.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import ENROLMENT_TRANSITIONS, ActivityState, EnrolmentState
from auditorium.dates import age_on, clock_time, full_date
from auditorium.domain import audit, visits
from auditorium.domain.activities import places, telling
from auditorium.domain.transitions import transition
from auditorium.enums import MatterKind
from auditorium.errors import DeskError, EndedError
from auditorium.models import ActivityDate, Attendance, Enrolment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditorium.models import Activity, User, Villager


@transaction.atomic
def sign_up(
    *, activity: Activity, villagers: Sequence[Villager], by: User | None, in_person: bool = False
) -> list[Enrolment]:
    """Sign these up, in this order: as many as there are places for come, the rest wait. All of them or nobody.

    `in_person`: somebody stands at the desk and has just been told. Raises DeskError with who cannot, and why.
    """
    held = places.lock(activity.pk)
    known = telling.lock(villager.pk for villager in villagers)
    people = [known[villager.pk] for villager in villagers]
    dates = list(held.dates.coming())
    if not people:
        raise DeskError(_("请选要报名的人。"))
    if refused := why_closed(held):
        raise EndedError(refused)
    signed = set(held.enrolments.live().filter(villager__in=people).values_list("villager_id", flat=True))
    for villager in people:
        if villager.pk in signed:
            raise DeskError(_("%(name)s已经报过名了。") % {"name": villager.name})
        if refused := why_not(held, villager):
            raise DeskError(refused)
    free = places.free(held)
    room_for = len(people) if free is None else free
    made = Enrolment.objects.bulk_create(
        Enrolment(
            activity=held,
            hall=held.hall,
            villager=villager,
            state=EnrolmentState.ENROLLED if place < room_for else EnrolmentState.WAITING,
            joined_by=by,
            joined_at=clock.now(),
        )
        for place, villager in enumerate(people)
    )
    Attendance.objects.bulk_create(
        Attendance(enrolment=one, date=date, hall=held.hall, villager_id=one.villager_id)
        for one in made
        for date in dates
    )
    for state in {one.state for one in made}:
        audit.record_many(
            action=str(state),
            kind=Enrolment._meta.model_name or "",
            rows=[(one.pk, held.hall_id, one.villager_id) for one in made if one.state == state],
            by=by,
        )
    telling.joined([one for one in made if one.state == EnrolmentState.ENROLLED], in_person=in_person)
    return made


@transaction.atomic
def sign_up_at_desk(*, activity: Activity, villagers: Sequence[Villager], by: User) -> list[Enrolment]:
    """The same for somebody at the desk: what they came for is ticked in the visit being served."""
    made = sign_up(activity=activity, villagers=villagers, by=by, in_person=True)
    served = visits.served_now(by)
    known = {one.villager_id: one for one in made}
    mine = known.get(served.villager_id) if served and served.villager_id else None
    one = mine or made[0]
    line = one.attendances.order_by("pk").values_list("pk", flat=True).first()
    visits.note(
        villager=one.villager,
        hall=one.hall,
        by=by,
        matter=MatterKind.CLASS,
        about_kind=telling.ABOUT,
        about_id=line,
    )
    return made


@transaction.atomic
def sign_off(*, enrolment: Enrolment, by: User | None, why: str = "") -> list[Enrolment]:
    """They do not come any more, or wait no longer; return who gets the place instead, who is told.

    Raises EndedError, having changed nothing, when they were signed off already.
    """
    held = places.lock(enrolment.activity_id)
    has_place = Enrolment.objects.enrolled().filter(pk=enrolment.pk).exists()
    followers = places.next_in_line(held, leaving=1) if has_place else []
    known = telling.lock({enrolment.villager_id, *(one.villager_id for one in followers)})
    moved = transition(
        Enrolment.objects.filter(pk=enrolment.pk),
        to=EnrolmentState.CANCELLED,
        table=ENROLMENT_TRANSITIONS,
        by=by,
        why=why,
        ended_at=clock.now(),
        ended_reason=why[:120],
    )
    if not moved:
        raise EndedError(_("这次报名已经取消了。"))
    with translation.override(settings.LANGUAGE_CODE):
        reason = why or _("不来了")
    telling.left(enrolment, by=by, why=reason, tell=not known[enrolment.villager_id].is_gone)
    return places.fill(held, by=by)


def release(*, villager: Villager, by: User | None, why: str) -> None:
    """Give back what somebody who is gone has or waits for in all that is still to come; who waits moves up.

    Each in a transaction of its own, since an activity is locked before its people: cut off, it may be done again.
    """
    coming = ActivityDate.objects.coming().order_by().values("activity")
    live = Enrolment.objects.live().filter(villager=villager, activity__in=coming, activity__state=ActivityState.OPEN)
    for enrolment in live.order_by("pk"):
        with suppress(EndedError):
            sign_off(enrolment=enrolment, by=by, why=why)


def released(villager: Villager, *, why: str) -> list[str]:
    """What is still to come that somebody was to take part in before they were gone, and is not signed up for now."""
    coming = ActivityDate.objects.coming().order_by().values("activity")
    theirs = Enrolment.objects.filter(villager=villager, activity__in=coming, activity__state=ActivityState.OPEN)
    given = theirs.filter(state=EnrolmentState.CANCELLED, ended_reason=why)
    again = theirs.live().values("activity")
    return list(given.exclude(activity__in=again).values_list("activity__title", flat=True).distinct())


def why_closed(activity: Activity) -> str:
    """Why nobody can sign up any more; empty while somebody can."""
    if not activity.is_open:
        return _("这个活动已经取消了。")
    if activity.closes_at and activity.closes_at <= clock.now():
        return _("报名到%(day)s%(time)s为止，已经截止了。") % {
            "day": full_date(activity.closes_at),
            "time": clock_time(activity.closes_at),
        }
    last = activity.dates.coming().last()
    if last is None or last.starts_at <= clock.now():
        return _("后面没有时间了，不能再报名。")
    return ""


def why_not(activity: Activity, villager: Villager) -> str:
    """Why this villager cannot sign up: too young, dead or gone; whose age nobody knows may come."""
    if villager.died_on or villager.erased_at:
        return _("%(name)s的资料已经停用，不能报名。") % {"name": villager.name}
    if villager.moved_away_on:
        return _("%(name)s记了搬走。回来了，先在他的页面上点“又回来了”，再报名。") % {"name": villager.name}
    first = activity.dates.scheduled().order_by("starts_at").first()
    if activity.from_age is None or villager.birth_date is None or first is None:
        return ""
    if age_on(villager.birth_date, clock.local(first.starts_at).date()) >= activity.from_age:
        return ""
    return _("%(name)s不到%(age)d岁，这个活动是请%(age)d岁以上的人来的。") % {
        "name": villager.name,
        "age": activity.from_age,
    }
