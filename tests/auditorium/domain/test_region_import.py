import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from auditorium.domain import region_import
from auditorium.domain.region_file import RegionFileError
from auditorium.domain.region_import import SHIPPED, RegionCounts, import_regions
from auditorium.models import AuditEntry, Region

pytestmark = pytest.mark.django_db

COUNTY = """code,name,level
330000000000,浙江省,province
330600000000,绍兴市,city
330603000000,柯桥区,county
330603011000,安昌街道,town
330603011258,宝善桥村委会,village
"""


@pytest.fixture
def write(tmp_path):
    def _write(text, encoding="utf-8"):
        path = tmp_path / "regions.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return _write


def load(path, **options):
    return import_regions(path=path, by=None, **options)


def tree():
    return {region.code: (region.name, region.level, region.parent_id) for region in Region.objects.all()}


def faults(path, **options):
    with pytest.raises(RegionFileError) as caught:
        load(path, **options)
    return caught.value.sentences


def test_import_builds_the_tree(write):
    assert load(write(COUNTY)) == RegionCounts(read=5, added=5)
    assert tree() == {
        "330000000000": ("浙江省", "province", None),
        "330600000000": ("绍兴市", "city", "330000000000"),
        "330603000000": ("柯桥区", "county", "330600000000"),
        "330603011000": ("安昌街道", "town", "330603000000"),
        "330603011258": ("宝善桥村委会", "village", "330603011000"),
    }


def test_import_again_changes_nothing(write):
    path = write(COUNTY)
    load(path)
    before, audited = tree(), AuditEntry.objects.count()
    assert load(path) == RegionCounts(read=5, unchanged=5)
    assert tree() == before
    assert AuditEntry.objects.count() == audited == 1


def test_import_takes_short_codes_without_header_in_any_order(write):
    load(write("330603011258,宝善桥村委会\n33,浙江省\n330603011,安昌街道\n3306,绍兴市\n\n330603,柯桥区\n"))
    assert load(write(COUNTY)) == RegionCounts(read=5, unchanged=5)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (COUNTY, "utf-8-sig"),
        (COUNTY, "gb18030"),
        (COUNTY.replace(",", "\t"), "utf-8"),
        (COUNTY.replace(",", ";").replace("\n", "\r\n"), "utf-8"),
        (COUNTY.replace("code,name,level", "统计用区划代码,名称,级别"), "gb18030"),
    ],
)
def test_import_reads_what_offices_save(write, text, encoding):
    assert load(write(text, encoding)).added == 5
    assert Region.objects.get(pk="330603011258").name == "宝善桥村委会"


def test_import_finds_columns_by_their_header(write):
    load(write('"name","provinceCode","code"\n"浙江省","33","33"\n"绍兴市","33","3306"\n'))
    assert {code: row[0] for code, row in tree().items()} == {"330000000000": "浙江省", "330600000000": "绍兴市"}


DONGGUAN = {
    "short codes": "44,广东省\n4419,东莞市\n441900,东莞市\n441900003,东城街道\n",
    "levels": "code,name,level\n440000000000,广东省,province\n441900000000,东莞市,city\n"
    "441900000000,市辖区,county\n441900003000,东城街道,town\n",
    "county first": "44,广东省\n441900,市辖区\n4419,东莞市\n441900003,东城街道\n",
}


@pytest.mark.parametrize("text", DONGGUAN.values(), ids=DONGGUAN)
def test_city_written_again_as_its_own_county_is_one_city(write, text):
    path = write(text)
    assert load(path) == RegionCounts(read=4, doubled=1, added=3)
    assert tree() == {
        "440000000000": ("广东省", "province", None),
        "441900000000": ("东莞市", "city", "440000000000"),
        "441900003000": ("东城街道", "town", "441900000000"),
    }
    assert load(path) == RegionCounts(read=4, doubled=1, unchanged=3)


def test_changed_name_is_taken_over(write):
    load(write(COUNTY))
    assert load(write(COUNTY.replace("安昌街道", "安昌镇"))) == RegionCounts(read=5, changed=1, unchanged=4)
    assert Region.objects.get(pk="330603011000").name == "安昌镇"


def test_superior_found_in_the_database(write):
    load(write(COUNTY))
    assert load(write("330603011260,新村\n")).added == 1
    assert Region.objects.get(pk="330603011260").parent_id == "330603011000"


def test_superior_that_comes_later_takes_its_places(write):
    load(write("33,浙江省\n330603011258,宝善桥村委会\n"))
    assert Region.objects.get(pk="330603011258").parent_id == "330000000000"
    assert load(write("330603,柯桥区\n")) == RegionCounts(read=1, added=1, changed=1)
    assert Region.objects.get(pk="330603011258").parent_id == "330603000000"


def test_missing_places_stay_unless_retiring_is_asked(write):
    load(write(COUNTY + "330603011260,新村,village\n330602000000,越城区,county\n"))
    assert load(write(COUNTY)).retired == 0
    with time_machine.travel(datetime(2026, 11, 23, 17, tzinfo=UTC), tick=False):
        assert load(write(COUNTY), retire_within="330603") == RegionCounts(read=5, unchanged=5, retired=1)
    retired = Region.objects.filter(retired_on__isnull=False)
    assert [(r.code, r.retired_on.isoformat()) for r in retired] == [("330603011260", "2026-11-24")]
    assert load(write(COUNTY), retire_within="330603").retired == 0


def test_retired_place_comes_back_with_the_file(write):
    load(write(COUNTY))
    Region.objects.filter(pk="330603011258").update(retired_on="2026-01-01")
    assert load(write(COUNTY)) == RegionCounts(read=5, changed=1, unchanged=4)
    assert Region.objects.current().filter(pk="330603011258").exists()


