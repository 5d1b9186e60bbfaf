"""From a template and values to a page: language, words, addresses, the security policy's nonce, compression."""

from __future__ import annotations

import gzip
import json
import secrets
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from judge import __version__
from judge.web import assets, markdown
from judge.web.guard import policy
from judge.web.language import COOKIE, language_of
from judge.words import words
from judge.words.catalogue import keys
from judge.words.language import LANGUAGES

_FOLDER = Path(__file__).parent / "templates"
_YEAR = 365 * 24 * 3600
_SMALL = 1_400  # bytes: what fits into one packet is not worth compressing


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _phrases(language: str, area: str) -> str:
    spoken = words(language)
    return json.dumps({key.partition(".")[2]: spoken.template(key) for key in sorted(keys(language, area))})


class _Page:
    """What every template may use, for one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.language = language_of(request)
        self._spoken = words(self.language)
        self._wish = request.query_params.get("lang")
        self._nonce = ""

    @property
    def asked(self) -> str | None:
        """The language that the address asks for, where it is one of ours."""
        return self._wish if self._wish in LANGUAGES else None

    @property
    def security_policy(self) -> str:
        return policy(self._nonce)

    def names(self) -> dict[str, Any]:
        return {
            "t": self.t,
            "r": self.r,
            "url": self.url,
            "switch": self.switch,
            "check_name": self.check_name,
            "phrases": self.phrases,
            "nonce": self.nonce,
            "language": self.language,
            "here": self._request.url.path,
            "asset": assets.address,
            "to_html": markdown.to_html,
            "inline": markdown.inline,
            "code": markdown.code,
            "version": __version__,
        }

    def t(self, key: str, /, **given: Any) -> str:
        """The words of the pages."""
        return self._spoken.text(f"web.{key}", **given)

    def r(self, key: str, /, **given: Any) -> str:
        """The words of another area, by full key."""
        return self._spoken.text(key, **given)

    def check_name(self, name: str) -> str:
        try:
            self._spoken.template(f"report.check.{name}")
        except KeyError:  # a rule of the package's own
            return name
        return self._spoken.text(f"report.check.{name}")

    def phrases(self, area: str) -> str:
        """The sentences of an area as JSON, for a script."""
        return _phrases(self.language, area)

    def url(self, path: str, **query: Any) -> str:
        # The language goes along where it was asked for by address: without cookies it would be lost.
        told = {**query, **({"lang": self.language} if self.asked else {})}
        return quote(path) + (f"?{urlencode(told)}" if told else "")

    def switch(self, other: str) -> str:
        request = self._request
        if request.method != "GET":  # the answer to a form: its address has a page of its own
            return f"{quote(request.url.path)}?lang={other}"
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
        return f"{quote(request.url.path)}?{urlencode([*query, ('lang', other)])}"

    def nonce(self) -> str:
        """The nonce of the style element that a script of this page makes; a page that does not ask allows none."""
        self._nonce = self._nonce or secrets.token_urlsafe(16)
        return self._nonce


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Return the page that ``template`` makes of ``values`` in the request's language."""
    page = _Page(request)
    html = _environment().get_template(template).render(page.names(), **values).encode("utf-8", "replace")
    headers = {
        "Content-Language": page.language,
        "Content-Security-Policy": page.security_policy,
        "Cache-Control": "no-cache, private",
        "Vary": "Accept-Language, Accept-Encoding, Cookie",
    }
    if len(html) > _SMALL and assets.accepts_gzip(request):
        html = gzip.compress(html, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    response = Response(html, status, headers, media_type="text/html")
    if page.asked:
        response.set_cookie(COOKIE, page.asked, max_age=_YEAR, httponly=True, samesite="lax")
    return response
