"""停诊: what does not take place, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.domain import suspensions
from appointments.domain.suspensions import REASON_LENGTH, Scope
from appointments.enums import Period, SessionState
from appointments.models import ClinicSession, Department, Doctor, Hospital
from auditorium import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from auditorium.models import User


class _DoctorField(forms.ModelChoiceField):
    """A doctor with the department: two may have one name."""

    def label_from_instance(self, obj: Doctor) -> str:
        """章医生 · 骨科."""
        return f"{obj.name} · {obj.department.name}"


class ScopeForm(forms.Form):
    """A hospital, a department or a doctor from one day to another; or sessions that were picked before.

    Offered is only what the user may suspend. After `is_valid`, `scope` says what is meant.
    """

    hospital = forms.ModelChoiceField(
        label=gettext_lazy("医院"), queryset=Hospital.objects.none(), empty_label=gettext_lazy("请选择")
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("科室"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=gettext_lazy("整个医院"),
    )
    doctor = _DoctorField(
        label=gettext_lazy("医生"),
        queryset=Doctor.objects.none(),
        required=False,
        empty_label=gettext_lazy("所有医生"),
    )
    first_date = forms.DateField(label=gettext_lazy("从哪天"), widget=forms.DateInput(attrs={"type": "date"}))
    last_date = forms.DateField(label=gettext_lazy("到哪天"), widget=forms.DateInput(attrs={"type": "date"}))
    period = forms.ChoiceField(
        label=gettext_lazy("上午还是下午"), choices=[("", gettext_lazy("全天")), *Period.choices], required=False
    )
    session = forms.ModelMultipleChoiceField(
        queryset=ClinicSession.objects.none(),
        widget=forms.MultipleHiddenInput,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("这个班次不归您管，请找医院或上级停诊。")},
    )

    scope: Scope

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = ClinicSession.objects.manageable_by(user)
        departments = Department.objects.filter(pk__in=mine.filter(date__gte=clock.today()).values("department"))
        doctors = Doctor.objects.filter(pk__in=mine.filter(date__gte=clock.today()).values("doctor"))
        self._offer("session", mine.select_related("department__hospital", "doctor"))
        self._hospitals = Hospital.objects.filter(pk__in=departments.values("hospital"))
        self._offer("hospital", self._hospitals)
        self._offer("department", departments.order_by("hospital", "name"))
        self._offer("doctor", doctors.select_related("department").order_by("name", "pk"))
        if self.is_bound and self.fields["session"].widget.value_from_datadict(self.data, self.files, "session"):
            for name in ("hospital", "first_date", "last_date"):
                self.fields[name].required = False

    @property
    def offers_nothing(self) -> bool:
        """Whether there is nothing that the user may suspend."""
        return not self._hospitals.exists()

    def clean(self) -> dict[str, Any]:
        """The scope; what doesn't belong together is said at its field."""
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        sessions = list(said["session"])
        if sessions:
            self._take_picked(sessions)
            return said
        hospital, department, doctor = said["hospital"], said["department"], said["doctor"]
        if department and department.hospital_id != hospital.pk:
            self.add_error("department", _("这个科室不是这家医院的，请重新选。"))
        elif doctor and doctor.department.hospital_id != hospital.pk:
            self.add_error("doctor", _("这位医生不是这家医院的，请重新选。"))
        elif doctor and department and doctor.department_id != department.pk:
            self.add_error("doctor", _("这位医生不在这个科室，请重新选。"))
        elif said["last_date"] < said["first_date"]:
            self.add_error("last_date", _("最后一天不能早于第一天。"))
        elif said["last_date"] < clock.today():
            self.add_error("last_date", _("这些日子已经过去了，不能再停诊。"))
        else:
            self.scope = Scope(
                hospital=hospital,
                department=department,
                doctor=doctor,
                first_date=said["first_date"],
                last_date=said["last_date"],
                period=said["period"],
            )
        return said

    def _take_picked(self, sessions: list[ClinicSession]) -> None:
        if len({session.department.hospital_id for session in sessions}) > 1:
            self.add_error(None, _("选中的班次不是同一家医院的，请分开停。"))
        elif all(session.state == SessionState.SUSPENDED for session in sessions):
            self.add_error(None, _("选中的班次已经停诊了。"))
        else:
            self.scope = suspensions.scope_of(sessions)

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows


class ReasonForm(forms.Form):
    """Why: villagers ask, and it stands on their page."""

    why = forms.CharField(
        label=gettext_lazy("停诊的原因"),
        help_text=gettext_lazy("比如：医生外出开会。会写在村民的预约和待办里，不会写进短信。"),
        max_length=REASON_LENGTH,
        error_messages={"required": gettext_lazy("请写明停诊的原因，村民会问。")},
    )
