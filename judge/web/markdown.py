"""Markdown of packages as HTML: no raw HTML is let through, code is coloured, no style attribute is written."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape

from judge.web.highlight import python

_PYTHON = ("python", "py", "")


class _Renderer(RendererHTML):
    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        token = tokens[idx]
        language = token.info.split()[0].lower() if token.info.strip() else ""
        code = python(token.content) if language in _PYTHON else escape(token.content)
        return f'<pre class="code" tabindex="0" translate="no"><code>{code}</code></pre>\n'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        return '<div class="scroll" tabindex="0"><table>\n'

    def table_close(
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        return "</table></div>\n"

    @staticmethod
    def renderAttrs(token: Token) -> str:  # noqa: N802
        style = token.attrs.pop("style", None)  # "text-align:right": the page's policy allows no style attributes
        if isinstance(style, str):
            token.attrs["class"] = style.replace("text-align:", "align-")
        if token.type == "link_open" and urlsplit(str(token.attrs.get("href", ""))).netloc:
            token.attrs["rel"] = "noopener"
        return RendererHTML.renderAttrs(token)


_PARSER = MarkdownIt("commonmark", {"html": False, "typographer": False}, renderer_cls=_Renderer).enable("table")


@lru_cache(maxsize=256)
def block(text: str, shift: int = 0) -> Markup:
    """Return ``text`` as HTML; headings become ``shift`` levels deeper, so that they fit below those of the page."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.tag in ("h1", "h2", "h3", "h4", "h5"):
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))


@lru_cache(maxsize=2048)
def inline(text: str) -> Markup:
    """Return a sentence as HTML: code, emphasis and links, no blocks."""
    return Markup(_PARSER.renderInline(text))


def without_title(text: str) -> str:
    """Return ``text`` without a first-level heading at its start: the page has its own."""
    first, _, rest = text.lstrip().partition("\n")
    return rest.lstrip("\n") if first.startswith("# ") else text


def first_paragraph(text: str) -> str:
    """Return the first paragraph of ``text`` that is no heading."""
    return next((part for part in without_title(text).split("\n\n") if part and not part.startswith("#")), "")
