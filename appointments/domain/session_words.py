"""What changes of a session, in words: 挂号费 30→50、号数 20→24."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.enums import ClinicClass, QueueMode, SessionKind
from auditorium.clock import local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from appointments.domain.session_details import Change, SessionDetails
    from appointments.domain.session_layout import Standing
    from appointments.models import ClinicSession

_LABELS = {
    "clinic_class": gettext_lazy("类别"),
    "fee": gettext_lazy("挂号费"),
    "room": gettext_lazy("诊室"),
    "kind": gettext_lazy("种类"),
    "queue": gettext_lazy("怎么看"),
    "held_at": gettext_lazy("在哪里看"),
    "times": gettext_lazy("时间"),
    "capacity": gettext_lazy("号数"),
}


def changes(session: ClinicSession, details: SessionDetails, standing: Sequence[Standing], change: Change) -> str:
    """Each field that changes, as it is and as it will be; the fee without its unit."""
    values = _values(session, details, standing, change)
    return _("、").join(
        f"{_LABELS[name]} {old}→{new}" if old else f"{_LABELS[name]} {new}" for name, old, new in values
    )


def _values(
    session: ClinicSession, details: SessionDetails, standing: Sequence[Standing], change: Change
) -> Iterator[tuple[str, str, str]]:
    for name in change.fields:
        if name == "clinic_class":
            yield name, str(session.get_clinic_class_display()), str(ClinicClass(details.clinic_class).label)
        elif name == "fee":
            yield name, _yuan(session.fee), _yuan(details.fee)
        elif name == "room":
            yield name, session.room, details.room
        elif name == "kind":
            yield name, str(session.get_kind_display()), str(SessionKind(details.kind).label)
        elif name == "queue":
            yield name, str(session.get_queue_display()), str(QueueMode(details.queue).label)
        elif name == "held_at":
            yield name, str(session.held_at or _("医院")), str(details.held_at or _("医院"))
        elif name == "times":
            yield name, _times(session, standing), f"{details.starts:%H:%M}-{details.ends:%H:%M}"
        elif change.rearrangement:
            yield name, str(sum(slot.capacity for slot in standing)), str(change.rearrangement.places)


def _times(session: ClinicSession, standing: Sequence[Standing]) -> str:
    if session.starts and session.ends:
        return f"{session.starts:%H:%M}-{session.ends:%H:%M}"
    if not standing:
        return ""
    return f"{local(standing[0].times[0]):%H:%M}-{local(standing[-1].times[1]):%H:%M}"


def _yuan(fee: Decimal | None) -> str:
    return "" if fee is None else f"{fee:f}".removesuffix(".00")
