"""A stored submission, ready for a template: sentences in one language, tests in groups, what failed first."""

from __future__ import annotations

import json
import shlex
import tomllib
from dataclasses import dataclass, field
from typing import Any

from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.domain.report import Report
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.sandbox.output import printable
from judge.store import Stored
from judge.theory import present, review, worked
from judge.words import Catalogue
from judge.words.render import catalogue as catalogue_of
from judge.words.render import report_json, sentence

_TONES = {
    Verdict.ACCEPTED: "good",
    Verdict.WRONG_ANSWER: "bad",
    Verdict.RUNTIME_ERROR: "bad",
    Verdict.INVALID_SUBMISSION: "bad",
    Verdict.SKIPPED: "idle",
    Verdict.NOT_ATTEMPTED: "idle",
}


def tone(verdict: str) -> str:
    """Return which colour a verdict has: "good", "bad", "idle", or "limit"."""
    return _TONES.get(Verdict(verdict), "limit") if verdict else "idle"


@dataclass(slots=True)
class Group:
    """Tests that belong together; ``tests`` are entries of the report's JSON."""

    name: str
    catches: str
    tests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return sum(test["verdict"] not in (Verdict.ACCEPTED, Verdict.SKIPPED) for test in self.tests)

    @property
    def skipped(self) -> int:
        return sum(test["verdict"] == Verdict.SKIPPED for test in self.tests)

    @property
    def tone(self) -> str:
        if self.failed:
            return "bad"
        return "idle" if self.skipped or not self.tests else "good"


@dataclass(frozen=True, slots=True)
class Told:
    """A report in words. ``first`` is the first failing test."""

    report: dict[str, Any]
    groups: list[Group]
    first: dict[str, Any] | None
    first_catches: str
    passed: int
    margin: str
    command: str
    accuracy: list[str]


def told(report: Report, problem: Problem | None, language: str) -> Told:
    """Return the report of a coding submission in words."""
    shown = report_json(report, language, problem)
    spoken = catalogue_of(language, problem)
    catches = groups_of(problem, language)
    groups: dict[str, Group] = {name: Group(name, line) for name, line in catches.items()}
    for test in shown["tests"]:
        groups.setdefault(test["group"], Group(test["group"], "")).tests.append(test)
    order = list(dict.fromkeys([test["group"] for test in shown["tests"]]))
    first = next((test for test in shown["tests"] if _failed(test["verdict"])), None)
    command = ["judge", "check", report.problem, "solution.py", "--seed", str(report.seed)]
    if first is not None and first["group"] in catches:
        command += ["--test", first["name"]]
    return Told(
        report=shown,
        groups=[groups[name] for name in order],
        first=first,
        first_catches=catches.get(first["group"], "") if first else "",
        passed=sum(test["verdict"] == Verdict.ACCEPTED for test in shown["tests"]),
        margin=_margin(report, spoken),
        command=shlex.join(command),
        accuracy=shown["notes"] if report.verdict == Verdict.ACCEPTED else [],
    )


def groups_of(problem: Problem | None, language: str) -> dict[str, str]:
    """Return the groups of a coding problem, each with what it catches; the import comes before all."""
    if not isinstance(problem, CodingProblem):
        return {}
    return {group.name: group.catches[language] for group in problem.groups}


def source_of(stored: Stored) -> str:
    """Return what was handed in as text for a page."""
    return stored.content.decode("utf-8-sig", "backslashreplace").replace("\r\n", "\n").replace("\x00", "\\x00")


@dataclass(frozen=True, slots=True)
class Question:
    """A concept check after grading. ``options`` have "chosen" and "right"; ``feedback`` is what the report said."""

    id: str
    kind: str
    prompt: str
    passed: bool
    given: list[str]
    options: list[dict[str, Any]]
    answer: str
    unit: str
    feedback: list[str]
    explain: str
    contested: bool
    sources: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A graded answer sheet. ``questions`` is empty where the package has changed since: then the report must do."""

    report: dict[str, Any]
    questions: list[Question]
    right: int
    essay: str
    review: dict[str, Any] | None
    command: str
    toml: str


def graded_sheet(stored: Stored, report: Report, problem: Problem | None, language: str) -> Sheet:
    """Return the report of an answer sheet in words, with the questions it answers."""
    shown = report_json(report, language, problem)
    table = read_table(stored)
    given: dict[str, Any] = table.get("answers", {})
    questions: list[Question] = []
    reviewed = None
    if isinstance(problem, TheoryProblem) and report.versions.get("problem") == problem.version:
        reviewed = review(problem, language)
        asked = {question["id"]: question for question in present(problem, report.seed, language)["questions"]}
        right = {row["id"]: row for row in worked(problem, report.seed, language)}
        questions = [
            _question(test, asked[test["name"]], right[test["name"]], given.get(test["name"]))
            for test in shown["tests"]
            if test["name"] in asked
        ]
    return Sheet(
        report=shown,
        questions=questions,
        right=sum(test["verdict"] == Verdict.ACCEPTED for test in shown["tests"]),
        essay=printable(str(table.get("essay", ""))),
        review=reviewed,
        command=shlex.join(["judge", "check", report.problem, "answers.toml"]),
        toml=printable(source_of(stored)),
    )


def read_table(stored: Stored) -> dict[str, Any]:
    """Return a stored answer sheet as a table."""
    try:
        return tomllib.loads(stored.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}


def written(answer: Any) -> str:
    """Return an answer as it stands in a sheet."""
    if isinstance(answer, list):
        return ", ".join(str(item) for item in answer)
    return "" if answer is None else json.dumps(answer) if isinstance(answer, float) else str(answer)


def _question(test: dict[str, Any], asked: dict[str, Any], row: dict[str, Any], given: Any) -> Question:
    right = row["answer"] if isinstance(row["answer"], list) else [row["answer"]]
    chosen = given if isinstance(given, list) else [] if given is None else [given]
    options = [
        {**option, "chosen": option["id"] in chosen, "right": option["id"] in right} for option in asked["options"]
    ]
    if asked["kind"] == "ordering":
        options = [option for letter in right for option in options if option["id"] == letter]
    passed = test["verdict"] == Verdict.ACCEPTED
    return Question(
        id=asked["id"],
        kind=asked["kind"],
        prompt=asked["prompt"],
        passed=passed,
        given=[written(item) for item in chosen],
        options=options,
        answer=written(row["answer"]),
        unit=asked["unit"] or "",
        feedback=[] if passed else [check["detail"] for check in test["checks"]],
        explain=row["explain"],
        contested=row["contested"],
        sources=row["sources"],
    )


def _failed(verdict: str) -> bool:
    return verdict not in (Verdict.ACCEPTED, Verdict.SKIPPED)


def _margin(report: Report, spoken: Catalogue) -> str:
    """Return the narrowest margin of an accepted report in words, empty where there is none to tell."""
    if report.verdict != Verdict.ACCEPTED:
        return ""
    worst: Message | None = None
    nearest = 0.0
    for test in report.tests:
        for check in test.checks:
            share = _share(check.detail)
            if share > nearest:
                worst, nearest = check.detail, share
    return "" if worst is None else sentence(spoken, worst)


def _share(message: Message) -> float:
    """Return which share of a tolerance a check used up; 0 where it has none."""
    error, limit = message.values.get("error"), message.values.get("limit")
    if message.key == "checks.margin" and isinstance(error, (int, float)) and isinstance(limit, float) and limit > 0:
        return float(error / limit)
    return 0.0
