"""Where the telling of what is owed to a villager stands, in one sentence that somebody at the desk can act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from auditorium import dates
from auditorium.enums import MESSAGE_UNSENT, MessageState, ReminderState

if TYPE_CHECKING:
    from auditorium.models import Message, Reminder


def of(reminder: Reminder) -> str:
    """The sentence. The villager, and the messages with their contacts, are loaded."""
    mains = sorted((text for text in reminder.messages.all() if not text.is_copy), key=lambda text: text.pk)
    match reminder.state:
        case ReminderState.PLANNED:
            when = f"{dates.full_date(reminder.due_at)} {dates.clock_time(reminder.due_at)}"
            words = _("%(when)s发短信") % {"when": when}
        case ReminderState.SENDING:
            words = _under_way(mains)
        case ReminderState.RELAYED:
            whose = _whose(_last(mains, MessageState.DELIVERED, MessageState.SENT))
            words = _("短信到了%(whose)s手机。村民不识字，等%(whose)s回话说转告了，才算告知") % {"whose": whose}
        case ReminderState.TOLD:
            words = _told(mains, reads=not reminder.villager.cannot_read)
        case ReminderState.FOLLOW_UP:
            words = _("村民还不一定知道，要有人打电话或上门说，已转成待办")
        case ReminderState.MISSED:
            words = _missed(mains)
        case _:
            words = _("不用告诉了")
    return words


def _under_way(mains: list[Message]) -> str:
    """Of several texts the last one counts: it goes to the next contact, where the one before did not arrive."""
    text = mains[-1] if mains else None
    if text is None or text.state in MESSAGE_UNSENT:
        return _("短信写好了，等着发出去")
    if text.state == MessageState.SENDING:
        return _("短信正在发")
    if text.state == MessageState.UNKNOWN:
        return _("发的时候断了，不知道发出去没有。先问短信平台，问不到就请人打电话")
    if text.state == MessageState.SENT:
        return _("短信发到%(whose)s手机了，还没收到送达回执") % {"whose": _whose(text)}
    return _("短信没送到，接着告诉下一位联系人")


def _told(mains: list[Message], *, reads: bool) -> str:
    arrived = _last(mains, MessageState.DELIVERED)
    if not reads:
        return _("已经当面或在电话里说了，或者收短信的人回话说转告了")
    if arrived:
        return _("短信送到了%(whose)s手机") % {"whose": _whose(arrived)}
    if sent := _last(mains, MessageState.SENT):
        return _("短信发到%(whose)s手机了，没有送达回执，也没有说没送到") % {"whose": _whose(sent)}
    return _("已经有人告诉了村民")


def _missed(mains: list[Message]) -> str:
    if _last(mains, MessageState.SENT, MessageState.DELIVERED):
        return _("短信发了，到时间也没有人确认村民知道")
    if _last(mains, MessageState.UNKNOWN):
        return _("到时间也没弄清短信发出去没有，没有人确认村民知道")
    return _("到时间也没能告诉村民")


def _last(mains: list[Message], *states: MessageState) -> Message | None:
    return next((text for text in reversed(mains) if text.state in states), None)


def _whose(text: Message | None) -> str:
    """女儿, 本人; 家人 where the contact is gone."""
    return str(text.contact.get_relation_display()) if text and text.contact else _("家人")
