"""The OpenAPI description of the API, written out: it is a promise, not a print of the code."""

from __future__ import annotations

from functools import cache
from typing import Any

from judge import __version__
from judge.domain.verdict import Verdict
from judge.service import SEED_LIMIT
from judge.web.problems_details import MEDIA_TYPE
from judge.words.language import LANGUAGES

Schema = dict[str, Any]

_ERRORS = {
    403: "The request was sent by another site's page (a foreign Origin).",
    404: "There is no such route, problem or submission.",
    405: "The route does not take this method; Allow names those that it takes.",
    413: "The source or the body is too large.",
    415: "The body is not application/json.",
    422: "A field or parameter is missing, unknown, or of a wrong type or value; `errors` has all of them.",
    429: "Too many submissions from one address; Retry-After tells when to go on.",
    503: "The queue is full, or the server is ending; Retry-After tells when to try again.",
}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(properties: dict[str, Schema], optional: tuple[str, ...] = (), closed: bool = False) -> Schema:
    shown: Schema = {"type": "object", "properties": properties}
    required = [name for name in properties if name not in optional]
    if required:
        shown["required"] = required
    if closed:
        shown["additionalProperties"] = False
    return shown


def _text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_SEED: Schema = {"type": "integer", "minimum": 0, "maximum": SEED_LIMIT - 1, "description": "of the hidden tests"}
_VERDICT: Schema = {"type": "string", "enum": [str(verdict) for verdict in Verdict]}
_ANSWER: Schema = {"anyOf": [{"type": "string"}, {"type": "number"}, _list({"type": "string"})]}
_NUMBER: Schema = {"type": "number"}


def _submissions() -> dict[str, Schema]:
    return {
        "CodingSubmission": _object(
            {"problem": _text(), "source": _text("Python, 65,536 bytes of UTF-8 at most"), "seed": _SEED},
            optional=("seed",),
            closed=True,
        ),
        "TheorySubmission": _object(
            {
                "problem": _text(),
                "seed": _SEED,
                "answers": {"type": "object", "additionalProperties": _ANSWER, "description": "question id -> answer"},
                "essay": _text("free text; kept, never scored"),
            },
            optional=("essay",),
            closed=True,
        ),
        "Accepted": _object({"id": _text("whoever knows it may read the submission")}),
        "Submission": _object(
            {"id": _text(), "status": _text(enum=["queued", "running", "done"]), "result": _or_null(_ref("Report"))}
        ),
    }


def _reports() -> dict[str, Schema]:
    check = _object({"name": _text(), "passed": {"type": "boolean"}, "detail": _text("in the language asked for")})
    counterexample = _object(
        {
            "call": _text(),
            "numbers": {"type": "integer"},
            "got": _text(),
            "expected": _text(),
            "snippet": _text("Python that fails beside the submission and passes beside a right one"),
        }
    )
    return {
        "Test": _object(
            {
                "name": _text(),
                "group": _text(),
                "verdict": _VERDICT,
                "seconds": _NUMBER,
                "output": _text("what was printed, escaped, 4 KiB at most"),
                "checks": _list(check),
            }
        ),
        "Report": _object(
            {
                "problem": _text(),
                "verdict": _VERDICT,
                "score": {"type": "number", "minimum": 0, "maximum": 1},
                "seed": _SEED,
                "graded": _text(enum=["submission", "reference"]),
                "seconds": _NUMBER,
                "isolation": _text(enum=["full", "reduced", "none"]),
                "tests": _list(_ref("Test")),
                "diagnosis": _list(_object({"id": _text(), "message": _text()})),
                "counterexample": _or_null(counterexample),
            }
        ),
    }


def _problems() -> dict[str, Schema]:
    error = _object({"detail": _text(), "pointer": _text("of the field in the body, or a parameter's name")})
    return {
        "ProblemSummary": _object(
            {"name": _text(), "kind": _text(enum=["coding", "theory", "broken"]), "title": _text()}
        ),
        "Problem": _object(
            {
                "name": _text(),
                "kind": _text(enum=["coding", "theory"]),
                "title": _text(),
                "statement": _text("Markdown"),
                "entry_point": _text(),
                "starter": _text(),
                "limits": {"type": "object"},
                "seed": _SEED,
                "pass_mark": _NUMBER,
                "questions": _list({"type": "object"}),
                "essay": {"type": "object"},
            },
            optional=("entry_point", "starter", "limits", "seed", "pass_mark", "questions", "essay"),
        ),
        "Health": _object({"status": _text(enum=["ok"])}),
        "ProblemDetails": _object(
            {
                "type": _text(format="uri-reference"),
                "title": _text(),
                "status": {"type": "integer"},
                "detail": _text("in the language asked for"),
                "instance": _text(format="uri-reference"),
                "errors": _list(error),
            },
            optional=("errors",),
        ),
    }


