import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditorium import names
from auditorium.surnames import COMPOUND, GIVEN, SINGLE

SURNAMES = """
单 shan|曾 zeng|解 xie|仇 qiu|查 zha|区 ou|朴 piao|任 ren|华 hua|尹 yin|尤 you|缪 miao|仉 zhang|逄 pang
种 chong zhong|贾 jia|盛 sheng|洗 xian|冼 xian|幺 yao|呙 guo|葛 ge|纪 ji|燕 yan|宁 ning|应 ying|车 che|石 shi
那 na|撒 sa|都 du|过 guo|占 zhan|洪 hong|阚 kan|句 gou|瞿 qu|冯 feng|沈 shen|尧 yao|贲 ben|鲍 bao|隽 juan
肖 xiao|逯 lu|宓 mi fu|乜 nie|阙 que|钭 tou|於 yu|竺 zhu|裘 qiu|郦 li|邬 wu|臧 zang|晁 chao|佘 she
盖 ge gai|乐 yue le|覃 qin tan|召 shao zhao|翟 zhai di|繁 po|员 yun yuan|折 she zhe|黑 he hei|祭 zhai ji
隗 wei kui|晟 cheng sheng|牟 mou mu|郇 xun huan|柏 bai bo|莘 shen xin|谌 chen shen|尉 wei yu|长 chang zhang
"""


@pytest.mark.parametrize("entry", SURNAMES.replace("\n", "|").strip("|").split("|"))
def test_readings_of_a_surname(entry):
    surname, *readings = entry.split()
    assert names.readings(f"{surname}小明") == [(reading, "xiao", "ming") for reading in readings]


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("单小明", ("shan", "xiao", "ming")),
        ("曾阿根", ("zeng", "a", "gen")),
        ("解放", ("xie", "fang")),
        ("仇", ("qiu",)),
        ("查良镛", ("zha", "liang", "yong")),
        ("区小红", ("ou", "xiao", "hong")),
        ("朴树", ("piao", "shu")),
        ("盖叫天", ("ge", "jiao", "tian")),
        ("任长霞", ("ren", "chang", "xia")),
        ("欧阳修", ("ou", "yang", "xiu")),
        ("上官云珠", ("shang", "guan", "yun", "zhu")),
        ("尉迟恭", ("yu", "chi", "gong")),
        ("万俟卨", ("mo", "qi", "xie")),
        ("单于丹", ("chan", "yu", "dan")),
        ("长孙无忌", ("zhang", "sun", "wu", "ji")),
        ("令狐冲", ("ling", "hu", "chong")),
        ("澹台灭明", ("tan", "tai", "mie", "ming")),
        ("乐正绫", ("yue", "zheng", "ling")),
        ("王小安", ("wang", "xiao", "an")),
        ("吕绿", ("lv", "lv")),
        ("张朝阳", ("zhang", "zhao", "yang")),
        ("李长江", ("li", "chang", "jiang")),
        ("朱重阳", ("zhu", "chong", "yang")),
        ("卜一卜", ("bu", "yi", "bu")),
        ("张 明", ("zhang", "ming")),
        ("张　明", ("zhang", "ming")),
        ("阿卜杜拉·买买提", ("a", "bu", "du", "la", "mai", "mai", "ti")),
        ("解·买买提", ("jie", "mai", "mai", "ti")),
        ("阿Q", ("a", "q")),
        ("Mary O'Brien", ("mary", "obrien")),
        ("Ｊｏｓé", ("jose",)),
        ("𠮷野", ("𠮷", "ye")),
    ],
)
def test_likeliest_reading(name, reading):
    assert names.readings(name)[0] == reading


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("单于", ["shan yu", "chan yu"]),
        ("单于丹", ["chan yu dan", "shan yu dan"]),
        ("东方红", ["dong fang hong"]),
        ("张晟", ["zhang sheng", "zhang cheng"]),
        ("王长乐", ["wang chang le", "wang zhang le", "wang chang yue", "wang zhang yue"]),
        ("乐茜", ["yue qian", "le qian", "yue xi", "le xi"]),
        ("柏晟茜", ["bai sheng qian", "bo sheng qian", "bai cheng qian", "bai sheng xi"]),
    ],
)
def test_ambiguous_names_have_several_readings_nearest_first(name, readings):
    assert [" ".join(reading) for reading in names.readings(name)] == readings


@pytest.mark.parametrize("name", ["", "  ", "·", "?!", "¯", "'"])
def test_a_name_without_letters_has_no_reading_and_no_keys(name):
    assert names.readings(name) == []
    assert names.search_keys(name) == set()


