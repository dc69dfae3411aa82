"""Where in a sheet something is, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from appointments.domain.schedule_import.findings import Place


def where(place: Place) -> str:
    """骨科 第 5 行 D 列（日期）：, as much of it as is known."""
    if not place.row:
        return ""
    words = {"sheet": place.sheet, "row": place.row, "letter": place.letter, "header": place.header}
    if place.letter:
        return _("%(sheet)s 第 %(row)d 行 %(letter)s 列（%(header)s）：") % words
    return _("%(sheet)s 第 %(row)d 行：") % words
