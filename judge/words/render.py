"""What both faces show: a report and a problem as the contract's JSON objects, in a language.

Whatever comes out is made of JSON types, holds no lone surrogate, no NaN and no control character, and a report stays
below :data:`LIMIT` bytes in UTF-8.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec.json

from judge.domain.submission import fresh_seed
from judge.message import Message
from judge.sandbox.output import printable
from judge.words.catalogue import Catalogue, words

if TYPE_CHECKING:
    from judge.domain.problem import CodingProblem, Problem, TheoryProblem
    from judge.domain.report import Report, TestResult

LIMIT = 1_000_000  # bytes; the contract promises less than 1 MiB
LONGEST = 6_000  # characters of one sentence
_CUTS = (1_024, 256, 64)  # characters of each text that are kept where a report would be too long otherwise
_OURS = ("package.", "sandbox.", "theory.package.")  # keys whose values may hold an operating system's error message
# A path of the host in such a message: its last part tells a person enough.
_PATH = re.compile(r"(?<![\w.:/])/(?:[^\s'\"/:,]+/)+(?=[^\s'\"/:,]+)")


def catalogue(language: str, problem: Problem | None = None) -> Catalogue:
    """Return the words of ``language``; with the package's own and the function's name where a problem is given."""
    if problem is None or problem.kind != "coding":
        return words(language)
    coding = cast("CodingProblem", problem)
    return Catalogue(language, coding.words.get(language), {"entry_point": coding.entry_point})


def sentence(spoken: Catalogue, message: Message) -> str:
    """Return ``message`` in words that may be shown anywhere: see the top of this file; no host path in it."""
    text = spoken.text(message)
    if message.key.startswith(_OURS):
        text = _PATH.sub("", text)
    text = printable(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def report_json(report: Report, language: str, problem: Problem | None = None) -> dict[str, Any]:
    """Return the object that ``judge check --json`` prints. ``problem`` brings its package's words."""
    spoken = catalogue(language, problem)
    found = report.counterexample
    result: dict[str, Any] = {
        "problem": report.problem,
        "verdict": str(report.verdict),
        "score": _number(report.score),
        "seed": report.seed,
        "graded": str(report.graded),
        "seconds": _number(report.seconds),
        "isolation": str(report.isolation),
        "tests": [_test(spoken, test) for test in report.tests],
        "diagnosis": [{"id": one.id, "message": sentence(spoken, one.message)} for one in report.diagnosis],
        "counterexample": None
        if found is None
        else {
            "call": printable(found.call),
            "numbers": found.numbers,
            "got": sentence(spoken, found.got),
            "expected": sentence(spoken, found.expected),
            "snippet": printable(found.snippet),
            "network": printable(found.network),
            "check": found.check,
            "detail": sentence(spoken, found.detail) if found.detail is not None else "",
            "earlier": [printable(call) for call in found.earlier],
            "right_answers": found.right_answers,
            "passing_twin": None if found.passing_twin is None else sentence(spoken, found.passing_twin),
            "flaky": found.flaky,
        },
        "notes": [sentence(spoken, note) for note in report.notes],
        "versions": {name: str(value) for name, value in report.versions.items()},
    }
    return _bounded(result)


def test_json(result: TestResult, language: str, problem: Problem | None = None) -> dict[str, Any]:
    """Return an entry of ``tests`` of :func:`report_json`."""
    return _test(catalogue(language, problem), result)


def problem_json(problem: Problem, language: str, seed: int | None = None) -> dict[str, Any]:
    """Return the object that ``judge show --json`` prints; theory with the questions of ``seed``, or of a fresh one."""
    if problem.kind == "theory":
        from judge.theory import present

        seed = fresh_seed() if seed is None else seed
        return present(cast("TheoryProblem", problem), seed, language)
    problem = cast("CodingProblem", problem)
    limits = problem.limits
    return {
        "name": problem.name,
        "kind": str(problem.kind),
        "title": problem.title[language],
        "statement": problem.statement[language],
        "entry_point": problem.entry_point,
        "starter": problem.starter,
        "limits": {
            "cpu_seconds": limits.cpu_seconds,
            "cpu_seconds_large": limits.cpu_seconds_large,
            "memory_bytes": limits.memory_bytes,
            "output_bytes": limits.output_bytes,
            "source_bytes": limits.source_bytes,
        },
        "groups": [
            {"name": group.name, "kind": group.kind, "weight": group.weight, "catches": group.catches[language]}
            for group in problem.groups
        ],
        "hints": len(problem.hints[language]),
    }


def to_json(plain: Mapping[str, Any] | list[Any]) -> str:
    """Return strict JSON: real characters, no NaN. Raises ``ValueError`` where a number is not finite."""
    return msgspec.json.format(_compact(plain), indent=2)


def _compact(plain: Mapping[str, Any] | list[Any]) -> str:
    # json indents in Python, which takes longer than all the rest of a report
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _test(spoken: Catalogue, test: TestResult) -> dict[str, Any]:
    return {
        "name": test.name,
        "group": test.group,
        "verdict": str(test.verdict),
        "seconds": _number(test.seconds),
        "output": printable(test.output),
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": sentence(spoken, check.detail)}
            for check in test.checks
        ],
    }


def _number(value: float) -> float:
    return round(float(value), 6) if math.isfinite(value) else 0.0


def _bounded(report: dict[str, Any]) -> dict[str, Any]:
    """Shorten output and details, the same in each test, until the report fits."""
    for cut in _CUTS:
        if len(_compact(report).encode()) < LIMIT // 3 or len(to_json(report).encode()) < LIMIT:
            break
        for test in report["tests"]:
            test["output"] = test["output"][:cut]
            for check in test["checks"]:
                check["detail"] = check["detail"][:cut]
    return report
