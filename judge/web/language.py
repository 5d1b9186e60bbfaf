"""In which language a request is answered: ``?lang=``, the cookie, ``Accept-Language``, English."""

from __future__ import annotations

from starlette.requests import Request

from judge.message import Message
from judge.web.problems_details import Finding, Refused
from judge.words import choose_language, from_accept_language
from judge.words.language import LANGUAGES

COOKIE = "lang"


def language_of(request: Request) -> str:
    """Return the language of a page or of an error."""
    return choose_language(
        request.query_params.get("lang"),
        request.cookies.get(COOKIE),
        from_accept_language(request.headers.get("accept-language")),
    )


def api_language(request: Request) -> str:
    """Return the language of an answer of the API, where another ``lang`` than ours is an error."""
    wish = request.query_params.get("lang")
    if wish is not None and wish not in LANGUAGES:
        message = Message("web.field.lang", {"given": wish[:40], "known": list(LANGUAGES)})
        raise Refused(422, "web.error.invalid", [Finding(message, "lang")])
    return language_of(request)
