"""A sheet with its recordings goes in whole or not at all, and says row by row what is wrong."""

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from auditorium.domain.library import lesson_sheets
from auditorium.domain.library.lesson_sheets import RowProblem, UnreadableSheetError, blank_sheet, import_sheet
from auditorium.domain.library.lessons import LessonClosedError
from auditorium.models import Phrase, StoredFile
from tests import media
from tests.factories import PhraseFactory, ResourceFactory, SpeakerFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library_folder")]
HEADINGS = ("方言怎么写", "普通话意思", "注音", "录音文件", "录音的人", "说明")


@pytest.fixture
def by():
    return UserFactory()


@pytest.fixture
def lesson():
    return ResourceFactory(kind="lesson", state="draft")


@pytest.fixture
def speaker(lesson):
    return SpeakerFactory(channel=lesson.channel, name="阿根伯")


def sheet_of(*rows, headings=HEADINGS):
    workbook = Workbook()
    for row in (headings, *rows):
        workbook.active.append(row)
    out = io.BytesIO()
    workbook.save(out)
    out.seek(0)
    return out


def zip_of(**entries):
    return io.BytesIO(media.zipped({name.replace("__", "."): content for name, content in entries.items()}))


def test_import_puts_phrases_with_their_recordings_in_the_order_of_the_sheet(lesson, speaker, by):
    sheet = sheet_of(
        ("侬好", "你好", "non hau", "1.MP3", "阿根伯", "见面"), ("谢谢侬", "谢谢你", None, None, None, None)
    )
    sounds = io.BytesIO(media.zipped({"录音/1.mp3": media.mp3(), "readme.txt": "x"}))
    outcome = import_sheet(lesson=lesson, sheet=sheet, sounds=sounds, by=by)
    assert (outcome.added, outcome.changed, outcome.problems) == (2, 0, [])
    first, second = lesson.phrases.all()
    assert (first.words, first.gloss, first.romanisation, first.note) == ("侬好", "你好", "non hau", "见面")
    assert (first.audio.media_type, first.speaker, second.audio, second.speaker) == (
        "audio/mpeg",
        speaker,
        None,
        None,
    )


def test_import_again_changes_what_changed_and_doubles_nothing(lesson, speaker, by):
    rows = [("侬好", "你好", "", "1.mp3", "后仓村 阿根伯", ""), ("吾", "我", "", "", "", "")]
    sounds = {"1__mp3": media.mp3()}
    import_sheet(lesson=lesson, sheet=sheet_of(*rows), sounds=zip_of(**sounds), by=by)
    again = import_sheet(lesson=lesson, sheet=sheet_of(*rows), sounds=zip_of(**sounds), by=by)
    assert (again.added, again.changed) == (0, 0)
    rows[0] = ("侬好", "你好（见面时）", "", "", "", "")
    corrected = import_sheet(lesson=lesson, sheet=sheet_of(*rows), sounds=None, by=by)
    assert (corrected.added, corrected.changed) == (0, 1)
    phrase = lesson.phrases.get(words="侬好")
    assert (phrase.gloss, phrase.speaker, phrase.audio.media_type) == ("你好（见面时）", speaker, "audio/mpeg")


def test_import_says_what_is_wrong_row_by_row_and_writes_nothing(lesson, speaker, by):
    sheet = sheet_of(
        ("侬好", "你好", "", "1.mp3", "阿根伯", ""),
        ("吾", "", "", "", "", ""),
        ("侬好", "您好", "", "", "", ""),
        ("渠", "他", "", "2.mp3", "阿根伯", ""),
        ("阿拉", "我们", "", "1.mp3", "", ""),
        ("娜", "你们", "", "", "阿木", ""),
        ("长" * 121, "长", "", "书.mp3", "阿根伯", ""),
    )
    sounds = io.BytesIO(media.zipped({"1.mp3": media.mp3(), "书.mp3": media.PDF}))
    outcome = import_sheet(lesson=lesson, sheet=sheet, sounds=sounds, by=by)
    assert outcome.problems[:6] == [
        RowProblem(3, "没有写“普通话意思”。"),
        RowProblem(4, "和第 2 行是同一句。"),
        RowProblem(5, "压缩包里没有“2.mp3”。"),
        RowProblem(6, "有录音就要写是谁录的。"),
        RowProblem(7, "没有登记录音的人“阿木”。请先登记，并记下同意；重名的连村名一起写。"),
        RowProblem(8, "“方言怎么写”太长，最多 120 个字。"),
    ]
    assert [problem.row for problem in outcome.problems[6:]] == [8]
    assert outcome.problems[6].sentence.startswith("“书.mp3”：这个文件是PDF 文件")
    assert Phrase.objects.count() == 0


def test_import_asks_for_the_village_where_two_have_one_name(lesson, speaker, by):
    SpeakerFactory(channel=lesson.channel, name="阿根伯", village="宝善桥村")
    rows = [("侬好", "你好", "", "", "阿根伯", ""), ("吾", "我", "", "", "宝善桥村 阿根伯", "")]
    outcome = import_sheet(lesson=lesson, sheet=sheet_of(*rows), sounds=None, by=by)
    assert [problem.row for problem in outcome.problems] == [2]


