"""A whole lesson at once: a spreadsheet with one phrase a row, and a zip with the recordings it names.

Everything goes in or nothing: what is wrong is said row by row. A phrase that is there already, by how it is written,
is changed and not doubled, so a corrected sheet can be sent in again. The zip is never unpacked onto the disk; whatever
path an entry claims, only the last part of its name counts, and only as far as a row asks for it.
"""

from __future__ import annotations

import io
import tempfile
import unicodedata
import zipfile
import zlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from openpyxl import Workbook, load_workbook

from auditorium.domain.library import files, lessons
from auditorium.domain.library.lessons import SOUNDS, PhraseDetails
from auditorium.errors import DeskError
from auditorium.models import Phrase, Speaker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditorium.models import Hall, Resource, StoredFile, User

MOST_ROWS = 500
MOST_BYTES = 5 << 20
MOST_SOUND = 20 << 20
"""Of one recording, unpacked; a minute of speech takes a tenth of it even uncompressed."""
_MOST_UNPACKED = 30 << 20
_MOST_ENTRIES = 2000
_UTF8_NAME = 0x800
_CHUNK = 1 << 16

COLUMNS = {
    "words": gettext_lazy("方言怎么写"),
    "gloss": gettext_lazy("普通话意思"),
    "romanisation": gettext_lazy("注音"),
    "sound": gettext_lazy("录音文件"),
    "speaker": gettext_lazy("录音的人"),
    "note": gettext_lazy("说明"),
}
_NEEDED = ("words", "gloss")


class UnreadableSheetError(DeskError):
    """The file as a whole cannot be read."""


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row, counted as the spreadsheet does."""

    row: int
    sentence: str


@dataclass
class Outcome:
    """What came of it. With problems nothing was written."""

    problems: list[RowProblem] = field(default_factory=list)
    added: int = 0
    changed: int = 0


@dataclass
class _Row:
    number: int
    cells: dict[str, str]
    speaker: Speaker | None = None
    audio: StoredFile | None = None


def blank_sheet() -> bytes:
    """An .xlsx with the headings and nothing below them."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.append([str(label) for label in COLUMNS.values()])
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEF", (28, 36, 32, 20, 16, 28), strict=True):
        sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def import_sheet(
    *, lesson: Resource, sheet: BinaryIO, sounds: BinaryIO | None, by: User, hall: Hall | None = None
) -> Outcome:
    """Put the sheet's phrases into the lesson, with the recordings from the zip.

    UnreadableSheetError where a file is no sheet or no zip; LessonClosedError where the lesson is no draft.
    """
    rows = _read(sheet)
    outcome = Outcome()
    speakers = _by_name(lesson)
    seen: dict[str, int] = {}
    with _opened(sounds) as archive:
        entries = _entries(archive)
        for row in rows:
            before = seen.setdefault(row.cells["words"], row.number)
            if before != row.number:
                outcome.problems.append(RowProblem(row.number, _("和第 %(row)d 行是同一句。") % {"row": before}))
            for sentence in _faults(row, speakers, entries, archive):
                outcome.problems.append(RowProblem(row.number, sentence))
    if not outcome.problems:
        _write(lesson, rows, outcome, by, hall)
    return outcome


def _write(lesson: Resource, rows: list[_Row], outcome: Outcome, by: User, hall: Hall | None) -> None:
    there = {phrase.words: phrase for phrase in lesson.phrases.select_related("audio", "speaker")}
    pairs = [(known := there.get(row.cells["words"]), _details(row, known)) for row in rows]
    outcome.added = sum(known is None for known, _said in pairs)
    outcome.changed = sum(
        any(getattr(known, name) != value for name, value in vars(details).items()) for known, details in pairs if known
    )
    lessons.write_phrases(lesson=lesson, phrases=pairs, by=by, hall=hall)


def _details(row: _Row, known: Phrase | None) -> PhraseDetails:
    """What the row says; where it names no recording or speaker, what is there stays."""
    return PhraseDetails(
        words=row.cells["words"],
        gloss=row.cells["gloss"],
        romanisation=row.cells["romanisation"],
        note=row.cells["note"],
        audio=row.audio or (known.audio if known else None),
        speaker=row.speaker or (known.speaker if known else None),
    )


def _read(sheet: BinaryIO) -> list[_Row]:
    content = sheet.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UnreadableSheetError(_("表格太大，最多 %(most)d MB。") % {"most": MOST_BYTES >> 20})
    grid = _grid(content)
    columns = _columns(grid[0] if grid else [])
    if missing := [str(COLUMNS[name]) for name in _NEEDED if name not in columns]:
        raise UnreadableSheetError(
            _("表格第一行要写清楚各列是什么，缺少：%(columns)s。") % {"columns": _("、").join(missing)}
        )
    rows = [
        _Row(number, {name: cells[columns[name]] if name in columns else "" for name in COLUMNS})
        for number, cells in enumerate(grid[1:], start=2)
        if any(cells)
    ]
    if not rows:
        raise UnreadableSheetError(_("表格里一句也没有。"))
    return rows


