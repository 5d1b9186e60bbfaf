"""In which language a request is answered: ``?lang=``, else the cookie of the switch, else ``Accept-Language``."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from judge.words import choose_language, from_accept_language

COOKIE = "lang"
TAGS = {"en": "en", "zh": "zh-Hans"}  # for the lang attribute of HTML


def language_of(request: HTTPConnection) -> str:
    """Return "en" or "zh"."""
    return choose_language(
        request.query_params.get("lang"),
        request.cookies.get(COOKIE),
        from_accept_language(request.headers.get("accept-language")),
    )
