"""What the pages show, as plain values: reports by group, answer sheets beside their questions."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping
from typing import Any

from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.store.base import Row

GOOD, IDLE, BAD = "good", "idle", "bad"


def mark_of(verdict: str) -> str:
    """Return how a verdict is to be marked: good, idle (not run), or bad."""
    return {"accepted": GOOD, "skipped": IDLE}.get(verdict, BAD)


def groups_of(tests: list[dict[str, Any]], problem: Problem | None, language: str) -> list[dict[str, Any]]:
    """Return the tests of a report (as JSON) by group, in order, the first failing one marked as ``first``."""
    catches: dict[str, str] = {}
    if isinstance(problem, CodingProblem):
        catches = {group.name: group.catches[language] for group in problem.groups}
    groups: dict[str, dict[str, Any]] = {}
    found = False
    for test in tests:
        mark = mark_of(test["verdict"])
        first = mark == BAD and not found
        found = found or first
        group = groups.setdefault(
            test["group"],
            {"name": test["group"], "catches": catches.get(test["group"], ""), "tests": [], "first": False},
        )
        group["tests"].append({**test, "mark": mark, "first": first, "checks": _checks(test["checks"])})
        group["first"] = group["first"] or first
    for group in groups.values():
        marks = [test["mark"] for test in group["tests"]]
        group["mark"] = BAD if BAD in marks else IDLE if IDLE in marks else GOOD
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
    from judge.theory import present, worked

    if row.report is None or row.report["versions"].get("problem") != problem.version:
        return None
    given = sheet_of(row).get("answers", {})
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


def lead_of(problem: Problem, language: str) -> str:
    """Return the first paragraph of a statement: what the problem is about."""
    for part in problem.statement[language].split("\n\n"):
        part = part.strip()
        if part and not part.startswith(("#", "|", "```", "-")):
            return part.replace("\n", " " if language == "en" else "")
    return ""
