"""The English catalogs: what the source says in Chinese, what the .po files answer, and the .mo files made of them.

All of it is pure Python (Babel): neither a newcomer's PC nor Windows has gettext's programs.
"""

import ast
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
APPS = ("auditorium", "appointments")
KEYWORDS = {
    **{name: DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext", "_")},
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = r"""# English for %s. `make messages` brings it up to date with the source; people fill in msgstr.
msgid ""
msgstr ""
"Language: en\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
# What templatize leaves of a template: calls among blanked-out text that is not valid Python as a whole.
_STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?<![\w.])(n?p?gettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")


@dataclass(frozen=True)
class Root:
    """The project's folder: the real one, or a copy that a test breaks."""

    path: Path = BASE_DIR

    def po(self, app: str) -> Path:
        """The .po file of an app."""
        return self.path / app / "locale" / "en" / "LC_MESSAGES" / "django.po"

    def python_files(self, app: str) -> list[Path]:
        """The modules whose strings belong to the app's catalog; the root's own go with the hall's."""
        folders = [self.path / app] + ([self.path / "config"] if app == "auditorium" else [])
        files = (file for folder in folders for file in folder.rglob("*.py"))
        return sorted(file for file in files if "migrations" not in file.parts)

    def templates(self, app: str) -> list[Path]:
        """The templates whose strings belong to the app's catalog."""
        files = [file for file in (self.path / "templates").rglob("*") if file.is_file()]
        own = [file for file in files if file.relative_to(self.path / "templates").parts[0] == "appointments"]
        rest = own if app == "appointments" else [file for file in files if file not in own]
        return sorted(rest + [file for file in (self.path / app / "templates").rglob("*") if file.is_file()])


def _in_python(file: Path) -> Iterator[tuple[int, str, tuple[str | None, ...]]]:
    """Yield line, function and strings of each marked text."""
    with file.open("rb") as source:
        for line, messages, _comments, context in extract("python", source, KEYWORDS):
            yield line, context or "", messages if isinstance(messages, tuple) else (messages,)


def _in_template(file: Path) -> Iterator[tuple[int, str, tuple[str | None, ...]]]:
    text = templatize(file.read_text(encoding="utf-8"), origin=str(file))
    for call in _CALL.finditer(text):
        strings: tuple[str, ...] = ast.literal_eval(f"({call[2]},)")
        context = strings[0] if "p" in call[1].split("gettext")[0] else ""
        line = text.count("\n", 0, call.start()) + 1
        yield line, context, strings[1:] if context else strings


def extract_catalog(app: str, root: Root) -> Catalog:
    """Collect every marked text of an app's sources, untranslated."""
    catalog = Catalog(locale="en", charset="utf-8")
    sources = [(file, _in_python) for file in root.python_files(app)]
    sources += [(file, _in_template) for file in root.templates(app)]
    for file, find in sources:
        for line, context, found in find(file):
            texts = tuple(text for text in found if text)
            if texts:
                place = (file.relative_to(root.path).as_posix(), line)
                catalog.add(texts if len(texts) > 1 else texts[0], locations=[place], context=context or None)
    return catalog


def read_catalog(app: str, root: Root) -> Catalog:
    """Read an app's .po file; empty when there is none. PoFileError when it is malformed."""
    path = root.po(app)
    text = path.read_bytes() if path.exists() else b""
    return read_po(io.BytesIO(text), locale="en", charset="utf-8", abort_invalid=True)


def messages(catalog: Catalog) -> dict[tuple[str, str], Message]:
    """The catalog's texts by context and singular, without the header."""
    return {(message.context or "", singular(message)): message for message in catalog if message.id}


def singular(message: Message) -> str:
    """The text that stands for the message: of a plural pair, the first."""
    return message.id if isinstance(message.id, str) else message.id[0]


def update_catalogs(root: Root) -> dict[str, int]:
    """Bring every .po file up to date with the source; return per app how many texts still lack English.

    Translations and translators' comments are kept, texts no longer used are dropped, nothing is guessed: a text
    that another app's catalog has in English takes that.
    """
    found = {app: extract_catalog(app, root) for app in APPS}
    old = {app: messages(read_catalog(app, root)) for app in APPS}
    untranslated = {}
    for app, catalog in found.items():
        known = {key: message for other in (*(o for o in APPS if o != app), app) for key, message in old[other].items()}
        for key, message in messages(catalog).items():
            if key in known and is_translated(known[key]) and type(known[key].id) is type(message.id):
                message.string = known[key].string
                message.flags |= known[key].flags & {"fuzzy"}
            if key in old[app]:
                message.user_comments = old[app][key].user_comments
        untranslated[app] = sum(not is_translated(message) for message in messages(catalog).values())
        written = io.BytesIO()
        write_po(written, catalog, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
        path = root.po(app)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, (HEADER % app).encode() + written.getvalue())
    return untranslated


def is_translated(message: Message) -> bool:
    """Whether every form of the message has English."""
    return bool(message.string) and all(message.string or ())


def compile_catalogs(root: Root | None = None) -> list[Path]:
    """Write the .mo file of every .po file that changed since; return those written."""
    root = root or Root()
    written = []
    for app in APPS:
        source, target = root.po(app), root.po(app).with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        compiled = io.BytesIO()
        write_mo(compiled, read_catalog(app, root))
        _replace(target, compiled.getvalue())
        written.append(target)
    return written


def _replace(path: Path, content: bytes) -> None:
    """Write the file in one step: a process reading it sees the old or the new."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    os.replace(partial, path)
