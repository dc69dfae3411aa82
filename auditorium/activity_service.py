"""Classes and events as a service of the hall, behind the same port as every other; about lines of rolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock
from auditorium.activity_enums import AttendanceState, EnrolmentState, SkillLevel
from auditorium.dates import full_date
from auditorium.domain.activities import default_templates, enrolling, telling, texts
from auditorium.enums import TextLanguage
from auditorium.errors import DeskError, EndedError
from auditorium.models import ActivityDate, ActivitySkill, Attendance, SkillMark
from auditorium.ports import Answered, Entry, Link

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from auditorium.models import Hall, User, Villager
    from auditorium.ports import TextVariable, Tone

_CAME: dict[str, Tone] = {AttendanceState.PRESENT: "good", AttendanceState.ABSENT: "warn"}


class EnrolmentService:
    """The one implementation of `auditorium.ports.Service` for classes and events."""

    kind = telling.ABOUT
    label = gettext_lazy("活动报名")

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """Every date of every activity the villager signed up for; where they signed off, only that; and what they
        learned, day by day: two queries."""
        rows = Attendance.objects.for_user(user).filter(villager=villager)
        rows = rows.annotate(teaches=Exists(ActivitySkill.objects.filter(activity=OuterRef("date__activity"))))
        rows = rows.select_related("enrolment", "date__activity", "date__room").order_by("date__starts_at", "pk")
        last = {row.enrolment_id: row.pk for row in rows if row.date.has_begun}
        entries = _learned(villager, user)
        ended: set[int] = set()
        for row in rows:
            if row.enrolment.state != EnrolmentState.CANCELLED:
                entries.append(_entry(row, asks=row.teaches and last.get(row.enrolment_id) == row.pk))
            elif row.enrolment_id not in ended:
                ended.add(row.enrolment_id)
                entries.append(_signed_off(row))
        return entries

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """What is held at the hall today and how many are to come: one query."""
        start, end = clock.day_bounds(clock.today())
        going = Q(attendances__enrolment__state=EnrolmentState.ENROLLED)
        dates = ActivityDate.objects.for_user(user).filter(hall=hall).between(start, end)
        dates = dates.select_related("activity", "room").annotate(going=Count("attendances", going))
        return [
            Entry(
                at=date.starts_at,
                title=date.activity.title,
                detail=f"{date.room} · {_('%(count)d人') % {'count': date.going}}",
                state="" if date.takes_place else _("取消了"),
                tone="plain" if date.takes_place else "stop",
                url=reverse("auditorium:activity", args=[date.activity_id]),
            )
            for date in dates
        ]

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        """Those lines whose date is still to come, and the villager with it."""
        return texts.still_due(about_ids)

    def variables_of(
        self, about_ids: Collection[int], audience: str, language: str = TextLanguage.CHINESE
    ) -> dict[int, dict[str, str]]:
        """The values of a text about each."""
        return texts.values_of(about_ids, audience, language)

    def text_variables(
        self, audience: str, *, purpose: str = "", language: str = TextLanguage.CHINESE
    ) -> tuple[TextVariable, ...]:
        """What a text about an activity may say: the same to any eyes, a 义诊's name left out on others' phones."""
        return default_templates.variables(purpose=purpose, language=language)

    def default_texts(self, language: str = TextLanguage.CHINESE) -> Mapping[tuple[str, str], str]:
        """The words of texts to begin with."""
        return default_templates.ENGLISH if language == TextLanguage.ENGLISH else default_templates.BODIES

    def words(self, about_id: int, purpose: str) -> str:
        """What a person says who calls or knocks."""
        return texts.spoken(about_id, purpose)

    def short(self, about_id: int, language: str = TextLanguage.CHINESE) -> str:
        """张小明24日9:00, 张小明 24 Nov 9:00."""
        return texts.short(about_id, language)

    def on_reply(self, about_id: int, *, yes: bool, own: bool, may_decide: bool) -> Answered:
        """A no signs off from a single date; of a class somebody asks whether it is this date or all of them."""
        if yes:
            return Answered()
        row = Attendance.objects.select_related("date").get(pk=about_id)
        coming = ActivityDate.objects.coming().filter(activity=row.date.activity_id)
        with translation.override(settings.LANGUAGE_CODE):
            if not own:
                return Answered(task=_("不是本人的手机，请问过村民再取消"))
            if coming.count() > 1:
                return Answered(task=_("村民说不来了，请问清楚是这一次不来，还是以后都不来"))
        return Answered(cancels=True)

    def cancel(self, about_id: int, *, why: str) -> str:
        """Sign them off."""
        row = Attendance.objects.select_related("enrolment").get(pk=about_id)
        try:
            enrolling.sign_off(enrolment=row.enrolment, by=None, why=why)
        except EndedError:
            return ""
        except DeskError as error:
            return error.sentence
        return ""

    def choices(self, villager: Villager) -> list[Link]:
        """Signing up."""
        return [Link(_("报名活动"), reverse("auditorium:activities_for", args=[villager.pk]))]

    def url(self, about_id: int) -> str:
        """The activity's page."""
        activity = Attendance.objects.values_list("date__activity", flat=True).get(pk=about_id)
        return reverse("auditorium:activity", args=[activity])

    def staff_ids(self) -> Iterable[int]:
        """None: those of the hall do it."""
        return ()


