"""The hospitals, departments and doctors a sheet names: found among the known ones, or new."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain.schedule_import.cells import CellError, same_name, shown
from appointments.models import Department, Doctor, Hospital
from auditorium.names import initials_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appointments.domain.schedule_import.drafts import Draft
    from appointments.domain.schedule_import.scope import ImportScope


class Hospitals:
    """Hospitals by name, or by short name where only one is called so; asked for only when a name is looked up."""

    def __init__(self, scope: ImportScope) -> None:
        self._scope = scope

    @cached_property
    def _by_name(self) -> dict[str, Hospital]:
        hospitals = list(Hospital.objects.all())
        short = Counter(same_name(hospital.short_name) for hospital in hospitals)
        found = {name: each for each in hospitals if short[name := same_name(each.short_name)] == 1 and name}
        return found | {same_name(each.name): each for each in hospitals}

    def named(self, name: str) -> Hospital | None:
        """The hospital of that name, in use and in scope or not."""
        return self._by_name.get(same_name(name))

    def find(self, name: str) -> Hospital:
        """The hospital of that name; CellError when it can't be used."""
        found = self.named(name)
        if found is None:
            nearest = get_close_matches(same_name(name), [n for n, h in self._by_name.items() if h.is_active], n=1)
            if nearest:
                raise CellError(
                    _("没有“%(name)s”这家医院，是不是“%(nearest)s”？")
                    % {"name": shown(name), "nearest": self._by_name[nearest[0]].name}
                )
            raise CellError(_("没有“%(name)s”这家医院，请先请管理员加上。") % {"name": shown(name)})
        self.check(found)
        return found

    def check(self, hospital: Hospital) -> None:
        """Refuse a hospital that is out of use or whose schedules are not this user's to bring in."""
        if not hospital.is_active:
            raise CellError(_("“%(name)s”已经停用，请先请管理员启用。") % {"name": hospital.name})
        if not (self._scope.everything or self._scope.prefixes or hospital.pk in self._scope.hospital_ids):
            raise CellError(_("“%(name)s”的排班不归您导入。") % {"name": hospital.name})


class Directory:
    """Looks names up without regard to spaces and width. Hospitals must be known; departments and doctors that are
    not are made, unsaved, and the same one is handed out each time it is named."""

    def __init__(self, drafts: Iterable[Draft], default: Hospital | None, scope: ImportScope) -> None:
        self._hospitals = Hospitals(scope)
        self._default = default
        names = {draft.hospital for draft in drafts if draft.hospital}
        used = {found.pk: found for name in names if (found := self._hospitals.named(name))}
        if default:
            used[default.pk] = default
        self.hospital_ids = sorted(used)
        self._departments = {
            (department.hospital_id, same_name(department.name)): department
            for department in Department.objects.filter(hospital__in=used)
        }
        for department in self._departments.values():
            department.hospital = used[department.hospital_id]
        by_id = {department.pk: department for department in self._departments.values()}
        self._doctors = {
            (id(by_id[doctor.department_id]), same_name(doctor.name)): doctor
            for doctor in Doctor.objects.filter(department__in=by_id)
        }
        for doctor in self._doctors.values():
            doctor.department = by_id[doctor.department_id]

    def hospital(self, name: str) -> Hospital:
        """The hospital of a row, the default one where it names none; CellError when it can't be used."""
        if name:
            return self._hospitals.find(name)
        if self._default is None:
            raise CellError(_("医院是空的，请补上。"))
        self._hospitals.check(self._default)
        return self._default

    def department(self, hospital: Hospital, name: str) -> Department:
        """The department of that name, new when there is none; CellError when it is out of use."""
        key = (hospital.pk, same_name(name))
        found = self._departments.get(key)
        if found is None:
            found = Department(hospital=hospital, name=name, initials=initials_of(name)[:40])
            self._departments[key] = found
        elif not found.is_active:
            raise CellError(_("科室“%(name)s”已经停用，请先启用。") % {"name": found.name})
        return found

    def doctor(self, department: Department, name: str, grade: str) -> Doctor:
        """The doctor of that name in the department, new when there is none; CellError when out of use."""
        key = (id(department), same_name(name))
        found = self._doctors.get(key)
        if found is None:
            found = Doctor(department=department, name=name, grade=grade, initials=initials_of(name)[:40])
            self._doctors[key] = found
        elif not found.is_active:
            raise CellError(_("医生“%(name)s”已经不出诊，请先启用。") % {"name": found.name})
        return found

    def resembling(self, department: Department) -> str:
        """A known department whose name is so like a new one's that it may be the same; empty when there is none."""
        others = [
            known.name
            for known in self._departments.values()
            if known.pk and known.hospital_id == department.hospital_id
        ]
        return next(iter(get_close_matches(department.name, others, n=1, cutoff=0.7)), "")
