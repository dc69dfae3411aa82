"""候补有号了: a place held for somebody from the queue until they answer or its time is over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from appointments.domain import bookings, eligibility, limits, places_given, policies, queues, revisit_ends, windows
from appointments.domain.places_given import ABOUT
from appointments.enums import (
    APPOINTMENT_TRANSITIONS,
    AppointmentState,
    HospitalKnows,
    SessionState,
    WaitlistState,
)
from appointments.errors import NotLive, OfferOver
from appointments.models import Appointment, WaitlistEntry
from auditorium import clock
from auditorium.domain import audit, follow_ups, hall_hours, reminders
from auditorium.domain.transitions import transition
from auditorium.enums import FollowUpKind, ReminderPurpose
from auditorium.models.villagers import gone
from auditorium.plain_select import holds

if TYPE_CHECKING:
    from appointments.domain.policies import Policy
    from appointments.models import ClinicSession, Slot
    from auditorium.models import User

ACCEPTED = gettext_noop("已经答应了")  # kept in Chinese, translated where they are read
DECLINED = gettext_noop("不要了")
UNANSWERED = gettext_noop("没有在时间内答复")
_TO_TELL = timedelta(hours=4)

# Asked at every booking before the offers of its session are looked at.
ANYTHING_HELD = "SELECT EXISTS (SELECT 1 FROM appointments_appointment WHERE session_id = %s AND state = 'held')"

FIRST_HOUR, LAST_HOUR = time(8), time(20)
"""Minutes to answer are only counted while people are awake."""


def make(*, entry: WaitlistEntry, slot: Slot, policy: Policy) -> Appointment:
    """Hold a place of the slot for the entry's villager, whose lock is held, and owe them the news.

    Raises SlotFull or SlotNotOffered when the place is gone, NotLive when the entry has ended; roll back then.
    """
    until = held_until(slot=slot, policy=policy, at=clock.now())
    if not queues.entry_goes(entry.pk, WaitlistState.OFFERED, by=None):
        raise NotLive(_("这次排队已经结束了。"))
    appointment = places_given.take(
        slot=slot,
        villager=entry.villager,
        hall=entry.hall,
        by=None,
        state=AppointmentState.HELD,
        held_until=until,
        waitlist_entry=entry,
    )
    audit.record(action="held", what=appointment, by=None, hall=entry.hall, villager_id=entry.villager_id)
    reminders.owe_now(
        about_kind=ABOUT,
        about_id=appointment.pk,
        villager=entry.villager,
        hall=entry.hall,
        purpose=ReminderPurpose.OFFERED,
        expires_at=until,
    )
    return appointment


def held_until(*, slot: Slot, policy: Policy, at: datetime) -> datetime:
    """Until when a place is held: the policy's minutes between 8:00 and 20:00, never past the cancel deadline."""
    left = timedelta(minutes=policy.offer_minutes)
    moment = at
    while True:
        here = clock.local(moment)
        opens = datetime.combine(here.date(), FIRST_HOUR, tzinfo=clock.SHANGHAI)
        closes = datetime.combine(here.date(), LAST_HOUR, tzinfo=clock.SHANGHAI)
        begins = max(moment, opens)
        if begins + left <= closes:
            break
        left -= max(closes - begins, timedelta(0))
        moment = opens + timedelta(days=1)
    deadline = windows.cancel_deadline(policy=policy, date=slot.session.date)
    return min(begins + left, max(deadline, at), slot.starts_at)


def open_offer(entry: WaitlistEntry) -> Appointment | None:
    """The place held for the entry, if there is one."""
    held = Appointment.objects.filter(waitlist_entry=entry, state=AppointmentState.HELD)
    return held.with_names().first()


def is_over(appointment: Appointment) -> bool:
    """Whether the place was held for somebody who can't take it any more."""
    return appointment.held_until is not None and (
        appointment.state != AppointmentState.HELD or appointment.held_until <= clock.now()
    )


