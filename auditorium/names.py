"""Chinese names and words in pinyin: for finding people and places by it."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from auditorium.surnames import COMPOUND, GIVEN, SINGLE

# No name has more readings than this, and no search key is longer.
MOST_READINGS = 4
KEY_LENGTH = 80
# Characters with several readings that are followed up in one name; in any further one the first is taken.
_MOST_AMBIGUOUS = 4
_HAN = re.compile("[〇\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003ffff]")
_APOSTROPHES = "'’‘ʼ`´′"


class _Word(NamedTuple):
    """Part of a name that is written together; `tokens` are single Chinese characters or runs of Latin letters."""

    tokens: tuple[str, ...]
    is_surname: bool = False


def readings(name: str) -> list[tuple[str, ...]]:
    """Syllables of a name without tones, ü as v, the likeliest reading first; four readings at most.

    单小明 is shan xiao ming. Latin parts count as one syllable each. An empty name has no reading.
    """
    found = (tuple(fold_query(s) for word in spelled for s in word) for spelled in _spellings(name))
    return list(dict.fromkeys(syllables for syllables in found if syllables))


def search_keys(name: str) -> set[tuple[str, str]]:
    """Every (kind, key) that shall find a name when what `fold_query` gives is a prefix of the key.

    `name` keys begin at each character or Latin word, `pinyin` keys at each syllable, and `initials` keys have
    two letters or more: 张小明 is found by 小明, xiaom and xm.
    """
    tokens = [fold_query(token) for word in _words(name) for token in word.tokens]
    keys = {("name", "".join(tokens[start:])) for start in range(len(tokens))}
    for syllables in readings(name):
        first_letters = "".join(syllable[0] for syllable in syllables)
        keys |= {("pinyin", "".join(syllables[start:])) for start in range(len(syllables))}
        keys |= {("initials", first_letters[start:]) for start in range(len(first_letters) - 1)}
    return {(kind, key[:KEY_LENGTH]) for kind, key in keys if key}


def fold_query(text: str) -> str:
    """What somebody typed, as search keys are written: zhāng xiǎo míng is zhangxiaoming, Ｎǚ is nv.

    Half-width, lower case, without spaces, tones, apostrophes, hyphens and the dots in names; ü becomes v.
    """
    return "".join(c for c in _plain(text) if c.isalnum() or _is_han(c))[:KEY_LENGTH]


def initials_of(text: str) -> str:
    """First letters of an ordinary word: 心血管内科 is xxgnk. Latin letters and digits stay whole: CT室 is cts."""
    return "".join(fold_query(part)[:1] if is_syllable else fold_query(part) for part, is_syllable in _read_text(text))


def text_tokens(text: str) -> list[str]:
    """An ordinary text as it is searched: Chinese characters one by one, other words whole, folded like a query."""
    folded = (fold_query(token) for token in _tokens(unicodedata.normalize("NFKC", text)))
    return [token for token in folded if token]


def text_keys(text: str) -> set[str]:
    """What an ordinary text is found by in pinyin when what is typed is a prefix of the key.

    From each syllable on the rest in full, and in first letters: 论语 is found by lunyu, yu and ly.
    """
    syllables = [(fold_query(part), is_syllable) for part, is_syllable in _read_text(text)]
    syllables = [(part, is_syllable) for part, is_syllable in syllables if part]
    full = [part for part, _is_syllable in syllables]
    first = [part[:1] if is_syllable else part for part, is_syllable in syllables]
    starts = [start for start, (_part, is_syllable) in enumerate(syllables) if is_syllable]
    keys = {"".join(parts[start:])[:KEY_LENGTH] for parts in (full, first) for start in starts}
    return {key for key in keys if len(key) > 1}


def _plain(text: str) -> str:
    """Lower case, half-width, without tones and apostrophes; ü as v."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    kept = (c for c in decomposed.replace("u\u0308", "v") if not unicodedata.combining(c) and c not in _APOSTROPHES)
    return unicodedata.normalize("NFC", "".join(kept))


def _is_han(token: str) -> bool:
    """Whether it begins with a Chinese character, known to this Python or not, or one in the private use area."""
    return _HAN.match(token) is not None


def _tokens(text: str) -> list[str]:
    """Chinese characters one by one, runs of other letters and digits whole, anything else as a single space."""
    tokens: list[str] = []
    for is_run, run in itertools.groupby(text, key=_belongs_to_run):
        characters = "".join(run)
        if is_run:
            tokens.append(characters if fold_query(characters) else " ")
        else:
            tokens.extend(character if _is_han(character) else " " for character in characters)
    return tokens