_LANG: Schema = {
    "name": "lang",
    "in": "query",
    "schema": _text(enum=list(LANGUAGES)),
    "description": "the language; without it Accept-Language decides",
}


def _path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": _text()}


def _responses(status: int, description: str, media: Schema, *errors: int, headers: Schema | None = None) -> Schema:
    good: Schema = {"description": description, "content": media}
    if headers:
        good["headers"] = headers
    shown: Schema = {str(status): good}
    for code in sorted({403, 405, 413, *errors}):
        answer: Schema = {
            "description": _ERRORS[code],
            "content": {MEDIA_TYPE: {"schema": _ref("ProblemDetails")}},
        }
        if code in (429, 503):
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
        if code == 405:
            answer["headers"] = {"Allow": {"schema": _text()}}
        shown[str(code)] = answer
    return shown


def _json(schema: Schema, **more: Any) -> Schema:
    return {"application/json": {"schema": schema, **more}}


_SOURCE = 'def prune_weights(model, sparsity, scope="layer"):\n    return model.copy(), {}\n'
_EXAMPLES: Schema = {
    "coding": {"value": {"problem": "weight_pruning", "source": _SOURCE}},
    "theory": {"value": {"problem": "what_is_pruning", "seed": 41, "answers": {}, "essay": ""}},
}


def _paths() -> Schema:
    body = {"oneOf": [_ref("CodingSubmission"), _ref("TheorySubmission")]}
    location = {"Location": {"schema": _text(format="uri-reference"), "description": "where the submission is read"}}
    seed = {"name": "seed", "in": "query", "schema": _SEED, "description": "theory: the seed of the questions"}
    last = {"name": "Last-Event-ID", "in": "header", "schema": _text(), "description": "the last id that was seen"}
    paths: dict[str, tuple[str, Schema]] = {
        "/api/submissions": (
            "post",
            {
                "operationId": "submit",
                "summary": "Hand in a solution or an answer sheet",
                "description": "When the answer comes, the submission is on disk and will be judged.",
                "parameters": [_LANG],
                "requestBody": {"required": True, "content": _json(body, examples=_EXAMPLES)},
                "responses": _responses(
                    202, "Taken.", _json(_ref("Accepted")), 404, 415, 422, 429, 503, headers=location
                ),
            },
        ),
        "/api/submissions/{id}": (
            "get",
            {
                "operationId": "submission",
                "summary": "Its status, and its result when it is done",
                "parameters": [_path("id"), _LANG],
                "responses": _responses(200, "The submission.", _json(_ref("Submission")), 404, 422),
            },
        ),
        "/api/submissions/{id}/events": (
            "get",
            {
                "operationId": "events",
                "summary": "Its results as they come, as server-sent events",
                "description": "`test` for each finished test (data: a Test), then `result` (data: a Report); then the "
                "stream ends. `Last-Event-ID` goes on from there; a finished stream replays.",
                "parameters": [_path("id"), _LANG, last],
                "responses": _responses(200, "The stream.", {"text/event-stream": {"schema": _text()}}, 404, 422, 503),
            },
        ),
        "/api/problems": (
            "get",
            {
                "operationId": "problems",
                "summary": "All problems",
                "parameters": [_LANG],
                "responses": _responses(200, "The problems.", _json(_list(_ref("ProblemSummary"))), 422),
            },
        ),
        "/api/problems/{name}": (
            "get",
            {
                "operationId": "problem",
                "summary": "A problem: its statement, and its starter or the questions of a seed",
                "parameters": [_path("name"), seed, _LANG],
                "responses": _responses(200, "The problem.", _json(_ref("Problem")), 404, 422),
            },
        ),
        "/healthz": (
            "get",
            {
                "operationId": "health",
                "summary": "Whether it can judge",
                "responses": _responses(200, "It can.", _json(_ref("Health")), 503),
            },
        ),
    }
    return {path: {method: operation} for path, (method, operation) in paths.items()}


@cache
def document() -> Schema:
    """Return the OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "pruning-judge",
            "version": __version__,
            "description": "Interview practice for neural-network pruning. No cookie and no token; every error is "
            "RFC 9457 problem details.",
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {"schemas": {**_submissions(), **_reports(), **_problems()}},
    }
