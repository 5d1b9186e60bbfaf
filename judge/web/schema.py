"""The pieces that the OpenAPI description is written with."""

from __future__ import annotations

from typing import Any

from judge.domain.submission import SEED_LIMIT
from judge.domain.verdict import Verdict
from judge.web.problems_details import MEDIA_TYPE
from judge.words.language import LANGUAGES

Schema = dict[str, Any]

_ERRORS = {
    403: "The request was sent by another site's page (a foreign Origin).",
    404: "There is no such route, problem or submission.",
    405: "The route does not take this method; Allow names those that it takes.",
    409: "The submission is not judged yet, is no accepted code, or noted nothing to ask about.",
    413: "The source or the body is too large.",
    415: "The body is not application/json.",
    422: "A field or parameter is missing, unknown, or of a wrong type or value; `errors` has all of them.",
    429: "Too many submissions from one address; Retry-After tells when to go on.",
    503: "The queue is full, or the server is ending; Retry-After tells when to try again.",
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def obj(properties: dict[str, Schema], optional: tuple[str, ...] = (), closed: bool = False) -> Schema:
    shown: Schema = {"type": "object", "properties": properties}
    required = [name for name in properties if name not in optional]
    if required:
        shown["required"] = required
    if closed:
        shown["additionalProperties"] = False
    return shown


def text(description: str = "", **more: Any) -> Schema:
    return {"type": "string", **({"description": description} if description else {}), **more}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


SEED: Schema = {"type": "integer", "minimum": 0, "maximum": SEED_LIMIT - 1, "description": "of the hidden tests"}
VERDICT: Schema = {"type": "string", "enum": [str(verdict) for verdict in Verdict]}
ANSWER: Schema = {"anyOf": [{"type": "string"}, {"type": "number"}, array({"type": "string"})]}
NUMBER: Schema = {"type": "number"}


LANG: Schema = {
    "name": "lang",
    "in": "query",
    "schema": text(enum=list(LANGUAGES)),
    "description": "the language; without it Accept-Language decides",
}


def path(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": text()}


def responses(status: int, description: str, media: Schema, *errors: int, headers: Schema | None = None) -> Schema:
    good: Schema = {"description": description, "content": media}
    if headers:
        good["headers"] = headers
    shown: Schema = {str(status): good}
    for code in sorted({403, 405, 413, *errors}):
        answer: Schema = {
            "description": _ERRORS[code],
            "content": {MEDIA_TYPE: {"schema": ref("ProblemDetails")}},
        }
        if code in (429, 503):
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
        if code == 405:
            answer["headers"] = {"Allow": {"schema": text()}}
        shown[str(code)] = answer
    return shown


def json_body(schema: Schema, **more: Any) -> Schema:
    return {"application/json": {"schema": schema, **more}}
