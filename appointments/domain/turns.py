"""Serving the queues: whatever came free goes to the first who waits for it, strictly in order.

One turn at a time in a department, under its row's lock, which is taken before any villager's. Each turn looks at
the queue anew, so the order holds however many workers serve it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.domain import eligibility, offers, places_given, policies, queues, waitlist, windows, wishes
from appointments.enums import SessionState, SlotKind, WaitlistState
from appointments.errors import AlreadyBooked, BookingError, NotLive, SlotFull, SlotNotOffered
from appointments.models import ClinicSession, Department, Slot, WaitlistEntry
from auditorium import clock
from auditorium.domain import follow_ups, hall_hours
from auditorium.enums import FollowUpKind
from auditorium.models.villagers import gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appointments.domain.policies import Policy
    from appointments.models.sessions import ClinicSessionQuerySet, SlotQuerySet

_TO_TELL = timedelta(hours=4)
_AT_A_TIME = 10


def serve_waitlists() -> int:
    """Hold every place that came free for whoever is first in its queue; return how many turns were taken.

    One query where nothing came free that somebody waits for, however many wait.
    """
    departments = Department.objects.filter(Exists(WaitlistEntry.objects.waiting().filter(department=OuterRef("pk"))))
    wanted = _wanted().filter(department=OuterRef("pk"))
    found = departments.filter(Exists(wanted)).order_by("pk").values_list("pk", flat=True)
    return sum(serve_department(pk) for pk in list(found))


def serve_before(session: ClinicSession) -> None:
    """Give whoever comes before a desk that wants a place of the session their turn, so that no desk waits for a
    worker that is down. To be called before a transaction begins."""
    with translation.override(settings.LANGUAGE_CODE):  # what is written is read by others, whoever asks
        offers.lapse_overdue(session)
        if queues.somebody_waits_for(session):
            wishes.serve_session(session.pk)
            serve_department(session.department_id, session=session)


def serve_department(department_id: int, *, session: ClinicSession | None = None) -> int:
    """The same for one department, or just for one of its sessions."""
    turns = 0
    while _serve_first(department_id, session):
        turns += 1
    return turns


def clear_over() -> int:
    """Close the entries that nothing can be offered any more, and ask that they be told: return how many.

    Looks at departments and last days, not at everybody who waits.
    """
    waiting = WaitlistEntry.objects.waiting().select_related("department", "hall", "villager")
    cleared = sum(_clear(entry, "") for entry in waiting.filter(gone("villager__")))
    last_days = set(WaitlistEntry.objects.waiting().order_by().values_list("department", "last_date").distinct())
    departments = Department.objects.select_related("hospital__policy", "policy")
    by_key = departments.in_bulk([department for department, _day in last_days])
    for department, day in sorted(last_days):
        policy = policies.policy_for(by_key[department])
        if not policy.waitlist:
            why = _("医院不再候补了")
        elif clock.now() >= windows.cancel_deadline(policy=policy, date=day):
            why = _("到截止时间都没有空出号来")
        else:
            continue
        over = waiting.filter(department=department, last_date=day)
        cleared += sum(_clear(entry, why) for entry in over)
    return cleared


def _serve_first(department_id: int, session: ClinicSession | None) -> bool:
    """Give the first who waits, and for whom there is a place, their turn; False when there is nobody."""
    with transaction.atomic():
        department = queues.take_turn(department_id)
        policy = policies.policy_for(department)
        wanted = _wanted().filter(department=department)
        if session is not None:
            wanted = wanted.filter(pk=session.pk)
        for free in wanted.order_by("date", "pk") if policy.waitlist else ():
            free.department = department
            if is_offered(free, policy) and any(_turn(entry, free, policy) for entry in _in_line(free)):
                return True
    return False


def is_offered(session: ClinicSession, policy: Policy) -> bool:
    """Whether a place of the session that came free now would be offered to the queue."""
    now = clock.now()
    return (
        policy.waitlist
        and now < windows.cancel_deadline(policy=policy, date=session.date)
        and not windows.why_session_closed(session=session, policy=policy, at=now)
    )


def _wanted() -> ClinicSessionQuerySet:
    """The sessions to come with a free place that somebody waits for. A release is first for its wishes."""
    return ClinicSession.objects.filter(
        Exists(_free_slots().filter(session=OuterRef("pk"))),
        queues.is_waited_for(),
        ~queues.is_wished_for(),
        state=SessionState.OPEN,
        date__gte=clock.today(),
    )


def _free_slots() -> SlotQuerySet:
    return Slot.objects.open().with_free_places().filter(kind=SlotKind.REGULAR, starts_at__gt=clock.now())


def _in_line(session: ClinicSession) -> Iterator[WaitlistEntry]:
    """Who waits for the session, the first first, a few at a time."""
    line = queues.waiting_for(session).select_related("hall", "department", "villager")
    line = line.prefetch_related("villager__consents")
    last = 0
    while entries := list(line.filter(pk__gt=last)[:_AT_A_TIME]):
        yield from entries
        last = entries[-1].pk


def _turn(entry: WaitlistEntry, session: ClinicSession, policy: Policy) -> bool:
    """Offer the entry the earliest free place of the session, or close it when its villager can have none it waits
    for. False when they cannot have this one and may have another: it goes to the next.

    Nothing when the entry has ended or the place is gone meanwhile: the next turn sees that.
    """
    if eligibility.why_not_given(entry.villager, session, policy) and not waitlist.why_never(entry, policy):
        return False
    entry.villager = places_given.lock_villager(entry.villager_id)
    if not WaitlistEntry.objects.filter(pk=entry.pk, state=WaitlistState.WAITING).exists():
        return True
    if not eligibility.why_not_given(entry.villager, session, policy):
        slot = _free_slots().filter(session=session).order_by("starts_at", "pk").first()
        with suppress(SlotFull, SlotNotOffered, NotLive), transaction.atomic():
            if slot:
                offers.make(entry=entry, slot=places_given.load_slot(slot.pk), policy=policy)
    elif refused := waitlist.why_never(entry, policy):
        _close(entry, WaitlistState.REFUSED, refused.sentence, tell=_is_news(entry, refused))
    return True


def _is_news(entry: WaitlistEntry, refused: BookingError) -> bool:
    """Whether somebody is to be told: not who has a place there, nor who is gone, or their family."""
    return not isinstance(refused, AlreadyBooked) and not entry.villager.is_gone


def _clear(entry: WaitlistEntry, why: str) -> int:
    with transaction.atomic():
        entry.villager = places_given.lock_villager(entry.villager_id)
        why = eligibility.why_gone(entry.villager) or why
        return _close(entry, WaitlistState.OVER, why, tell=not entry.villager.is_gone)


def _close(entry: WaitlistEntry, to: WaitlistState, why: str, *, tell: bool) -> int:
    """End the entry; a queue that came to nothing is not silent: somebody is asked to `tell` the villager."""
    ended = waitlist.end(entry, to=to, by=None, why=why)
    if ended and tell:
        follow_ups.open_task(
            hall=entry.hall,
            villager=entry.villager,
            kind=FollowUpKind.CALL,
            reason=(_("候补没排到：%(why)s") % {"why": why})[:120],
            words=_("%(name)s您好，您在%(department)s排的候补没有排到。还要看的话，我们帮您约别的时间。")
            % {"name": entry.villager.name, "department": entry.department.name},
            due_at=hall_hours.after_open_hours(entry.hall, clock.now(), _TO_TELL),
        )
    return ended