def _grid(content: bytes) -> list[list[str]]:
    """The first sheet's cells as text, each row as wide as the first."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        rows = list(_first_rows(content)) if unpacked <= _MOST_UNPACKED else []
    except Exception:  # noqa: BLE001 - a damaged workbook makes openpyxl raise whatever it stumbled over
        raise UnreadableSheetError(_("表格打不开。请存成 .xlsx 再传。")) from None
    if unpacked > _MOST_UNPACKED:
        raise UnreadableSheetError(_("表格展开后太大。请删掉多余的工作表、图片和空行再传。"))
    if len(rows) > MOST_ROWS + 1:
        raise UnreadableSheetError(_("一次最多 %(most)d 句，请分成几节课。") % {"most": MOST_ROWS})
    width = len(rows[0]) if rows else 0
    return [[_text(cell) for cell in (*cells, *[None] * width)[:width]] for cells in rows]


def _first_rows(content: bytes) -> Iterator[tuple[object, ...]]:
    """As many rows as a sheet may have, and one more that tells that there are more."""
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    return islice(workbook.worksheets[0].iter_rows(values_only=True), MOST_ROWS + 2)


def _text(cell: object) -> str:
    return "" if cell is None else unicodedata.normalize("NFC", " ".join(str(cell).split()))


def _columns(headings: list[str]) -> dict[str, int]:
    """Where each column is, whichever language its heading is in."""
    known: dict[str, str] = {}
    for language in ("zh-hans", "en"):
        with override(language):
            known |= {str(label).casefold(): name for name, label in COLUMNS.items()}
    return {known[text.casefold()]: index for index, text in enumerate(headings) if text.casefold() in known}


def _by_name(lesson: Resource) -> dict[str, Speaker]:
    """The channel's speakers as a row may call them; a name that two have calls neither."""
    found: dict[str, Speaker] = {}
    twice: set[str] = set()
    for speaker in Speaker.objects.filter(channel=lesson.channel_id):
        for name in {speaker.name, str(speaker)}:
            twice.update({name} & found.keys())
            found[name] = speaker
    return {name: speaker for name, speaker in found.items() if name not in twice}


def _faults(
    row: _Row, speakers: dict[str, Speaker], entries: dict[str, zipfile.ZipInfo], archive: zipfile.ZipFile | None
) -> Iterator[str]:
    """What is wrong with a row; what is right of its speaker and recording is filled in."""
    for name in _NEEDED:
        if not row.cells[name]:
            yield _("没有写“%(column)s”。") % {"column": COLUMNS[name]}
    for name in ("words", "gloss", "romanisation", "note"):
        most: int = Phrase._meta.get_field(name).max_length  # type: ignore[assignment,union-attr]
        if len(row.cells[name]) > most:
            yield _("“%(column)s”太长，最多 %(most)d 个字。") % {"column": COLUMNS[name], "most": most}
    called, sound = row.cells["speaker"], row.cells["sound"]
    row.speaker = speakers.get(called)
    if called and row.speaker is None:
        yield _("没有登记录音的人“%(name)s”。请先登记，并记下同意；重名的连村名一起写。") % {"name": called}
    if sound and not called:
        yield _("有录音就要写是谁录的。")
    if not sound:
        return
    entry = entries.get(_key(sound))
    if entry is None or archive is None:
        yield _("压缩包里没有“%(name)s”。") % {"name": sound}
        return
    try:
        row.audio = _kept(archive, entry)
    except DeskError as refusal:
        yield _("“%(name)s”：%(why)s") % {"name": sound, "why": refusal.sentence}


def _kept(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> StoredFile:
    """One recording of the zip, in the library's storage."""
    with tempfile.TemporaryFile() as out:
        try:
            with archive.open(entry) as packed:
                while chunk := packed.read(_CHUNK):
                    out.write(chunk)
                    if out.tell() > MOST_SOUND:  # whatever the entry says of its size
                        raise DeskError(_("录音太大，一句最大 %(most)d MB。") % {"most": MOST_SOUND >> 20})
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
            raise DeskError(_("压缩包里的这个文件坏了，或者加了密码。")) from None
        return files.store(cast("BinaryIO", out), allowed=SOUNDS)


def _opened(sounds: BinaryIO | None) -> AbstractContextManager[zipfile.ZipFile | None]:
    """The zip, or nothing, for a `with`."""
    if sounds is None:
        return nullcontext()
    try:
        archive = zipfile.ZipFile(sounds)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UnreadableSheetError(_("压缩包打不开。请重新打成 .zip 再传。")) from None
    if len(archive.infolist()) > _MOST_ENTRIES:
        archive.close()
        raise UnreadableSheetError(_("压缩包里的文件太多，最多 %(most)d 个。") % {"most": _MOST_ENTRIES})
    return archive


def _entries(archive: zipfile.ZipFile | None) -> dict[str, zipfile.ZipInfo]:
    """The zip's files by the last part of their names."""
    infos = archive.infolist() if archive else []
    return {_key(_name_of(entry)): entry for entry in infos if not entry.is_dir()}


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Its name; Windows writes Chinese names in GBK without saying so, which reads as code page 437."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2].strip()).casefold()
