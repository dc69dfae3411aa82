"""What the desk writes down about a villager: who they are, that they died or moved, that they are known elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from auditorium.domain import households, villagers
from auditorium.domain.villagers import VillagerDetails
from auditorium.enums import IdentityKind, OtherDocument, Sex
from auditorium.models import Hall, Villager

DATE_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日"]  # no-check


@dataclass(frozen=True)
class IdentityCase:
    """One of the normal cases, and what follows from it."""

    value: str
    label: str | Promise
    follows: str | Promise


IDENTITY_CASES = (
    IdentityCase(
        IdentityKind.RESIDENT_ID_SEEN,
        _("身份证在这里，已核对"),
        _("可以马上代办预约。"),
    ),
    IdentityCase(
        IdentityKind.RESIDENT_ID_TOLD,
        _("知道号码，证没带来"),
        _("也可以代办预约。请提醒去看病那天带身份证，下次来礼堂再核对。"),
    ),
    IdentityCase(
        IdentityKind.UNKNOWN,
        _("号码还不知道"),
        _("现在只能登记在别处约好的号。补上号码，才能代办预约。"),
    ),
    IdentityCase(
        IdentityKind.OTHER,
        _("没有大陆身份证"),
        _("写下护照或通行证。有的医院不收，预约前先打电话问医院。"),
    ),
)


class BirthDateField(forms.DateField):
    """A date as people write it: 1954-03-12, 19540312, 1954.3.12, 1954年3月12日."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=DATE_FORMATS, **kwargs)
        self.error_messages["invalid"] = _("请写成年月日，例如：1954-03-12。")


class VillagerForm(forms.Form):
    """Who somebody is, where they live, and what to mind when talking to them."""

    summary_elsewhere = True

    name = forms.CharField(label=_("姓名"), max_length=60)
    also_known_as = forms.CharField(
        label=_("又名/小名"), max_length=60, required=False, help_text=_("大家平时怎么叫，例如：阿根。")
    )
    identity_kind = forms.ChoiceField(
        label=_("身份证"),
        choices=IdentityKind.choices,
        widget=forms.RadioSelect,
        initial=IdentityKind.RESIDENT_ID_SEEN,
    )
    id_number = forms.CharField(
        label=_("身份证号"), max_length=30, required=False, help_text=_("18位，也可以刷身份证。")
    )
    ask_for_id = forms.BooleanField(label=_("记一个待办：补齐身份证号"), required=False, initial=True)
    other_document = forms.ChoiceField(
        label=_("证件种类"), choices=[("", _("请选")), *OtherDocument.choices], required=False
    )
    other_document_number = forms.CharField(label=_("证件号码"), max_length=40, required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices, widget=forms.RadioSelect, initial=Sex.UNKNOWN)
    birth_date = BirthDateField(
        label=_("出生日期"), required=False, help_text=_("有身份证号就不用填。例如：1954-03-12")
    )
    group = forms.CharField(label=_("村民组"), max_length=20, required=False, help_text=_("例如：3组"))
    address = forms.CharField(label=_("住址"), max_length=120, required=False, help_text=_("上门时找得到就行。"))
    household = forms.CharField(
        label=_("哪一户"), max_length=40, required=False, help_text=_("选一户，或写上新的户名，例如：张小明家")
    )
    needs = forms.MultipleChoiceField(
        label=_("要留意的"),
        required=False,
        choices=[(name, field.label) for name, field in forms.fields_for_model(Villager, Villager.NEEDS).items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("接待、打电话、上门时都会提醒。"),
    )
    note = forms.CharField(label=_("备注"), max_length=200, required=False, help_text=_("只写办事用得着的。"))

    def __init__(self, *args: Any, hall: Hall, known: Villager | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.household_names = households.names_at(hall)
        self.fields["household"].widget.attrs["list"] = "households"
        if known:
            del self.fields["ask_for_id"]
            self._show_what_is_kept(known)

    @property
    def identity_cases(self) -> list[tuple[IdentityCase, bool]]:
        """The normal cases, and which one is chosen."""
        chosen = self["identity_kind"].value()
        return [(case, case.value == chosen) for case in IDENTITY_CASES]

    def clean(self) -> dict[str, Any]:
        """Check all of it together, once each field is right by itself."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("identity_kind") not in villagers.WITH_NUMBER:
            cleaned["id_number"] = ""  # typed before another case was chosen, and hidden since
        if not self.errors:
            try:
                self.details = villagers.checked(self._details(), self.known)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def _details(self) -> VillagerDetails:
        cleaned = self.cleaned_data
        return VillagerDetails(
            **{name: cleaned[name] for name in cleaned.keys() - {"ask_for_id", "needs"}},
            needs=frozenset(cleaned["needs"]),
        )

    def _show_what_is_kept(self, known: Villager) -> None:
        """Numbers are not written into the page; the fields say that an empty one changes nothing."""
        if known.id_last4:
            self.fields["id_number"].help_text = _("现在的尾号是 %(four)s。要改才填。") % {"four": known.id_last4}
        if known.other_document:
            self.fields["other_document_number"].help_text = _("已经记下。要改才填。")


def initial_of(villager: Villager) -> dict[str, Any]:
    """What a form about this villager begins with: all but the numbers."""
    fields = (
        "name",
        "also_known_as",
        "identity_kind",
        "other_document",
        "sex",
        "birth_date",
        "group",
        "address",
        "note",
    )
    return {
        **{name: getattr(villager, name) for name in fields},
        "household": villager.household.name if villager.household else "",
        "needs": [need for need in Villager.NEEDS if getattr(villager, need)],
    }


class LinkForm(forms.Form):
    """Somebody registered at another hall, by the two things only they can say."""

    id_number = forms.CharField(label=_("身份证号"), max_length=30, help_text=_("18位，也可以刷身份证。"))
    name = forms.CharField(label=_("姓名"), max_length=60, help_text=_("和身份证上一样。"))


class DeathForm(forms.Form):
    """When somebody died."""

    died_on = BirthDateField(label=_("去世日期"), help_text=_("例如：2026-03-12"))


class MoveForm(forms.Form):
    """When somebody moved away."""

    moved_away_on = BirthDateField(label=_("搬走日期"), help_text=_("大概是哪天也行，例如：2026-03-12"))
