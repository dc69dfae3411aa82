"""Whether a villager can have a place: what is known of them, what the hospital asks, what is on offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain import limits, policies, queues, windows
from appointments.errors import BookingError, QueueFirst, SlotNotOffered, VillagerNotReady
from auditorium import clock, dates
from auditorium.enums import ConsentPurpose, IdentityKind

if TYPE_CHECKING:
    from datetime import date

    from appointments.domain.policies import Policy
    from appointments.models import ClinicSession, Slot
    from auditorium.models import Hall, Villager

RESIDENT_ID = "resident_id"
"""How a policy's `documents` calls the mainland ID; others by `OtherDocument`."""


def why_gone(villager: Villager) -> str:
    """One sentence why nothing at all is arranged for this villager any more; empty for whoever is still here."""
    if villager.erased_at or villager.died_on:
        return _("这位村民的资料已经停用，不能预约。")
    if villager.moved_away_on:
        return _("这位村民已经搬走，不能预约；人又回来了，请先在村民页记下。")
    return ""


def why_not_ready(villager: Villager) -> str:
    """One sentence why nothing can be booked for this villager, whatever the place; empty when all is there.

    Nothing here queries when the consents are loaded.
    """
    if villager.is_gone:
        return why_gone(villager)
    if villager.identity_kind == IdentityKind.UNKNOWN:
        return _("医院要实名预约，请先补上身份证号；也可以登记在别处约好的号。")
    agreed = (consent.purpose for consent in villager.consents.all() if consent.withdrawn_at is None)
    if ConsentPurpose.HEALTH not in agreed:
        return _("还没有记下村民同意代办看病预约，请先问过本人或监护人再记下。")
    return ""


def why_not_accepted(villager: Villager, policy: Policy, day: date) -> str:
    """One sentence why this hospital does not take this villager on a day; empty when it does."""
    if policy.minimum_age and villager.birth_date and dates.age_on(villager.birth_date, day) < policy.minimum_age:
        return _("这里满 %(age)d 周岁才能网上预约，请家长带孩子到医院窗口挂号，或打电话问医院。") % {
            "age": policy.minimum_age
        }
    document = villager.other_document if villager.identity_kind == IdentityKind.OTHER else RESIDENT_ID
    if policy.documents and document not in policy.documents:
        return _("这里网上预约不收这种证件，请带证件到医院窗口挂号，或打电话问医院。")
    return ""


def check_villager(villager: Villager, policy: Policy, day: date) -> None:
    """Raise VillagerNotReady with what is missing."""
    why = why_not_ready(villager) or why_not_accepted(villager, policy, day)
    if why:
        raise VillagerNotReady(why)


def check_offer(slot: Slot, hall: Hall, policy: Policy) -> None:
    """Raise SlotNotOffered when the hall cannot book this slot now, whoever for."""
    if not slot.session.is_allotted_to(hall):
        raise SlotNotOffered(_("这个号不是分给本礼堂的，请选别的时间。"))
    why = windows.why_not_bookable(slot=slot, policy=policy, at=clock.now())
    if why:
        raise SlotNotOffered(why)


def check(*, slot: Slot, villager: Villager, hall: Hall, besides: int | None = None, for_wish: bool = False) -> None:
    """Raise what stands against giving the villager a place in the slot now, places aside.

    The slot comes with session, department, hospital and their policies. `besides` is the booking that this one
    would replace; `for_wish` says that it is their turn, so that nobody comes before them.
    VillagerNotReady, SlotNotOffered, QueueFirst, AlreadyBooked, LimitReached, BlockedForNoShows.
    """
    policy = policies.policy_for(slot.session.department)
    check_villager(villager, policy, slot.session.date)
    check_offer(slot, hall, policy)
    limits.check(villager=villager, session=slot.session, policy=policy, besides=besides)
    if not for_wish and _goes_to_another(slot.session, villager, policy):
        raise QueueFirst(_("这个班次有人在排队，空出来的号先给排队的人；可以帮村民排候补，或选别的时间。"))


def why_not_given(villager: Villager, session: ClinicSession, policy: Policy) -> BookingError | None:
    """Why this villager cannot have a place in the session now, were there one; None when they can."""
    try:
        check_villager(villager, policy, session.date)
        limits.check(villager=villager, session=session, policy=policy)
    except BookingError as error:
        return error
    return None


def _goes_to_another(session: ClinicSession, villager: Villager, policy: Policy) -> bool:
    """Whether what is free in the session is somebody else's first: who wished for it, or waits and can have it."""
    if not queues.somebody_waits_for(session):
        return False
    if queues.somebody_wished_for(session):
        return True
    if not policy.waitlist or clock.now() >= windows.cancel_deadline(policy=policy, date=session.date):
        return False
    line = queues.waiting_for(session).select_related("villager").prefetch_related("villager__consents")
    for entry in line.iterator(chunk_size=20):
        if entry.villager_id == villager.pk:
            return False
        if not why_not_given(entry.villager, session, policy):
            return True
    return False
