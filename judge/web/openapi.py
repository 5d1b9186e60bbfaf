"""The description of the API, as /openapi.json gives it and /docs shows it."""

from __future__ import annotations

from functools import cache
from typing import Any

from judge import __version__
from judge.domain.report import Isolation
from judge.domain.verdict import Verdict
from judge.web.fault import MEDIA_TYPE, STATUS
from judge.words import words

Plain = dict[str, Any]
_EVENTS = (
    'id: 1\nevent: test\ndata: {"name": "import", "group": "import", ...}\n\n'
    'id: 46\nevent: result\ndata: {"problem": "weight_pruning", "verdict": "accepted", ...}\n\n'
)
_CODING = {"problem": "weight_pruning", "source": "def prune_weights(model, sparsity, scope='layer'):\n    ...\n"}
_THEORY = {
    "problem": "what_is_pruning",
    "seed": 41,
    "answers": {"definition": "b", "counts_as_pruning": ["a", "d"]},
    "essay": "Pruning removes ...",
}


@cache
def document() -> Plain:
    """Return the OpenAPI 3.1 document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pruning judge",
            "version": __version__,
            "description": "Hand in solutions to the pruning problems and read their verdicts. No cookie, no token: "
            "whoever knows the id of a submission may read it. Texts are in English or Chinese, by `lang` or "
            "`Accept-Language`; names, ids and verdicts do not depend on it.",
        },
        "paths": {
            "/api/submissions": {"post": _submit()},
            "/api/submissions/{id}": {"get": _submission()},
            "/api/submissions/{id}/events": {"get": _events()},
            "/api/problems": {"get": _problems()},
            "/api/problems/{name}": {"get": _problem()},
            "/healthz": {"get": _health()},
        },
        "components": {"schemas": _schemas(), "responses": _faults(), "parameters": _parameters()},
    }


def _submit() -> Plain:
    content = {
        "schema": {"oneOf": [_schema("CodingSubmission"), _schema("TheorySubmission")]},
        "examples": {"coding": {"value": _CODING}, "theory": {"value": _THEORY}},
    }
    accepted = _answer("Kept on disk; it will be judged even if the server is restarted.", _schema("Accepted"))
    location = {"description": "Where to ask for the verdict.", "schema": {"type": "string"}, "required": True}
    accepted["headers"] = {"Location": location}
    faults = ("403", "404", "408", "413", "415", "422", "429", "500", "503")
    return {
        "operationId": "submit",
        "summary": "Hand in a solution or an answer sheet",
        "description": "A source that does not compile is no error but a submission with a verdict.",
        "parameters": [_parameter("lang")],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {"202": accepted, **_refer(*faults)},
    }


def _submission() -> Plain:
    return {
        "operationId": "getSubmission",
        "summary": "Status and, once it is done, the report",
        "parameters": [_parameter("id"), _parameter("lang")],
        "responses": {"200": _answer("The submission.", _schema("Submission")), **_refer("403", "404", "500", "503")},
    }


def _events() -> Plain:
    stream = {"text/event-stream": {"schema": {"type": "string"}, "example": _EVENTS}}
    return {
        "operationId": "watchSubmission",
        "summary": "Finished tests as they come, then the result",
        "description": "Server-sent events: `test` with an entry of `tests`, then one `result` with the report, upon "
        "which the stream ends. A finished submission's stream is told again.",
        "parameters": [_parameter("id"), _parameter("lastEventId"), _parameter("lang")],
        "responses": {
            "200": {"description": "The stream.", "content": stream},
            **_refer("403", "404", "500", "503"),
        },
    }


def _problems() -> Plain:
    items = {"type": "array", "items": _schema("ProblemSummary")}
    return {
        "operationId": "listProblems",
        "summary": "All problems",
        "parameters": [_parameter("lang")],
        "responses": {"200": _answer("The problems.", items), **_refer("403", "500")},
    }


def _problem() -> Plain:
    return {
        "operationId": "getProblem",
        "summary": "One problem; of theory with the questions of a seed",
        "parameters": [_parameter("name"), _parameter("seed"), _parameter("lang")],
        "responses": {"200": _answer("The problem.", _schema("Problem")), **_refer("403", "404", "422", "500")},
    }


def _health() -> Plain:
    ok = _object({"status": {"const": "ok"}})
    return {
        "operationId": "health",
        "summary": "Can this server judge now?",
        "parameters": [_parameter("lang")],
        "responses": {"200": _answer("It can.", ok), **_refer("403", "500", "503")},
    }


def _parameters() -> Plain:
    seed = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
    return {
        "id": _place("id", "path", "The id of a submission.", {"type": "string"}),
        "name": _place("name", "path", "The name of a problem.", {"type": "string", "examples": ["weight_pruning"]}),
        "lang": _place("lang", "query", "`en` or `zh`; otherwise `Accept-Language` decides.", {"type": "string"}),
        "seed": _place("seed", "query", "Which questions of a theory problem; fresh ones without it.", seed),
        "lastEventId": _place("Last-Event-ID", "header", "Go on behind this event.", {"type": "string"}),
    }


def _place(name: str, where: str, description: str, schema: Plain) -> Plain:
    return {"name": name, "in": where, "required": where == "path", "description": description, "schema": schema}


def _faults() -> Plain:
    """Return one response a status, which names every kind of fault that has it."""
    said = words("en").text
    by_status: dict[str, list[str]] = {}
    for kind, number in STATUS.items():
        by_status.setdefault(str(number), []).append(kind)
    responses: Plain = {}
    for status, kinds in by_status.items():
        titles = "; ".join(said(f"web.fault.{kind}.title") for kind in kinds)
        example = {"type": f"/docs#{kinds[0]}", "title": said(f"web.fault.{kinds[0]}.title"), "status": int(status)}
        response: Plain = {
            "description": f"{titles}.",
            "content": {
                MEDIA_TYPE: {
                    "schema": _schema("ProblemDetails"),
                    "example": {**example, "detail": "...", "instance": "/api/...", "errors": []},
                }
            },
        }
        if status in ("429", "503"):
            seconds = {"description": "Seconds.", "schema": {"type": "string"}, "required": True}
            response["headers"] = {"Retry-After": seconds}
        responses[f"Fault{status}"] = response
    return responses


def _schemas() -> Plain:
    text, number, seed = {"type": "string"}, {"type": "number"}, {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
    check = _object({"name": text, "passed": {"type": "boolean"}, "detail": text})
    verdicts = [str(verdict) for verdict in Verdict]
    test = {"name": text, "group": text, "verdict": {"enum": verdicts}, "seconds": number, "output": text}
    example = {"call": text, "numbers": {"type": "integer"}, "got": text, "expected": text, "snippet": text}
    report = {
        "problem": text,
        "verdict": {"enum": verdicts},
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "seed": {"type": "integer"},
        "graded": {"enum": ["submission", "reference"]},
        "seconds": number,
        "isolation": {"enum": [str(isolation) for isolation in Isolation]},
        "tests": {"type": "array", "items": _schema("Test")},
        "diagnosis": {"type": "array", "items": _object({"id": text, "message": text})},
        "counterexample": {"oneOf": [{"type": "null"}, _object(example)]},
    }
    answer = {"oneOf": [text, {"type": "array", "items": text}, number]}
    answers = {"type": "object", "additionalProperties": answer, "description": "The id of a question: its answer."}
    problem = {"name": text, "kind": {"enum": ["coding", "theory"]}, "title": text, "statement": text}
    status = {"enum": ["queued", "running", "done"]}
    result = {"oneOf": [{"type": "null"}, _schema("Report")]}
    finding = _object({"field": {**text, "description": "Such as `source` or `answers.definition`."}, "detail": text})
    coding = {"problem": text, "source": {**text, "description": "At most 65,536 bytes of UTF-8."}}
    return {
        "CodingSubmission": _strict({**coding, "seed": {"oneOf": [{"type": "null"}, seed]}}, ("problem", "source")),
        "TheorySubmission": _strict(
            {"problem": text, "seed": seed, "answers": answers, "essay": text}, ("problem", "seed", "answers")
        ),
        "Accepted": _object({"id": text}),
        "Submission": _object({"id": text, "status": status, "problem": text, "result": result}),
        "Report": _object(report),
        "Test": _object({**test, "checks": {"type": "array", "items": check}}),
        "ProblemSummary": _object({"name": text, "kind": {"enum": ["coding", "theory", "broken"]}, "title": text}),
        "Problem": {**_object(problem), "description": "Coding: `entry_point`, `starter`, `limits`. Theory: "
                    "`seed`, `pass_mark`, `questions`, `essay`."},
        "ProblemDetails": _object(
            {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "instance": text,
                "errors": {"type": "array", "items": finding},
            }
        ),
    }  # fmt: skip


def _object(properties: Plain) -> Plain:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _strict(properties: Plain, required: tuple[str, ...]) -> Plain:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _schema(name: str) -> Plain:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str) -> Plain:
    return {"$ref": f"#/components/parameters/{name}"}


def _refer(*statuses: str) -> Plain:
    # 405 is what any other method gets, wherever it is asked for.
    return {status: {"$ref": f"#/components/responses/Fault{status}"} for status in sorted({*statuses, "405"})}


def _answer(description: str, schema: Plain) -> Plain:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
