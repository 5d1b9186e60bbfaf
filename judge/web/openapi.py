"""The OpenAPI description of the API, written out: it is a promise, not a print of the code."""

from __future__ import annotations

from functools import cache

from judge import __version__
from judge.diagnosis.ladder import COUNTED
from judge.web import openapi_review
from judge.web.schema import (
    ANSWER,
    LANG,
    NUMBER,
    SEED,
    VERDICT,
    Schema,
    array,
    json_body,
    obj,
    or_null,
    path,
    ref,
    responses,
    text,
)

# Of a stream: what one event holds.
EVENT = obj({"id": text(), "event": text(enum=["test", "result"]), "data": text(contentMediaType="application/json")})


def _submissions() -> dict[str, Schema]:
    return {
        "CodingSubmission": obj(
            {"problem": text(), "source": text("Python, 65,536 bytes of UTF-8 at most"), "seed": SEED},
            optional=("seed",),
            closed=True,
        ),
        "TheorySubmission": obj(
            {
                "problem": text(),
                "seed": SEED,
                "answers": {"type": "object", "additionalProperties": ANSWER, "description": "question id -> answer"},
                "essay": text("free text; kept, never scored"),
            },
            optional=("essay",),
            closed=True,
        ),
        "Accepted": obj({"id": text("whoever knows it may read the submission")}),
        "Submission": obj(
            {"id": text(), "status": text(enum=["queued", "running", "done"]), "result": or_null(ref("Report"))}
        ),
    }


def _reports() -> dict[str, Schema]:
    counterexample = obj(
        {
            "call": text(),
            "numbers": {"type": "integer"},
            "got": text(),
            "expected": text(),
            "snippet": text("Python that fails beside the submission and passes beside a right one"),
        }
    )
    passed: Schema = {"type": "boolean"}
    return {
        "Check": obj({"name": text(), "passed": passed, "detail": text("in the language asked for")}),
        "Test": obj(
            {
                "name": text(),
                "group": text(),
                "verdict": VERDICT,
                "seconds": NUMBER,
                "output": text("what was printed, escaped, 4 KiB at most"),
                "checks": array(ref("Check")),
            }
        ),
        "Report": obj(
            {
                "problem": text(),
                "verdict": VERDICT,
                "score": {"type": "number", "minimum": 0, "maximum": 1},
                "seed": SEED,
                "graded": text(enum=["submission", "reference"]),
                "seconds": NUMBER,
                "isolation": text(enum=["full", "reduced", "none"]),
                "tests": array(ref("Test")),
                "diagnosis": array(obj({"id": text(), "message": text()})),
                "counterexample": or_null(counterexample),
            }
        ),
    }


def _trials() -> dict[str, Schema]:
    return {
        "Trial": obj(
            {
                "source": text("Python, 65,536 bytes of UTF-8 at most"),
                "call": text(
                    "a call of the problem's function, or a report's snippet. Read as data, never evaluated: "
                    "constructors of judge.nn, np.array and the like, literals"
                ),
            },
            closed=True,
        ),
        "TrialResult": obj(
            {
                "problem": text(),
                "graded": text(enum=["submission", "reference"]),
                "isolation": text(enum=["full", "reduced", "none"]),
                "verdict": {**VERDICT, "description": "accepted: the answer is legitimate"},
                "seconds": NUMBER,
                "call": text("the call that all else is about: the first that went wrong, else the last"),
                "earlier": array(text("a call made before it in the same process")),
                "network": text("its input, a table of plain characters"),
                "numbers": {"type": "integer", "description": "entries of the prunable weights"},
                "checks": array(ref("Check")),
                "output": text("what was printed, escaped, 4 KiB at most"),
                "got": text("the answer, a table or a sentence; empty where none came"),
                "reference": text("the reference solution's answer, likewise"),
                "right_answers": {"type": "integer", "minimum": 0, "maximum": COUNTED},
                "expected": text("what is right, in the language asked for"),
            }
        ),
    }


def _problems() -> dict[str, Schema]:
    error = obj({"detail": text(), "pointer": text("of the field in the body, or a parameter's name")})
    return {
        "ProblemSummary": obj({"name": text(), "kind": text(enum=["coding", "theory", "broken"]), "title": text()}),
        "Problem": obj(
            {
                "name": text(),
                "kind": text(enum=["coding", "theory"]),
                "title": text(),
                "statement": text("Markdown"),
                "entry_point": text(),
                "starter": text(),
                "limits": {"type": "object"},
                "seed": SEED,
                "pass_mark": NUMBER,
                "questions": array({"type": "object"}),
                "essay": {"type": "object"},
            },
            optional=("entry_point", "starter", "limits", "seed", "pass_mark", "questions", "essay"),
        ),
        "Health": obj({"status": text(enum=["ok"])}),
        "ProblemDetails": obj(
            {
                "type": text(format="uri-reference"),
                "title": text(),
                "status": {"type": "integer"},
                "detail": text("in the language asked for"),
                "instance": text(format="uri-reference"),
                "errors": array(error),
            },
            optional=("errors",),
        ),
    }


