"""A modem with a SIM card in the hall, driven by Gammu's SMSD through its SQLite database.

Our key stands in the row the daemon sends from and in the one it leaves behind (`CreatorID`), so a text cut off is
always found again. Rows of ours go once they are written down here: no names stay beside the modem.
"""

from __future__ import annotations

import secrets
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from auditorium import sms_length
from auditorium.gateways.base import Found, GatewayError, IncomingText, OutgoingText, Polled, Receipt, Sent
from auditorium.gateways.treatments import Treatment

USUAL_CAP = 50
"""Texts a day from one card: a personal SIM that sends more is blocked by its carrier, and not for us alone."""

_SILENT = "-5 minutes"
"""A daemon that has not written down how its modem is for this long is not running."""

_STUCK = "-60 minutes"
_KEPT = "-2 days"
_WAIT_SECONDS = 10
_UNICODE = "Unicode_No_Compression"
_REPORTED = {"DeliveryOK": True, "DeliveryFailed": False, "SendingError": False, "Error": False}
_NEVER_REPORTED = {**_REPORTED, "SendingOK": True, "SendingOKNoReport": True}
_NOT_SENT = "not-sent"


class ModemGateway:
    """Writes into the daemon's outbox; what became of a text, and what people wrote, is asked for."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"database": "/var/lib/gammu/smsd.db", "phone_id": "", "reports": True}
    receipt_secret = ""
    reply_secret = ""
    has_receipts = True

    def __init__(self, config: Mapping[str, Any]) -> None:
        path, phone_id, reports = (config.get(name, usual) for name, usual in self.EXAMPLE.items())
        known = "、".join(self.EXAMPLE)
        unknown = sorted(map(str, config.keys() - self.EXAMPLE.keys()))
        wrong = [_("不认识 %(name)s，可以写的有 %(known)s。") % {"name": name, "known": known} for name in unknown]
        if not isinstance(path, str) or not Path(path).is_absolute():
            wrong.append(_("database 写短信猫数据库的完整路径，例如 /var/lib/gammu/smsd.db。"))
        if not isinstance(phone_id, str):
            wrong.append(_("phone_id 写成文字，没有就留空。"))
        if not isinstance(reports, bool):
            wrong.append(_("reports 写 true 或 false：短信猫有没有打开送达报告。"))
        if wrong:
            raise ValidationError(wrong)
        self._path = Path(str(path))
        self._phone_id = phone_id
        self._reports = bool(reports)

    def send(self, text: OutgoingText) -> Sent:
        """Lay the text in the outbox, in one transaction; the daemon takes it from there."""
        first, *others = _split(text.body)
        reference = f"{secrets.randbelow(256):02X}"
        total = len(others) + 1
        with self._database() as database:
            if not _is_running(database):
                raise GatewayError(treatment=Treatment.BACK_OFF, code="no-connection")
            row = database.execute(
                "INSERT INTO outbox (DestinationNumber, TextDecoded, UDH, Coding, MultiPart, DeliveryReport, CreatorID,"
                " SenderID, SendingDateTime, SendingTimeOut)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, datetime('now', 'localtime'), datetime('now', 'localtime'))",
                (
                    text.number,
                    first,
                    _header(reference, total, 1),
                    _UNICODE,
                    "true" if others else "false",
                    "yes" if self._reports else "no",
                    str(text.key),
                    self._phone_id,
                ),
            ).lastrowid
            database.executemany(
                "INSERT INTO outbox_multipart (ID, SequencePosition, TextDecoded, UDH, Coding) VALUES (?, ?, ?, ?, ?)",
                [
                    (row, place, part, _header(reference, total, place), _UNICODE)
                    for place, part in enumerate(others, start=2)
                ],
            )
        return Sent(provider_id=str(row))

    def find(self, text: OutgoingText) -> Found | None:
        """In the outbox, or among what was sent; else it was never laid there."""
        with self._database() as database:
            waiting = database.execute("SELECT ID FROM outbox WHERE CreatorID = ?", (str(text.key),)).fetchone()
            if waiting:
                return Found(provider_id=str(waiting[0]))
            rows = database.execute("SELECT ID, Status FROM sentitems WHERE CreatorID = ?", (str(text.key),)).fetchall()
        return (
            Found(provider_id=str(rows[0][0]), delivered=self._of_all([status for _id, status in rows]))
            if rows
            else None
        )

    def read_receipts(self, payload: Any) -> list[Receipt]:
        """Nobody posts here."""
        return []

    def read_replies(self, payload: Any) -> list[IncomingText]:
        """Nobody posts here."""
        return []

    def poll(self) -> Polled:
        """What the daemon left: texts that ended, and what came in, whole.

        A text the daemon has not begun for an hour is taken back, so that it does not go out days late.
        """
        with self._database() as database:
            return Polled(receipts=[*_taken_back(database), *self._ended(database)], replies=_incoming(database))

    def done(self, polled: Polled) -> None:
        """What is written down here need not lie beside the modem."""
        with self._database() as database:
            database.executemany(
                "DELETE FROM sentitems WHERE CreatorID = ?",
                [(receipt.key,) for receipt in polled.receipts if receipt.delivered is not None],
            )
            database.executemany(
                "DELETE FROM inbox WHERE ID = ?",
                [(row,) for reply in polled.replies for row in reply.provider_id.rpartition(" ")[2].split("+")],
            )

    def _ended(self, database: sqlite3.Connection) -> list[Receipt]:
        """One receipt a text: delivered when every part is. What nobody reported on for two days is forgotten."""
        statuses: dict[str, list[str]] = {}
        for key, status in database.execute("SELECT CreatorID, Status FROM sentitems ORDER BY ID, SequencePosition"):
            if _is_ours(key):
                statuses.setdefault(key, []).append(status)
        old = database.execute("SELECT CreatorID FROM sentitems WHERE InsertIntoDB < datetime('now', ?)", (_KEPT,))
        forgotten = [(key,) for (key,) in old.fetchall() if _is_ours(key)]
        database.executemany("DELETE FROM sentitems WHERE CreatorID = ?", forgotten)
        return [
            Receipt(key=key, delivered=delivered, code="" if delivered else of_parts[-1])
            for key, of_parts in statuses.items()
            if (delivered := self._of_all(of_parts)) is not None
        ]

    def _of_all(self, statuses: Sequence[str]) -> bool | None:
        """Delivered when every part is, not when one failed, unknown while one is on its way.

        Where the modem gets no reports, a part that left is as far as anybody can know.
        """
        meanings = _REPORTED if self._reports else _NEVER_REPORTED
        each = [meanings.get(status) for status in statuses]
        if False in each:
            return False
        return True if all(each) else None

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A transaction of its own; GatewayError when the daemon's database can't be used."""
        try:
            with closing(sqlite3.connect(f"file:{self._path}?mode=rw", uri=True, timeout=_WAIT_SECONDS)) as database:
                database.isolation_level = None
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
        except sqlite3.Error as error:
            missing = isinstance(error, sqlite3.OperationalError) and not self._path.exists()
            code = "no-database" if missing else "no-connection"
            treatment = Treatment.OPERATOR if missing else Treatment.BACK_OFF
            raise GatewayError(treatment=treatment, code=code) from None


