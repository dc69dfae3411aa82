"""A real gammu-smsd with a made-up modem (`model = dummy`) and its SQLite database.

What the network would report of a text is written where the daemon writes it; everything else the daemon does itself.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until

SCHEMA = Path("/usr/share/doc/gammu-smsd/examples/sqlite.sql")
DRIVERS = ("/usr/lib/*/dbd/libdbdsqlite3.so", "/usr/lib/dbd/libdbdsqlite3.so")
_CONFIG = """\
[gammu]
model = dummy
connection = none
port = {folder}/modem
gammuloc = /dev/null

[smsd]
service = sql
driver = sqlite3
dbdir = {folder}
database = smsd.db
commtimeout = 1
receivefrequency = 1
statusfrequency = 1
loopsleep = 1
sendtimeout = 5
checksecurity = 0
hangupcalls = 0
logfile = {folder}/log
"""

_ON_THE_CARD = """\
[SMSBackup000]
PDU = Deliver
DateTime = 20261123T084654Z
State = UnRead
Number = "{number}"
NumberUnicode = {number_u}
Text00 = {text_u}
Coding = Unicode_No_Compression
Folder = 1
Length = {length}
Class = -1
"""


def is_here() -> bool:
    """Whether the daemon, its database driver and the tables it ships are installed."""
    drivers = any(list(Path("/").glob(pattern.lstrip("/"))) for pattern in DRIVERS)
    return all((shutil.which("gammu-smsd"), SCHEMA.exists(), drivers))


def needed() -> Any:
    """Skips and says why where there is none; on a build machine that is a failure."""
    reason = "needs gammu-smsd with its examples, and libdbd-sqlite3"
    return pytest.mark.skipif(not is_here() and os.environ.get("CI") != "true", reason=reason)


class Modem:
    """A folder with the daemon's database, its settings and what the made-up modem holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "smsd.db"
        self.settings = folder / "smsdrc"
        self.settings.write_text(_CONFIG.format(folder=folder))
        (folder / "modem").mkdir()
        with closing(sqlite3.connect(self.database)) as database:
            database.executescript(SCHEMA.read_text())

    @contextmanager
    def running(self) -> Iterator["Modem"]:
        """With the daemon looking after the modem."""
        daemon = subprocess.Popen(
            ["gammu-smsd", "-c", str(self.settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            wait_until(lambda: self.rows("SELECT 1 FROM phones"))
            yield self
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(timeout=30)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the daemon's database says, or what is changed in it."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database, database:
            return database.execute(query, values).fetchall()

    def receive(self, number: str, text: str) -> None:
        """Somebody writes to the modem: it lies on its card when the daemon looks next."""
        card = self.folder / "modem" / "sms" / "1"
        card.mkdir(parents=True, exist_ok=True)
        coded = {name: value.encode("utf-16-be").hex().upper() for name, value in (("number", number), ("text", text))}
        (card / "1").write_text(
            _ON_THE_CARD.format(number=number, length=len(text), **{f"{k}_u": v for k, v in coded.items()})
        )
