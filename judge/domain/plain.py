"""A report as plain data and back: keys and values, no words, so that it can be kept and shown in any language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from judge.domain.report import Check, Counterexample, Diagnosis, Isolation, Report, TestResult
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.message import Message


def report_to_plain(report: Report) -> dict[str, Any]:
    """Return ``report`` made of what strict JSON can hold; see :func:`report_from_plain`."""
    found = report.counterexample
    return {
        "problem": report.problem,
        "verdict": str(report.verdict),
        "score": report.score,
        "seed": report.seed,
        "graded": str(report.graded),
        "seconds": report.seconds,
        "isolation": str(report.isolation),
        "tests": [test_to_plain(test) for test in report.tests],
        "diagnosis": [{"id": one.id, "message": _message(one.message)} for one in report.diagnosis],
        "counterexample": None
        if found is None
        else {
            "call": found.call,
            "numbers": found.numbers,
            "got": _message(found.got),
            "expected": _message(found.expected),
            "snippet": found.snippet,
            "network": found.network,
            "check": found.check,
            "detail": _maybe(found.detail),
            "earlier": list(found.earlier),
            "right_answers": found.right_answers,
            "passing_twin": _maybe(found.passing_twin),
            "flaky": found.flaky,
        },
        "notes": [_message(note) for note in report.notes],
        "versions": dict(report.versions),
    }


def report_from_plain(plain: Mapping[str, Any]) -> Report:
    """Undo :func:`report_to_plain`; what was a tuple within a message's values comes back as a list."""
    found = plain["counterexample"]
    return Report(
        problem=plain["problem"],
        verdict=Verdict(plain["verdict"]),
        score=plain["score"],
        seed=plain["seed"],
        graded=Graded(plain["graded"]),
        seconds=plain["seconds"],
        isolation=Isolation(plain["isolation"]),
        tests=tuple(test_from_plain(test) for test in plain["tests"]),
        diagnosis=tuple(Diagnosis(one["id"], _to_message(one["message"])) for one in plain["diagnosis"]),
        counterexample=None
        if found is None
        else Counterexample(
            found["call"],
            found["numbers"],
            _to_message(found["got"]),
            _to_message(found["expected"]),
            found["snippet"],
            network=found.get("network", ""),
            check=found.get("check", ""),
            detail=_to_maybe(found.get("detail")),
            earlier=tuple(found.get("earlier", ())),
            right_answers=found.get("right_answers", 0),
            passing_twin=_to_maybe(found.get("passing_twin")),
            flaky=found.get("flaky", False),
        ),
        notes=tuple(_to_message(note) for note in plain["notes"]),
        versions=dict(plain["versions"]),
    )


def test_to_plain(test: TestResult) -> dict[str, Any]:
    """Return one test of a report as plain data."""
    return {
        "name": test.name,
        "group": test.group,
        "verdict": str(test.verdict),
        "seconds": test.seconds,
        "output": test.output,
        "checks": [
            {"name": check.name, "passed": check.passed, "detail": _message(check.detail)} for check in test.checks
        ],
    }


def test_from_plain(plain: Mapping[str, Any]) -> TestResult:
    """Undo :func:`test_to_plain`."""
    checks = tuple(Check(one["name"], one["passed"], _to_message(one["detail"])) for one in plain["checks"])
    return TestResult(
        plain["name"], plain["group"], Verdict(plain["verdict"]), plain["seconds"], plain["output"], checks
    )


def _message(message: Message) -> dict[str, Any]:
    plain: dict[str, Any] = _finite(message.to_plain())
    return plain


def _maybe(message: Message | None) -> dict[str, Any] | None:
    return None if message is None else _message(message)


def _to_maybe(plain: Mapping[str, Any] | None) -> Message | None:
    return None if plain is None else _to_message(plain)


def _to_message(plain: Mapping[str, Any]) -> Message:
    return Message.from_plain(_floats(plain))


def _finite(value: Any) -> Any:
    """Strict JSON has no NaN and no infinities: they travel under their name."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"__float__": repr(value)}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return value


def _floats(value: Any) -> Any:
    if isinstance(value, list):
        return [_floats(item) for item in value]
    if isinstance(value, Mapping):
        if value.keys() == {"__float__"}:
            return float(value["__float__"])
        return {name: _floats(item) for name, item in value.items()}
    return value
