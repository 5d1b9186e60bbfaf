"""Judge every shipped submission and compare with what it must get."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

from msgspec import Struct

from judge.domain.problem import CodingProblem, Expectation
from judge.domain.report import Report
from judge.domain.submission import Submission
from judge.domain.verdict import Verdict
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages import load_expectations
from judge.service import Service


class Judged(Struct, frozen=True):
    """A shipped submission, the seed, and its report."""

    expectation: Expectation
    seed: int
    report: Report

    @property
    def name(self) -> str:
        """Folder and file, as in ``submissions.toml``."""
        return f"{self.expectation.path.parent.name}/{self.expectation.path.name}"

    @property
    def failed_groups(self) -> frozenset[str]:
        """Groups with a test that was run and not accepted."""
        passed = (Verdict.ACCEPTED, Verdict.SKIPPED)
        return frozenset(test.group for test in self.report.tests if test.verdict not in passed)


def judge_all(
    problem: CodingProblem,
    service: Service,
    seeds: Sequence[int],
    on_progress: Callable[[int, int], None],
    *,
    only: str | None = None,
) -> tuple[list[Judged], list[Message]]:
    """Return every judging, and what is wrong with them; ``only`` names a test or group, as for ``Service.grade``."""
    try:
        expectations = list(load_expectations(problem.folder))
    except BrokenPackage as broken:
        return [], list(broken.findings)
    findings: list[Message] = []
    if problem.reference is not None:
        expectations.insert(0, Expectation(problem.reference, Verdict.ACCEPTED))
    for verdict in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER):
        if not any(expectation.verdict == verdict for expectation in expectations):
            findings.append(Message("verify.no_submissions", {"verdict": verdict}))
    jobs = [(expectation, seed) for seed in seeds for expectation in expectations]

    def judge(job: tuple[Expectation, int]) -> Judged:
        expectation, seed = job
        submission = Submission(problem.name, expectation.path.read_bytes(), seed)
        return Judged(expectation, seed, service.grade(submission, problem=problem, only=only))

    runs: list[Judged] = []
    with ThreadPoolExecutor(max_workers=cpu_count() or 1) as pool:
        for run in pool.map(judge, jobs):
            runs.append(run)
            findings += _compare(run)
            on_progress(len(runs), len(jobs))
    findings += _starter(problem, service, seeds[0])
    return runs, findings


def _compare(run: Judged) -> list[Message]:
    found = []
    report, expectation = run.report, run.expectation
    if report.verdict != expectation.verdict:
        worst = next((t.name for t in report.tests if t.verdict != Verdict.ACCEPTED), "")
        values = {
            "file": run.name,
            "expected": expectation.verdict,
            "got": report.verdict,
            "seed": run.seed,
            "test": worst,
        }
        found.append(Message("verify.verdict", values))
    missed = sorted(set(expectation.groups) - run.failed_groups)
    if missed:
        found.append(Message("verify.groups", {"file": run.name, "groups": missed, "seed": run.seed}))
    return found


def _starter(problem: CodingProblem, service: Service, seed: int) -> list[Message]:
    """The starter must be told apart as not attempted, and must not pass when a comment is added to it."""
    found = []
    plain = service.grade(Submission(problem.name, problem.starter.encode(), seed), problem=problem)
    if plain.verdict != Verdict.NOT_ATTEMPTED:
        found.append(Message("verify.starter", {"got": plain.verdict}))
    touched = service.grade(Submission(problem.name, f"{problem.starter}\n# touched\n".encode(), seed), problem=problem)
    if touched.verdict in (Verdict.ACCEPTED, Verdict.INVALID_SUBMISSION, Verdict.JUDGE_ERROR):
        found.append(Message("verify.starter", {"got": touched.verdict}))
    return found
