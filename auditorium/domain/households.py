"""Villagers who live together."""

from __future__ import annotations

from auditorium.models import Hall, Household


def named(*, name: str, hall: Hall) -> Household | None:
    """The hall's household of this name, made if there is none; None for no name."""
    name = name.strip()
    if not name:
        return None
    known = Household.objects.filter(hall=hall, name=name).order_by("pk").first()
    return known or Household.objects.create(hall=hall, name=name)


def names_at(hall: Hall, most: int = 500) -> list[str]:
    """The hall's households by name, to choose from."""
    return list(Household.objects.filter(hall=hall).order_by("name").values_list("name", flat=True).distinct()[:most])
