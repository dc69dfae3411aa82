"""The English catalogs, on a small project that each test breaks in one way."""

from pathlib import Path

import pytest
from django.utils.translation import gettext, override, trans_real

from config.catalog_checks import problems
from config.catalogs import Root, compile_catalogs, messages, read_catalog, update_catalogs

VIEW = '''"""A view."""
from django.utils.translation import gettext as _, ngettext, pgettext
TITLE = _("预约挂号")
COUNT = ngettext("%(count)d 个号", "%(count)d 个号", 2)
MORNING = pgettext("period", "上午")
GREETING = _("{name}，您好").format(name="x")
'''
PAGE = """{% load i18n %}<h1>{% translate "今天帮哪位办事？" %}</h1>
{% blocktranslate with name=person count left=n trimmed %}
  {{ name }}还有一个号
{% plural %}
  {{ name }}还有 {{ left }} 个号
{% endblocktranslate %}
{% include "x.html" with label=_("待办") %}{# 备注 #}
"""
ENGLISH = {
    "预约挂号": "Book a doctor",
    "%(count)d 个号": ("one place", "%(count)d places"),
    "上午": "morning",
    "{name}，您好": "Hello {name}",
    "今天帮哪位办事？": "Whom do we help today?",
    "%(name)s还有一个号": ("%(name)s: one place left", "%(name)s: %(left)s places left"),
    "待办": "To do",
}


@pytest.fixture
def root(tmp_path) -> Root:
    """A project whose English is complete."""
    write(tmp_path / "auditorium" / "views" / "desk.py", VIEW)
    write(tmp_path / "templates" / "auditorium" / "desk.html", PAGE)
    write(tmp_path / "templates" / "appointments" / "week.html", '{% load i18n %}{% translate "待办" %}')
    (tmp_path / "appointments").mkdir()
    root = Root(tmp_path)
    update_catalogs(root)
    for app in ("auditorium", "appointments"):
        translate(root, app, ENGLISH)
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(root: Root, app: str, english: dict) -> None:
    """Fill in the .po file as a translator does: with an editor."""
    text = root.po(app).read_text(encoding="utf-8")
    for chinese, answer in english.items():
        if isinstance(answer, tuple):
            blank = f'msgid "{chinese}"\n'
            at = text.find(blank)
            if at >= 0:
                head, tail = text[:at], text[at:]
                tail = tail.replace('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "{}"\nmsgstr[1] "{}"'.format(*answer), 1)
                text = head + tail
        else:
            text = text.replace(f'msgid "{chinese}"\nmsgstr ""', f'msgid "{chinese}"\nmsgstr "{answer}"')
    root.po(app).write_text(text, encoding="utf-8")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_complete_catalogs_have_no_problems(root):
    assert problems(root) == []


def test_catalogs_hold_each_text_of_their_own_app(root):
    assert {key[1] for key in messages(read_catalog("auditorium", root))} == set(ENGLISH)
    assert {key[1] for key in messages(read_catalog("appointments", root))} == {"待办"}


def test_extract_keeps_translations_and_comments_drops_the_unused_and_guesses_nothing(root):
    edit(root.path / "auditorium" / "views" / "desk.py", '"预约挂号"', '"预约挂号。"')
    before = messages(read_catalog("auditorium", root))
    assert update_catalogs(root) == {"auditorium": 1, "appointments": 0}
    after = messages(read_catalog("auditorium", root))
    assert after.keys() ^ before.keys() == {("", "预约挂号"), ("", "预约挂号。")}
    assert after["", "预约挂号。"].string == ""
    assert not any(message.fuzzy for message in after.values())
    assert {key: after[key].string for key in after.keys() & before.keys()} == {
        key: before[key].string for key in after.keys() & before.keys()
    }


def test_extract_twice_changes_nothing(root):
    update_catalogs(root)
    before = root.po("auditorium").read_bytes()
    update_catalogs(root)
    assert root.po("auditorium").read_bytes() == before


