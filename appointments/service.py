"""Bookings as a service of the hall: what the hall asks through `auditorium.ports`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain import (
    answers,
    awaited,
    default_templates,
    hall_days,
    lines,
    policies,
    standing,
    texts,
    times,
    windows,
)
from appointments.domain.hall_days import Days
from appointments.enums import RevisitState, WaitlistState, WishState
from appointments.models import Appointment, HospitalClerk
from auditorium import clock
from auditorium.dates import clock_time, full_date
from auditorium.enums import TextLanguage
from auditorium.ports import Answered, Entry, Link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from appointments.models import Revisit, WaitlistEntry, Wish
    from auditorium.models import Hall, User, Villager
    from auditorium.ports import TextVariable, Tone

_QUEUE_TONES: dict[str, Tone] = {
    WaitlistState.WAITING: "warn",
    WaitlistState.LAPSED: "stop",
    WaitlistState.REFUSED: "stop",
    WaitlistState.OVER: "stop",
}
_WISH_TONES: dict[str, Tone] = {WishState.WAITING: "warn", WishState.MISSED: "stop"}


class AppointmentService:
    """The one implementation of `auditorium.ports.Service` for bookings."""

    kind = default_templates.ABOUT
    label = gettext_lazy("看病预约")

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """Every booking of the villager, with 再约一次 on those that are over, and what is to be booked: four
        queries."""
        rows = Appointment.objects.for_user(user).filter(villager=villager).with_names()
        return [
            *(_entry(row) for row in rows),
            *(_queue_entry(entry) for entry in lines.entries_of(villager, user)),
            *(_wish_entry(wish) for wish in awaited.wishes_of(villager, user)),
            *(_revisit_entry(revisit) for revisit in awaited.revisits_of(villager, user)),
        ]

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """Who goes to the doctor today: one query."""
        rows = hall_days.of_hall(hall=hall, user=user, days=Days.TODAY)
        return [replace(_entry(row), villager=row.villager.name, actions=()) for row in rows]

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        """Those bookings that are still to come."""
        return texts.still_due(about_ids)

    def variables_of(
        self, about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
    ) -> dict[int, dict[str, str]]:
        """The values of a text about each of the bookings."""
        return texts.values_of(about_ids, audience, language)

    def text_variables(
        self, audience: str, *, purpose: str = "", language: str = TextLanguage.CHINESE
    ) -> tuple[TextVariable, ...]:
        """What a text about a booking may say to these eyes."""
        return default_templates.variables(audience, purpose=purpose, language=language)

    def default_texts(self, language: str = TextLanguage.CHINESE) -> Mapping[tuple[str, str], str]:
        """The words of texts to begin with."""
        return default_templates.ENGLISH if language == TextLanguage.ENGLISH else default_templates.BODIES

    def words(self, about_id: int, purpose: str) -> str:
        """What a person says who calls or knocks."""
        return texts.spoken(about_id, purpose)

    def short(self, about_id: int, language: str = TextLanguage.CHINESE) -> str:
        """张小明24日8:30."""
        return answers.short(about_id, language)

    def on_reply(self, about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
        """An offer is taken or not, a booking confirmed, or cancelled in a while."""
        return answers.on_reply(about_id, yes=yes, own=own, may_decide=may_decide)

    def cancel(self, about_id: int, *, why: str) -> str:
        """Give the place back."""
        return answers.cancel(about_id, why=why)

    def choices(self, villager: Villager) -> list[Link]:
        """Booking, and writing down what was booked elsewhere: two equal buttons."""
        return [
            Link(_("预约挂号"), reverse("appointments:place", args=[villager.pk])),
            Link(_("登记已约好的号"), reverse("appointments:record", args=[villager.pk])),
        ]

    def url(self, about_id: int) -> str:
        """The booking's page."""
        reference = Appointment.objects.values_list("reference", flat=True).get(pk=about_id)
        return reverse("appointments:appointment", args=[reference])

    def staff_ids(self) -> Iterable[int]:
        """The clerks of hospitals."""
        return HospitalClerk.objects.values_list("user_id", flat=True)


def again_url(appointment: Appointment) -> str:
    """Where the same is booked once more: the week of the department, its doctor first; else where to go."""
    villager = appointment.villager_id
    if appointment.department_id:
        week = reverse("appointments:week", args=[villager, appointment.department_id])
        return f"{week}?doctor={appointment.doctor_id}" if appointment.doctor_id else week
    where = reverse("appointments:place", args=[villager])
    return f"{where}?hospital={appointment.hospital_id}" if appointment.hospital_id else where


