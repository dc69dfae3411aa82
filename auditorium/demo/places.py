"""The demo's divisions, halls with their hours and helpers, and lines that send nothing anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from auditorium import clock
from auditorium.domain import figures
from auditorium.domain.region_import import SHIPPED, import_regions
from auditorium.enums import GatewayKind
from auditorium.models import Hall, Helper, OpeningHours, SmsLine

MAIN_HALL, SECOND_HALL = "宝善桥村文化礼堂", "后仓村文化礼堂"
SIGNATURES = {"330603000000": "柯桥文化礼堂", "330203000000": "海曙文化礼堂"}
PRICE = Decimal("0.045")
COUNTED_DAYS = 31
_HALLS = Path(__file__).with_name("halls.json")


def described() -> list[dict[str, Any]]:
    """The halls as their file has them."""
    found: list[dict[str, Any]] = json.loads(_HALLS.read_text(encoding="utf-8"))
    return found


def uid_of(name: str) -> UUID:
    """By what a hall of the demo is known for certain, whatever it is called later."""
    return uuid5(NAMESPACE_URL, f"demo:{name}")


def load() -> dict[str, Hall]:
    """Bring in the shipped divisions and open the halls; return them by name."""
    for path in sorted(SHIPPED.glob("*.csv")):
        import_regions(path=path, by=None)
    halls = {}
    for row in described():
        hall = Hall.objects.create(
            uid=uid_of(row["name"]),
            name=row["name"],
            region_id=row["region"],
            address=row["address"],
            phone=row["phone"],
            market_days=row["market_days"],
        )
        OpeningHours.objects.bulk_create(
            OpeningHours(hall=hall, weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in _spans(row["hours"])
        )
        Helper.objects.bulk_create(Helper(hall=hall, **helper) for helper in row["helpers"])
        halls[hall.name] = hall
    for row in described():
        halls[row["name"]].backup_hall = halls[row["backup"]]
        halls[row["name"]].save(update_fields=["backup_hall"])
    for region, signature in SIGNATURES.items():
        SmsLine.objects.create(
            name=f"{signature}（演示，不往外发）",
            gateway=GatewayKind.CONSOLE,
            signature=signature,
            region_id=region,
            price=PRICE,
        )
    return halls


def count_texts() -> None:
    """Count what the lines carried in the days behind, which nobody counted while they passed."""
    for ago in range(COUNTED_DAYS, -1, -1):
        figures.count_day(clock.today() - timedelta(days=ago))


def close_outside_lines() -> int:
    """Pause every line that could send a text out of this machine; return how many. A demo's people are invented."""
    outside = SmsLine.objects.exclude(gateway=GatewayKind.CONSOLE).filter(paused_at__isnull=True)
    return outside.update(paused_at=clock.now(), paused_reason="演示不往外发短信")


def _spans(hours: dict[str, str]) -> Iterator[tuple[int, time, time]]:
    """(weekday, opens, closes) of {"1-5": "08:00-11:30 13:30-17:00"}."""
    for days, spans in hours.items():
        first, last = int(days[0]), int(days[-1])
        for weekday in range(first, last + 1):
            for span in spans.split():
                opens, closes = span.split("-")
                yield weekday, time.fromisoformat(opens), time.fromisoformat(closes)
