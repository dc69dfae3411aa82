"""Where to go: finding hospitals, departments and doctors by name, initials or what people say of an ailment."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Concat

from appointments.models import ClinicSession, Department, Doctor, EverydayWord, Hospital
from auditorium import clock
from auditorium.names import fold_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from auditorium.models import Hall

GENERAL_PRACTICE = "02"
"""全科医疗科 in the national list of specialties."""
GENERAL_PRACTICE_NAME = "全科"
MOST_DEPARTMENTS = 12
MOST_DOCTORS = 8
MOST_HOSPITALS = 6
MOST_SUGGESTIONS = 3
_HURTS = ("痛", "疼")


@dataclass(frozen=True)
class DepartmentHit:
    """A department, and whether this hall has places there."""

    department: Department
    is_bookable: bool


@dataclass(frozen=True)
class DoctorHit:
    """A doctor, and whether this hall has places with them."""

    doctor: Doctor
    is_bookable: bool


@dataclass(frozen=True)
class Suggestion:
    """Where people go who say this: never advice."""

    specialty: str
    departments: tuple[DepartmentHit, ...]


@dataclass(frozen=True)
class Found:
    """What a search came to. `general` is filled when nothing else is: 拿不准请到全科."""

    query: str
    departments: tuple[DepartmentHit, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    doctors: tuple[DoctorHit, ...] = ()
    hospitals: tuple[Hospital, ...] = ()
    general: tuple[DepartmentHit, ...] = ()

    @property
    def general_word(self) -> str:
        """What to search for when in doubt."""
        return GENERAL_PRACTICE_NAME

    @property
    def is_empty(self) -> bool:
        """Whether nothing answers to what was typed."""
        return not (self.departments or self.suggestions or self.doctors or self.hospitals)


def bookable(hall: Hall) -> QuerySet[Department]:
    """Departments with sessions from today on whose places were allotted to this hall, with their hospitals."""
    return _active_departments().filter(Exists(_sessions(hall).filter(department=OuterRef("pk"))))


def hospitals(hall: Hall) -> QuerySet[Hospital]:
    """Hospitals where this hall has places, by name."""
    return Hospital.objects.filter(pk__in=bookable(hall).order_by().values("hospital")).order_by("name")


def departments_of(*, hospital: Hospital, hall: Hall) -> list[DepartmentHit]:
    """Every department of a hospital, those with places for this hall first."""
    return _department_hits(_active_departments().filter(hospital=hospital), hall)


def general_practice(hall: Hall) -> list[DepartmentHit]:
    """Where to go when nobody can say which department: those with places for this hall first, the nearest next."""
    wanted = Q(specialties__code=GENERAL_PRACTICE) | Q(name__contains=GENERAL_PRACTICE_NAME)
    ids = Department.objects.filter(wanted).values("pk")
    return _department_hits(_active_departments().filter(pk__in=ids), hall)[:MOST_DEPARTMENTS]


def find(*, query: str, hall: Hall) -> Found:
    """Everything that answers to `query`, each kind with what this hall can book first; at most ten queries.

    Several words narrow: 示例医院 骨科. Of departments and doctors at least one word must be their own, so
    that a hospital's name alone finds the hospital and not all it has.
    """
    terms = _terms(query)
    if not terms:
        return Found(query="")
    found = Found(
        query=query.strip(),
        departments=tuple(_departments(terms, hall)),
        suggestions=tuple(_suggestions(query, hall)),
        doctors=tuple(_doctors(terms, hall)),
        hospitals=tuple(_hospitals(terms, hall)),
    )
    if not found.is_empty:
        return found
    return Found(query=found.query, general=tuple(general_practice(hall)))


def _sessions(hall: Hall) -> QuerySet[ClinicSession]:
    return ClinicSession.objects.for_hall(hall).filter(date__gte=clock.today())


def _active_departments() -> QuerySet[Department]:
    return Department.objects.filter(is_active=True, hospital__is_active=True).select_related("hospital")


def _terms(query: str) -> list[str]:
    """The words of a query, half-width and lower case; a middle dot separates as a space does."""
    return unicodedata.normalize("NFKC", query).lower().replace("·", " ").split()


def _says(path: str, term: str) -> Q:
    """Whether the name or the pinyin initials of what `path` leads to answer to the term."""
    condition = Q(**{f"{path}name__icontains": term})
    initials = fold_query(term)
    if initials.isascii() and initials:
        lookup = "startswith" if len(initials) == 1 else "contains"
        condition |= Q(**{f"{path}initials__{lookup}": initials})
    return condition


def _says_hospital(path: str, term: str) -> Q:
    return _says(path, term) | Q(**{f"{path}short_name__icontains": term})


def _all(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole &= condition
    return whole


def _any(conditions: Iterable[Q]) -> Q:
    whole = Q(pk__in=[])
    for condition in conditions:
        whole |= condition
    return whole


def _departments(terms: Sequence[str], hall: Hall) -> list[DepartmentHit]:
    own = {
        # 示例医院骨科 in one word: in the two names together, but not in the hospital's alone
        term: _says("", term) | (Q(together__icontains=term) & ~Q(hospital__name__icontains=term))
        for term in terms
    }
    rows = _active_departments().annotate(together=Concat("hospital__name", "name"))
    rows = rows.filter(_all(own[term] | _says_hospital("hospital__", term) for term in terms), _any(own.values()))
    return _department_hits(rows, hall, terms[-1])[:MOST_DEPARTMENTS]


def _department_hits(rows: QuerySet[Department], hall: Hall, term: str = "") -> list[DepartmentHit]:
    """First what this hall can book, then what is called just that, then what is in its county."""
    ranked = rows.annotate(
        has_places=Exists(_sessions(hall).filter(department=OuterRef("pk"))),
        rank=_first_if(Q(name__iexact=term) | Q(initials__exact=term)),
        near=_first_if(Q(hospital__region__code__startswith=hall.region_id[:6])),
    ).order_by("-has_places", "rank", "near", "hospital__name", "name")
    return [DepartmentHit(row, row.has_places) for row in ranked[: 4 * MOST_DEPARTMENTS]]


def _doctors(terms: Sequence[str], hall: Hall) -> list[DoctorHit]:
    rows = Doctor.objects.filter(
        _all(
            _says("", term) | _says("department__", term) | _says_hospital("department__hospital__", term)
            for term in terms
        ),
        _any(_says("", term) for term in terms),
        is_active=True,
        department__is_active=True,
        department__hospital__is_active=True,
    ).select_related("department__hospital")
    ranked = rows.annotate(
        has_places=Exists(_sessions(hall).filter(doctor=OuterRef("pk"))),
        near=_first_if(Q(department__hospital__region__code__startswith=hall.region_id[:6])),
    ).order_by("-has_places", "near", "name", "pk")
    return [DoctorHit(row, row.has_places) for row in ranked[:MOST_DOCTORS]]


def _hospitals(terms: Sequence[str], hall: Hall) -> list[Hospital]:
    rows = Hospital.objects.active().filter(_all(_says_hospital("", term) for term in terms))
    ranked = rows.annotate(
        has_places=Exists(_sessions(hall).filter(department__hospital=OuterRef("pk"))),
        near=_first_if(Q(region__code__startswith=hall.region_id[:6])),
    ).order_by("-has_places", "near", "name")
    return list(ranked[:MOST_HOSPITALS])


def _suggestions(query: str, hall: Hall) -> list[Suggestion]:
    """Where people go who say so: the word itself, else one inside what was typed, else one it is part of."""
    said = "".join(_terms(query))
    if len(said) < 2:
        return []
    variants = {said, *(said.replace(one, other) for one in _HURTS for other in _HURTS)}
    inside = _any(Q(word__icontains=variant) for variant in variants)
    spoken = {f"said_{n}": Value(variant) for n, variant in enumerate(sorted(variants))}
    part = _any(Q(**{f"{name}__icontains": F("word")}) for name in spoken)
    rows = EverydayWord.objects.annotate(**spoken).filter(inside | part)
    best = sorted(rows.select_related("specialty")[:50], key=lambda row: _closeness(row.word, variants))
    specialties = list(dict.fromkeys(row.specialty for row in best))[:MOST_SUGGESTIONS]
    return [
        Suggestion(specialty.name.removesuffix("专业"), tuple(_of_specialty(specialty.pk, hall)))
        for specialty in specialties
    ]


def _closeness(word: str, variants: set[str]) -> tuple[int, int]:
    if word in variants:
        return 0, 0
    return (1, -len(word)) if any(word in variant for variant in variants) else (2, len(word))


def _of_specialty(code: str, hall: Hall) -> list[DepartmentHit]:
    ids = Department.objects.filter(specialties=code).values("pk")
    return _department_hits(_active_departments().filter(pk__in=ids), hall)[:MOST_DEPARTMENTS]


def _first_if(condition: Q) -> Case:
    return Case(When(condition, then=Value(0)), default=Value(1), output_field=IntegerField())