def _entry(appointment: Appointment) -> Entry:
    """A booking that was called off stands where that happened, any other one where the visit is."""
    called_off = appointment.state in hall_days.CALLED_OFF and appointment.ended_at
    over = called_off or standing.is_over(appointment)
    begins = times.begins(day=appointment.date, period=appointment.period, starts_at=appointment.starts_at)
    where = f"{appointment.hospital_name} {appointment.department_name}".strip()
    details = [
        full_date(appointment.date) if called_off else "",
        appointment.doctor_name,
        _("%(number)s号") % {"number": appointment.shown_number} if appointment.shown_number else "",
        appointment.place,
    ]
    return Entry(
        at=appointment.ended_at if called_off and appointment.ended_at else begins,
        has_time=bool(called_off or appointment.starts_at),
        title=_("看病：%(where)s") % {"where": where},
        detail=" · ".join(part for part in details if part),
        state=standing.words(appointment),
        tone=standing.tone(appointment),
        url=reverse("appointments:appointment", args=[appointment.reference]),
        actions=(Link(_("再约一次"), again_url(appointment)),) if over else (),
    )


def _queue_entry(entry: WaitlistEntry) -> Entry:
    """What waits stands where it would end, what came to nothing where it did."""
    days = full_date(entry.first_date)
    if entry.last_date != entry.first_date:
        days = _("%(first)s到%(last)s") % {"first": days, "last": full_date(entry.last_date)}
    details = [
        f"{days} {entry.get_period_display()}".strip(),
        entry.doctor.name if entry.doctor else _("哪位医生都行"),
        _in_words(entry.ended_reason),
    ]
    return Entry(
        at=entry.ended_at or lines.lasts_until(entry),
        title=_("排候补：%(where)s") % {"where": f"{entry.department.hospital} {entry.department.name}"},
        detail=" · ".join(part for part in details if part),
        state=str(entry.get_state_display()),
        tone=_QUEUE_TONES.get(entry.state, "plain"),
        url=reverse("appointments:waitlist_entry", args=[entry.pk]),
    )


def _wish_entry(wish: Wish) -> Entry:
    """What waits stands at its release, what came to nothing where it did."""
    session = wish.session
    policy = policies.policy_for(session.department)
    details = [
        f"{full_date(session.date)} {session.get_period_display()}",
        session.doctor.name if session.doctor else _("普通门诊"),
        _("%(time)s以后") % {"time": clock_time(wish.not_before)} if wish.not_before else "",
        _in_words(wish.ended_reason),
    ]
    return Entry(
        at=wish.ended_at or windows.release_at(policy=policy, day=session.date),
        title=_("放号就约：%(where)s") % {"where": f"{session.department.hospital} {session.department.name}"},
        detail=" · ".join(part for part in details if part),
        state=str(wish.get_state_display()),
        tone=_WISH_TONES.get(wish.state, "plain"),
        url=reverse("appointments:wish", args=[wish.pk]),
    )


def _revisit_entry(revisit: Revisit) -> Entry:
    """What is to come stands on the day the doctor named, what was called off where that happened."""
    details = [
        full_date(revisit.due_on) if revisit.ended_at else "",
        revisit.doctor.name if revisit.doctor else "",
        "" if revisit.ended_at else _how(revisit),
        _in_words(revisit.ended_reason),
    ]
    due = revisit.state == RevisitState.DUE
    return Entry(
        at=revisit.ended_at or clock.day_bounds(revisit.due_on)[0],
        has_time=revisit.ended_at is not None,
        title=_("复诊：%(where)s") % {"where": f"{revisit.department.hospital} {revisit.department.name}"},
        detail=" · ".join(part for part in details if part),
        state=str(revisit.get_state_display()),
        tone="warn" if due else "plain",
        url=reverse("appointments:revisit", args=[revisit.pk]),
        actions=(Link(_("约复诊"), awaited.revisit_url(revisit)),) if due else (),
    )


def _how(revisit: Revisit) -> str:
    return _("到时候直接约") if revisit.automatic else _("到时候先问")


def _in_words(stored: str) -> str:
    return _(stored) if stored else ""
