"""The one clock: what time it is for web, worker and beat, and where a day begins and ends."""

import contextlib
import os
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware (UTC). A demo adds the offset that its processes share in a file."""
    moment = datetime.now(UTC)
    return moment + _demo_offset() if settings.DEMO else moment


def today() -> date:
    """The date in the hall, Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on the hall's wall clock. A naive moment is refused with ValueError."""
    if timezone.is_naive(moment):
        raise ValueError("A moment must be aware.")
    return moment.astimezone(SHANGHAI)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of a local day and first moment of the next: filter with `>= start` and `< end`."""
    start = datetime.combine(day, time.min, tzinfo=SHANGHAI)
    return start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=SHANGHAI)


def move_to(moment: datetime) -> None:
    """Make `moment` the present in every process of a demo. Outside a demo: RuntimeError."""
    if not settings.DEMO:
        raise RuntimeError("Only a demo may move the clock.")
    seconds = (local(moment) - datetime.now(UTC)).total_seconds()
    path = _offset_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(repr(seconds))
        os.replace(made, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(made)
        raise


def move_back() -> None:
    """End what `move_to` did: the present is the present again."""
    _offset_file().unlink(missing_ok=True)


def _offset_file() -> Path:
    return Path(settings.VAR_DIR) / "demo-clock"


def _demo_offset() -> timedelta:
    """What the file says, read again only when it was replaced; no file means no offset."""
    path = _offset_file()
    try:
        found = path.stat()
        return _offset_in(path, (found.st_mtime_ns, found.st_size, found.st_ino))
    except FileNotFoundError:
        return timedelta(0)


@lru_cache(maxsize=1)
def _offset_in(path: Path, stamp: tuple[int, int, int]) -> timedelta:
    """The file's offset; `stamp` makes the cache forget a file that was replaced."""
    return timedelta(seconds=float(path.read_text()))