def accept(*, appointment: Appointment, by: User | None, in_person: bool = True) -> Appointment:
    """The villager wants it: the held place becomes a booking, its number stays.

    Limits run again. Raises OfferOver after its time, VillagerNotReady, AlreadyBooked, LimitReached or
    BlockedForNoShows, changing nothing.
    """
    with transaction.atomic():
        villager = places_given.lock_villager(appointment.villager_id)
        offered = _held(appointment)
        if offered.slot is None or offered.session is None:
            raise ValueError("an offer has a slot")
        slot = places_given.load_slot(offered.slot.pk)
        policy = policies.policy_for(slot.session.department)
        eligibility.check_villager(villager, policy, slot.session.date)
        limits.check(villager=villager, session=slot.session, policy=policy, besides=offered.pk)
        asks = slot.session.department.hospital.acknowledges
        moved = transition(
            Appointment.objects.filter(pk=offered.pk, session__state=SessionState.OPEN),
            to=AppointmentState.BOOKED,
            table=APPOINTMENT_TRANSITIONS,
            by=by,
            booked_by=by,
            booked_at=clock.now(),
            hospital_knows=HospitalKnows.UNSENT if asks else HospitalKnows.NOT_NEEDED,
        )
        if not moved:
            raise OfferOver(_("这个号已经不在了，请帮村民选别的时间。"))
        queues.entry_goes(offered.waitlist_entry_id, WaitlistState.BOOKED, by=by, ended_at=clock.now())
        reminders.silence(about_kind=ABOUT, about_id=offered.pk, by=by, why=ACCEPTED)
        offered.refresh_from_db()
        bookings.owe(offered, by=by, in_person=in_person)
        revisit_ends.booked(offered, by=by)
    return offered


def decline(*, appointment: Appointment, by: User | None, why: str = DECLINED) -> None:
    """The villager does not want it: the place goes to the next, the entry is closed. Raises NotLive when it is no
    offer any more."""
    with transaction.atomic():
        places_given.lock_villager(appointment.villager_id)
        if not Appointment.objects.filter(pk=appointment.pk, state=AppointmentState.HELD).exists():
            raise NotLive(_("这个号已经有结果了，请看它现在的情况。"))
        places_given.give_back(appointment, to=AppointmentState.CANCELLED_BY_VILLAGER, by=by, why=why)
        queues.entry_goes(appointment.waitlist_entry_id, WaitlistState.LEFT, by=by, ended_at=clock.now())
        reminders.silence(about_kind=ABOUT, about_id=appointment.pk, by=by, why=why)
        queues.wake_after_commit()


def lapse_overdue(session: ClinicSession | None = None) -> int:
    """End every offer, or every one in a session, whose time is over or whose villager is gone: the place goes on to
    the next; return how many."""
    held = Appointment.objects.filter(state=AppointmentState.HELD)
    if session is not None:
        if not holds(ANYTHING_HELD, session.pk):
            return 0
        held = held.filter(session=session)
    overdue = held.filter(Q(held_until__lte=clock.now()) | gone("villager__"))
    return sum(_lapse(appointment) for appointment in overdue.with_names().order_by("held_until", "pk"))


def back_in_queue(appointment: Appointment, *, by: User | None) -> None:
    """The place that was held is gone through nobody's fault: the villager keeps their place in the queue, and hears
    of it, as they may have been told of the place."""
    if not queues.entry_goes(appointment.waitlist_entry_id, WaitlistState.WAITING, by=by):
        return
    with translation.override(settings.LANGUAGE_CODE):
        _ask_to_tell(
            appointment,
            by=by,
            reason=_("候补留的号停诊了，村民已排回原来的位置"),
            words=_("%(name)s您好，给您留的候补号停诊了，不用去。您还排在原来的位置，有号我们再告诉您。"),
        )


def _lapse(appointment: Appointment) -> int:
    with transaction.atomic():
        villager = places_given.lock_villager(appointment.villager_id)
        try:
            places_given.give_back(appointment, to=AppointmentState.LAPSED, by=None, why=UNANSWERED)
        except NotLive:
            return 0
        queues.entry_goes(appointment.waitlist_entry_id, WaitlistState.LAPSED, by=None, ended_at=clock.now())
        reminders.silence(about_kind=ABOUT, about_id=appointment.pk, by=None, why=UNANSWERED)
        if not villager.is_gone:
            _ask_to_tell(
                appointment,
                by=None,
                reason=_("候补的号没有在时间内答复，已经给了下一位"),
                words=_("%(name)s您好，给您留的候补号过了时间，已经给了别人。还要看的话，我们再帮您排，或约别的时间。"),
            )
        queues.wake_after_commit()
    return 1


def _ask_to_tell(appointment: Appointment, *, by: User | None, reason: str, words: str) -> None:
    follow_ups.open_task(
        hall=appointment.hall,
        villager=appointment.villager,
        kind=FollowUpKind.CALL,
        reason=reason,
        words=words % {"name": appointment.villager.name},
        due_at=hall_hours.after_open_hours(appointment.hall, clock.now(), _TO_TELL),
        by=by,
    )


def _held(appointment: Appointment) -> Appointment:
    fresh = Appointment.objects.with_names().get(pk=appointment.pk)
    if fresh.state != AppointmentState.HELD or fresh.held_until is None or fresh.held_until <= clock.now():
        raise OfferOver(_("这个候补的号已经过了时间，给了下一位；可以再排，或选别的时间。"))
    return fresh