def _is_running(database: sqlite3.Connection) -> bool:
    alive = "SELECT 1 FROM phones WHERE UpdatedInDB > datetime('now', ?) LIMIT 1"
    return database.execute(alive, (_SILENT,)).fetchone() is not None


def _taken_back(database: sqlite3.Connection) -> list[Receipt]:
    """Texts the daemon never began; it can't take a row that is gone. One being sent has its time-out ahead."""
    idle = (
        "SELECT ID, CreatorID FROM outbox WHERE InsertIntoDB < datetime('now', ?)"
        " AND SendingTimeOut < datetime('now', 'localtime')"
    )
    rows = [(row, key) for row, key in database.execute(idle, (_STUCK,)).fetchall() if _is_ours(key)]
    for row, _key in rows:
        database.execute("DELETE FROM outbox_multipart WHERE ID = ?", (row,))
        database.execute("DELETE FROM outbox WHERE ID = ?", (row,))
    return [Receipt(key=key, delivered=False, code=_NOT_SENT) for _row, key in rows]


def _incoming(database: sqlite3.Connection) -> list[IncomingText]:
    """What came in and is whole: the parts of a long text are put together when the last one is there.

    `provider_id` is when it came and the rows it came in.
    """
    rows = database.execute(
        "SELECT ID, ReceivingDateTime, SenderNumber, TextDecoded, UDH FROM inbox WHERE Processed = 'false' ORDER BY ID"
    )
    came: dict[int, str] = {}
    texts: dict[tuple[str, str], dict[int, tuple[int, str]]] = {}
    for row, received, number, words, header in rows:
        came[row] = received
        together, total, place = _place(header or "") or (f"row {row}", 1, 1)
        texts.setdefault((number, f"{together}/{total}"), {})[place] = (row, words)
    whole = {
        name: [parts[place] for place in sorted(parts)]
        for name, parts in texts.items()
        if len(parts) == int(name[1].rpartition("/")[2])
    }
    return [
        IncomingText(
            number=number,
            text="".join(words for _row, words in parts),
            provider_id=f"{came[parts[0][0]]} {'+'.join(str(row) for row, _words in parts)}"[:80],
        )
        for (number, _together), parts in whole.items()
    ]


def _place(header: str) -> tuple[str, int, int] | None:
    """Of a part's header: what it belongs to, how many there are, which it is; None of a text in one part."""
    if header[:6] == "050003" and len(header) >= 12:
        return header[6:8], int(header[8:10], 16), int(header[10:12], 16)
    if header[:6] == "060804" and len(header) >= 14:
        return header[6:10], int(header[10:12], 16), int(header[12:14], 16)
    return None


def _header(reference: str, total: int, place: int) -> str:
    """What joins the parts on the phone; empty for a text in one part."""
    return f"050003{reference}{total:02X}{place:02X}" if total > 1 else ""


def _split(body: str) -> list[str]:
    """The text in parts as it is charged; no character that takes two units is cut."""
    if sms_length.fits_one(body):
        return [body]
    parts = [""]
    for character in body:
        if len((parts[-1] + character).encode("utf-16-le")) // 2 > sms_length.EACH_OF_SEVERAL:
            parts.append("")
        parts[-1] += character
    return parts


def _is_ours(key: str) -> bool:
    try:
        return str(uuid.UUID(key)) == key
    except (ValueError, TypeError):
        return False
