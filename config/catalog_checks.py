"""What must hold for the two languages: nothing untranslated, nothing half translated, no text outside the catalogs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import PoFileError
from django.template.base import Lexer, TokenType

from config.catalogs import APPS, Root, extract_catalog, is_translated, messages, read_catalog

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%([sdif])|\{(\w*)(?:[:!][^{}]*)?\}")
MARKED = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")
EXEMPT = "no-check"
"""In a translator's comment, or in a comment on the line in a template or module: the Chinese there is meant."""
SCREEN_FOLDERS = ("admin", "forms", "views")
"""Where a Chinese string literal can only be text for a screen; elsewhere it may be data, such as a surname."""


def problems(root: Root | None = None) -> list[str]:
    """Everything wrong with the translations, one sentence each."""
    root = root or Root()
    found: list[str] = []
    english: dict[tuple[str, str], object] = {}
    for app in APPS:
        name = root.po(app).relative_to(root.path).as_posix()
        try:
            translated = messages(read_catalog(app, root))
        except PoFileError as error:
            found.append(f"{name}: malformed: {error}")
            continue
        wanted = messages(extract_catalog(app, root))
        found += [f"{name}: not in the catalog, run `make messages`: {key[1]!r}" for key in wanted.keys() - translated]
        found += [f"{name}: no longer used, run `make messages`: {key[1]!r}" for key in translated.keys() - wanted]
        for key, message in translated.items():
            found += [f"{name}: {fault}: {key[1]!r}" for fault in _faults(message)]
            if is_translated(message) and english.setdefault(key, message.string) != message.string:
                found.append(f"{name}: another English than in the other catalog: {key[1]!r}")
        for template in root.templates(app):
            found += [f"{template.relative_to(root.path).as_posix()}:{fault}" for fault in _raw_in_template(template)]
        for module in root.python_files(app):
            if set(module.relative_to(root.path).parts) & set(SCREEN_FOLDERS):
                found += [f"{module.relative_to(root.path).as_posix()}:{fault}" for fault in _raw_in_module(module)]
    return sorted(found)


def _faults(message: Message) -> Iterator[str]:
    if not is_translated(message):
        yield "no English"
        return
    if message.fuzzy:
        yield "fuzzy"
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    answers = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if len(sources) != len(answers):
        yield "singular and plural do not match"
    every = set().union(*map(_placeholders, sources))
    for number, answer in enumerate(answers):
        used = _placeholders(answer)
        # "one appointment" may leave out the number that "3 appointments" shows
        may_leave_out = len(answers) > 1 and number == 0
        if used - every or (every - used and not may_leave_out):
            yield f"placeholders differ ({', '.join(sorted(every ^ used))})"
        if CHINESE.search(answer) and not any(EXEMPT in comment for comment in message.user_comments):
            yield "Chinese in the English"


def _placeholders(text: str) -> set[str]:
    """Named and numbered placeholders of both kinds; the second %s of a text counts as another than the first."""
    names: list[str] = []
    for named, kind, braced in PLACEHOLDER.findall(text.replace("%%", "")):
        name = f"%({named})" if named else f"%{kind}" if kind else f"{{{braced}}}"
        names.append(name if named or braced else f"{name}#{sum(n.startswith(name) for n in names)}")
    return set(names)


def _raw_in_template(file: Path) -> Iterator[str]:
    """Chinese that stands in a template outside every translation tag."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    inside = None
    for token in Lexer(text).tokenize():
        raw = token.contents
        if token.token_type == TokenType.COMMENT:
            continue
        if token.token_type == TokenType.BLOCK:
            tag = raw.split(maxsplit=1)[0] if raw else ""
            if inside:
                inside = None if tag == f"end{inside}" else inside
                continue
            if tag in {"blocktranslate", "blocktrans", "comment"}:
                inside = tag
                continue
            if tag in {"translate", "trans"}:
                continue
        if inside or (match := CHINESE.search(MARKED.sub("", raw))) is None:
            continue
        plain = MARKED.sub("", raw)
        line = (token.lineno or 1) + plain.count("\n", 0, match.start())
        if EXEMPT not in lines[line - 1]:
            yield f"{line}: text outside {{% translate %}}: {plain[match.start() :].split()[0]!r}"


def _raw_in_module(file: Path) -> Iterator[str]:
    """Chinese string literals of a module that no gettext call wraps and that are not docstrings."""
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and _called(node).strip("_").endswith(("gettext", "gettext_lazy", "gettext_noop"))
        ) or (isinstance(node, ast.Call) and _called(node) == "_"):
            allowed |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in allowed:
            continue
        if CHINESE.search(node.value) and EXEMPT not in lines[node.lineno - 1]:
            yield f"{node.lineno}: text outside gettext: {node.value[:30]!r}"


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