_SOURCE = 'def prune_weights(model, sparsity, scope="layer"):\n    return model.copy(), {}\n'
_EXAMPLES: Schema = {
    "coding": {"value": {"problem": "weight_pruning", "source": _SOURCE}},
    "theory": {"value": {"problem": "what_is_pruning", "seed": 41, "answers": {}, "essay": ""}},
}

_CALL = "prune_weights(Sequential([Linear([[1, -2], [0, 3]])]), {})"
_TRIALS: Schema = {
    "call": {"value": {"source": _SOURCE, "call": _CALL.format(0.5)}},
    "wrong arguments": {"value": {"source": _SOURCE, "call": _CALL.format(1.5)}},
}
_TRIED: Schema = {
    "problem": "weight_pruning",
    "graded": "submission",
    "isolation": "full",
    "verdict": "wrong_answer",
    "seconds": 0.0004,
    "call": "prune_weights(model, 0.5)",
    "earlier": [],
    "network": "0.weight   1 -2\n           0  3",
    "numbers": 4,
    "checks": [{"name": "masks", "passed": False, "detail": "masks has no entry for 0.weight."}],
    "output": "",
    "got": "masks has no entry for 0.weight.",
    "reference": "0.weight   0 -2\n           0  3\n  mask  0 1\n        0 1",
    "right_answers": 1,
    "expected": "One answer is right.",
}


def _paths() -> Schema:
    body = {"oneOf": [ref("CodingSubmission"), ref("TheorySubmission")]}
    location = {"Location": {"schema": text(format="uri-reference"), "description": "where the submission is read"}}
    seed = {"name": "seed", "in": "query", "schema": SEED, "description": "theory: the seed of the questions"}
    last = {"name": "Last-Event-ID", "in": "header", "schema": text(), "description": "the last id that was seen"}
    paths: dict[str, tuple[str, Schema]] = {
        "/api/submissions": (
            "post",
            {
                "operationId": "submit",
                "summary": "Hand in a solution or an answer sheet",
                "description": "When the answer comes, the submission is on disk and will be judged.",
                "parameters": [LANG],
                "requestBody": {"required": True, "content": json_body(body, examples=_EXAMPLES)},
                "responses": responses(
                    202, "Taken.", json_body(ref("Accepted")), 404, 415, 422, 429, 503, headers=location
                ),
            },
        ),
        "/api/submissions/{id}": (
            "get",
            {
                "operationId": "submission",
                "summary": "Its status, and its result when it is done",
                "parameters": [path("id"), LANG],
                "responses": responses(200, "The submission.", json_body(ref("Submission")), 404, 422),
            },
        ),
        "/api/submissions/{id}/events": (
            "get",
            {
                "operationId": "events",
                "summary": "Its results as they come, as server-sent events",
                "description": "`test` for each finished test (data: a Test), then `result` (data: a Report); then the "
                "stream ends. `Last-Event-ID` goes on from there; a finished stream replays.",
                "parameters": [path("id"), LANG, last],
                "responses": responses(200, "The stream.", {"text/event-stream": {"schema": EVENT}}, 404, 422, 503),
            },
        ),
        "/api/problems": (
            "get",
            {
                "operationId": "problems",
                "summary": "All problems",
                "parameters": [LANG],
                "responses": responses(200, "The problems.", json_body(array(ref("ProblemSummary"))), 422),
            },
        ),
        "/api/problems/{name}": (
            "get",
            {
                "operationId": "problem",
                "summary": "A problem: its statement, and its starter or the questions of a seed",
                "parameters": [path("name"), seed, LANG],
                "responses": responses(200, "The problem.", json_body(ref("Problem")), 404, 422),
            },
        ),
        "/api/problems/{name}/try": (
            "post",
            {
                "operationId": "try",
                "summary": "A solution on a call of one's own, beside the reference",
                "description": "Runs confined and is judged by the rules of the hidden tests. Nothing is kept.",
                "parameters": [path("name"), LANG],
                "requestBody": {"required": True, "content": json_body(ref("Trial"), examples=_TRIALS)},
                "responses": responses(
                    200, "What came of it.", json_body(ref("TrialResult"), example=_TRIED), 404, 415, 422, 429, 503
                ),
            },
        ),
        "/healthz": (
            "get",
            {
                "operationId": "health",
                "summary": "Whether it can judge",
                "responses": responses(200, "It can.", json_body(ref("Health")), 503),
            },
        ),
    }
    shown: Schema = {route: {method: operation} for route, (method, operation) in paths.items()}
    return {**shown, "/api/submissions/{id}/review": openapi_review.operations()}


@cache
def document() -> Schema:
    """Return the OpenAPI 3.1 document."""
    schemas = {**_submissions(), **_reports(), **_trials(), **openapi_review.schemas(), **_problems()}
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
        "components": {"schemas": schemas},
    }
