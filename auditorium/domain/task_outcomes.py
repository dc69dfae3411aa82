"""What came of a task: written down once, and where that isn't the end, with a next step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import follow_ups, hall_hours, phones, reminders
from auditorium.domain.transitions import transition
from auditorium.enums import FOLLOW_UP_TRANSITIONS, FollowUpKind, FollowUpState
from auditorium.errors import EndedError
from auditorium.models import FollowUp, Reminder, Villager
from auditorium.ports import service_for

if TYPE_CHECKING:
    from auditorium.models import Hall, Phone, User

CALL_AGAIN_AFTER = timedelta(hours=2)
KNOCK_AFTER = timedelta(hours=4)
# Somebody must be able to act on what they are told.
BEFORE_THE_EVENT = timedelta(hours=1)


@transaction.atomic
def record_outcome(
    *, follow_up: FollowUp, outcome: str, by: User, note: str = "", again_at: datetime | None = None
) -> FollowUp | None:
    """Write down what came of it (a closed FollowUpState) and return the next step, if there must be one.

    办好了 about a call or a knock settles what was owed to the villager in writing. 没联系上 is tried again at
    `again_at` or in two hours while the hall is open, the second time by knocking. 号码不对 flags the number (whoever
    is reached on it is asked for another) and leads to knocking. No next step once its reason is gone. EndedError
    when it had an outcome already.
    """
    # Villagers before reminders before tasks, as sweeps and cancellations lock them.
    phone = _called(follow_up) if outcome == FollowUpState.WRONG_NUMBER else None
    if phone:
        phones.flag_bad(phone=phone, why=_("打过去，号码不对"), by=by, found_by=follow_up)
    elif follow_up.villager_id is not None:
        Villager.objects.select_for_update(no_key=True).only("pk").get(pk=follow_up.villager_id)
    moved = transition(
        FollowUp.objects.filter(pk=follow_up.pk),
        to=outcome,
        table=FOLLOW_UP_TRANSITIONS,
        by=by,
        closed_by=by,
        closed_at=clock.now(),
        outcome_note=note,
    )
    if not moved:
        raise EndedError(_("这件事已经有结果了。"))
    follow_up = FollowUp.objects.select_related("hall", "villager", "contact", "reply").get(pk=follow_up.pk)
    if outcome == FollowUpState.DONE and follow_up.about_id is not None and follow_up.kind in follow_ups.TELLING:
        reminders.told_by_person(about_kind=follow_up.about_kind, about_id=follow_up.about_id, by=by)
    if outcome not in {FollowUpState.NOT_REACHED, FollowUpState.WRONG_NUMBER} or not _still_matters(follow_up):
        return None
    return _next_step(follow_up, by, again_at)


def next_try(
    follow_up: FollowUp, *, wrong_number: bool = False, again_at: datetime | None = None
) -> tuple[str, datetime]:
    """What follows when nobody is reached, and by when: one more call, then a knock.

    A knock at once for a wrong number, and where a second call would come too late to be of use.
    """
    now = clock.now()
    tried_before = FollowUp.objects.filter(next_step=follow_up, state=FollowUpState.NOT_REACHED).exists()
    knock = wrong_number or tried_before or follow_up.kind == FollowUpKind.KNOCK
    wait = KNOCK_AFTER if knock else CALL_AGAIN_AFTER
    due_at = again_at if again_at and again_at > now else _while_open(follow_up.hall, now + wait)
    limit = _last_useful(follow_up)
    if limit and due_at > limit:
        knock, due_at = True, max(limit, now)
    return FollowUpKind.KNOCK if knock else follow_up.kind, due_at


def _next_step(done: FollowUp, by: User, again_at: datetime | None) -> FollowUp:
    kind, due_at = next_try(done, wrong_number=done.state == FollowUpState.WRONG_NUMBER, again_at=again_at)
    step = follow_ups.open_task(
        hall=done.hall,
        villager=done.villager,
        kind=kind,
        reason=done.reason,
        words=done.words,
        due_at=due_at,
        about_kind=done.about_kind,
        about_id=done.about_id,
        contact=None if kind == FollowUpKind.KNOCK else done.contact,
        reply=done.reply,
        by=by,
    )
    if not FollowUp.objects.filter(next_step=step).exists():
        FollowUp.objects.filter(pk=done.pk).update(next_step=step)
    return step


def _while_open(hall: Hall, moment: datetime) -> datetime:
    """This moment if the hall is open then, else an hour after it opens next."""
    opening = hall_hours.next_opening(hall, moment)
    return moment if opening in {None, moment} else opening + timedelta(hours=1)


def _last_useful(follow_up: FollowUp) -> datetime | None:
    """Until when telling the villager is of use, as far as a reminder about the same thing knows."""
    if follow_up.about_id is None:
        return None
    live = Reminder.objects.about(follow_up.about_kind, follow_up.about_id).live()
    ends = live.order_by("-expires_at").values_list("expires_at", flat=True).first()
    return ends - BEFORE_THE_EVENT if ends else None


def _still_matters(follow_up: FollowUp) -> bool:
    """Whether what the task is about is still to come."""
    if follow_up.about_id is None:
        return True
    try:
        return follow_up.about_id in service_for(follow_up.about_kind).still_due([follow_up.about_id])
    except KeyError:
        return True


def _called(follow_up: FollowUp) -> Phone | None:
    """The number that was tried."""
    contact = follow_up.contact
    if contact is None and follow_up.villager:
        contact = follow_ups.callable_contacts(follow_up.villager).first()
    return contact.phone if contact else None