def _learned(villager: Villager, user: User) -> list[Entry]:
    """What was marked of the skills of a class, one line a day and class."""
    marks = SkillMark.objects.for_user(user).filter(villager=villager).select_related("skill__activity").order_by("pk")
    by_day: dict[tuple[int, date], dict[str, SkillMark]] = {}
    for mark in marks:
        by_day.setdefault((mark.enrolment_id, clock.local(mark.marked_at).date()), {})[mark.skill.name] = mark
    found = [list(lines.values()) for lines in by_day.values()]
    return [
        Entry(
            at=max(mark.marked_at for mark in lines),
            title=_("学会了什么：%(title)s") % {"title": lines[0].skill.activity.title},
            detail=_("、").join(f"{mark.skill.name} {mark.get_level_display()}" for mark in lines),
            state=_("都会了") if all(mark.level == SkillLevel.ABLE for mark in lines) else "",
            tone="good",
            url=reverse("auditorium:activity_learner", args=[lines[0].enrolment_id]),
        )
        for lines in found
    ]


def _entry(row: Attendance, *, asks: bool) -> Entry:
    """One date: with a place, waiting, called off, or what the roll says; `asks` what was learned up to then."""
    state, tone = str(row.enrolment.get_state_display()), "plain"
    if not row.date.takes_place:
        state, tone = _("活动取消了"), "stop"
    elif row.enrolment.state == EnrolmentState.WAITING:
        tone = "warn"
    elif row.state != AttendanceState.EXPECTED or row.date.is_over:
        state, tone = str(row.get_state_display()), _CAME.get(row.state, "plain")
    return Entry(
        at=row.date.starts_at,
        title=_("活动：%(title)s") % {"title": row.date.activity.title},
        detail=str(row.date.room),
        state=state,
        tone=tone,  # type: ignore[arg-type]
        url=reverse("auditorium:activity", args=[row.date.activity_id]),
        actions=(Link(_("记学会了什么"), reverse("auditorium:activity_learner", args=[row.enrolment_id])),)
        if asks
        else (),
    )


def _signed_off(row: Attendance) -> Entry:
    """They did not want to come any more: stands where that happened."""
    return Entry(
        at=row.enrolment.ended_at or row.date.starts_at,
        title=_("活动：%(title)s") % {"title": row.date.activity.title},
        detail=f"{full_date(row.date.starts_at)} {row.enrolment.ended_reason}".strip(),
        state=str(row.enrolment.get_state_display()),
        url=reverse("auditorium:activity", args=[row.date.activity_id]),
    )
