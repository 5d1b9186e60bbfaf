"""What goes wrong in a request, told as RFC 9457 problem details, or as a page to who asked for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import Response

from judge.errors import BadSeed, BrokenPackage, InvalidSubmission, JudgeError, UnknownProblem, UsageError
from judge.message import Message
from judge.sandbox.output import printable
from judge.store import QueueFull, StoreUnavailable
from judge.web.language import language_of
from judge.words import words
from judge.words.render import sentence, to_json

MEDIA_TYPE = "application/problem+json"

# kind -> HTTP status: each kind has a title and a sentence in web.toml, and is described at /docs.
STATUS = {
    "not_found": 404,
    "unknown_problem": 404,
    "unknown_submission": 404,
    "no_reference": 404,
    "method": 405,
    "foreign_origin": 403,
    "timeout": 408,
    "body_too_large": 413,
    "source_too_large": 413,
    "media_type": 415,
    "not_json": 422,
    "fields": 422,
    "rate": 429,
    "broken_package": 500,
    "internal": 500,
    "queue_full": 503,
    "unhealthy": 503,
    "store": 503,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one field of a body or query. ``field`` is a path such as "answers.definition"."""

    field: str
    message: Message


class Fault(Exception):
    """A request that gets no other answer. ``kind`` is a key of :data:`STATUS`; ``detail`` replaces its sentence."""

    def __init__(
        self,
        kind: str,
        detail: Message | None = None,
        *,
        findings: Sequence[Finding] = (),
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.status = STATUS[kind]
        self.detail = detail or Message(f"web.fault.{kind}.detail", values)
        self.findings = tuple(findings)
        self.headers = dict(headers or {})


def of_error(error: Exception) -> Fault:
    """Return the fault that an error of the judge is to a visitor."""
    match error:
        case Fault():
            return error
        case UnknownProblem():
            return Fault("unknown_problem", error.message)
        case BadSeed():
            return Fault("fields", findings=[Finding("seed", error.message)])
        case InvalidSubmission():
            return Fault("fields", findings=[Finding("", finding) for finding in error.findings])
        case QueueFull():
            return Fault("queue_full", error.message, headers={"Retry-After": "10"})
        case StoreUnavailable():  # its reason names files: for the log
            return Fault("store", headers={"Retry-After": "5"})
        case BrokenPackage():
            return Fault("broken_package", package=error.message.values["package"])
        case UsageError():
            return Fault("fields", findings=[Finding("", error.message)])
        case JudgeError():
            return Fault("internal")
    return Fault("internal")


def problem_details(fault: Fault, request: HTTPConnection) -> dict[str, Any]:
    """Return the fault as the members of RFC 9457, in the language of the request."""
    spoken = words(language_of(request))
    return {
        "type": f"/docs#{fault.kind}",
        "title": spoken.text(f"web.fault.{fault.kind}.title"),
        "status": fault.status,
        "detail": sentence(spoken, fault.detail),
        "instance": printable(request.url.path),
        "errors": [
            {"field": printable(finding.field)[:200], "detail": sentence(spoken, finding.message)}
            for finding in fault.findings
        ],
    }


def as_json(fault: Fault, request: HTTPConnection) -> Response:
    """Return the answer for programs."""
    content = to_json(problem_details(fault, request)).encode()
    headers = {"Content-Language": language_of(request), "Cache-Control": "no-store", **fault.headers}
    return Response(content, fault.status, headers, MEDIA_TYPE)


def wants_page(request: HTTPConnection) -> bool:
    """True where a browser asks for something to look at."""
    return not request.url.path.startswith(
        ("/api/", "/healthz", "/openapi.json")
    ) and "text/html" in request.headers.get("accept", "")
