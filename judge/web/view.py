"""What the pages show, as plain values: reports by group, answer sheets beside their questions."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.errors import JudgeError
from judge.packages.library import Library
from judge.store.base import Row

GOOD, IDLE, BAD, FAULT = "good", "idle", "bad", "fault"


class Summary(Struct, frozen=True):
    """A submission in short. ``created`` is in seconds since the epoch; verdict and score are ``None`` until judged."""

    id: str
    problem: str
    status: str
    verdict: str | None
    score: float | None
    seed: int | None
    created: float

    @property
    def mark(self) -> str:
        return IDLE if self.verdict is None else mark_of(self.verdict)

    @property
    def time(self) -> str:
        """In UTC, ISO 8601, to the second."""
        return datetime.fromtimestamp(self.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def mark_of(verdict: str) -> str:
    """Return how a verdict is to be marked: good, idle (not run), fault (ours), or bad."""
    return {"accepted": GOOD, "skipped": IDLE, "judge_error": FAULT}.get(verdict, BAD)


def groups_of(tests: list[dict[str, Any]], problem: Problem | None, language: str) -> list[dict[str, Any]]:
    """Return the tests of a report (as JSON) by group, in order, the first failing one marked as ``first``."""
    catches: dict[str, str] = {}
    if isinstance(problem, CodingProblem):
        catches = {group.name: group.catches[language] for group in problem.groups}
    groups: dict[str, dict[str, Any]] = {}
    found = False
    for test in tests:
        mark = mark_of(test["verdict"])
        first = mark in (BAD, FAULT) and not found
        found = found or first
        group = groups.setdefault(
            test["group"],
            {"name": test["group"], "catches": catches.get(test["group"], ""), "tests": [], "first": False},
        )
        group["tests"].append({**test, "mark": mark, "first": first, "checks": _checks(test["checks"])})
        group["first"] = group["first"] or first
    for group in groups.values():
        marks = [test["mark"] for test in group["tests"]]
        group["mark"] = next((mark for mark in (BAD, FAULT, IDLE) if mark in marks), GOOD)
        group["passed"] = marks.count(GOOD)
    return list(groups.values())


def _checks(checks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the checks of a test, what failed first."""
    return sorted(checks, key=lambda check: bool(check["passed"]))


def command_of(result: Mapping[str, Any], problem: Problem | None) -> str:
    """Return the command that judges the same once more in a terminal."""
    name = result["problem"]
    if isinstance(problem, TheoryProblem):
        return shlex.join(["judge", "check", name, f"{name}.toml"])
    words = ["judge", "check", name, f"{name}.py", "--seed", str(result["seed"])]
    failing = next((test for test in result["tests"] if mark_of(test["verdict"]) == BAD), None)
    groups = [group.name for group in problem.groups] if isinstance(problem, CodingProblem) else []
    if failing is not None and failing["group"] in groups:
        words += ["--test", failing["name"]]
    return shlex.join(words)


def sheet_of(row: Row) -> dict[str, Any]:
    """Return the answer sheet that was handed in, empty where it cannot be read."""
    try:
        return tomllib.loads(row.submission.content.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}


def answers_of(
    problem: TheoryProblem, row: Row, result: Mapping[str, Any], language: str
) -> list[dict[str, Any]] | None:
    """Return each question with what was answered, what is right and why; ``None`` where the package has changed."""
    if row.report is None or row.report["versions"].get("problem") != problem.version:
        return None
    return answered(problem, sheet_of(row).get("answers", {}), result, language)


def answered(
    problem: TheoryProblem, given: Mapping[str, Any], result: Mapping[str, Any], language: str
) -> list[dict[str, Any]] | None:
    """Return each question of ``problem`` with the answer in ``given``, what is right and why.

    ``None`` where ``result`` is of other questions.
    """
    from judge.theory import present, worked

    tests = {test["name"]: test for test in result["tests"]}
    rows = []
    shown = present(problem, result["seed"], language)["questions"]
    for question, solution in zip(shown, worked(problem, result["seed"], language), strict=True):
        answer, right = given.get(question["id"]), solution["answer"]
        test = tests.get(question["id"])
        if test is None:
            return None
        rows.append(
            {
                **question,
                "test": test,
                "mark": mark_of(test["verdict"]),
                "given": answer,
                "answer": right,
                "options": [_option(option, question["kind"], answer, right) for option in question["options"]],
                "explain": solution["explain"],
                "contested": solution["contested"],
                "sources": solution["sources"],
            }
        )
    return rows


def _option(option: Mapping[str, str], kind: str, answer: Any, right: Any) -> dict[str, Any]:
    chosen = answer if isinstance(answer, list) else [answer]
    rights = right if isinstance(right, list) else [right]
    places = {"chosen": option["id"] in chosen, "right": option["id"] in rights}
    if kind == "ordering":
        places = {"chosen": False, "right": False}
    return {**option, **places}


def problems_of(library: Library, language: str, mine: Sequence[Summary]) -> list[dict[str, Any]]:
    """Return every problem, with what ``mine`` came to: the best of them, and how many they are."""
    found = []
    for one in library.summaries():
        loaded = _loaded(library, one.name)
        tried = [summary for summary in mine if summary.problem == one.name]
        found.append(
            {
                "name": one.name,
                "kind": one.kind if loaded is not None else "broken",
                "title": one.title.get(language, one.name),
                "lead": "" if loaded is None else lead_of(loaded, language),
                "checks": len(loaded.bank.checks) if isinstance(loaded, TheoryProblem) else 0,
                "groups": len(loaded.groups) if isinstance(loaded, CodingProblem) else 0,
                "tried": len(tried),
                "best": max(tried, key=lambda summary: (summary.mark == GOOD, summary.score or 0.0), default=None),
            }
        )
    return found


def _loaded(library: Library, name: str) -> Problem | None:
    try:
        return library.by_name(name)
    except JudgeError:
        return None


def lead_of(problem: Problem, language: str) -> str:
    """Return the first paragraph of a statement: what the problem is about."""
    for part in problem.statement[language].split("\n\n"):
        part = part.strip()
        if part and not part.startswith(("#", "|", "```", "-")):
            return part.replace("\n", " " if language == "en" else "")
    return ""


def sample_groups(problem: Problem) -> list[str]:
    """Return the names of the groups of tests that the statement shows."""
    if not isinstance(problem, CodingProblem):
        return []
    return [group.name for group in problem.groups if group.kind == "sample"]


def takes_own_input(problem: Problem) -> bool:
    """True where a call of one's own can be judged."""
    if not isinstance(problem, CodingProblem):
        return False
    from judge.diagnosis.ladder import load

    return load(problem) is not None


def example_of(problem: Problem) -> str:
    """Return a call to begin with: the first of the statement's samples."""
    from judge.diagnosis.source import call_text, network_text

    assert isinstance(problem, CodingProblem)
    for group in sample_groups(problem):
        for case in problem.suite.cases(group, 0):
            for call in case.calls:
                return f"model = {network_text(call.model)}\n{call_text(call, problem.entry_point)}\n"
    return ""