def test_extract_takes_the_english_the_other_catalog_has(root):
    write(root.path / "templates" / "appointments" / "slip.html", '{% load i18n %}{% translate "预约挂号" %}')
    assert update_catalogs(root) == {"auditorium": 0, "appointments": 0}
    assert messages(read_catalog("appointments", root))["", "预约挂号"].string == "Book a doctor"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgstr "To do"', 'msgstr ""', "auditorium/locale/en/LC_MESSAGES/django.po: no English: '待办'"),
        (
            '#: auditorium/views/desk.py\nmsgid "预约挂号"',
            '#: auditorium/views/desk.py\n#, fuzzy\nmsgid "预约挂号"',
            "auditorium/locale/en/LC_MESSAGES/django.po: fuzzy: '预约挂号'",
        ),
        (
            "Hello {name}",
            "Hello {nmae}",
            "auditorium/locale/en/LC_MESSAGES/django.po: placeholders differ ({name}, {nmae}): '{name}，您好'",
        ),
        (
            "%(name)s: %(left)s places left",
            "%(left)s places left",
            "auditorium/locale/en/LC_MESSAGES/django.po: placeholders differ (%(name)): '%(name)s还有一个号'",
        ),
        (
            "Book a doctor",
            "Book a 医生",
            "auditorium/locale/en/LC_MESSAGES/django.po: Chinese in the English: '预约挂号'",
        ),
        (
            'msgid "预约挂号"\nmsgstr "Book a doctor"\n',
            "",
            "auditorium/locale/en/LC_MESSAGES/django.po: not in the catalog, run `make messages`: '预约挂号'",
        ),
        (
            'msgid "预约挂号"\n',
            'msgid "不用了"\nmsgstr "unused"\n\nmsgid "预约挂号"\n',
            "auditorium/locale/en/LC_MESSAGES/django.po: no longer used, run `make messages`: '不用了'",
        ),
        (
            'msgstr "To do"',
            'msgstr "Task"',
            "appointments/locale/en/LC_MESSAGES/django.po: another English than in the other catalog: '待办'",
        ),
    ],
)
def test_check_names_what_is_wrong_in_a_catalog(root, old, new, problem):
    if "another English" in problem:
        edit(root.po("appointments"), old, new)
    else:
        edit(root.po("auditorium"), old, new)
    assert problem in problems(root)


def test_check_names_a_malformed_catalog(root):
    edit(root.po("auditorium"), 'msgstr "To do"', "<<<<<<< ours")
    assert [problem.split(":")[1] for problem in problems(root)] == [" malformed"]


def test_check_lets_chinese_stand_where_a_translator_says_so(root):
    edit(
        root.po("auditorium"),
        'msgid "预约挂号"\nmsgstr "Book a doctor"',
        'msgid "预约挂号"\nmsgstr "预约挂号 (booking)"',
    )
    assert len(problems(root)) == 1
    edit(
        root.po("auditorium"),
        '#: auditorium/views/desk.py\nmsgid "预约挂号"',
        '# no-check\n#: auditorium/views/desk.py\nmsgid "预约挂号"',
    )
    assert problems(root) == []
    update_catalogs(root)
    assert problems(root) == []


def test_check_names_a_text_planted_in_the_source(root):
    edit(root.path / "auditorium" / "views" / "desk.py", "TITLE =", 'PLANTED = _("种下的一句")\nTITLE =')
    edit(root.path / "templates" / "appointments" / "week.html", "{% translate", "{% translate '又一句' %}{% translate")
    assert [problem.partition(": ")[2] for problem in problems(root)] == [
        "not in the catalog, run `make messages`: '又一句'",
        "not in the catalog, run `make messages`: '种下的一句'",
    ]


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("<p>没有标记</p>", "text outside {% translate %}: '没有标记</p>'"),
        ('{% include "y.html" with label="没有标记" %}', "text outside {% translate %}: '没有标记\"'"),
        ('{{ name|default:"没有" }}', "text outside {% translate %}: '没有\"'"),
        ("<p>没有标记</p> {# no-check #}", None),
        ("{% comment %}说明{% endcomment %}", None),
    ],
)
def test_check_names_chinese_outside_the_translation_tags(root, planted, named):
    write(root.path / "templates" / "components" / "x.html", f"{{% load i18n %}}\n{planted}\n")
    assert problems(root) == ([f"templates/components/x.html:2: {named}"] if named else [])


def test_check_names_chinese_outside_gettext_in_a_view(root):
    write(root.path / "auditorium" / "views" / "other.py", '"""文档"""\nTITLE = "没有标记"\nDATA = "村"  # no-check\n')
    assert problems(root) == ["auditorium/views/other.py:2: text outside gettext: '没有标记'"]


def test_compile_writes_what_django_reads_and_only_when_needed(root, settings):
    written = compile_catalogs(root)
    assert [path.name for path in written] == ["django.mo", "django.mo"]
    assert compile_catalogs(root) == []
    settings.LOCALE_PATHS = [root.po("auditorium").parents[2]]
    trans_real._translations.clear()
    try:
        with override("en"):
            assert gettext("预约挂号") == "Book a doctor"
        with override("zh-hans"):
            assert gettext("预约挂号") == "预约挂号"
    finally:
        settings.LOCALE_PATHS = []
        trans_real._translations.clear()
