"""What is held, when and where."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from auditorium import clock
from auditorium.activity_enums import ActivityKind
from auditorium.domain.activities import learning, schedule, shut
from auditorium.domain.activities.schedule import ActivityDetails, Time
from auditorium.models import Activity, ActivitySkill, Room

if TYPE_CHECKING:
    from auditorium.models import ActivityDate, Hall

MOST_WEEKS = 20
SAID = 3
"""Of so many dates on which the hall is shut it is said one by one."""


def _says(name: str) -> dict[str, Any]:
    """Label and help as the model has them."""
    field: Any = Activity._meta.get_field(name)
    return {"label": field.verbose_name, "help_text": field.help_text}


class ActivityForm(forms.Form):
    """What an activity is; `details` after `is_valid`."""

    kind = forms.ChoiceField(**_says("kind"), choices=ActivityKind.choices, widget=forms.RadioSelect)
    title = forms.CharField(**_says("title"), max_length=30)
    summary = forms.CharField(
        **_says("summary"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    teacher = forms.CharField(**_says("teacher"), max_length=40, required=False)
    audience = forms.CharField(**_says("audience"), max_length=60, required=False)
    from_age = forms.IntegerField(**_says("from_age"), min_value=1, max_value=100, required=False)
    places = forms.IntegerField(**_says("places"), min_value=1, max_value=2000, required=False)
    materials = forms.CharField(**_says("materials"), max_length=60, required=False)
    skills = forms.CharField(
        label=gettext_lazy("要学会什么"),
        help_text=gettext_lazy("用顿号隔开，上课时一样一样记谁会了。例如：扫码、医保码、反诈、预约挂号"),
        max_length=200,
        required=False,
    )
    closes_on = forms.DateField(
        label=gettext_lazy("报名到哪天为止"),
        help_text=gettext_lazy("那天还能报；不填就一直能报到最后一次开始。"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_skills(self) -> list[str]:
        """One by one, each once."""
        names = [name for name in re.split(r"[、，,；;\s]+", self.cleaned_data["skills"]) if name]  # no-check
        longest = ActivitySkill._meta.get_field("name").max_length
        if too_long := next((name for name in names if longest and len(name) > longest), ""):
            raise forms.ValidationError(
                _("“%(name)s”太长了，每一样最多%(longest)d个字。") % {"name": too_long, "longest": longest}
            )
        if len(names) > learning.MOST:
            raise forms.ValidationError(_("最多%(most)d样，多了记不过来。") % {"most": learning.MOST})
        return list(dict.fromkeys(names))

    @property
    def details(self) -> ActivityDetails:
        """What was typed."""
        said = dict(self.cleaned_data)
        last = said.pop("closes_on")
        closes_at = clock.day_bounds(last)[1] if last else None
        return ActivityDetails(**{name: said[name] for name in _DETAILS}, closes_at=closes_at)


_DETAILS = ("kind", "title", "summary", "teacher", "audience", "from_age", "places", "materials")


def initial_of(activity: Activity) -> dict[str, Any]:
    """What is written down of an activity, as the form shows it."""
    last = activity.closes_at and clock.local(activity.closes_at - timedelta(seconds=1)).date()
    skills = "、".join(skill.name for skill in activity.skills.all())  # no-check
    return {name: getattr(activity, name) for name in _DETAILS} | {"closes_on": last, "skills": skills}


def of_smartphones() -> dict[str, Any]:
    """What a class about smartphones usually is, as villagers read it."""
    return {
        "kind": ActivityKind.CLASS,
        "title": "智能手机班",  # no-check
        "materials": "手机、充电线",  # no-check
        "from_age": 60,
        "skills": "、".join(learning.SMARTPHONES),  # no-check
    }


class TimeForm(forms.Form):
    """From when to when in which of the hall's rooms; `time` after `is_valid`.

    Where the hall is shut then, it says so and asks once whether that is meant: `sure` is there only then.
    """

    day = forms.DateField(label=gettext_lazy("哪天"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    begins = forms.TimeField(
        label=gettext_lazy("几点开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=gettext_lazy("几点结束"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    room = forms.ModelChoiceField(
        label=gettext_lazy("场地"), queryset=Room.objects.none(), empty_label=gettext_lazy("请选择")
    )
    sure = forms.BooleanField(label=gettext_lazy("知道，照样办，有人开门"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hall = hall
        self.fields["room"].queryset = schedule.halls_rooms(hall)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """It ends after it begins, and somebody opens the door."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("begins") and said.get("ends") and said["ends"] <= said["begins"]:
            self.add_error("ends", _("结束时间要晚于开始时间。"))
        times = [] if self.errors else self.times
        found = [shut.why_shut(self.hall, time.starts_at, time.ends_at) for time in times]
        if while_shut := [why for why in found if why]:
            self.fields["sure"].widget = forms.CheckboxInput()
            if not said.get("sure"):
                self.add_error(None, _said_once(while_shut))
        return said

    @property
    def asks(self) -> bool:
        """Whether it falls into hours in which the hall is shut."""
        return not self["sure"].is_hidden

    @property
    def time(self) -> Time:
        """What was typed, as moments."""
        said = self.cleaned_data
        begins, ends = (datetime.combine(said["day"], said[name], tzinfo=clock.SHANGHAI) for name in ("begins", "ends"))
        return Time(begins, ends, said["room"])

    @property
    def times(self) -> list[Time]:
        """Every one of them."""
        return [self.time]


def _said_once(while_shut: list[str]) -> list[str]:
    """The first few of them, and what to do."""
    more = len(while_shut) - SAID
    rest = [_("还有%(count)d次也这样。") % {"count": more}] if more > 0 else []
    return [*while_shut[:SAID], *rest, _("还要办，请在“知道，照样办，有人开门”那里打勾。")]


def initial_time(date: ActivityDate) -> dict[str, Any]:
    """When and where a date is, as the form shows it."""
    begins, ends = clock.local(date.starts_at), clock.local(date.ends_at)
    return {"day": begins.date(), "begins": begins.time(), "ends": ends.time(), "room": date.room_id}


class SeriesForm(TimeForm):
    """The same, several weeks on end; `times` after `is_valid`."""

    weeks = forms.IntegerField(
        label=gettext_lazy("一共几次"),
        help_text=gettext_lazy("每周同一天同一时间；只办一次就写1。"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
    )

    @property
    def times(self) -> list[Time]:
        """Every week's."""
        return schedule.weekly(self.time, self.cleaned_data["weeks"])


class WhyForm(forms.Form):
    """Why something is called off."""

    why = forms.CharField(
        label=gettext_lazy("为什么取消"),
        help_text=gettext_lazy("例如：老师有事。写在活动的页面上，不写进短信。"),
        max_length=120,
        error_messages={"required": gettext_lazy("请写一下为什么取消，村民会问。")},
    )


class RoomForm(forms.Form):
    """A room of the hall."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=20, help_text=gettext_lazy("例如：二楼教室"))
    places = forms.IntegerField(label=gettext_lazy("坐得下几人"), min_value=1, max_value=2000)
