"""A template and its context -> a page. Everything is escaped but what ``markdown`` and ``highlight`` have made."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from judge import __version__
from judge.web import highlight, markdown
from judge.web.language import COOKIE, TAGS, language_of
from judge.web.views import tone
from judge.words import words
from judge.words.catalogue import keys

_FOLDER = Path(__file__).parent
_OTHER = {"en": "zh", "zh": "en"}
_YEAR = 365 * 24 * 3600
_NAMED = {language: keys(language, "report") for language in TAGS}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        block=markdown.block,
        inline=markdown.inline,
        untitled=markdown.without_title,
        python=highlight.python,
        python_lines=highlight.lines,
        tone=tone,
        seconds=_seconds,
        when=_when,
        iso=_iso,
        number="{:g}".format,
        pretty=_pretty,
    )
    environment.globals.update(version=__version__, asset=_asset)
    return environment


def answer(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return ``template`` filled in, in the language of the request."""
    language = language_of(request)
    spoken = words(language)

    def text(key: str, **values: Any) -> str:
        return spoken.text(f"web.{key}", **values)

    def check(name: str) -> str:
        return spoken.text(f"report.check.{name}") if f"report.check.{name}" in _NAMED[language] else name

    queries = [(name, value) for name, value in request.query_params.multi_items() if name != COOKIE]

    def url(path: str, **query: Any) -> str:
        # The language goes along where it was asked for by address: without cookies it would be lost.
        wanted = {**query, **({COOKIE: language} if COOKIE in request.query_params else {})}
        return quote(path) + (f"?{urlencode(wanted)}" if wanted else "")

    page = _ENVIRONMENT.get_template(template).render(
        t=text,
        r=spoken.text,
        check_name=check,
        url=url,
        language=language,
        tag=TAGS[language],
        other=_OTHER[language],
        other_tag=TAGS[_OTHER[language]],
        switch="?" + urlencode([*queries, (COOKIE, _OTHER[language])]),
        path=request.url.path,
        **context,
    )
    headers = {"Cache-Control": "private, no-cache", "Content-Language": TAGS[language]}
    response = HTMLResponse(page.encode("utf-8", "replace"), status, headers)
    if COOKIE in request.query_params:
        response.set_cookie(COOKIE, language, _YEAR, samesite="lax", secure=is_secure(request))
    return response


def is_secure(request: Request) -> bool:
    """True where the visitor came by TLS."""
    return request.url.scheme == "https"


def _seconds(value: float) -> str:
    """Return seconds as a person reads them."""
    return f"{1000 * value:.0f} ms" if value < 0.9995 else f"{value:.1f} s"


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _pretty(value: object) -> Markup:
    return highlight.python(json.dumps(value, indent=2, ensure_ascii=False))


@cache
def _asset(name: str) -> str:
    """Return the address of a static file, which changes with its content: it may be kept for ever."""
    digest = hashlib.sha256((_FOLDER / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


_ENVIRONMENT = _environment()
