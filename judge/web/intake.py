"""From a request's body to a submission: JSON for the API, a form for the pages.

An answer sheet is validated here, since a malformed one costs nothing, and kept as the TOML that ``judge check`` reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.domain.submission import Submission, is_seed, seed_from
from judge.errors import InvalidSubmission
from judge.message import Message
from judge.packages.library import Library
from judge.web.guard import SOURCE_BYTES
from judge.web.problems_details import Finding, Refused

FORM_FIELDS = 2_000
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{0,400})?([eE][+-]?[0-9]{1,4})?")
_LIST_KINDS = ("multiple", "ordering")


def seed_of(text: str | None, pointer: str = "seed") -> int | None:
    """Return the seed that ``text`` names, ``None`` for none. Raises :class:`Refused`."""
    if text is None or not text.strip():
        return None
    seed = seed_from(text.strip())
    if seed is None:
        message = Message("errors.bad_seed", {"seed": text[:40]})
        raise Refused(422, "web.error.invalid", [Finding(message, pointer)])
    return seed


def from_json(body: bytes, library: Library) -> Submission:
    """Return the submission in a JSON ``body``. Raises :class:`Refused` and :class:`judge.errors.UnknownProblem`."""
    table = _parse(body)
    name = table.get("problem")
    if not isinstance(name, str):
        key = "web.field.type" if "problem" in table else "web.field.missing"
        finding = Finding(Message(key, {"name": "problem", "type": "string"}), "#/problem")
        raise Refused(422, "web.error.invalid", [finding])
    problem = library.by_name(name)
    theory = isinstance(problem, TheoryProblem)
    types: dict[str, tuple[type, str]] = {"problem": (str, "string"), "seed": (int, "integer")}
    types |= {"answers": (dict, "object"), "essay": (str, "string")} if theory else {"source": (str, "string")}
    _must_hold(table, types, ("seed", "answers") if theory else ("source",))
    if isinstance(problem, TheoryProblem):
        return sheet(problem, table.get("seed"), table["answers"], table.get("essay", ""))
    # A lone surrogate becomes bytes that are not UTF-8: a verdict, as for a file.
    return coding(problem, table["source"].encode("utf-8", "surrogatepass"), table.get("seed"))


def texts(body: bytes, names: tuple[str, ...]) -> dict[str, str]:
    """Return the fields of a JSON ``body`` that has these and no other, all strings. Raises :class:`Refused`."""
    table = _parse(body)
    _must_hold(table, dict.fromkeys(names, (str, "string")), names)
    return table


def answers(body: bytes) -> tuple[dict[str, Any], str]:
    """Return the answers and the essay of a JSON ``body`` that has nothing else. Raises :class:`Refused`."""
    table = _parse(body)
    _must_hold(table, {"answers": (dict, "object"), "essay": (str, "string")}, ("answers",))
    return table["answers"], table.get("essay", "")


def _must_hold(table: Mapping[str, Any], types: Mapping[str, tuple[type, str]], needed: tuple[str, ...]) -> None:
    """Raise :class:`Refused` with all findings where ``table`` lacks a field, or has one that is none of ``types``."""
    findings = [_missing(field) for field in needed if field not in table]
    for field, value in table.items():
        if field not in types:
            known = ", ".join(types)
            findings.append(Finding(Message("web.field.unknown", {"name": field[:80], "known": known}), _point(field)))
        elif not isinstance(value, types[field][0]) or isinstance(value, bool):
            message = Message("web.field.type", {"name": field, "type": types[field][1]})
            findings.append(Finding(message, _point(field)))
        elif isinstance(value, int) and not is_seed(value):
            findings.append(Finding(Message("errors.bad_seed", {"seed": str(value)[:40]}), _point(field)))
    if findings:
        raise Refused(422, "web.error.invalid", findings)


def coding(problem: Problem, content: bytes, seed: int | None) -> Submission:
    """Return a coding submission. Raises :class:`Refused` where the source is too large."""
    limit = problem.limits.source_bytes if isinstance(problem, CodingProblem) else SOURCE_BYTES
    if len(content) > limit:
        finding = Finding(Message("submission.too_large", {"limit": limit}), "#/source")
        raise Refused(413, "web.error.source", [finding], limit=limit)
    return Submission(problem.name, content, seed)


def sheet(problem: TheoryProblem, seed: Any, answers: Mapping[str, Any], essay: str) -> Submission:
    """Return an answer sheet as a submission. Raises :class:`Refused` with all findings."""
    from judge.theory import MAX_BYTES, read_sheet

    given = {"seed": seed, "answers": answers, "essay": essay}
    try:
        read_sheet(problem, {name: value for name, value in given.items() if value is not None})
    except InvalidSubmission as invalid:
        raise Refused(422, "web.error.sheet", [Finding(one, _place(one)) for one in invalid.findings]) from None
    content = _toml(seed, answers, essay).encode("utf-8")
    if len(content) > MAX_BYTES:
        raise Refused(413, "web.error.source", limit=MAX_BYTES)
    return Submission(problem.name, content, seed)


def form_fields(body: bytes) -> dict[str, list[str]]:
    """Return the fields of an ``application/x-www-form-urlencoded`` body with their values in order."""
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="surrogateescape",  # bytes that are not UTF-8 stay what they are, and get their verdict
            max_num_fields=FORM_FIELDS,
        )
    except ValueError:
        raise Refused(422, "web.error.form") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def from_form(fields: Mapping[str, list[str]], problem: Problem) -> Submission:
    """Return the submission that the form of ``problem``'s page holds. Raises :class:`Refused`."""
    seed = seed_of(fields.get("seed", [""])[0], "#/seed")
    if isinstance(problem, TheoryProblem):
        return sheet(problem, seed, form_answers(fields, problem), _unix(fields.get("essay", [""])[0]))
    if "source" not in fields:
        raise Refused(422, "web.error.invalid", [_missing("source")])
    # A browser ends the lines of a textarea with CRLF, whatever was typed.
    return coding(problem, _unix(fields["source"][0]).encode("utf-8", "surrogateescape"), seed)


