"""Whether two texts say the same in two languages, as far as code can tell: the same shape and the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)*")
_BRACES = re.compile(r"\{\w+\}")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"`[^`]*`")
_ADDRESS = re.compile(r"https?://\S+")


def numbers(text: str) -> set[str]:
    """Return the numbers that stand in ``text`` in digits, and the names of its drawn values."""
    plain = _CJK.sub(" ", _ADDRESS.sub(" ", text))  # Chinese sets numbers without spaces
    return set(_NUMBER.findall(plain)) | set(_BRACES.findall(text))


def differing_numbers(english: str, chinese: str) -> list[str]:
    """Return the numbers that stand in one of the texts alone."""
    return sorted(numbers(english) ^ numbers(chinese))


def wrong_language(english: str, chinese: str) -> bool:
    """Return whether a text stands under the wrong language or was left untranslated; a formula needs no words."""
    words = re.search(r"[A-Za-z]{3}", _CODE.sub("", _BRACES.sub("", english)))
    return bool(_CJK.search(english)) or (words is not None and not _CJK.search(chinese))


def words_in(text: str) -> int:
    """Return the length of ``text`` in words; 1.7 Chinese characters count as one."""
    characters = len(_CJK.findall(text))
    return len(re.findall(r"[\w.%-]+", _CJK.sub(" ", text))) + round(characters / 1.7)


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


def differing_sections(english: str, chinese: str) -> list[tuple[str, str]]:
    """Return (heading, what differs) for every section whose twin differs: "shape", "code" or the numbers."""
    left, right = sections(english), sections(chinese)
    if [level for level, _, _ in left] != [level for level, _, _ in right]:
        return [("", "headings")]
    found = []
    for (_, heading, one), (_, _, other) in zip(left, right, strict=True):
        if len(one) != len(other):
            found.append((heading, f"{len(one)} / {len(other)}"))
            continue
        for mine, twin in zip(one, other, strict=True):
            if mine.startswith("```") and twin.startswith("```"):
                if _code(mine) != _code(twin):
                    found.append((heading, "code"))
            elif different := differing_numbers(mine, twin):
                found.append((heading, ", ".join(different)))
    return found


def _code(block: str) -> list[str]:
    """Return the lines of a piece of code without their comments, which are translated."""
    return [line.split("#")[0].rstrip() for line in block.splitlines() if not line.lstrip().startswith("#")]
