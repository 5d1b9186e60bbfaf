"""Python source as HTML with classes for what matters to the eye; works on source that does not compile, too."""

from __future__ import annotations

import builtins
import keyword
import re
from html import escape

from markupsafe import Markup

# A string that is not closed ends with its line (or, of three quotes, with the text).
_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>(?:\b[rbuf]{1,2})?(?:\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)
        |\"(?:\\.|[^\"\\\n])*(?:\"|(?=\n)|\Z)|'(?:\\.|[^'\\\n])*(?:'|(?=\n)|\Z)))
  | (?P<decorator>^[ \t]*@[\w.]+)
  | (?P<number>\b(?:0[xob][\da-f_]+|\d[\d_]*\.?[\d_]*(?:e[+-]?\d+)?j?))
  | (?P<definition>(?<=\bdef[ ])\w+|(?<=\bclass[ ])\w+)
  | (?P<word>\b[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_KEYWORDS = frozenset(keyword.kwlist)
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


def python(source: str) -> Markup:
    """Return ``source`` escaped, tokens within ``<span class="k">`` and the like. Adds and removes no character."""
    parts = []
    end = 0
    for match in _TOKEN.finditer(source):
        parts.append(escape(source[end : match.start()]))
        parts.append(_span(_class(match), match[0]))
        end = match.end()
    parts.append(escape(source[end:]))
    return Markup("".join(parts))  # every part is escaped or a span of ours


def lines(source: str) -> list[Markup]:
    """Return :func:`python` line by line; a span never goes over the end of a line."""
    return [Markup(line) for line in str(python(source.replace("\r\n", "\n"))).split("\n")]


def _class(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind == "word":
        return "k" if match[0] in _KEYWORDS else "b" if match[0] in _BUILTINS else ""
    return {"comment": "c", "string": "s", "decorator": "d", "number": "n", "definition": "f"}[kind]


def _span(name: str, text: str) -> str:
    if not name:
        return escape(text)
    return "\n".join(f'<span class="{name}">{escape(line)}</span>' if line else "" for line in text.split("\n"))