def form_answers(fields: Mapping[str, list[str]], problem: TheoryProblem) -> dict[str, Any]:
    """Return the answers of a form: what was left empty is left out."""
    answers: dict[str, Any] = {}
    for check in problem.bank.checks:
        given = [value.strip() for value in fields.get(check.id, []) if value.strip()]
        if not given:
            continue
        kind = check.kind.value
        if kind in _LIST_KINDS:
            # One text will do for a list: "c, a, b".
            answers[check.id] = [part for value in given for part in re.split(r"[\s,，、;]+", value) if part]
        elif kind == "numeric":
            answers[check.id] = _number(given[0])
        else:
            answers[check.id] = given[0] if len(given) == 1 else given
    return answers


def _number(text: str) -> int | float | str:
    """Return the number that ``text`` is; else the text, which the sheet's reader explains."""
    if not _NUMBER.fullmatch(text):
        return text
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else float(text)


def _parse(body: bytes) -> dict[str, Any]:
    def refuse(name: str) -> Any:
        raise ValueError(name)

    try:
        table = json.loads(body.decode("utf-8-sig"), parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Refused(422, "web.error.json", [Finding(Message("web.error.json"), "#")]) from None
    if not isinstance(table, dict):
        raise Refused(422, "web.error.json", [Finding(Message("web.error.json"), "#")])
    return table


def _missing(field: str) -> Finding:
    return Finding(Message("web.field.missing", {"name": field}), _point(field))


def _point(field: str) -> str:
    return "#/" + field[:80].replace("~", "~0").replace("/", "~1")


def _place(finding: Message) -> str:
    """Return a pointer to the field that a finding about a sheet is about."""
    values = finding.values
    if "check" in values:
        return "#/answers" + _point(str(values["check"]))[1:]
    if finding.key.startswith("theory.sheet.unknown_check"):
        return "#/answers" + _point(str(values["name"]))[1:]
    return {"no_seed": "#/seed", "bad_seed": "#/seed", "essay_type": "#/essay"}.get(
        finding.key.rpartition(".")[2], "#/answers"
    )


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _toml(seed: int, answers: Mapping[str, Any], essay: str) -> str:
    lines = [f"seed = {seed}", f"essay = {_quoted(essay)}", "", "[answers]"]
    lines += [f"{name} = {_value(value)}" for name, value in answers.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(value)


def _quoted(text: str) -> str:
    """Return ``text`` as TOML: over several lines where it has some, so that it can be read."""
    text = _unix(text).encode("utf-8", "replace").decode("utf-8")
    if "\n" not in text:
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    lines = (json.dumps(line, ensure_ascii=False)[1:-1].replace("\\t", "\t") for line in text.split("\n"))
    return '"""\n' + "\n".join(lines).replace("\x7f", "\\u007f") + '"""'