def test_retiring_needs_the_place_and_something_inside_it(write):
    load(write(COUNTY))
    expected = ["文件里没有 330602000000 和它下面的区划，不能据此撤销。"]
    assert faults(write(COUNTY), retire_within="330602") == expected
    assert faults(write("330602,越城区\n"), retire_within="330602") == expected
    assert Region.objects.filter(retired_on__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("33060301,柯桥", "代码“33060301”不对，要 2、4、6、9 或 12 位数字。"),
        ("abc,柯桥", "代码“abc”不对，要 2、4、6、9 或 12 位数字。"),
        ("０33060,柯桥", "代码“０33060”不对，要 2、4、6、9 或 12 位数字。"),
        ("000000000000,全国", "代码“000000000000”不对，要 2、4、6、9 或 12 位数字。"),
        ("3.30603E+11,柯桥", "代码“3.30603E+11”被表格软件改成了科学计数，请把这一列设成文本，重新导出。"),
        ("330604", "没有名称。"),
        ("330604,柯\ufffd桥", "名称“柯\ufffd桥”不对，太长或者有乱码。"),
        (f"330604,{'长' * 61}", f"名称“{'长' * 20}”不对，太长或者有乱码。"),
        ("330604,上虞区,village", "代码 330604000000 是“县”一级，级别却写着“village”。"),
        ("330603,柯桥县", "代码 330603000000 在第 4 行已经有了，名称却不一样。"),
    ],
)
def test_malformed_line_is_named_and_nothing_is_imported(write, line, fault):
    assert faults(write(f"{COUNTY}{line}\n")) == [f"第 7 行：{fault}"]
    assert tree() == {}


def test_first_line_that_is_neither_header_nor_place_is_named(write):
    assert faults(write("区划,称呼\n33,浙江省\n")) == ["第 1 行：代码“区划”不对，要 2、4、6、9 或 12 位数字。"]


def test_faults_are_listed_up_to_twenty(write):
    found = faults(write("x,甲\n" * 25))
    assert (len(found), found[19], found[20]) == (
        21,
        "第 20 行：代码“x”不对，要 2、4、6、9 或 12 位数字。",
        "错误很多，后面的没有再查。",
    )


def test_lines_are_counted_as_an_editor_counts_them(write):
    assert faults(write('33,浙江省\n\n"3306","绍兴\n市"\nx,甲\n')) == [
        "第 3 行：名称“绍兴\n市”不对，太长或者有乱码。",
        "第 5 行：代码“x”不对，要 2、4、6、9 或 12 位数字。",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件里一个区划也没有。"),
        (b"code,name\n", "文件里一个区划也没有。"),
        (b"\xff\xfe3\x003\x00", "文件不是文本表格，或者编码不对。请存成 CSV（UTF-8 或 GB18030）再试。"),
        (b"PK\x03\x04\x00\x00", "文件不是文本表格，或者编码不对。请存成 CSV（UTF-8 或 GB18030）再试。"),
        (b"33,\xd5\xe3\xff\n", "文件不是文本表格，或者编码不对。请存成 CSV（UTF-8 或 GB18030）再试。"),
        (b'33,a\n"' + b"x" * 140_000, "文件不是 CSV 表格，从第 2 行往后读不下去。"),
    ],
)
def test_file_that_is_no_table_is_refused(tmp_path, content, sentence):
    path = tmp_path / "regions.csv"
    path.write_bytes(content)
    assert faults(path) == [sentence]


def test_a_fault_while_writing_leaves_nothing(write, monkeypatch):
    monkeypatch.setattr(region_import, "BATCH", 2)
    real = Region.objects.bulk_create
    written = []

    def break_down(regions, *args, **kwargs):
        if written:
            raise RuntimeError("power cut")
        written.extend(real(regions, *args, **kwargs))
        return written

    monkeypatch.setattr(Region.objects, "bulk_create", break_down)
    with pytest.raises(RuntimeError):
        load(write(COUNTY))
    assert len(written) == 2
    assert tree() == {}


def test_batches_give_the_same_tree(write, monkeypatch):
    monkeypatch.setattr(region_import, "BATCH", 2)
    path = write(COUNTY)
    assert load(path) == RegionCounts(read=5, added=5)
    assert Region.objects.get(pk="330603011258").parent_id == "330603011000"
    assert load(path, retire_within="33") == RegionCounts(read=5, unchanged=5)


def test_query_count_does_not_grow_inside_a_batch(write, django_assert_num_queries):
    load(write(COUNTY))
    with django_assert_num_queries(5):  # savepoint, superiors, is there any, those of the batch, release
        load(write(COUNTY))
    villages = "".join(f"330603011{n:03},村{n}\n" for n in range(300, 800))
    path = write(COUNTY + villages)
    load(path)
    with django_assert_num_queries(5):
        load(path)


@pytest.mark.parametrize(
    ("name", "hall_village"), [("keqiao", ("330603011258", "宝善桥村")), ("haishu", ("330203009205", "后仓村"))]
)
def test_shipped_counties_import_whole(name, hall_village):
    path = Path(SHIPPED / f"{name}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert load(path) == RegionCounts(read=len(rows), added=len(rows))
    assert {region.code: region.level for region in Region.objects.all()} == {r["code"]: r["level"] for r in rows}
    assert [r.level for r in Region.objects.filter(parent=None)] == ["province"]
    assert Region.objects.get(pk=hall_village[0]).short_name == hall_village[1]
