"""Tasks as they are listed: on which shelf each lies, what was tried before, and who can do them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock, dates
from auditorium.enums import FOLLOW_UP_OPEN, ReminderState
from auditorium.models import FollowUp, Helper, Message, User
from auditorium.models.follow_ups import handed_to_region_of

if TYPE_CHECKING:
    from auditorium.models import Hall, Reminder
    from auditorium.models.follow_ups import FollowUpQuerySet

DONE_SHOWN = 200
"""So many of those that have ended are listed; whoever looks for an older one begins with the villager."""


class Shelf(TextChoices):
    """Whose tasks are looked at."""

    HALL = "hall", gettext_lazy("本礼堂的")
    MINE = "mine", gettext_lazy("我在办的")
    HANDED = "handed", gettext_lazy("别处转来的")
    DONE = "done", gettext_lazy("办完的")


def on_shelf(shelf: str, *, hall: Hall, user: User) -> FollowUpQuerySet:
    """Open ones by due time, or the latest that have ended, the last first; those handed here too. With all a line of
    the list shows."""
    scope = (
        FollowUp.objects.for_user(user)
        .with_villager()
        .select_related("hall", "contact__phone", "assignee", "helper", "escalated_hall", "escalated_region")
    )
    if shelf == Shelf.DONE:
        latest = scope.filter(pk__in=_latest_done(hall, user)).order_by("-closed_at", "-pk")
        return latest[:DONE_SHOWN]
    handed = Q(escalated_hall=hall) | handed_to_region_of(user)
    whose = {Shelf.HALL: Q(hall=hall), Shelf.MINE: Q(assignee=user), Shelf.HANDED: handed}
    return scope.open().filter(whose[Shelf(shelf)]).order_by("due_at", "pk")


def _latest_done(hall: Hall, user: User) -> set[int]:
    """The ids of the latest of the hall's own, of those handed to it and to the user's regions, each by its index."""
    ended = FollowUp.objects.filter(closed_at__isnull=False).exclude(state__in=FOLLOW_UP_OPEN)
    whose = [Q(hall=hall), Q(escalated_hall=hall)]
    if any(role.region for role in user.role_list):
        whose.append(handed_to_region_of(user) & Q(escalated_region__isnull=False))
    found: set[int] = set()
    for each in whose:
        found.update(ended.filter(each).order_by("-closed_at", "-pk").values_list("pk", flat=True)[:DONE_SHOWN])
    return found


def tried_before(follow_up: FollowUp) -> FollowUpQuerySet:
    """What was done about the same thing before, the latest first."""
    same = Q(next_step=follow_up)
    if follow_up.about_id is not None:
        same |= Q(about_kind=follow_up.about_kind, about_id=follow_up.about_id, villager=follow_up.villager_id)
    ended = FollowUp.objects.filter(same).exclude(pk=follow_up.pk).exclude(state__in=FOLLOW_UP_OPEN)
    return ended.select_related("closed_by").order_by("-closed_at", "-pk")


def told(follow_up: FollowUp, user: User) -> list[Reminder]:
    """What was begun to be told about the same thing, with its texts, as far as the user may see it."""
    if follow_up.villager is None or follow_up.about_id is None:
        return []
    texts = Message.objects.select_related("contact").order_by("pk")
    owed = follow_up.villager.reminders.for_user(user).about(follow_up.about_kind, follow_up.about_id)
    begun = owed.exclude(state__in=(ReminderState.PLANNED, ReminderState.CANCELLED))
    return list(begun.prefetch_related(Prefetch("messages", texts)).order_by("due_at", "pk"))


def hands(*, follow_up: FollowUp, user: User) -> tuple[QuerySet[User], QuerySet[Helper]]:
    """Who can be given a task: staff of the hall and of the one it was handed to, and the user's helpers there."""
    halls = [pk for pk in (follow_up.hall_id, follow_up.escalated_hall_id) if pk]
    colleagues = User.objects.filter(is_active=True, roles__hall__in=halls).distinct().order_by("full_name", "pk")
    return colleagues, helpers_of(halls, user)


def helpers_of(halls: list[int], user: User) -> QuerySet[Helper]:
    """The helpers on duty at these halls, as far as the user may see them."""
    return Helper.objects.for_user(user).filter(hall__in=halls, is_active=True).order_by("name", "pk")


def is_overdue(follow_up: FollowUp) -> bool:
    """Whether its time is over and nobody has finished it."""
    return follow_up.is_open and follow_up.due_at < clock.now()


def due_words(follow_up: FollowUp) -> str:
    """By when: 今天下午3:00前, 明天上午9:00前, 11月24日 周二 上午9:00前."""
    day, today = clock.local(follow_up.due_at).date(), clock.today()
    near = {today: _("今天"), today + timedelta(days=1): _("明天")}
    said = {"day": near.get(day) or dates.full_date(day), "time": dates.clock_time(follow_up.due_at)}
    return (_("%(day)s%(time)s前") if day in near else _("%(day)s %(time)s前")) % said