def test_import_reads_names_that_windows_packed_in_gbk(lesson, speaker, by):
    packed = media.zipped({"aaaaa.mp3": media.mp3()}).replace(b"aaaaa.mp3", "侬好".encode("gbk") + b"!.mp3")
    sheet = sheet_of(("侬好", "你好", "", "侬好!.mp3", "阿根伯", ""))
    assert import_sheet(lesson=lesson, sheet=sheet, sounds=io.BytesIO(packed), by=by).added == 1


def test_import_takes_only_the_last_part_of_a_hostile_name(lesson, speaker, by, library_folder):
    sounds = io.BytesIO(media.zipped({"../../etc/1.mp3": media.mp3()}))
    sheet = sheet_of(("侬好", "你好", "", "../1.mp3", "阿根伯", ""))
    assert import_sheet(lesson=lesson, sheet=sheet, sounds=sounds, by=by).added == 1
    kept = [path.name for path in library_folder.rglob("*") if path.is_file()]
    assert kept == [StoredFile.objects.get().sha256]


def test_import_stops_unpacking_at_the_limit(lesson, speaker, by, monkeypatch):
    monkeypatch.setattr(lesson_sheets, "MOST_SOUND", 1 << 20)
    sounds = zip_of(bomb__mp3=media.mp3() + bytes(3 << 20))
    outcome = import_sheet(
        lesson=lesson, sheet=sheet_of(("侬好", "你好", "", "bomb.mp3", "阿根伯", "")), sounds=sounds, by=by
    )
    assert outcome.problems == [RowProblem(2, "“bomb.mp3”：录音太大，一句最大 1 MB。")]


def test_import_names_a_recording_that_is_damaged_in_the_zip(lesson, speaker, by):
    packed = media.zipped({"1.mp3": media.mp3()}, compress=False)
    at = packed.index(b"\xff\xfb")
    sounds = io.BytesIO(packed[: at + 20] + b"!" + packed[at + 21 :])
    outcome = import_sheet(
        lesson=lesson, sheet=sheet_of(("侬好", "你好", "", "1.mp3", "阿根伯", "")), sounds=sounds, by=by
    )
    assert outcome.problems == [RowProblem(2, "“1.mp3”：压缩包里的这个文件坏了，或者加了密码。")]


@pytest.mark.parametrize(
    ("sheet", "sounds", "sentence"),
    [
        (io.BytesIO(b"words,gloss"), None, "表格打不开。请存成 .xlsx 再传。"),
        (io.BytesIO(media.zipped({"a.txt": "a"})), None, "表格打不开。请存成 .xlsx 再传。"),
        (sheet_of(headings=("句子", "注音")), None, "表格第一行要写清楚各列是什么，缺少：方言怎么写、普通话意思。"),
        (sheet_of(), None, "表格里一句也没有。"),
        (sheet_of(("侬好", "你好")), io.BytesIO(media.PDF), "压缩包打不开。请重新打成 .zip 再传。"),
        (sheet_of(*((f"第{n}句", "句") for n in range(501))), None, "一次最多 500 句，请分成几节课。"),
    ],
)
def test_import_refuses_what_is_no_sheet_or_no_zip(lesson, by, sheet, sounds, sentence):
    sheet.seek(0)
    with pytest.raises(UnreadableSheetError) as refusal:
        import_sheet(lesson=lesson, sheet=sheet, sounds=sounds, by=by)
    assert refusal.value.sentence == sentence


def test_import_refuses_a_workbook_that_unpacks_too_large(lesson, by, monkeypatch):
    monkeypatch.setattr(lesson_sheets, "_MOST_UNPACKED", 1000)
    with pytest.raises(UnreadableSheetError) as refusal:
        import_sheet(lesson=lesson, sheet=sheet_of(("侬好", "你好")), sounds=None, by=by)
    assert refusal.value.sentence == "表格展开后太大。请删掉多余的工作表、图片和空行再传。"


def test_import_into_a_published_lesson_is_refused_and_leaves_it(by):
    lesson = ResourceFactory(kind="lesson", state="published")
    there = PhraseFactory(resource=lesson)
    with pytest.raises(LessonClosedError):
        import_sheet(lesson=lesson, sheet=sheet_of(("侬好", "你好")), sounds=None, by=by)
    assert list(lesson.phrases.all()) == [there]


def test_blank_sheet_is_one_that_import_reads(lesson, by):
    workbook = load_workbook(io.BytesIO(blank_sheet()))
    workbook.active.append(("侬好", "你好"))
    out = io.BytesIO()
    workbook.save(out)
    out.seek(0)
    assert import_sheet(lesson=lesson, sheet=out, sounds=None, by=by).added == 1


def test_zip_with_very_many_files_is_refused(lesson, by, monkeypatch):
    monkeypatch.setattr(lesson_sheets, "_MOST_ENTRIES", 2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.mp3", b"")
    with pytest.raises(UnreadableSheetError) as refusal:
        import_sheet(lesson=lesson, sheet=sheet_of(("侬好", "你好")), sounds=out, by=by)
    assert refusal.value.sentence == "压缩包里的文件太多，最多 2 个。"
