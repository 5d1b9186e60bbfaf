"""Whether two texts say the same in two languages, as far as code can tell: shape, code, numbers, and what was read.

``differences`` compares two texts as they are. What it cannot see, a sentence rewritten in one language alone, the
*record* finds: ``twins.txt`` beside ``problem.toml`` holds a line for each pair of texts that somebody has read side by
side, the digests of both. A pair whose one half is in the record with another partner is a pair whose partner fell
behind. Digests name no place, so texts may be moved freely. ``python -m judge.verify NAME`` writes the record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from judge.domain.problem import LANGUAGES
from judge.message import Message
from judge.verify.texts import Twin

FILE = "twins.txt"
_HEAD = (
    "# Pairs of texts that were read side by side: digests of the English and the Chinese. See problems/README.md.\n"
)

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*")
_BRACES = re.compile(r"\{\w+\}")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"`[^`]*`")
_PLACEHOLDER = re.compile(r"<[^<>`]*>")  # in code: a word for what stands there, translated
_AS_WORDS = {  # a number that one language writes in digits and the other in words
    "0": r"\bzero\b|\bno\b|\bnone\b|零",
    "1": r"\bone\b|\ba\b|一",
    "2": r"\btwo\b|\btwice\b|两|二",
    "3": r"\bthree\b|三",
    "4": r"\bfour\b|四",
    "5": r"\bfive\b|五",
    "6": r"\bsix\b|六",
    "7": r"\bseven\b|七",
    "8": r"\beight\b|八",
    "9": r"\bnine\b|九",
    "10": r"\bten\b|十",
    "11": r"\beleven\b|十一",
    "12": r"\btwelve\b|十二",
    "0.5": r"\bhalf\b|半",
    "0.25": r"\bquarter\b|四分之一",
}
_ADDRESS = re.compile(r"https?://[^\s)）]+")
_DIGITS = 10  # of a digest

Pair = tuple[str, str]


def differences(twin: Twin) -> Iterator[Message]:
    """Yield what stands in one language alone, or under the wrong one."""
    english, chinese = (twin.text[language] for language in LANGUAGES)
    if wrong_language(english, chinese):
        yield Message("verify.wrong_language", {"where": twin.where})
    if not twin.markdown:
        yield from _block(twin.where, english, chinese)
        return
    left, right = sections(english), sections(chinese)
    if [level for level, _, _ in left] != [level for level, _, _ in right]:
        yield Message("verify.headings_differ", {"where": twin.where, "en": len(left) - 1, "zh": len(right) - 1})
        return
    for (_, heading, mine), (_, _, other) in zip(left, right, strict=True):
        where = f'{twin.where}, "{heading}"' if heading else twin.where
        if len(mine) != len(other):
            yield Message("verify.blocks_differ", {"where": where, "en": len(mine), "zh": len(other)})
            continue
        for one, its_twin in zip(mine, other, strict=True):
            yield from _block(where, one, its_twin)


def _block(where: str, english: str, chinese: str) -> Iterator[Message]:
    if english.startswith("```") and chinese.startswith("```"):
        if _lines_of_code(english) != _lines_of_code(chinese):
            yield Message("verify.code_differs", {"where": where})
        return
    if code := sorted(_code(english) ^ _code(chinese)):
        yield Message("verify.names_differ", {"where": where, "names": ", ".join(code)})
    elif different := differing_numbers(english, chinese):
        yield Message("verify.numbers_differ", {"where": where, "numbers": ", ".join(different)})


def _code(text: str) -> set[str]:
    return {_PLACEHOLDER.sub("<>", code) for code in _CODE.findall(text)}


def numbers(text: str) -> set[str]:
    """Return the numbers that stand in ``text`` in digits, and the names of its drawn values."""
    plain = _CJK.sub(" ", _ADDRESS.sub(" ", text))  # Chinese sets numbers without spaces
    return set(_NUMBER.findall(plain)) | set(_BRACES.findall(text))


def differing_numbers(english: str, chinese: str) -> list[str]:
    """Return the numbers that stand in one of the texts alone, in digits or in words."""
    left, right = numbers(english), numbers(chinese)
    alone = [(number, chinese) for number in left - right] + [(number, english) for number in right - left]
    return sorted(n for n, other in alone if not (n in _AS_WORDS and re.search(_AS_WORDS[n], other, re.IGNORECASE)))


def wrong_language(english: str, chinese: str) -> bool:
    """Return whether a text stands under the wrong language or was left untranslated; a formula needs no words."""
    words = re.search(r"[A-Za-z]{3}", _CODE.sub("", _BRACES.sub("", english)))
    return bool(_CJK.search(_CODE.sub("", english))) or (words is not None and not _CJK.search(chinese))


def sections(markdown: str) -> list[tuple[int, str, list[str]]]:
    """Return (heading level, heading, blocks) per section; what stands before the first heading has level 0.

    A block is a paragraph, a list item, a table row, or a fenced piece of code as a whole.
    """
    found: list[tuple[int, str, list[str]]] = [(0, "", [])]
    for block in _blocks(markdown):
        heading = re.match(r"(#+)\s+(.*)", block)
        if heading:
            found.append((len(heading[1]), heading[2], []))
        else:
            found[-1][2].append(block)
    return found


def _blocks(markdown: str) -> Iterator[str]:
    lines: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        starts = re.match(r"\s*([-*]|\d+\.)\s|#+\s|\|", line) is not None and not fenced
        fence = line.lstrip().startswith("```")
        if (not line.strip() and not fenced) or starts or (fence and not fenced):
            if lines:
                yield "\n".join(lines)
            lines = []
        if fence:
            fenced = not fenced
        if line.strip() or fenced:
            lines.append(line)
    if lines:
        yield "\n".join(lines)


def _lines_of_code(block: str) -> list[str]:
    """Return the lines of a piece of code without comments and docstrings, which are translated."""
    lines = (line.split("#")[0].rstrip() for line in block.splitlines())
    return [line for line in lines if line and not line.lstrip().startswith(('"""', "'''"))]


