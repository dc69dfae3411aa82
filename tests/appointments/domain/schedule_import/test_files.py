import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from appointments.domain.schedule_import import files
from appointments.domain.schedule_import.findings import UnreadableScheduleError
from tests.appointments.domain.schedule_import import workbooks


def refusal(content):
    with pytest.raises(UnreadableScheduleError) as caught:
        files.open_file(content)
    return caught.value.sentence


def archive(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


GOOD = workbooks.sheet_of(workbooks.ROW)
TEXT = "科室,日期,号数\n骨科,11月24日,30\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode("gb18030"),
        TEXT.replace("\n", "\r\n").encode(),
    ],
)
def test_csv_is_read_in_the_encodings_in_use(content):
    [table] = files.open_file(content).tables
    assert (table.name, [list(row) for row in table.grid]) == (
        "CSV",
        [["科室", "日期", "号数"], ["骨科", "11月24日", "30"]],
    )


def test_content_decides_and_not_the_name():
    assert files.is_workbook(workbooks.sheet_of()) is True
    assert files.is_workbook(TEXT.encode()) is False


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "这是旧版 .xls 或加了密码的文件，请去掉密码，另存为 .xlsx 再传。",
        ),
        (b"PK\x03\x04rubbish", "文件坏了，打不开。请重新保存一次再传。"),
        (archive(word__document_xml="<x/>"), "这不是 Excel 工作簿。请传 .xlsx 或 .csv 文件。"),
        (archive(xl__workbook_xml="<x/>"), "文件坏了，打不开。请重新保存一次再传。"),
        (archive(xl__workbook_xml="x" * (31 * 1024 * 1024)), "文件展开后太大。请删掉多余的工作表、图片和空行再传。"),
        (b"x" * (5 * 1024 * 1024 + 1), "文件太大，最多 5 MB。请按月份或医院分成几个文件。"),
        (b"\x89PNG\r\n\x1a\n\0\0", "这不是 .xlsx 或 .csv 文件，或者编码不对。请存成 .xlsx 再传。"),
        (b'a,b\n"' + b"x" * 140_000, "从第 2 行往后读不下去，请检查引号，或存成 .xlsx 再传。"),
    ],
    ids=["xls", "damaged", "docx", "no workbook", "bomb", "too long", "picture", "open quote"],
)
def test_file_that_is_no_table_is_refused(content, sentence):
    assert refusal(content) == sentence


def test_workbook_of_many_parts_is_refused():
    parts = {f"xl__media__{n}_png": "" for n in range(1001)}
    assert refusal(archive(xl__workbook_xml="<x/>", **parts)) == "文件展开后太大。请删掉多余的工作表、图片和空行再传。"


def test_sheet_of_too_many_rows_is_refused():
    workbook = Workbook()
    workbook.active.title = "排班"
    workbook.active.cell(1_048_576, 1).value = " "
    assert refusal(workbooks.saved(workbook)) == (
        "工作表“排班”有 1048576 行，最多 10000 行。请删掉下面的空行，或分成几个文件。"
    )


def test_whole_columns_merged_are_refused_before_every_cell_of_them_is_made():
    book = Workbook()
    book.active.merge_cells("A3:B4")
    kept = io.BytesIO()
    book.save(kept)
    with zipfile.ZipFile(kept) as small:
        parts = {name: small.read(name).replace(b"A3:B4", b"A3:Z20000") for name in small.namelist()}
    wide = io.BytesIO()
    with zipfile.ZipFile(wide, "w") as written:
        for name, part in parts.items():
            written.writestr(name, part)
    assert refusal(wide.getvalue()) == "合并的单元格太大，像是整列、整行合并了。请取消这些合并再传。"


def test_csv_of_too_many_rows_is_refused():
    assert refusal(b"a,b\n" * 10_021) == "文件超过 10000 行，请按月份或医院分成几个文件。"


def test_formulas_are_not_evaluated():
    workbook = Workbook()
    workbook.active.append(["=1+1", '=HYPERLINK("http://example.com")', "2"])
    [table] = files.open_file(workbooks.saved(workbook)).tables
    assert [list(row) for row in table.grid] == [[None, None, "2"]]


def test_cells_far_to_the_right_are_left_aside():
    workbook = Workbook()
    workbook.active.append(["a"])
    workbook.active.cell(1, 16_384).value = "far"
    [table] = files.open_file(workbooks.saved(workbook)).tables
    assert len(table.grid[0]) == 60


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content):
    assert workbooks.last_words(files.open_file, content, UnreadableScheduleError).endswith("。")


DAMAGE = st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=5)


@given(DAMAGE)
def test_damaged_workbook_is_read_or_refused(damage):
    content = bytearray(GOOD)
    for position, byte in damage:
        content[position] = byte
    assert workbooks.last_words(files.open_file, bytes(content), UnreadableScheduleError).endswith("。")
