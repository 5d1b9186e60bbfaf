"""Read an answer sheet. Validation stands apart from assessment: what is malformed is explained and costs nothing."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from msgspec import Struct

from judge.domain.problem import TheoryProblem
from judge.errors import InvalidSubmission
from judge.message import Message
from judge.packages.bank import QuestionKind
from judge.theory.draw import Question, draw, exact

MAX_BYTES = 65_536
MAX_SEED = 2**53
_PLACE = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)$")
FIELDS = ("seed", "essay", "answers")
_SHOWN = 40  # characters of the person's own text that a finding repeats


Given = str | tuple[str, ...] | Fraction
"""A valid answer: an id, ids in the order given, or an exact number."""


class Sheet(Struct, frozen=True):
    """A valid answer sheet."""

    seed: int
    answers: Mapping[str, Given]
    essay: str = ""


def read_sheet(problem: TheoryProblem, source: bytes | str | Mapping[str, Any]) -> Sheet:
    """Return the sheet in ``source``: TOML, or a mapping with "seed", "answers" and "essay" as HTTP brings it.

    Raises:
        InvalidSubmission: with everything that is malformed; nothing has been judged then.

    """
    table = source if isinstance(source, Mapping) else _parse(source)
    findings: list[Message] = []

    def find(key: str, **values: Any) -> None:
        findings.append(Message(f"theory.sheet.{key}", values))

    def unknown(key: str, name: str, known: Iterable[str]) -> None:
        nearest = get_close_matches(str(name), known, n=1)
        find(f"{key}_near" if nearest else key, name=_short(name), **({"nearest": nearest[0]} if nearest else {}))

    checks = {check.id: check for check in problem.bank.checks}
    for name in table:
        if name in checks:
            find("outside_answers", name=name)
        elif name not in FIELDS:
            unknown("unknown_field", name, FIELDS)
    seed = table.get("seed")
    if seed is None:
        find("no_seed")
    elif isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < MAX_SEED:
        find("bad_seed", given=_short(seed))
        seed = None
    essay = table.get("essay", "")
    if not isinstance(essay, str):
        find("essay_type")
    answers = table.get("answers", {})
    if not isinstance(answers, Mapping):
        find("answers_type")
        answers = {}
    read: dict[str, Given] = {}
    for name, value in answers.items():
        if name not in checks:
            unknown("unknown_check", name, checks)
            continue
        # Without a seed kinds and ids can still be looked at: they are the same in every seed.
        answer, malformed = read_answer(draw(checks[name], seed or 0), value)
        findings += malformed
        if answer is not None:
            read[name] = answer
    if findings:
        raise InvalidSubmission(findings)
    assert isinstance(seed, int)
    return Sheet(seed, read, essay)


def read_answer(question: Question, value: Any) -> tuple[Given | None, list[Message]]:
    """Return one answer in the form of :class:`Sheet`, or ``None`` and what is malformed about it."""
    findings: list[Message] = []

    def find(key: str, **values: Any) -> None:
        findings.append(Message(f"theory.sheet.{key}", {"check": question.check.id, **values}))

    return _answer(question, value, find), findings


def _answer(question: Question, value: Any, find: Callable[..., None]) -> Given | None:
    """Return the answer in the form of :class:`Sheet`, or ``None`` after telling ``find`` what is malformed."""
    kind = question.check.kind
    if kind is QuestionKind.NUMERIC:
        return _number(question, value, find)
    options = list(question.options)
    if kind.one_option:
        if isinstance(value, list) and len(value) > 1:
            find("too_many", count=len(value), options=options)
        elif not isinstance(value, str):
            find("want_id", given=_short(value), options=options)
        elif value not in options:
            find("unknown_option", given=_short(value), options=options)
        else:
            return value
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        find("want_ids", given=_short(value), options=options)
        return None
    unknown = [_short(item) for item in dict.fromkeys(value) if item not in options]
    twice = [_short(item) for item in dict.fromkeys(value) if value.count(item) > 1]
    missing = [item for item in options if item not in value]
    if unknown:
        find("unknown_options", given=unknown[:9], options=options)
    if twice:
        find("twice", given=twice[:9])
    if kind is QuestionKind.ORDERING and missing:
        find("incomplete", missing=missing, options=options)
        return None
    return None if unknown or twice else tuple(value)


def _number(question: Question, value: Any, find: Callable[..., None]) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        find("want_number", given=_short(value))
    elif isinstance(value, str):
        find(_why_no_number(value), given=_short(value), unit=question.check.unit is not None)
    elif isinstance(value, float) and not math.isfinite(value):
        find("not_finite", given=_short(value))
    else:
        return Fraction(repr(value)) if isinstance(value, float) else exact(value)
    return None


def _why_no_number(text: str) -> str:
    """Say what keeps ``text`` from being a number: an ending of the key of a finding."""
    text = text.strip()
    if not text:
        return "empty"
    if text.endswith(("%", "％")):
        return "percent"
    if re.fullmatch(r"[+-]?\d[\d ]*[,，][\d ,，]*(\.\d+)?", text):
        return "comma"
    if re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?", text):
        return "quoted"
    if re.fullmatch(r"[+-]?[\d.]+\s*[/*^].*", text):
        return "expression"
    if re.match(r"[+-]?[\d.]+\s*[^\d\s]+", text):
        return "unit"
    return "want_number"


def _short(value: Any) -> str:
    """Return at most forty characters of what the person wrote, whatever it is."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**_SHOWN:
        text = "1" + "0" * _SHOWN  # printing it all could take long
    elif isinstance(value, (list, Mapping)):
        text = "[...]" if isinstance(value, list) else "{...}"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _parse(source: bytes | str) -> Mapping[str, Any]:
    """Return the TOML in ``source`` as a table. Raises ``InvalidSubmission`` with line and column."""
    if isinstance(source, bytes):
        if len(source) > MAX_BYTES:
            raise InvalidSubmission([Message("theory.sheet.too_large", {"bytes": len(source), "limit": MAX_BYTES})])
        try:
            source = source.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InvalidSubmission([Message("theory.sheet.not_utf8", {"byte": error.start})]) from None
    try:
        return tomllib.loads(source)
    except RecursionError:
        raise InvalidSubmission([Message("theory.sheet.too_deep")]) from None
    except ValueError as error:  # TOMLDecodeError is one; so is an integer with thousands of digits
        raise InvalidSubmission([_toml_finding(source, str(error))]) from None


