"""Bringing in published division data, one county or the whole country: all of a file or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction

from auditorium import clock
from auditorium.domain import audit
from auditorium.domain.region_file import RegionFile, level_of
from auditorium.enums import RegionLevel
from auditorium.models import Region
from auditorium.models.regions import SIGNIFICANT_DIGITS, prefix_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from auditorium.models import User

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "regions"
"""The divisions that come with the project; their README says where they are from."""

BATCH = 2000
Row = TypeVar("Row")


@dataclass(frozen=True)
class RegionCounts:
    """What an import did. `doubled` lines named a place a second time, as cities without counties do."""

    read: int = 0
    doubled: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0


def import_regions(
    *, path: Path, by: User | None, retire_within: str = "", progress: Callable[[str, int], None] | None = None
) -> RegionCounts:
    """Add what is new, change what differs, leave the rest; RegionFileError when any line is wrong.

    With `retire_within`, a code, places inside it that the file does not have are retired. `progress` is told the
    step (`read`, `written`) and how many lines are through it.
    """
    progress = progress or (lambda step, count: None)
    with RegionFile(path, progress) as file:
        within = file.covered_prefix(retire_within) if retire_within else ""
        with transaction.atomic():
            counts = _write(file, progress)
            if within:
                counts = replace(counts, retired=_retire(file, within))
            if counts.added or counts.changed or counts.retired:
                rows = [(int(digits.ljust(12, "0")), None, None) for digits in file.provinces()]
                audit.record_many(action="imported", kind="region", rows=rows, by=by)
    return counts


def _write(file: RegionFile, progress: Callable[[str, int], None]) -> RegionCounts:
    """Write the places in the order of their codes, so that superiors come first."""
    superiors = _superior_codes()
    known = Region.objects.exists()
    added = changed = through = 0
    newly_superior = False
    for batch in _batches(file.places()):
        stored = Region.objects.in_bulk([code for code, _name in batch]) if known else {}
        superiors.update(code for code, _name in batch if level_of(code) != RegionLevel.VILLAGE)
        new, other = [], []
        for code, name in batch:
            wanted = Region(code=code, name=name, level=level_of(code), parent_id=_superior(code, superiors))
            if code not in stored:
                new.append(wanted)
            elif _differs(stored[code], wanted):
                other.append(wanted)
        Region.objects.bulk_create(new)
        Region.objects.bulk_update(other, ["name", "level", "parent", "retired_on"], batch_size=BATCH)
        newly_superior = newly_superior or any(region.level != RegionLevel.VILLAGE for region in new)
        added, changed, through = added + len(new), changed + len(other), through + len(batch)
        if not through % (25 * BATCH):
            progress("written", through)
    progress("written", through)
    moved = _settle(file, superiors) if known and newly_superior else 0
    return RegionCounts(
        read=file.read,
        doubled=file.doubled,
        added=added,
        changed=changed + moved,
        unchanged=through - added - changed,
    )


def _differs(stored: Region, wanted: Region) -> bool:
    """Whether anything is to be written; a retired place that the file has again comes back."""
    fields = ("name", "level", "parent_id", "retired_on")
    return any(getattr(stored, field) != getattr(wanted, field) for field in fields)


def _superior_codes() -> set[str]:
    """Every known place that can have others inside: some 45,000 in the whole country."""
    return set(Region.objects.exclude(level=RegionLevel.VILLAGE).values_list("code", flat=True))


def _superior(code: str, superiors: set[str]) -> str | None:
    """The nearest known place around this one; a city without counties is next above its towns."""
    level = level_of(code)
    around = [code[:digits].ljust(12, "0") for digits in (9, 6, 4, 2) if digits < SIGNIFICANT_DIGITS[level]]
    return next((superior for superior in around if superior in superiors), None)


def _settle(file: RegionFile, superiors: set[str]) -> int:
    """Put places that the file does not have under superiors that it brought; return how many moved."""
    moved = 0
    for digits in file.provinces():
        for batch in _batches(_stored_within(digits)):
            wrong = [
                Region(code=code, parent_id=superior)
                for code, parent in batch
                if (superior := _superior(code, superiors)) != parent
            ]
            moved += Region.objects.bulk_update(wrong, ["parent"], batch_size=BATCH)
    return moved


def _stored_within(prefix: str) -> Iterator[tuple[str, str | None]]:
    """Code and superior of every stored place inside, page by page, so that pages may be written meanwhile."""
    after, last = prefix_range(prefix)
    after = str(int(after) - 1)
    while page := list(
        Region.objects.filter(code__gt=after, code__lte=last).order_by("code").values_list("code", "parent_id")[:BATCH]
    ):
        yield from page
        after = page[-1][0]


def _retire(file: RegionFile, prefix: str) -> int:
    """Retire what is stored inside the prefix and not in the file; nothing is deleted."""
    retired = 0
    for batch in _batches(_stored_within(prefix)):
        missing = Region.objects.current().filter(code__in=file.missing([code for code, _parent in batch]))
        retired += missing.update(retired_on=clock.today())
    return retired


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in lists of BATCH."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
