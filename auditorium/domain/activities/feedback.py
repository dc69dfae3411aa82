"""What people thought of an activity: said at the desk one by one, or counted by show of hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.activity_enums import Satisfaction
from auditorium.dates import full_date
from auditorium.domain import audit
from auditorium.domain.activities import places
from auditorium.errors import DeskError, EndedError
from auditorium.models import ActivityDate, Feedback

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from auditorium.models import Activity, User, Villager

BATCH = 1_000


@dataclass(frozen=True)
class Opinions:
    """How many people thought what."""

    good: int = 0
    fair: int = 0
    bad: int = 0

    @property
    def people(self) -> int:
        """How many said anything."""
        return self.good + self.fair + self.bad


@dataclass(frozen=True)
class Totals:
    """Of an activity, apart: who raised a hand may also have come to the desk."""

    by_hands: Opinions
    at_desk: Opinions


def why_not(date: ActivityDate) -> str:
    """Why nobody is asked about a date; empty when they are."""
    if not date.takes_place:
        return _("%(day)s这一次取消了，没有什么可问的。") % {"day": full_date(date.starts_at)}
    if not date.has_begun:
        return _("%(day)s这一次还没开始，办过了再问。") % {"day": full_date(date.starts_at)}
    return ""


@transaction.atomic
def say(
    *, date: ActivityDate, satisfaction: str, by: User, words: str = "", villager: Villager | None = None
) -> Feedback:
    """Write down what somebody said; who has said something already has changed their mind.

    Raises EndedError or DeskError, having written nothing, for a date nobody is asked about.
    """
    held = _held(date)
    said = {"satisfaction": Satisfaction(satisfaction), "words": words, "taken_by": by, "taken_at": clock.now()}
    known = Feedback.objects.filter(date=held, villager=villager).first() if villager else None
    one = known or Feedback(activity=held.activity, date=held, hall=held.hall, villager=villager)
    for name, value in said.items():
        setattr(one, name, value)
    one.save()
    who = villager.pk if villager else None
    audit.record(action="changed" if known else "added", what=one, by=by, hall=held.hall, villager_id=who)
    return one


@transaction.atomic
def count_hands(*, date: ActivityDate, hands: Mapping[str, int], by: User) -> None:
    """Write down how many raised a hand for what; counted again, only the last count holds.

    Raises EndedError or DeskError, having written nothing, for a date nobody is asked about.
    """
    held = _held(date)
    Feedback.objects.filter(date=held, by_hands=True).delete()
    made = Feedback.objects.bulk_create(
        Feedback(
            activity=held.activity,
            date=held,
            hall=held.hall,
            satisfaction=Satisfaction(satisfaction),
            by_hands=True,
            people=people,
            taken_by=by,
            taken_at=clock.now(),
        )
        for satisfaction, people in hands.items()
        if people
    )
    rows: list[tuple[int, int | None, int | None]] = [(one.pk, held.hall_id, None) for one in made]
    audit.record_many(action="counted", kind=Feedback._meta.model_name or "", rows=rows, by=by)


def totals(activity: Activity) -> Totals:
    """How many of those who came to an activity, on all its dates, thought what: one query."""
    found = activity.feedback.order_by().values_list("by_hands", "satisfaction").annotate(Sum("people"))
    counted: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for by_hands, satisfaction, people in found:
        counted[by_hands][satisfaction] = people
    return Totals(by_hands=Opinions(**counted[True]), at_desk=Opinions(**counted[False]))


def hands_of(date: ActivityDate) -> dict[str, int]:
    """What was counted of a date."""
    return dict(Feedback.objects.filter(date=date, by_hands=True).values_list("satisfaction", "people"))


def drop_words(at: datetime) -> int:
    """Drop what people said in their own words; how content they were stays for the figures."""
    old = Feedback.objects.filter(taken_at__lt=at - timedelta(days=settings.FEEDBACK_DAYS)).exclude(words="")
    pks = list(old.order_by("taken_at").values_list("pk", flat=True)[:BATCH])
    return Feedback.objects.filter(pk__in=pks).update(words="")


def _held(date: ActivityDate) -> ActivityDate:
    """The date as it is now, its activity locked: nobody says a thing twice at once."""
    places.lock(date.activity_id)
    fresh = ActivityDate.objects.select_related("activity", "hall").get(pk=date.pk)
    if refused := why_not(fresh):
        raise EndedError(refused) if not fresh.takes_place else DeskError(refused)
    return fresh
