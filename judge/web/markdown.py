"""Markdown of problem packages as HTML: no raw HTML, no images; Python with its keywords marked."""

from __future__ import annotations

import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

_HIGHLIGHTED = 70_000  # characters; longer code is shown plain
_CLASSES = {tokenize.COMMENT: "c", tokenize.STRING: "s", tokenize.NUMBER: "n"}


@lru_cache(maxsize=256)
def to_html(text: str, without_title: bool = False) -> Markup:
    """Return ``text`` as HTML; ``without_title`` leaves out a heading of the first level, which the page has itself."""
    if without_title:
        text = re.sub(r"\A\s*# [^\n]*\n", "", text)
    markdown = _markdown()
    tokens = markdown.parse(text)
    for opening, content, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "th_open" and not content.content.strip():
            opening.tag = closing.tag = "td"  # an empty cell heads nothing
    # Raw HTML is off: nothing but the renderer's own tags.
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


@lru_cache(maxsize=1024)
def inline(text: str) -> Markup:
    """Return one paragraph of Markdown without the paragraph around it."""
    return Markup(_markdown().renderInline(text))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("table_open", _table_open)
    markdown.add_render_rule("table_close", _table_close)
    markdown.add_render_rule("link_open", _link_open)
    return markdown


def _fence(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]) -> str:
    token = tokens[index]
    if token.info.strip() in ("python", "py"):
        return str(code(token.content))
    return str(Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(token.content))


def _table_open(*_: Any) -> str:
    return '<div class="wide" tabindex="0"><table>\n'


def _table_close(*_: Any) -> str:
    return "</table></div>\n"


def _link_open(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Mapping[str, Any]) -> str:
    target = str(tokens[index].attrGet("href") or "")
    return f'<a href="{escape(target)}" rel="noopener noreferrer">'


@lru_cache(maxsize=256)
def code(text: str) -> Markup:
    """Return Python source as a ``pre`` element; what cannot be cut into tokens is shown plain."""
    return Markup('<pre translate="no" tabindex="0"><code>{}</code></pre>\n').format(highlighted(text))


def highlighted(text: str) -> Markup:
    """Return Python source with keywords, names of definitions, strings, numbers and comments in spans; all escaped."""
    if len(text) > _HIGHLIGHTED:
        return escape(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        return Markup("").join(_pieces(text))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, IndexError):
        return escape(text)


def _pieces(text: str) -> Iterator[Markup]:
    starts = [0]
    for line in io.StringIO(text):
        starts.append(starts[-1] + len(line))
    at = 0
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = _CLASSES.get(token.type, "")
        if token.type == tokenize.NAME:
            kind = "k" if keyword.iskeyword(token.string) else "d" if before in ("def", "class") else ""
            before = token.string
        if not kind:
            continue
        begin, end = (starts[row - 1] + column for row, column in (token.start, token.end))
        yield escape(text[at:begin])
        yield Markup('<span class="{}">{}</span>').format(kind, text[begin:end])
        at = end
    yield escape(text[at:])
