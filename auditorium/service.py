"""The hall's own part of a villager's timeline: visits, texts, tasks and the registration itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock
from auditorium.domain import told_words
from auditorium.domain.follow_ups import ABOUT_VILLAGER
from auditorium.enums import FollowUpState, IdentityKind, ReminderState, ReplyMeaning, ReplyState, TextLanguage
from auditorium.models import FollowUp, Message, Reminder, Reply, ResourceUse, Villager, Visit
from auditorium.ports import Answered, Entry, Link, TextVariable
from auditorium.templatetags.desk import tone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from auditorium.models import Hall, User


class HallService:
    """What the hall itself does for a villager, behind the same port as every other service.

    Its only tasks about a villager as such are those that complete what is known of them.
    """

    kind = ABOUT_VILLAGER
    label = gettext_lazy("村民的登记")

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """Visits, reminders with their texts, answers, tasks, what was read and the registration: seven queries."""
        return [
            *_visits(villager, user),
            *_reminders(villager, user),
            *_replies(villager, user),
            *_tasks(villager, user),
            *_uses(villager, user),
            _registration(villager),
        ]

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """Nothing: the desk lists its visits and tasks itself."""
        return []

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        """Those villagers whose identity number is still wanted."""
        wanted = Villager.objects.present().filter(pk__in=about_ids, identity_kind=IdentityKind.UNKNOWN)
        return set(wanted.values_list("pk", flat=True))

    def variables_of(
        self, about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
    ) -> dict[int, dict[str, str]]:
        """Nothing: no text is written about a villager as such."""
        return {about_id: {} for about_id in about_ids}

    def text_variables(
        self, audience: str, *, purpose: str = "", language: str = TextLanguage.CHINESE
    ) -> tuple[TextVariable, ...]:
        """None."""
        return ()

    def default_texts(self, language: str = TextLanguage.CHINESE) -> Mapping[tuple[str, str], str]:
        """None."""
        return {}

    def words(self, about_id: int, purpose: str) -> str:
        """What to say to somebody whose number is wanted."""
        return _("请下次来礼堂时带上身份证，把号码补上，才能代办预约挂号。")

    def short(self, about_id: int, language: str = TextLanguage.CHINESE) -> str:
        """Whom it concerns."""
        return Villager.objects.only("name").get(pk=about_id).name

    def on_reply(self, about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
        """Nothing follows: no text is written about a villager as such."""
        return Answered()

    def cancel(self, about_id: int, *, why: str) -> str:
        """There is nothing to cancel."""
        return ""

    def choices(self, villager: Villager) -> list[Link]:
        """Nothing: what can be done for villagers is what the other services offer."""
        return []

    def url(self, about_id: int) -> str:
        """The villager's page."""
        return reverse("auditorium:villager", args=[about_id])

    def staff_ids(self) -> tuple[int, ...]:
        """Nobody: the hall's own roles are rows of its own."""
        return ()


def _visits(villager: Villager, user: User) -> list[Entry]:
    visits = Visit.objects.for_user(user).filter(villager=villager).select_related("hall").defer("draft")
    return [
        Entry(
            at=visit.arrived_at,
            title=_("到%(hall)s办事") % {"hall": visit.hall},
            detail=_("、").join(str(matter) for matter in visit.matters.all()),
            state=visit.get_state_display(),
            tone=tone(visit),
        )
        for visit in visits.prefetch_related("matters")
    ]


def _reminders(villager: Villager, user: User) -> list[Entry]:
    """What was and will be told in writing, one line each whoever it went to; nothing of what was called off unsent."""
    texts = Message.objects.for_user(user).select_related("phone", "contact").order_by("is_copy", "pk")
    owed = villager.reminders.for_user(user).prefetch_related(Prefetch("messages", texts))
    return [
        Entry(
            at=min((text.sent_at for text in reminder.messages.all() if text.sent_at), default=reminder.due_at),
            title=_("短信提醒：%(purpose)s") % {"purpose": reminder.get_purpose_display()},
            detail=_told(reminder),
            state=reminder.get_state_display(),
            tone=tone(reminder),
        )
        for reminder in owed
        if reminder.state != ReminderState.CANCELLED or reminder.messages.all()
    ]


def _told(reminder: Reminder) -> str:
    """Where it stands, and each text; a time to come stands beside the line."""
    texts = _("；").join(_sent(text) for text in reminder.messages.all())
    words = "" if reminder.state == ReminderState.PLANNED else told_words.of(reminder)
    return " · ".join(filter(None, (words, texts)))


def _replies(villager: Villager, user: User) -> list[Entry]:
    """What was answered by text. Words nobody understood are on the task they became."""
    answered = Reply.objects.for_user(user).filter(villager=villager)
    return [
        Entry(
            at=reply.received_at,
            title=_("回短信：%(meaning)s") % {"meaning": _meaning(reply)},
            state=reply.get_state_display(),
            tone="warn" if reply.state in {ReplyState.TASK, ReplyState.WAITING} else "plain",
        )
        for reply in answered
    ]


def _meaning(reply: Reply) -> str:
    """A yes from somebody else's phone means that it was passed on."""
    if reply.meaning == ReplyMeaning.YES and not reply.own and reply.about_id is not None:
        return _("已转告")
    return str(reply.get_meaning_display())


def _sent(text: Message) -> str:
    relation = text.contact.get_relation_display() if text.contact else ""
    return f"{relation} {text.phone} {text.get_state_display()}".strip()


def _tasks(villager: Villager, user: User) -> list[Entry]:
    tasks = FollowUp.objects.for_user(user).filter(villager=villager).exclude(state=FollowUpState.CANCELLED)
    return [_task(task, clock.now()) for task in tasks]


def _task(task: FollowUp, now: datetime) -> Entry:
    """A task stands where it ended; an open one where it is due, an overdue one at today until somebody does it."""
    overdue = task.closed_at is None and task.due_at < now
    state = "" if task.state == FollowUpState.OPEN else task.get_state_display()
    return Entry(
        at=now if overdue else task.closed_at or task.due_at,
        has_time=not overdue,
        title=_("待办：%(kind)s") % {"kind": task.get_kind_display()},
        detail=task.outcome_note or task.why,
        state=_("过期了") if overdue else state,
        tone="stop" if overdue else tone(task),
        url=reverse("auditorium:follow_up", args=[task.pk]),
    )


def _uses(villager: Villager, user: User) -> list[Entry]:
    """What was read, heard and watched; the same thing taken up again on a day is one line."""
    uses = (
        ResourceUse.objects.for_user(user).filter(villager=villager).select_related("resource").order_by("started_at")
    )
    lines = {(use.resource_id, clock.local(use.started_at).date()): use for use in uses}
    return [
        Entry(
            at=use.started_at,
            title=_("%(kind)s：%(title)s") % {"kind": use.resource.get_kind_display(), "title": use.resource},
            detail="" if use.completed_at else _("看到 %(percent)d%%") % {"percent": use.position // 10},
            state=_("看完了") if use.completed_at else "",
            tone="good" if use.completed_at else "plain",
            url=reverse("auditorium:resource", args=[use.resource_id]),
        )
        for use in lines.values()
    ]


def _registration(villager: Villager) -> Entry:
    return Entry(at=villager.created_at, title=_("在%(hall)s登记") % {"hall": villager.registered_at})