def _toml_finding(source: str, reason: str) -> Message:
    lines = source.replace("\r\n", "\n").split("\n")
    place = _PLACE.search(reason)
    line, column = len(lines), len(lines[-1]) + 1
    if place and place[1]:
        line, column = int(place[1]), int(place[2])
    text = lines[line - 1] if line <= len(lines) else ""
    values = {"line": line, "column": column, "text": _short(text.strip()), "reason": reason.split(" (at ")[0]}
    return Message(f"theory.toml.{_toml_cause(text, lines, reason)}", values)


def _toml_cause(text: str, lines: Sequence[str], reason: str) -> str:
    """Recognise the usual ways in which a sheet fails to be TOML: an ending of the key of a finding."""
    _, _, value = text.partition("=")
    value = value.split("#")[0].strip()
    if "overwrite" in reason or "mutate" in reason or "twice" in reason:
        return "double"
    if re.match(r"[+-]?\d[\d.]*\s*[%％]", value):
        return "percent"
    if re.match(r"[+-]?\d[\d.]*\s*[,，]\s*\d", value):
        return "comma"
    if re.match(r"[+-]?\d[\d.]*\s*[^\W\d_]", value):
        return "unit"
    if re.fullmatch(r"[^\W\d_]+|\[\s*[^\W\d_](\s*,\s*[^\W\d_])*\s*\]", value):
        return "quotes"
    if not value and "=" in text:
        return "empty"
    if sum(one.count('"""') for one in lines) % 2:
        return "essay"
    return "other"