def _belongs_to_run(character: str) -> bool:
    is_letter = character.isalnum() or unicodedata.combining(character) or character in _APOSTROPHES
    return bool(is_letter) and not _is_han(character)


def _words(name: str) -> list[_Word]:
    """What dots or spaces separate; a Chinese name is one word however it is spaced."""
    text = unicodedata.normalize("NFKC", name).strip()
    if all(_is_han(c) or c.isspace() for c in text):
        text = re.sub(r"\s", "", text)  # 张 明: two characters spread to the width of three
    separated = itertools.groupby(_tokens(text), key=" ".__eq__)
    return [_Word(tuple(run)) for is_gap, run in separated if not is_gap]


def _spellings(name: str) -> list[list[list[str]]]:
    """Readings with tones, word by word; the likeliest first."""
    words = _words(name)
    if len(words) != 1 or not _is_han(words[0].tokens[0]):
        return _combined(words) if words else []
    by_split = [_combined(split) for split in _surname_splits(words[0].tokens)]
    likeliest = [spellings[0] for spellings in by_split]
    return [*likeliest, *(s for spellings in by_split for s in spellings[1:])][:MOST_READINGS]


def _surname_splits(tokens: tuple[str, ...]) -> list[list[_Word]]:
    """Surname and given name: 单于丹 is a 单于 named 丹 sooner than a 单 named 于丹; 单于 is a 单 named 于 sooner."""
    single = [_Word(tokens[:1], is_surname=True), _Word(tokens[1:])]
    if "".join(tokens[:2]) not in COMPOUND:
        return [single]
    double = [_Word(tokens[:2], is_surname=True), _Word(tokens[2:])]
    return [double, single] if len(tokens) > 2 else [single, double]


def _combined(words: Sequence[_Word]) -> list[list[list[str]]]:
    """The words' readings in combination: first those that differ from the likeliest in the fewest places."""
    options = [_syllable_options(word) for word in words]
    flat = [choices for word in options for choices in word]
    ambiguous = [place for place, choices in enumerate(flat) if len(choices) > 1][:_MOST_AMBIGUOUS]
    picks = itertools.product(*(range(len(flat[place])) for place in ambiguous))
    nearest = sorted(picks, key=lambda pick: (sum(map(bool, pick)), [-chosen for chosen in pick]))
    result = []
    for pick in nearest[:MOST_READINGS]:
        chosen = dict(zip(ambiguous, pick, strict=True))
        syllables = iter([choices[chosen.get(place, 0)] for place, choices in enumerate(flat)])
        result.append([list(itertools.islice(syllables, len(word))) for word in options])
    return result


def _syllable_options(word: _Word) -> list[tuple[str, ...]]:
    """For each token of a word its possible readings, with tones."""
    if word.is_surname:
        pair = COMPOUND.get("".join(word.tokens))
        if pair:
            return [(syllable,) for syllable in pair]
        return [SINGLE.get(token) or _read_han(token) for token in word.tokens]
    options: list[tuple[str, ...]] = []
    for is_han, run in itertools.groupby(word.tokens, key=_is_han):
        tokens = list(run)
        read = _read_han("".join(tokens)) if is_han else tuple(tokens)
        options.extend(_given_options(token, syllable) for token, syllable in zip(tokens, read, strict=True))
    return options


def _given_options(character: str, syllable: str) -> tuple[str, ...]:
    """Readings of a character in a given name; first the one its neighbours ask for (长江, 朝阳)."""
    usual = GIVEN.get(character)
    if usual is None:
        return (syllable,)
    if syllable in usual and syllable != _read_han(character)[0]:
        return (syllable, *(reading for reading in usual if reading != syllable))
    return usual


@lru_cache(maxsize=4096)  # given names repeat: a third of the time when a county's keys are built
def _read_han(characters: str) -> tuple[str, ...]:
    """One syllable with tone a character, by the dictionary; a character it does not know stands for itself.

    The dictionary is imported here: it costs a quarter of a second and 60 MB, which not every process needs.
    """
    from pypinyin import Style, pinyin

    split: Any = list  # allowed for `errors`, but not annotated there
    return tuple(found[0] for found in pinyin(characters, style=Style.TONE, errors=split))


def _read_text(text: str) -> list[tuple[str, bool]]:
    """Syllables of the Chinese parts (True) and runs of other letters (False), in order."""
    parts: list[tuple[str, bool]] = []
    for is_han, run in itertools.groupby(_tokens(unicodedata.normalize("NFKC", text)), key=_is_han):
        parts.extend([(s, True) for s in _read_han("".join(run))] if is_han else [(token, False) for token in run])
    return parts
