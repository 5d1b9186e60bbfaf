"""From the body of a request to a submission; or every finding about it, each with the field it is about."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.errors import InvalidSubmission
from judge.message import Message
from judge.packages.library import Library
from judge.service import SEED_LIMIT
from judge.store import NewSubmission
from judge.theory import MAX_BYTES, read_sheet
from judge.web.fault import Fault, Finding

BODY_LIMIT = 512 * 1024  # 64 KiB of source are 384 KiB when every letter is written \u0041
_DRAIN_LIMIT = 16 << 20  # of a body that is too large so much is read, so that the sender gets to read the answer
_BODY_SECONDS = 30.0
_FIELDS_LIMIT = 500
_JSON_FIELDS = {"coding": ("problem", "source", "seed"), "theory": ("problem", "seed", "answers", "essay")}
_INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,4})?")


async def read_body(request: Request, media_type: str) -> bytes:
    """Return the body, at most :data:`BODY_LIMIT` bytes. Raises :class:`Fault` (408, 413, 415)."""
    given, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters, re.IGNORECASE)
    plain = request.headers.get("content-encoding", "identity").lower() == "identity"
    if (
        given.strip().lower() != media_type
        or (charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"))
        or not plain
    ):
        raise Fault("media_type", media_type=media_type)
    body = bytearray()
    size = 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            length = request.headers.get("content-length", "")
            if length.isdecimal() and int(length) > _DRAIN_LIMIT:
                raise Fault("body_too_large", limit=BODY_LIMIT)
            async for chunk in request.stream():
                size += len(chunk)
                if size <= BODY_LIMIT:
                    body += chunk
                elif size > _DRAIN_LIMIT:
                    break
    except TimeoutError:
        raise Fault("timeout", seconds=int(_BODY_SECONDS)) from None
    except ClientDisconnect:
        raise Fault("timeout", seconds=int(_BODY_SECONDS)) from None
    if size > BODY_LIMIT:
        raise Fault("body_too_large", limit=BODY_LIMIT)
    return bytes(body)


def from_json(library: Library, body: bytes) -> NewSubmission:
    """Return the submission in a JSON body. Raises :class:`Fault` (404, 413, 422)."""
    table = _object(body)
    name = table.get("problem")
    if not isinstance(name, str):
        raise Fault("fields", findings=[_missing("problem") if name is None else _wrong("problem", "string", name)])
    problem = library.by_name(name)
    known = _JSON_FIELDS[problem.kind]
    findings = [
        Finding(field, Message("web.field.unknown", {"field": field[:80], "known": list(known)}))
        for field in table
        if field not in known
    ]
    if isinstance(problem, CodingProblem):
        source, seed = table.get("source"), table.get("seed")
        if source is None:
            findings.append(_missing("source"))
        elif not isinstance(source, str):
            findings.append(_wrong("source", "string", source))
        if seed is not None and not _is_seed(seed):
            findings.append(_wrong("seed", "seed", seed))
        if findings or not isinstance(source, str):
            raise Fault("fields", findings=findings)
        return coding(problem, source, seed)
    assert isinstance(problem, TheoryProblem)
    if table.get("answers") is None:
        findings.append(_missing("answers"))
    sheet = {field: value for field, value in table.items() if field in ("seed", "answers", "essay")}
    return theory(problem, sheet, findings)


def from_form(problem: Problem, fields: Mapping[str, list[str]], visitor: str = "") -> NewSubmission:
    """Return the submission in the fields of a form. Raises :class:`Fault` (413, 422)."""
    if isinstance(problem, CodingProblem):
        findings = [] if "source" in fields else [_missing("source")]
        seed = number_of(fields.get("seed", [""])[0].strip())
        if seed is not None and not _is_seed(seed):
            findings.append(_wrong("seed", "seed", seed))
        if findings:
            raise Fault("fields", findings=findings)
        # A browser ends the lines of a text area with CR LF, whatever stood there.
        return replace(coding(problem, fields["source"][0].replace("\r\n", "\n"), seed), visitor=visitor)
    assert isinstance(problem, TheoryProblem)
    kinds = {check.id: check.kind for check in problem.bank.checks}
    answers: dict[str, Any] = {}
    sheet: dict[str, Any] = {"answers": answers}
    for name, given in fields.items():
        values = [value.strip() for value in given if value.strip()]
        if name == "seed":
            sheet["seed"] = number_of(values[0]) if values else None
        elif name == "essay":
            sheet["essay"] = given[0].replace("\r\n", "\n")
        elif name not in kinds:
            sheet[name] = values
        elif values and kinds[name] == "numeric":
            answers[name] = number_of(values[0])
        elif values and kinds[name].one_option:
            answers[name] = values[0] if len(values) == 1 else values
        elif values:
            answers[name] = [part for value in values for part in re.split(r"[\s,;，、；]+", value) if part]
    return replace(theory(problem, sheet, []), visitor=visitor)


def fields_of(body: bytes) -> dict[str, list[str]]:
    """Return the fields of a URL-encoded form, each with its values in order. Raises :class:`Fault` (422)."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_FIELDS_LIMIT, errors="surrogateescape"
        )
    except ValueError:
        raise Fault("fields", findings=[Finding("", Message("web.field.form", {}))]) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def coding(problem: CodingProblem, source: str, seed: int | None) -> NewSubmission:
    """Return the submission of a source. Lone surrogates stay bytes that are no UTF-8, and get the verdict for that."""
    content = source.encode("utf-8", "surrogateescape" if _escaped(source) else "surrogatepass")
    if len(content) > problem.limits.source_bytes:
        raise Fault("source_too_large", bytes=len(content), limit=problem.limits.source_bytes)
    return NewSubmission(problem.name, content, secrets.randbelow(SEED_LIMIT) if seed is None else seed)


