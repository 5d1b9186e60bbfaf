"""What the run of one test amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from judge.checkers import tell
from judge.domain.answer import Raised
from judge.domain.case import Call, Case
from judge.domain.problem import TOTAL_SECONDS, CodingProblem
from judge.domain.report import Check, TestResult
from judge.domain.verdict import Verdict
from judge.grading.execute import Executed
from judge.grading.hints import hint_of
from judge.message import Message
from judge.nn.spec import ARRAYS, pack
from judge.sandbox import Loaded, Run, Stopped

OF_STOPPED = {
    Stopped.CPU: Verdict.TIME_LIMIT_EXCEEDED,
    Stopped.WALL: Verdict.TIME_LIMIT_EXCEEDED,
    Stopped.MEMORY: Verdict.MEMORY_LIMIT_EXCEEDED,
    Stopped.OUTPUT: Verdict.OUTPUT_LIMIT_EXCEEDED,
    Stopped.EXIT: Verdict.RUNTIME_ERROR,
    Stopped.SIGNAL: Verdict.RUNTIME_ERROR,
    Stopped.PROTOCOL: Verdict.RUNTIME_ERROR,
}

_FEW = 1000  # numbers of a network that no sensible loop needs seconds for

IMPORT = "import"  # the first entry of every report's tests: the submission as a module


def of_import(loaded: Loaded) -> TestResult:
    """Return the report's first entry: compiled, imported, the function found."""
    if loaded.stopped is not None:
        verdict = OF_STOPPED[loaded.stopped]
        check = Check("import", False, Message(f"run.stopped.{loaded.stopped}", {}))
    elif loaded.problem:
        verdict = Verdict.INVALID_SUBMISSION
        values = exception_values(loaded.raised) if loaded.raised else {}
        check = Check("import", False, Message(f"submission.{loaded.problem}", values))
    elif loaded.raised is not None:
        verdict = _of_exception(loaded.raised)
        check = Check("import", False, Message("run.import_raised", exception_values(loaded.raised)))
    else:
        verdict = Verdict.ACCEPTED
        check = Check("import", True, Message("run.imported", {}))
    return TestResult(IMPORT, IMPORT, verdict, loaded.cpu_seconds, loaded.output, (check,))


def not_judged(verdict: Verdict, message: Message) -> TestResult:
    """Return the report's first entry for a submission that was never run."""
    return TestResult(IMPORT, IMPORT, verdict, 0.0, "", (Check("import", False, message),))


def of_test(problem: CodingProblem, executed: Executed) -> TestResult:
    """Return the entry of one test."""
    case, run, suite = executed.test.case, executed.run, problem.suite
    if executed.loaded is not None:
        return replace(of_import(executed.loaded), name=case.name, group=case.group)
    if run is None:
        return skipped(case.name, case.group)
    if executed.known and executed.test.known is not None:
        return _result(case, run, Verdict.ACCEPTED, executed.test.known.checks)
    if run.stopped is not None:
        return _result(case, run, OF_STOPPED[run.stopped], (Check("run", False, _of_stopped(problem, executed, run)),))
    for position, (call, answer) in enumerate(zip(case.calls, run.answers, strict=False)):
        raised = answer.raised
        if raised is None or call.raises is not None:
            continue
        before = tuple(suite.check(case, run.answers[:position])) if position else ()
        if any(not check.passed for check in before):
            return _result(case, run, Verdict.WRONG_ANSWER, before)
        values = exception_values(raised) | {
            "call": call_values(call),
            "number": position + 1,
            "calls": len(case.calls),
        }
        check = Check("run", False, Message("run.call_raised", values))
        return _result(case, run, _of_exception(raised), (*before, check))
    checks = tuple(suite.check(case, run.answers))
    passed = all(check.passed for check in checks)
    return _result(case, run, Verdict.ACCEPTED if passed else Verdict.WRONG_ANSWER, checks)


def _of_stopped(problem: CodingProblem, executed: Executed, run: Run) -> Message:
    """Return why a child was stopped, and in which call where that is known: late answers may be missing."""
    case = executed.test.case
    values: dict[str, Any] = {"calls": len(case.calls), "seconds": run.cpu_seconds}
    position = min(len(run.answers), len(case.calls) - 1)
    if not any(call.late for call in case.calls[: position + 1]):
        call = case.calls[position]
        values |= {"number": position + 1, "call": tell.call_of(call)}
        weights = sum(array.size for array in pack(call.model)[1])
        if run.stopped == Stopped.CPU and weights <= _FEW:
            return Message("run.stopped.endless", values | {"weights": weights})
    if executed.over:
        return Message("run.stopped.all", values | {"limit": round(TOTAL_SECONDS)})
    if run.stopped == Stopped.OUTPUT:
        return Message("run.stopped.output", values | {"limit": problem.limits.output_bytes // 1024})
    return Message(f"run.stopped.{run.stopped}", values)


def in_words_of_the_call(result: TestResult, case: Case) -> TestResult:
    """Return ``result`` with the arguments told beside what a rule found wrong: a number alone says little."""
    return replace(result, checks=tuple(_with_arguments(check, case) for check in result.checks))


def _with_arguments(check: Check, case: Case) -> Check:
    detail = check.detail
    if check.passed or check.name in ("arguments", "run", IMPORT):  # these tell them already, or have none
        return check
    if detail.key == "checks.in_call":
        call = case.calls[detail.values["number"] - 1]
        return replace(check, detail=Message(detail.key, {**detail.values, "call": tell.call_of(call)}))
    if len(case.calls) == 1:
        values = {"call": tell.call_of(case.calls[0]), "problem": detail}
        return replace(check, detail=Message("checks.in_this_call", values))
    return check


def skipped(name: str, group: str) -> TestResult:
    """Return the entry of a test that was not run."""
    return TestResult(name, group, Verdict.SKIPPED, 0.0, "", ())


def exception_values(raised: Raised) -> dict[str, Any]:
    """Return what a message on an exception needs; ``hint`` is the key of what it usually means, or empty."""
    return {
        "name": raised.name,
        "message": raised.message,
        "frames": [{"line": frame.line, "function": frame.function, "text": frame.text} for frame in raised.frames],
        "where": raised.where or "",
        "hint": hint_of(raised),
    }


def call_values(call: Call) -> dict[str, Any]:
    """Return the call as it can be shown: arguments, and the kinds, shapes and dtypes of its network."""
    return {
        "args": [repr(value) for value in call.args] + [f"{name}={value!r}" for name, value in call.kwargs.items()],
        "layers": _layers(*pack(call.model)),
    }


def _layers(header: Iterable[dict[str, Any]], arrays: list[Any]) -> list[str]:
    shown = []
    for entry in header:
        inner = [f"{name}={arrays[entry[name]].shape}" for name in ARRAYS[entry["kind"]][:1] if entry[name] is not None]
        inner += [str(arrays[entry[name]].dtype) for name in ARRAYS[entry["kind"]][:1] if entry[name] is not None]
        shown.append(f"{entry['kind']}({', '.join(inner)})" if inner else entry["kind"])
    return shown


def _of_exception(raised: Raised) -> Verdict:
    return Verdict.MEMORY_LIMIT_EXCEEDED if "MemoryError" in raised.names else Verdict.RUNTIME_ERROR


def _result(case: Case, run: Run, verdict: Verdict, checks: tuple[Check, ...]) -> TestResult:
    return TestResult(case.name, case.group, verdict, run.cpu_seconds, run.output, checks)
