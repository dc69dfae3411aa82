"""Whose places a row's are: a hall by its name, or a region by its name or code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from appointments.domain.schedule_import.cells import CellError, same_name, shown
from auditorium.models import Hall, Region

if TYPE_CHECKING:
    from appointments.domain.schedule_import.scope import ImportScope
    from appointments.models import Hospital

_HALL_ENDINGS = ("", "文化礼堂", "村文化礼堂", "礼堂")
_OFFICIAL_ENDINGS = ("", "委会", "民委员会", "居委会", "居民委员会")
"""宝善桥村 is officially 宝善桥村委会 or 宝善桥村民委员会, 管墅社区 is 管墅社区居委会."""


@dataclass(frozen=True)
class Allotment:
    """A hall or a region; `code` is the region's, or of the one the hall is in."""

    hall: Hall | None
    region: Region | None

    @property
    def code(self) -> str:
        """The division code that says where it is."""
        return self.hall.region_id if self.hall else self.region.code if self.region else ""

    @property
    def key(self) -> tuple[int | None, str | None]:
        """What two allotments to the same have in common."""
        return (self.hall.pk if self.hall else None, self.region.code if self.region else None)

    def __str__(self) -> str:
        return str(self.hall or self.region)


class Allotments:
    """Finds them by what the sheet says, each text once."""

    def __init__(self, default: Allotment | None, scope: ImportScope) -> None:
        self._default = default
        self._scope = scope
        self._found: dict[str, Allotment | str] = {}

    def find(self, text: str, hospital: Hospital) -> Allotment:
        """Whose places they are, the default's where the row does not say; CellError when that can't be."""
        if text:
            found = self.look_up(text)
        elif self._default:
            found = self._default
        else:
            raise CellError(_("分配给是空的，请写礼堂名称，或者区划名称、代码。"))
        if not self._scope.allows(hospital, found.code):
            raise CellError(_("“%(name)s”不在您管的范围里，不能把号分给它。") % {"name": found})
        return found

    def look_up(self, text: str) -> Allotment:
        """The hall or region of that name or code; CellError when there is none, or several."""
        if text not in self._found:
            try:
                self._found[text] = self._look_up(text)
            except CellError as fault:
                self._found[text] = str(fault)
        found = self._found[text]
        if isinstance(found, str):
            raise CellError(found)
        return found

    @cached_property
    def _halls(self) -> dict[str, list[int]]:
        by_name: dict[str, list[int]] = {}
        for pk, name in self._scope.halls().values_list("pk", "name"):
            by_name.setdefault(same_name(name), []).append(pk)
        return by_name

    def _look_up(self, text: str) -> Allotment:
        for ending in _HALL_ENDINGS:
            halls = self._halls.get(same_name(text + ending), [])
            if len(halls) > 1:
                raise CellError(
                    _("叫“%(name)s”的礼堂有 %(count)d 个，请改写区划代码。")
                    % {"name": shown(text), "count": len(halls)}
                )
            if halls:
                return Allotment(Hall.objects.select_related("region").get(pk=halls[0]), None)
        regions = self._regions(text)
        if len(regions) > 1:
            raise CellError(_("叫“%(name)s”的地方不止一个，请改写区划代码。") % {"name": shown(text)})
        if regions:
            return Allotment(None, regions[0])
        raise CellError(_("没有叫“%(name)s”的礼堂或区域，请写礼堂全名，或者区划名称、代码。") % {"name": shown(text)})

    def _regions(self, text: str) -> list[Region]:
        """Up to two regions, since the second makes the text unclear."""
        current = Region.objects.current()
        if text.isascii() and text.isdecimal():
            return list(current.filter(pk=text.ljust(12, "0"))) if len(text) in (2, 4, 6, 9, 12) else []
        named = current.filter(name__in=[text + ending for ending in _OFFICIAL_ENDINGS])
        if not (self._scope.everything or self._scope.hospital_ids):
            return [region for prefix in self._scope.prefixes for region in named.within(prefix)[:2]][:2]
        return list(named[:2])