def test_search_keys_of_a_chinese_name():
    assert names.search_keys("张小明") == {
        ("name", "张小明"),
        ("name", "小明"),
        ("name", "明"),
        ("pinyin", "zhangxiaoming"),
        ("pinyin", "xiaoming"),
        ("pinyin", "ming"),
        ("initials", "zxm"),
        ("initials", "xm"),
    }


def test_search_keys_cover_every_reading():
    keys = names.search_keys("覃绿")
    assert {key for kind, key in keys if kind == "pinyin"} == {"qinlv", "tanlv", "lv"}
    assert {key for kind, key in keys if kind == "initials"} == {"ql", "tl"}


def test_search_keys_of_one_character_have_no_initials():
    assert names.search_keys("仇") == {("name", "仇"), ("pinyin", "qiu")}


def test_search_keys_of_a_minority_name_leave_the_dot_out():
    keys = names.search_keys("阿卜杜拉·买买提")
    assert ("name", "阿卜杜拉买买提") in keys
    assert ("name", "买买提") in keys
    assert ("pinyin", "abudulamaimaiti") in keys
    assert ("initials", "abdlmmt") in keys
    assert ("initials", "mmt") in keys


def test_search_keys_of_a_latin_name_begin_at_its_words():
    assert names.search_keys("Mary O'Brien") == {
        ("name", "maryobrien"),
        ("name", "obrien"),
        ("pinyin", "maryobrien"),
        ("pinyin", "obrien"),
        ("initials", "mo"),
    }


@given(st.text(max_size=12) | st.text("张单乐长茜晟行重朝欧阳·aÜ' ", max_size=12))
def test_readings_and_keys_keep_their_bounds_for_any_text(name):
    readings = names.readings(name)
    assert len(readings) <= names.MOST_READINGS
    assert len(set(readings)) == len(readings)
    for kind, key in names.search_keys(name):
        assert kind in {"name", "pinyin", "initials"}
        assert 0 < len(key) <= names.KEY_LENGTH
        assert names.fold_query(key) == key


def test_a_very_long_name_stays_bounded():
    assert len(names.readings("乐" * 200)) == 4
    assert {len(key) > names.KEY_LENGTH for _, key in names.search_keys("乐" * 200)} == {False}
    assert ("name", "张" * names.KEY_LENGTH) in names.search_keys("张" * 200)


@given(st.text("张单乐长茜晟行重朝欧阳小明", min_size=1, max_size=4))
def test_a_name_is_found_by_its_own_characters_and_readings(name):
    keys = names.search_keys(name)
    for start in range(len(name)):
        assert ("name", names.fold_query(name[start:])) in keys
    for reading in names.readings(name):
        assert ("pinyin", names.fold_query(" ".join(reading))) in keys


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing(text):
    folded = names.fold_query(text)
    assert names.fold_query(folded) == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("zhāng xiǎo míng", "zhangxiaoming"),
        ("Zhang'xiaoming", "zhangxiaoming"),
        ("xī’ān", "xian"),
        ("ＺＸＭ", "zxm"),
        ("nü", "nv"),
        ("nv", "nv"),
        ("Lǚ", "lv"),
        ("lǖ lǘ lǚ lǜ", "lvlvlvlv"),
        ("LU\u0308", "lv"),
        (" 张 小明 ", "张小明"),
        ("阿卜杜拉·买", "阿卜杜拉买"),
        ("138 1234-0021", "13812340021"),
        ("00２１", "0021"),
        ("002X", "002x"),
        ("张%_\\", "张"),
        ("", ""),
    ],
)
def test_fold_query(typed, folded):
    assert names.fold_query(typed) == folded


@pytest.mark.parametrize(
    ("word", "initials"),
    [
        ("心血管内科", "xxgnk"),
        ("泌尿外科", "mnwk"),
        ("重症医学科", "zzyxk"),
        ("耳鼻咽喉科", "ebyhk"),
        ("乐清市人民医院", "yqsrmyy"),
        ("CT室", "cts"),
        ("5号楼（东）", "5hld"),
        ("女性 健康", "nxjk"),
        ("", ""),
    ],
)
def test_initials_of_ordinary_words(word, initials):
    assert names.initials_of(word) == initials


@pytest.mark.parametrize(("table", "length"), [(SINGLE, 1), (GIVEN, 1), (COMPOUND, 2)])
def test_tables_hold_characters_and_their_syllables(table, length):
    assert {entry for entry in table if len(entry) != length} == set()
    syllables = {syllable for readings in table.values() for syllable in readings}
    assert {s for s in syllables if not names.fold_query(s).isascii() or not s.isalpha()} == set()


def test_compound_surnames_have_two_syllables():
    assert {len(syllables) for syllables in COMPOUND.values()} == {2}


def test_the_dictionary_is_not_imported_before_it_is_needed():
    code = "import sys; from auditorium import names; names.fold_query('zxm'); print('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
