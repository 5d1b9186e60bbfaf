"""Questions about one's own run, and the grading of an answer to them; see ``judge.theory.own_run``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from judge.domain.problem import Problem
from judge.domain.report import Report
from judge.errors import UsageError
from judge.theory import grade, present, run_problem, starter


def questions_of(problem: Problem, report: Report, language: str) -> dict[str, Any] | None:
    """Return seed, pass mark, questions and essay (contract, section 3); ``None`` where there is nothing to ask."""
    asked = run_problem(problem, report)
    if asked is None:
        return None
    shown = present(asked, report.seed, language)
    return {name: shown[name] for name in ("seed", "pass_mark", "questions", "essay")}


def sheet_of(problem: Problem, report: Report, language: str, head: str = "") -> str:
    """Return an empty answer sheet (TOML), its seed the report's. Raises :class:`UsageError` where nothing is asked."""
    asked = run_problem(problem, report)
    if asked is None:
        raise UsageError("review.no_questions", name=problem.name)
    return starter(asked, report.seed, language, head)


def grade_answers(problem: Problem, report: Report, sheet: bytes | Mapping[str, Any]) -> Report:
    """Return the report on ``sheet``: TOML, or a mapping with "answers" and "essay"; its seed must be the report's.

    Raises:
        UsageError: the run has nothing to ask about, or the sheet is of another seed.
        InvalidSubmission: the sheet is malformed; all findings.

    """
    asked = run_problem(problem, report)
    if asked is None:
        raise UsageError("review.no_questions", name=problem.name)
    return grade(asked, sheet, report.seed)
