"""Whether each slot's `taken` says how many appointments have a place in it, and putting it right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q

from appointments.domain import queues, slots
from appointments.enums import OCCUPYING
from appointments.models import Appointment, Slot
from auditorium.domain import audit

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_A_TIME = 1000


@dataclass(frozen=True)
class Miscount:
    """A slot whose `taken` is not the number of its appointments. `is_oversold` when they are more than its places."""

    slot_id: int
    taken: int
    appointments: int
    capacity: int

    @property
    def is_oversold(self) -> bool:
        """More people than places: no count mends that, the hospital must be asked."""
        return self.appointments > self.capacity


def miscounts() -> Iterator[Miscount]:
    """Every slot that miscounts, a bounded number in memory at a time."""
    counted = Slot.objects.annotate(found=Count("appointments", filter=Q(appointments__state__in=OCCUPYING)))
    wrong = counted.exclude(taken=F("found")).order_by("pk").values_list("pk", "taken", "found", "capacity")
    for row in wrong.iterator(chunk_size=_AT_A_TIME):
        yield Miscount(*row)


def repair(miscount: Miscount) -> bool:
    """Count the slot's appointments anew under its lock and write that down; False when there are too many for it."""
    with transaction.atomic():
        slot = slots.lock(miscount.slot_id)
        found = Appointment.objects.occupying().filter(slot=slot).count()
        if found > slot.capacity:
            return False
        if slot.taken != found:
            Slot.objects.filter(pk=slot.pk).update(taken=found)
            audit.record(action="count_repaired", what=slot, by=None, fields=["taken"])
            queues.wake_after_commit()
    return True
