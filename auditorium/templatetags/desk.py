"""How people, dates and states are written on the desk's pages."""

from __future__ import annotations

from datetime import date, datetime, time

from django import template

from auditorium import clock, dates, masks
from auditorium.domain import told_words
from auditorium.enums import FollowUpState, MessageState, ReminderState, VisitState
from auditorium.models import FollowUp, Message, Reminder, Visit
from auditorium.ports import Tone

register = template.Library()
register.filter("told_words", told_words.of)

_TONES: dict[str | None, dict[str, Tone]] = {
    "visit": {
        VisitState.WAITING: "warn",
        VisitState.SERVING: "good",
        VisitState.PUT_ASIDE: "warn",
    },
    "followup": {
        FollowUpState.OPEN: "warn",
        FollowUpState.TAKEN: "good",
        FollowUpState.NOT_REACHED: "stop",
        FollowUpState.WRONG_NUMBER: "stop",
    },
    "message": {
        MessageState.DELIVERED: "good",
        MessageState.SENT: "good",
        MessageState.UNDELIVERED: "stop",
        MessageState.FAILED: "stop",
        MessageState.UNKNOWN: "warn",
    },
    "reminder": {
        ReminderState.TOLD: "good",
        ReminderState.FOLLOW_UP: "warn",
        ReminderState.RELAYED: "warn",
        ReminderState.MISSED: "stop",
    },
}


@register.filter
def face(name: str) -> str:
    """The character in the circle beside a name: the surname's first."""
    return name.strip()[:1]


@register.filter
def age(birth: date | None) -> int | None:
    """Whole years today; None when the birth date isn't known."""
    return dates.age_on(birth, clock.today()) if birth else None


@register.filter
def full_date(day: date | None) -> str:
    """11月24日 周二."""
    return dates.full_date(day) if day else ""


@register.filter
def clock_time(moment: datetime | time | None) -> str:
    """上午8:30."""
    return dates.clock_time(moment) if moment else ""


@register.filter
def lunar_date(day: date | None) -> str:
    """农历十月十六."""
    return dates.lunar_date(day) if day else ""


@register.filter
def masked(number: object) -> str:
    """138****0021, of anything that prints as a phone number."""
    return masks.mask_phone(str(number)) if number else ""


@register.filter
def tone(row: FollowUp | Message | Reminder | Visit) -> Tone:
    """The tone of a row's state, for `tag-…`; the words beside it always say the same."""
    return _TONES[row._meta.model_name].get(row.state, "plain")
