"""Bringing in the divisions of a whole country: a made-up file of the real one's length and shape.

665,000 lines `code,name,level`, 12 digits, sorted by code: 31 provinces down to the villages. The whole of
`import_regions` is timed: reading and checking the file, sorting it on disk, and writing it into an empty table.
"""

from tests.benchmarks import ground  # isort: skip  # it sets Django up

import csv
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from auditorium.domain.region_import import import_regions
from auditorium.enums import RegionLevel
from auditorium.models import Region
from tests.benchmarks import report
from tests.benchmarks.rounds import Figures

ROWS = 665_000
PROVINCES, CITIES, COUNTIES, TOWNS = 31, 11, 8, 15


def run() -> Figures:
    """Once: there is nothing to divide by, and it is long enough to be steady."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "country.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["code", "name", "level"])
            writer.writerows(rows())
        begun = time.perf_counter()
        counts = import_regions(path=path, by=None)
        seconds = time.perf_counter() - begun
    if (counts.added, Region.objects.count()) != (ROWS, ROWS):
        raise RuntimeError(f"{counts.added} of {ROWS} were brought in")
    return {
        "import_country": (ROWS / seconds, "rows/s", 1),
        "import_country.seconds": (seconds, "s", 1),
    }


def rows() -> Iterator[tuple[str, str, RegionLevel]]:
    """Code, name and level of every place; towns share out the villages, some have one more than others."""
    towns = PROVINCES * CITIES * COUNTIES * TOWNS
    above = PROVINCES + PROVINCES * CITIES + PROVINCES * CITIES * COUNTIES
    villages, more = divmod(ROWS - above - towns, towns)
    town = 0
    for province in range(11, 11 + PROVINCES):
        yield f"{province}0000000000", f"第{province}省", RegionLevel.PROVINCE
        for city in range(1, CITIES + 1):
            yield f"{province}{city:02}00000000", f"第{city}市", RegionLevel.CITY
            for county in range(1, COUNTIES + 1):
                around = f"{province}{city:02}{county:02}"
                yield f"{around}000000", f"第{county}县", RegionLevel.COUNTY
                for number in range(1, TOWNS + 1):
                    yield f"{around}{number:03}000", f"第{number}街道", RegionLevel.TOWN
                    for village in range(1, villages + (town < more) + 1):
                        yield f"{around}{number:03}{village:03}", f"第{village}村村委会", RegionLevel.VILLAGE
                    town += 1


def main() -> None:
    with ground.database():
        measured = run()
    report.add(measured, command="make bench ONLY=import_country")


if __name__ == "__main__":
    main()