# The record


def pairs(twins: Iterable[Twin]) -> Iterator[tuple[str, Pair]]:
    """Yield (where, digests) of every pair of texts, block by block; a text whose shape differs has no pairs."""
    for twin in twins:
        english, chinese = (twin.text[language] for language in LANGUAGES)
        if not twin.markdown:
            yield twin.where, (_digest(english), _digest(chinese))
            continue
        for (_, heading, mine), (_, its_twin, other) in zip(sections(english), sections(chinese), strict=False):
            where = f'{twin.where}, "{heading}"' if heading else twin.where
            for one, another in zip_longest([heading, *mine], [its_twin, *other], fillvalue=""):
                if one or another:
                    yield where, (_digest(one), _digest(another))


def _digest(text: str) -> str:
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:_DIGITS]


def read_record(folder: Path) -> set[Pair] | None:
    """Return the pairs that were read side by side, or ``None`` where the package keeps no record."""
    path = folder / FILE
    if not path.is_file():
        return None
    lines = (line.split() for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {(line[0], line[1]) for line in lines if len(line) == len(LANGUAGES)}


def write_record(folder: Path, twins: Iterable[Twin]) -> int:
    """Take every pair as read; return how many the record did not hold."""
    before = read_record(folder) or set()
    now = list(dict.fromkeys(pair for _, pair in pairs(twins)))
    (folder / FILE).write_text(_HEAD + "".join(f"{english} {chinese}\n" for english, chinese in now), "utf-8")
    return len(set(now) - before)


def outdated(twins: Iterable[Twin], record: set[Pair]) -> Iterator[Message]:
    """Yield the pairs of which one half changed alone, and how many are new in both languages."""
    known = tuple({pair[side] for pair in record} for side in range(len(LANGUAGES)))
    new = []
    for where, pair in pairs(twins):
        if pair in record:
            continue
        unchanged = [language for language, half, halves in zip(LANGUAGES, pair, known, strict=True) if half in halves]
        if unchanged:
            yield Message("verify.twin_behind", {"where": where, "languages": unchanged})
        else:
            new.append(where)
    if new:
        yield Message("verify.twins_new", {"count": len(new), "where": new[0]})
