"""A booking made elsewhere: typed, or read from the text message its platform sent."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.domain.records import RecordDetails
from appointments.enums import Period
from appointments.models import BookingChannel, Department, Hospital
from auditorium import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from appointments.domain.pasted_text import Pasted
    from appointments.models import Appointment

FURTHEST = timedelta(days=366)
"""Nobody books further ahead; a later date is a slip of the pen."""

MOST_SUGGESTED = 200


def _suggested(listed: str) -> forms.TextInput:
    """A text box that offers the values of a list on the page and takes any other."""
    return forms.TextInput(attrs={"list": listed, "autocomplete": "off"})


class PasteForm(forms.Form):
    """The platform's text message, as it was sent."""

    text = forms.CharField(
        label=_("把平台发来的短信贴到这里"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("贴好按“读出来”，下面会自动填上，再核对一遍。"),
    )


class RecordForm(forms.Form):
    """What is known of the booking; only hospital and date are required."""

    hospital = forms.CharField(label=_("哪家医院"), max_length=60, widget=_suggested("hospitals"))
    date = forms.DateField(label=_("哪天看"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    period = forms.ChoiceField(label=_("上午还是下午"), required=False, choices=[("", _("不知道")), *Period.choices])
    time = forms.TimeField(
        label=_("几点"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    department = forms.CharField(label=_("哪个科室"), max_length=40, required=False, widget=_suggested("departments"))
    doctor = forms.CharField(label=_("哪位医生"), max_length=40, required=False)
    number = forms.CharField(label=_("第几号"), max_length=20, required=False)
    pick_up_code = forms.CharField(
        label=_("取号码"), max_length=30, required=False, help_text=_("短信里写的取号码，不是账号密码。")
    )
    channel = forms.CharField(label=_("在哪里约的"), max_length=40, required=False, widget=_suggested("channels"))
    place = forms.CharField(label=_("在哪里看"), max_length=80, required=False, help_text=_("例如：门诊楼 2 楼"))
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    another = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.fields["date"].widget.attrs |= {"min": str(today), "max": str(today + FURTHEST)}

    @property
    def suggestions(self) -> dict[str, list[str]]:
        """The lists the text boxes offer, by the id they are asked for."""
        return {
            "hospitals": _names(Hospital.objects.active()),
            "departments": _names(Department.objects.filter(is_active=True)),
            "channels": _names(BookingChannel.objects.all()),
        }

    def clean_date(self) -> Any:
        """Today or later, and not further ahead than anybody books."""
        day = self.cleaned_data["date"]
        if day < clock.today():
            raise ValidationError(gettext("这一天已经过了，请看看日期对不对。"))
        if day > clock.today() + FURTHEST:
            raise ValidationError(gettext("日期太远了，请看看年份对不对。"))
        return day

    def details(self) -> RecordDetails:
        """What was typed, for the domain."""
        said = self.cleaned_data
        return RecordDetails(
            date=said["date"],
            hospital_text=said["hospital"],
            department_text=said["department"],
            doctor_text=said["doctor"],
            period=said["period"],
            time=said["time"],
            hospital_number=said["number"],
            pick_up_code=said["pick_up_code"],
            place=said["place"],
            channel_text=said["channel"],
        )


def _names(rows: QuerySet[Any]) -> list[str]:
    return list(rows.order_by("name").values_list("name", flat=True).distinct()[:MOST_SUGGESTED])


def read_into(typed: dict[str, Any], found: Pasted) -> dict[str, Any]:
    """The form's values with what a pasted text said; where it says nothing, what was typed stays."""
    read = {
        "hospital": found.hospital,
        "department": found.department,
        "doctor": found.doctor,
        "date": found.day,
        "time": found.time,
        "period": found.period,
        "number": found.number,
        "pick_up_code": found.pick_up_code,
        "channel": found.channel,
    }
    return {**typed, **{name: value for name, value in read.items() if value}}


def as_recorded(appointment: Appointment) -> dict[str, Any]:
    """The form's values of a booking recorded before."""
    return {
        "hospital": appointment.hospital_name,
        "department": appointment.department_name,
        "doctor": appointment.doctor_name,
        "date": appointment.date,
        "time": clock.local(appointment.starts_at).time() if appointment.starts_at else None,
        "period": appointment.period,
        "number": appointment.hospital_number,
        "pick_up_code": appointment.pick_up_code,
        "channel": str(appointment.channel or appointment.channel_text),
        "place": appointment.place,
    }