def theory(problem: TheoryProblem, sheet: Mapping[str, Any], findings: list[Finding]) -> NewSubmission:
    """Return the submission of an answer sheet: valid, or :class:`Fault` (422) with all findings."""
    try:
        read = read_sheet(problem, sheet)
    except InvalidSubmission as invalid:
        findings = findings + [Finding(_field_of(message), message) for message in invalid.findings]
    if findings:
        raise Fault("fields", findings=findings)
    content = _sheet(read.seed, sheet).encode("utf-8", "replace")
    if len(content) > MAX_BYTES:
        raise Fault("source_too_large", bytes=len(content), limit=MAX_BYTES)
    return NewSubmission(problem.name, content, None)


def seed_of(text: str | None) -> int | None:
    """Return the seed in a query. Raises :class:`Fault` (422)."""
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,16}", text) or int(text) >= SEED_LIMIT:
        raise Fault("fields", findings=[_wrong("seed", "seed", text)])
    return int(text)


def number_of(text: str) -> Any:
    """Return the number that a form field holds; ``None`` for an empty one; the text where it is no number."""
    if not text:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _object(body: bytes) -> dict[str, Any]:
    def refuse(word: str) -> Any:
        raise ValueError(word)

    try:
        table = json.loads(body.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Fault("not_json") from None
    if not isinstance(table, dict):
        raise Fault("fields", findings=[_wrong("", "object", table)])
    return table


def _is_seed(value: Any) -> bool:
    return type(value) is int and 0 <= value < SEED_LIMIT


def _missing(field: str) -> Finding:
    return Finding(field, Message("web.field.missing", {"field": field}))


def _wrong(field: str, expected: str, given: Any) -> Finding:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    kind = names.get(type(given), "null")
    return Finding(field, Message(f"web.field.{expected}", {"field": field, "given": kind}))


def _field_of(message: Message) -> str:
    """Return which field a finding about an answer sheet is about."""
    kind = message.key.rpartition(".")[2]
    if "check" in message.values:
        return f"answers.{message.values['check']}"
    if kind in ("unknown_check", "unknown_check_near"):
        return f"answers.{message.values['name']}"
    if kind in ("no_seed", "bad_seed"):
        return "seed"
    return {"essay_type": "essay", "answers_type": "answers"}.get(kind, str(message.values.get("name", "")))


def _sheet(seed: int, sheet: Mapping[str, Any]) -> str:
    """Return a valid sheet as TOML."""
    lines = [f"seed = {seed}"]
    if sheet.get("essay"):
        lines.append(f"essay = {_toml(sheet['essay'])}")
    lines.append("[answers]")
    lines += [f"{name} = {_toml(value)}" for name, value in sheet.get("answers", {}).items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace(
            "\x7f", "\\u007f"
        )  # JSON's strings are TOML's, but for DEL
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return repr(value)


def _escaped(text: str) -> bool:
    """True where every surrogate stands for a byte that was no UTF-8, as in a form."""
    surrogates = [letter for letter in text if "\ud800" <= letter <= "\udfff"]
    return bool(surrogates) and all("\udc80" <= letter <= "\udcff" for letter in surrogates)
