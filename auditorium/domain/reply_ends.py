"""What becomes of an answer: a state, once, and where nothing else fits a task for a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from auditorium import clock
from auditorium.domain import follow_ups, hall_hours
from auditorium.domain.transitions import transition
from auditorium.enums import REPLY_TRANSITIONS, FollowUpKind, ReplyState
from auditorium.models import Contact, Reply, Villager

if TYPE_CHECKING:
    from auditorium.domain.matches import Match
    from auditorium.models import Hall, Message

TO_SEE_TO_IT = timedelta(hours=2)


def move(
    reply: Reply, to: ReplyState, message: Message | None = None, match: Match | None = None, **changes: Any
) -> int:
    """Bring the answer to a state, once, with what is known of it by now; 0 where it was brought to another before."""
    if message is not None:
        changes = {"message": message, "hall": message.hall, "villager": message.villager} | changes
    if match is not None:
        changes |= {"about_kind": match.kind, "about_id": match.about_id, "villager": match.villager}
    return transition(
        Reply.objects.filter(pk=reply.pk), to=to, table=REPLY_TRANSITIONS, by=None, audited=False, **changes
    )


def settle(reply: Reply, message: Message | None, match: Match | None = None, **changes: Any) -> int:
    """Nothing is left to do."""
    return move(reply, ReplyState.SETTLED, message, match, **changes)


def leave_to_person(reply: Reply, message: Message | None, why: str, match: Match | None = None, **changes: Any) -> int:
    """Make the answer somebody's task, shown with its words; from a phone nobody is reached on it is only kept."""
    asked = _whom_it_concerns(reply, message, match)
    if asked is None:
        return settle(reply, message, match, **changes)
    hall, villager, contact = asked
    moved = move(reply, ReplyState.TASK, message, match, hall=hall, villager=villager, **changes)
    if moved:
        ask(reply, why, hall=hall, villager=villager, contact=contact)
    return moved


def ask(reply: Reply, why: str, *, hall: Hall, villager: Villager | None, contact: Contact | None) -> None:
    """One task about the answer: why it needs somebody; what was written stands with it as long as it is kept."""
    now = clock.now()
    follow_ups.open_task(
        hall=hall,
        villager=villager,
        kind=FollowUpKind.REPLY,
        reason=_("来短信：%(why)s") % {"why": why} if why else _("来短信，请看看说了什么"),
        due_at=(hall_hours.next_opening(hall, now) or now) + TO_SEE_TO_IT,
        contact=contact,
        reply=reply,
    )


def _whom_it_concerns(
    reply: Reply, message: Message | None, match: Match | None
) -> tuple[Hall, Villager | None, Contact | None] | None:
    """Where it belongs: to whom it answers, to whom we wrote, or to the first who is reached on the phone."""
    if message is not None:
        villager, contact = (match.villager, match.contact) if match else (message.villager, message.contact)
        return message.hall, villager, contact
    reached = Contact.objects.filter(phone=reply.phone, villager__in=Villager.objects.living())
    first = reached.select_related("villager__registered_at").order_by("order", "pk").first()
    return (first.villager.registered_at, first.villager, first) if first else None
