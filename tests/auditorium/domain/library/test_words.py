"""By which words a resource is found, the same on both databases."""

import pytest
from django.db import connection

from auditorium import names
from auditorium.domain.library import words
from auditorium.models import Resource, ResourceText
from tests.factories import ResourceFactory

pytestmark = pytest.mark.django_db


def found(query):
    return set(words.holding(query).values_list("resource__title", flat=True))


def described(title, **said):
    resource = ResourceFactory(title=title, **{"creator": "", **said})
    words.rebuild([resource])
    return resource


def test_what_a_text_is_found_by_in_pinyin():
    assert names.text_keys("论语·学而") == {"lunyuxueer", "yuxueer", "xueer", "er", "lyxe", "yxe", "xe"}
    assert names.text_keys("唐诗300首") == {"tangshi300shou", "shi300shou", "shou", "ts300s", "s300s"}
    assert names.text_keys("，。") == set()


@pytest.mark.parametrize(
    "query",
    [
        "论语",
        "论",
        "语",
        "lunyu",
        "lun",
        "LÚN YǓ",
        "lun'yu",
        "ly",
        "论语 孔子",
        "kongzi lun",
        "kzjdz",
        "启蒙",
        "日三省吾身",
        "9787101",
    ],
)
def test_a_book_is_found_by_whatever_is_said_of_it(query):
    described(
        "论语",
        creator="孔子及弟子",
        subject="启蒙、诵读",
        description="曾子曰：“吾日三省吾身”。",
        identifier="978-7-101-00001-1" if "-" in query else "9787101000011",
    )
    described("三字经", creator="王应麟", subject="蒙学")
    assert found(query) == {"论语"}


@pytest.mark.parametrize("query", ["语论", "论孔", "lunshu", "unyu", "论语 王应麟", "lunyux", "二三省"])
def test_nothing_else_is_found(query):
    described("论语", creator="孔子及弟子", description="吾日三省吾身")
    assert found(query) == set()


@pytest.mark.parametrize("query", ["", "  ", "，。！", "'\"&|*():<->"])
def test_nothing_typed_looks_for_nothing(query):
    assert words.holding(query) is None


@pytest.mark.parametrize("query", ["论语' & 'x", '论语" OR "x', "论语*", "论语:*", "(论语)", "论语\\", "论语 NOT x"])
def test_signs_of_query_languages_are_no_query(query):
    described("论语")
    described("x")
    assert found(query) in ({"论语"}, set())


@pytest.mark.parametrize("words_", ["𠊎讲", "覅紧", "\ue001个", "㑚好", "\U00030edd面"])
def test_dialect_characters_are_found(words_):
    described(f"学说{words_}")
    described("学说话")
    assert found(words_) == {f"学说{words_}"}


def test_two_of_one_sound_are_told_apart_by_character_and_not_by_pinyin():
    described("三字经")
    described("散字经")
    assert (found("三字经"), found("sanzijing")) == ({"三字经"}, {"三字经", "散字经"})


def test_what_stands_in_a_book_finds_it():
    resource = described("唐诗三百首")
    words.write_text(resource=resource, paragraphs=["床前明月光，疑是地上霜。", "春眠不觉晓"])
    assert [found(query) for query in ("疑是地上霜", "春眠", "霜春")] == [
        {"唐诗三百首"},
        {"唐诗三百首"},
        {"唐诗三百首"},
    ]
    words.write_text(resource=resource, paragraphs=["白日依山尽"])
    assert [found(query) for query in ("春眠", "白日依山")] == [set(), {"唐诗三百首"}]


def test_a_line_far_into_a_long_text_is_found(monkeypatch):
    resource = described("长书")
    words.write_text(resource=resource, paragraphs=["一二三四五六七八九十" * 2000, "欲穷千里目"])
    assert found("欲穷千里目") == {"长书"}
    assert max(len(text.words.split()) for text in ResourceText.objects.all()) <= words.PART
    monkeypatch.setattr(words, "MOST_PARTS", 1)
    words.write_text(resource=resource, paragraphs=["一二三四五六七八九十" * 2000, "欲穷千里目"])
    assert found("欲穷千里目") == set()


def test_what_changed_is_found_by_its_new_words_only():
    resource = described("论语")
    resource.title = "孟子"
    resource.save()
    words.rebuild([resource])
    assert (found("论语"), found("孟子")) == (set(), {"孟子"})
    assert ResourceText.objects.count() == 1


def test_what_is_gone_leaves_no_words():
    resource = described("论语")
    words.write_text(resource=resource, paragraphs=["学而时习之"])
    resource.delete()
    again = described("三字经")
    assert (found("论语"), found("学而"), found("三字")) == (set(), set(), {"三字经"})
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM auditorium_resourcetext_fts WHERE words MATCH '论 OR 学 OR 三'")
            assert cursor.fetchall() == [(again.texts.get().pk,)]
            table = "auditorium_resourcetext_fts"
            cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")


def test_many_are_rebuilt_in_one_statement_for_five_hundred(django_assert_num_queries):
    made = [ResourceFactory.build(channel=None, title=f"书{number}") for number in range(3)]
    channel = ResourceFactory().channel
    for resource in made:
        resource.channel = channel
    made = Resource.objects.bulk_create(made)
    with django_assert_num_queries(1):
        words.rebuild(made[:1])
    with django_assert_num_queries(1):
        words.rebuild(made)
