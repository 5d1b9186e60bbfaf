"""How many columns text takes up on a terminal, and how it is broken into lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_STYLE = re.compile(r"\x1b\[[0-9;]*m")
#: Private characters that stand for the beginning and end of code and of strong words, and take up no column.
MARKS = "\ue000\ue001\ue002\ue003"
# What may not begin a line, and what may not end one (the usual rules for Chinese).
_NOT_FIRST = "，。；：！？、）》」』】”’…,.;:!?)]}%"
_NOT_LAST = "（《「『【“‘([{"
# Words between blanks; a short bracket and a product are one word: "(2, 3)", "[0, 1]", "0.58 x 50".
_PIECES = re.compile(r"( *)((?:[^ ()\[\]]*[(\[][^()\[\]]{1,14}[)\]]|[\d.]+ x \d+|[^ ])[^ ]*)")


def width(text: str) -> int:
    """Return the columns that ``text`` takes up: a Chinese character two, a combining mark none, colours none."""
    if text.isascii() and "\x1b" not in text:
        return len(text)
    return sum(_columns(letter) for letter in _STYLE.sub("", text))


def _columns(letter: str) -> int:
    if unicodedata.east_asian_width(letter) in "WF":
        return 2
    return 0 if letter in MARKS or unicodedata.category(letter) in ("Mn", "Me", "Cf") else 1


def pad(text: str, columns: int) -> str:
    """Return ``text`` with blanks up to ``columns``."""
    return text + " " * max(0, columns - width(text))


def cut(text: str, columns: int) -> str:
    """Return as much of ``text`` as fits, with an ellipsis where something is left out."""
    if width(text) <= columns:
        return text
    return _head(text, max(0, columns - 1)) + "…"


def wrap(text: str, columns: int, first: str = "", later: str | None = None) -> list[str]:
    """Return ``text`` as lines of at most ``columns``, behind ``first`` and then behind ``later`` (default: blanks).

    Line ends in ``text`` are kept, and so is the indentation of each of its lines.
    """
    later = " " * width(first) if later is None else later
    lines: list[str] = []
    for line in text.split("\n"):
        body = line.lstrip(" ")
        indent = " " * (len(line) - len(body))
        start = (later if lines else first) + indent
        lines += _fold(body, columns, start, later + indent)
    return lines


def hard_wrap(text: str, columns: int, prefix: str) -> list[str]:
    """Return ``text`` as lines behind ``prefix``, broken at the edge and nowhere else: for output and code."""
    room = max(8, columns - width(prefix))
    lines = []
    for line in text.split("\n"):
        rest = line.replace("\t", "    ")
        while True:
            head = _head(rest, room)
            lines.append((prefix + head).rstrip())
            rest = rest[len(head) :]
            if not rest:
                break
    return lines


def _fold(text: str, columns: int, first: str, later: str) -> list[str]:
    lines, line, used, empty = [], first, width(first), True
    for blank, word in _words(text):
        needed = width(word)
        if not empty and used + len(blank) + needed > columns:
            lines.append(line.rstrip())
            line, used, empty, blank = later, width(later), True, ""
        while used + needed > columns and needed > 1:  # a word wider than a line
            room = max(1, columns - used - (0 if empty else len(blank)))
            head = _head(word, room) or word[0]
            lines.append(line + ("" if empty else blank) + head)
            word, line, used, empty = word[len(head) :], later, width(later), True
            needed, blank = width(word), ""
            if columns - used < 2:
                break
        if word:
            blank = "" if empty else blank
            line, used, empty = line + blank + word, used + len(blank) + needed, False
    if not empty or not lines:
        lines.append(line.rstrip())
    return lines


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``(blanks before, unbreakable piece)``; between two wide characters a line may be broken."""
    for blank, run in _PIECES.findall(text):
        piece = ""
        for letter in run:
            wide = _columns(letter) == 2
            free = piece and (wide or _columns(piece[-1]) == 2)
            if free and letter not in _NOT_FIRST and piece[-1] not in _NOT_LAST:
                yield blank, piece
                blank, piece = "", ""
            piece += letter
        yield blank, piece


def _head(text: str, columns: int) -> str:
    used = 0
    for position, letter in enumerate(text):
        used += _columns(letter)
        if used > columns:
            return text[:position]
    return text
