"""Places of a slot: claimed, released, added, taken back.

Lock order everywhere: villager → session → slots by id → appointment → message; a path may skip a
level and never goes back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from appointments.domain import numbers
from appointments.errors import CapacityBelowTaken
from appointments.models import ClinicSession, Slot
from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditorium.models import User

# One statement decides who gets the last place, on both databases; whoever wins holds the slot's row.
CLAIM = """
UPDATE appointments_slot SET taken = taken + 1
WHERE id = %s AND is_open AND taken < capacity
RETURNING numbers
"""


def claim(slot_id: int) -> int | None:
    """Take one place and return its number; None when the slot is full or closed. Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [slot_id])
        row = cursor.fetchone()
    if row is None:
        return None
    return numbers.lowest_free(json.loads(row[0]), numbers.occupied(slot_id))


def release(slot_id: int) -> None:
    """Give one place back; the caller holds the slot's lock and has ended the appointment."""
    Slot.objects.filter(pk=slot_id).update(taken=F("taken") - 1)


def lock(slot_id: int) -> Slot:
    """The slot's row, locked until the transaction ends."""
    return Slot.objects.select_for_update(no_key=True).get(pk=slot_id)


def lock_all(slot_ids: Iterable[int]) -> None:
    """The rows of these slots, locked in the order of their keys until the transaction ends."""
    list(Slot.objects.select_for_update(no_key=True).filter(pk__in=list(slot_ids)).order_by("pk").values_list("pk"))


def set_capacity(*, slot: Slot, capacity: int, by: User | None) -> Slot:
    """Bring a slot to `capacity` places: added ones get the numbers after the session's last, removed
    ones are the highest free.

    Raises CapacityBelowTaken, changing nothing, when that would drop a booked place.
    """
    with transaction.atomic():
        session = ClinicSession.objects.select_for_update(no_key=True).get(pk=slot.session_id)
        locked = lock(slot.pk)
        if capacity < locked.taken:
            raise CapacityBelowTaken(
                _("这个时段已经约了 %(taken)d 位，不能减到 %(wanted)d 个号。")
                % {"taken": locked.taken, "wanted": capacity}
            )
        if capacity != locked.capacity:
            number_places(session=session, slot=locked, capacity=capacity)
            session.save(update_fields=["last_number"])
            locked.save(update_fields=["capacity", "numbers"])
            audit.record(action="capacity_changed", what=locked, by=by, fields=["capacity"])
    return locked


def number_places(*, session: ClinicSession, slot: Slot, capacity: int) -> None:
    """Give a slot this capacity, not below `taken`, and numbers for it. Both are locked; the caller saves both."""
    more = capacity - slot.capacity
    if more > 0:
        slot.numbers = [*slot.numbers, [session.last_number + 1, session.last_number + more]]
        session.last_number += more
    elif more < 0:
        slot.numbers = numbers.shrink(slot.numbers, numbers.occupied(slot.pk) if slot.taken else set(), capacity)
    slot.capacity = capacity
