import io

import pytest

from auditorium import text_files

TABLE = "科室,号数\n骨科,30\n"


def read(content):
    return list(text_files.rows(io.BytesIO(content)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_rows_are_read_in_the_encodings_in_use(encoding):
    assert read(TABLE.encode(encoding)) == [(1, ["科室", "号数"]), (2, ["骨科", "30"])]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_rows_are_split_at_what_the_first_line_has_most(delimiter):
    assert read(TABLE.replace(",", delimiter).encode()) == [(1, ["科室", "号数"]), (2, ["骨科", "30"])]


def test_rows_are_numbered_as_an_editor_numbers_lines():
    assert read(b'a,"b\nc"\n\nd,e\n') == [(1, ["a", "b\nc"]), (3, []), (4, ["d", "e"])]


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a\0b", None), ("科室".encode("utf-16"), None), (b"\xff\xff", None), (b'a\n"' + b"x" * 140_000, 2)],
)
def test_what_is_no_text_is_refused(content, line):
    with pytest.raises(text_files.UnreadableTextError) as caught:
        read(content)
    assert caught.value.line == line


def test_character_cut_by_a_chunk_is_no_fault(monkeypatch):
    monkeypatch.setattr(text_files, "_CHUNK", 1)
    assert text_files.encoding_of(io.BytesIO(TABLE.encode("gb18030"))) == "gb18030"
    assert text_files.encoding_of(io.BytesIO(TABLE.encode())) == "utf-8-sig"


def test_file_stays_open_for_its_owner():
    file = io.BytesIO(TABLE.encode())
    list(text_files.rows(file))
    assert not file.closed
