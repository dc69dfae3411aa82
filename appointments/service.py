"""Bookings as a service of the hall: what the hall asks through `auditorium.ports`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appointments.domain import default_templates, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from auditorium.models import Hall, User, Villager
    from auditorium.ports import Entry, Link, TextVariable


class AppointmentService:
    """The one implementation of `auditorium.ports.Service` for bookings."""

    kind = default_templates.ABOUT

    def timeline(self, villager: Villager, user: User) -> list[Entry]:
        """Nothing yet."""
        return []

    def today(self, hall: Hall, user: User) -> list[Entry]:
        """Nothing yet."""
        return []

    def is_due(self, about_id: int) -> bool:
        """Whether the booking is still to come."""
        return about_id in texts.still_due([about_id])

    def still_due(self, about_ids: Collection[int]) -> set[int]:
        """Those bookings that are still to come."""
        return texts.still_due(about_ids)

    def variables(self, about_id: int, audience: str) -> dict[str, str]:
        """The values of a text about the booking."""
        return texts.values_of([about_id], audience)[about_id]

    def variables_of(self, about_ids: Collection[int], audience: str) -> dict[int, dict[str, str]]:
        """The values of a text about each of the bookings."""
        return texts.values_of(about_ids, audience)

    def text_variables(self, audience: str) -> tuple[TextVariable, ...]:
        """What a text about a booking may say to these eyes."""
        return default_templates.VARIABLES[audience]

    def default_texts(self) -> Mapping[tuple[str, str], str]:
        """The words of texts to begin with."""
        return default_templates.BODIES

    def words(self, about_id: int, purpose: str) -> str:
        """What a person says who calls or knocks."""
        return texts.spoken(about_id, purpose)

    def choices(self, villager: Villager) -> list[Link]:
        """Nothing yet."""
        return []

    def url(self, about_id: int) -> str:
        """Nothing yet."""
        return ""
