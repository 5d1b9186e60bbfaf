"""Every error as RFC 9457 problem details; for a browser that asked for a page, as a page that says the same."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from judge.errors import BrokenPackage, UnknownProblem, UsageError
from judge.message import Message
from judge.words import words
from judge.words.render import sentence

MEDIA_TYPE = "application/problem+json"

#: Findings that are told: more than any form has fields, fewer than a body can have.
MOST_FINDINGS = 100


class Finding(Struct, frozen=True):
    """What is wrong with one field. ``pointer`` is a JSON pointer into the body, or the name of a query parameter."""

    message: Message
    pointer: str


class Refused(Exception):
    """A request that is answered with an error. ``key`` names the sentence, ``findings`` the fields at fault."""

    def __init__(
        self,
        status: int,
        key: str,
        findings: Sequence[Finding] = (),
        *,
        retry_after: float | None = None,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(status, key)
        self.status, self.message, self.findings = status, Message(key, values), tuple(findings)
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(max(1, math.ceil(retry_after)))


def from_exception(error: Exception) -> Refused:
    """Return the refusal that ``error`` stands for; what is unknown is a failure of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, UnknownProblem):
        return _with_message(Refused(404, "errors.unknown_problem"), error.message)
    if isinstance(error, UsageError):
        return _with_message(Refused(422, "web.error.invalid"), error.message)
    if isinstance(error, BrokenPackage):
        return _with_message(Refused(500, "web.error.broken"), error.message)
    if isinstance(error, HTTPException):
        keys = {404: "web.error.no_route", 405: "web.error.method"}
        return Refused(error.status_code, keys.get(error.status_code, "web.error.other"), headers=error.headers)
    return Refused(500, "web.error.internal")


def _with_message(refused: Refused, message: Message) -> Refused:
    refused.message = message
    return refused


def details(refused: Refused, language: str, instance: str) -> dict[str, Any]:
    """Return the problem-details object of ``refused``."""
    spoken = words(language)
    shown: dict[str, Any] = {
        "type": "about:blank",
        "title": title_of(refused.status, language),
        "status": refused.status,
        "detail": sentence(spoken, refused.message),
        "instance": quote(instance, safe="/", errors="replace"),
    }
    if refused.findings:
        shown["errors"] = [
            {"detail": sentence(spoken, finding.message), "pointer": finding.pointer}
            for finding in refused.findings[:MOST_FINDINGS]
        ]
    return shown


def title_of(status: int, language: str) -> str:
    """Return what a status is called; one that has no words here goes by its English name."""
    try:
        return words(language).template(f"web.http.{status}")
    except KeyError:
        return HTTPStatus(status).phrase


def wants_page(request: Request) -> bool:
    """True for a browser's request for a page; whatever else asks is given problem details."""
    path = request.url.path
    return not path.startswith(("/api/", "/openapi", "/healthz")) and "text/html" in request.headers.get("accept", "")


def json_response(refused: Refused, language: str, instance: str) -> Response:
    body = json.dumps(details(refused, language, instance), ensure_ascii=False).encode("utf-8", "replace")
    headers = {"Cache-Control": "no-store", "Content-Language": language, **refused.headers}
    return Response(body, refused.status, headers, media_type=MEDIA_TYPE)
