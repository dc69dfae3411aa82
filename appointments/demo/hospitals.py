"""The demo's hospitals with their rules and channels, the ways to them, and the clerk of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from appointments.models import (
    BookingChannel,
    BookingPolicy,
    Department,
    Doctor,
    Hospital,
    HospitalClerk,
    Route,
)
from auditorium import names
from auditorium.models import Hall, User

MAIN, ACKNOWLEDGING, TOWNSHIP, SENSITIVE, SECOND = (
    "柯桥区示例医院",
    "绍兴市示例中医院",
    "马鞍示例卫生院",
    "绍兴市示例心理医院",
    "海曙区示例医院",
)
CLERK = "hospital"
_HOSPITALS = Path(__file__).with_name("hospitals.json")


def load(halls: dict[str, Hall], users: dict[str, User]) -> None:
    """Write down the hospitals of the file and the routes, and say whose clerk acknowledges bookings."""
    described = json.loads(_HOSPITALS.read_text(encoding="utf-8"))
    hospitals = {row["name"]: _hospital(row) for row in described["hospitals"]}
    for route in described["routes"]:
        Route.objects.create(**route | {"hall": halls[route["hall"]], "hospital": hospitals[route["hospital"]]})
    HospitalClerk.objects.create(user=users[CLERK], hospital=hospitals[ACKNOWLEDGING])


def _hospital(row: dict[str, Any]) -> Hospital:
    hospital = Hospital.objects.create(
        name=row["name"],
        short_name=row["short_name"],
        initials=names.initials_of(row["name"]),
        region_id=row["region"],
        address=row["address"],
        phone=row["phone"],
        phone_hours=row["phone_hours"],
        pick_up_place=row["pick_up_place"],
        acknowledges=row.get("acknowledges", False),
        is_sensitive=row.get("is_sensitive", False),
    )
    if policy := row.get("policy"):
        BookingPolicy.objects.create(hospital=hospital, **policy)
    for order, channel in enumerate(row["channels"], start=1):
        BookingChannel.objects.create(hospital=hospital, order=order, **channel)
    for department in row["departments"]:
        _department(hospital, department)
    return hospital


def _department(hospital: Hospital, row: dict[str, Any]) -> None:
    department = Department.objects.create(
        hospital=hospital,
        name=row["name"],
        initials=names.initials_of(row["name"]),
        place=row["place"],
        prepare=row["prepare"],
        is_sensitive=row["is_sensitive"],
    )
    department.specialties.set(row["specialties"])
    if policy := row.get("policy"):
        BookingPolicy.objects.create(department=department, **policy)
    for doctor in row["doctors"]:
        syllables = names.readings(doctor["name"])[0]
        Doctor.objects.create(department=department, initials="".join(s[0] for s in syllables), **doctor)
