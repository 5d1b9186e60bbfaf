"""Reports that no grading made: on a sheet that cannot be graded, and on a fault of ours before the grading."""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Sequence
from typing import Any

from judge import __version__, log
from judge.domain.report import Check, Isolation, Report, TestResult
from judge.domain.submission import Submission, is_seed
from judge.domain.verdict import Verdict
from judge.errors import BrokenPackage, JudgeError
from judge.message import Message


def invalid_sheet(submission: Submission, name: str, findings: Sequence[Message]) -> Report:
    """Return the report on an answer sheet that cannot be graded: every finding, and the sheet's seed if it has one."""
    seed = seed_in(submission.content) if submission.seed is None else submission.seed
    return _report(submission, name, Verdict.INVALID_SUBMISSION, "sheet", findings, seed=seed or 0)


def judge_error(submission: Submission, name: str, error: Exception) -> Report:
    """Return the report on a fault of ours; the log tells more under the id that it holds."""
    identifier = secrets.token_hex(6)
    log.error("judge error %s on %s: %s", identifier, name, error, cause=error)
    notes = [Message("errors.judge_error", {"id": identifier})]
    if isinstance(error, BrokenPackage):
        notes += [error.message, *error.findings]
    elif isinstance(error, JudgeError):
        notes.append(error.message)
    return _report(submission, name, Verdict.JUDGE_ERROR, "judge", notes, seed=submission.seed or 0, notes=tuple(notes))


def quiet_log() -> None:
    """The judge's log is for servers; here the report says what there is to say, unless JUDGE_DEBUG is set."""
    if os.environ.get("JUDGE_DEBUG"):
        import logging

        logging.basicConfig()
    else:
        log.quiet()


def _report(
    submission: Submission,
    name: str,
    verdict: Verdict,
    check: str,
    findings: Sequence[Message],
    *,
    seed: int,
    notes: tuple[Message, ...] = (),
) -> Report:
    test = TestResult(check, check, verdict, 0.0, "", tuple(Check(check, False, finding) for finding in findings))
    return Report(
        problem=name,
        verdict=verdict,
        score=0.0,
        seed=seed,
        graded=submission.graded,
        seconds=0.0,
        isolation=Isolation.FULL,  # nothing was run
        tests=(test,),
        notes=notes,
        versions={"judge": __version__},
    )


def seed_in(sheet: bytes) -> int | None:
    """Return the seed that an answer sheet names, ``None`` where it names none that is one."""
    try:
        seed: Any = tomllib.loads(sheet.decode("utf-8-sig")).get("seed")
    except (ValueError, RecursionError):
        return None
    return seed if is_seed(seed) else None
