"""A judging as a command line asks for it, from the job to the lines of its report."""

from __future__ import annotations

import shlex
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from judge.cli import solution
from judge.cli.terminal import Terminal
from judge.errors import BadSeed, UsageError

if TYPE_CHECKING:
    from judge.domain.problem import Problem
    from judge.domain.report import Report
    from judge.domain.submission import Submission

_KIB = 64  # of a submission, where the package does not say


def seed_of(text: str | None) -> int | None:
    """Return the seed that ``text`` names. Raises :class:`BadSeed`."""
    if text is None:
        return None
    from judge.domain.submission import seed_from

    seed = seed_from(text)
    if seed is None:
        raise BadSeed("errors.bad_seed", seed=text[:40])
    return seed


class Job(Struct, frozen=True):
    """What a command line asks for."""

    problem: str
    solution: str | None
    seed: int | None
    test: str | None = None
    json: bool = False


class Judging:
    """A service for one command, and what is around it. A context manager: leaving it ends the fork server."""

    def __init__(self, terminal: Terminal) -> None:
        from judge.bootstrap import make_service
        from judge.cli import ahead

        self.terminal = terminal
        self.service = make_service(sandbox=ahead.take)

    def __enter__(self) -> Judging:
        return self

    def __exit__(self, *exception: object) -> None:
        self.service.close()

    def check(self, job: Job, *, last: bool = False) -> int:
        """Judge, report, and return the exit status; ``last``: nothing else will be judged."""
        folder = self.service.library.find(job.problem)
        table = _peek(folder)
        kind = "theory" if table.get("kind") == "theory" else "coding"
        path = Path(job.solution) if job.solution is not None else solution.find(folder, kind)
        content = None if path is None else solution.read(path, _limit(table))
        if kind == "coding":
            _ = self.service.sandbox  # it starts, unless main has done so: it loads NumPy while this process does
        elif job.test is not None:
            raise UsageError("errors.test_theory")
        report, problem = self._judge(job, folder, content)
        if last:
            self.service.leave()  # the fork server ends while the report is put into words
        if path is None:
            in_package, here = solution.places(folder, kind)
            files = f"{Path(job.problem) / in_package.name} · {here}"
            self.terminal.warn(self.terminal.text("reference_graded", files=files))
        return self._tell(report, problem, job, path, content)

    def _judge(self, job: Job, folder: Path, content: bytes | None) -> tuple[Report, Problem | None]:
        """Return the report, and the problem where its package could be loaded."""
        from judge.cli import faults
        from judge.domain.submission import Graded, Submission
        from judge.errors import InvalidSubmission

        faults.quiet_log()
        graded = Graded.REFERENCE if content is None else Graded.SUBMISSION
        submission = Submission(str(folder), content or b"", job.seed, graded)
        problem: Problem | None = None
        try:
            problem = self.service.library.load(str(folder))
            _check_test(problem, job.test)
            if content is None:
                submission = self.service.reference(problem, job.seed)
            report = self._grade(submission, problem, job)
            if problem.kind == "coding" and report.isolation == "none":
                self.terminal.warn(self.terminal.text("not_isolated"))
        except UsageError:
            raise
        except InvalidSubmission as invalid:
            report = faults.invalid_sheet(submission, folder.name, invalid.findings)
        except Exception as error:
            report = faults.judge_error(submission, folder.name, error)
        return report, problem

    def _grade(self, submission: Submission, problem: Problem, job: Job) -> Report:
        from judge.cli.progress import Progress

        with Progress(self.terminal) as progress:
            report = self.service.grade(submission, problem=problem, on_test=progress.on_test, only=job.test)
        if job.test is not None and report.verdict == "accepted" and len(report.tests) < 2:
            raise UsageError("errors.unknown_test", test=job.test, group=job.test.rpartition("-")[0])
        return report

    def _tell(self, report: Report, problem: Problem | None, job: Job, path: Path | None, content: bytes | None) -> int:
        from judge.words import render

        terminal = self.terminal
        if job.json:
            terminal.print_json(render.to_json(render.report_json(report, terminal.language, problem)))
        else:
            from judge.cli.report import lines_of

            terminal.print(*lines_of(report, _view(report, problem, job, path, content, terminal), terminal))
        if report.verdict == "judge_error":
            if job.json:
                spoken = render.catalogue(terminal.language, problem)
                terminal.warn(*(render.sentence(spoken, note) for note in report.notes))
            terminal.warn(terminal.text("debug"))
            return 3
        return 0 if report.verdict == "accepted" else 1


def _peek(folder: Path) -> dict[str, Any]:
    """Return ``problem.toml`` before the package is loaded, empty where that will fail."""
    try:
        return tomllib.loads((folder / "problem.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def _limit(table: dict[str, Any]) -> int:
    limits = table.get("limits")
    kib = limits.get("source_kib") if isinstance(limits, dict) else None
    return int(kib * 1024) if isinstance(kib, (int, float)) and 0 < kib < 1 << 20 else _KIB * 1024


def _check_test(problem: Problem, test: str | None) -> None:
    groups = [group.name for group in getattr(problem, "groups", ())]
    if test is not None and test not in groups and test.rpartition("-")[0] not in groups:
        raise UsageError("errors.unknown_group", test=test, groups=groups)


def _view(
    report: Report, problem: Problem | None, job: Job, path: Path | None, content: bytes | None, terminal: Terminal
) -> Any:
    from judge.cli.report import View
    from judge.words import render

    named = [job.problem, *([] if job.solution is None else [job.solution])]
    command = ["judge", "check", *named]
    theory = problem is not None and problem.kind == "theory"
    if not theory or path is None:
        command += ["--seed", str(report.seed)]
    failing = next((test for test in report.tests if test.verdict not in ("accepted", "skipped")), None)
    groups = getattr(problem, "groups", ())
    if failing is not None and failing.group in {group.name for group in groups}:
        command += ["--test", failing.name]
    elif job.test is not None:
        command += ["--test", job.test]
    return View(
        title=report.problem if problem is None else problem.title[terminal.language],
        spoken=render.catalogue(terminal.language, problem),
        catches={group.name: group.catches[terminal.language] for group in groups if group.kind != "sample"},
        theory=theory,
        file="" if path is None else str(path),
        again="" if report.verdict == "judge_error" else shlex.join(command),
        review=""
        if theory or job.test is not None
        else shlex.join(["judge", "review", *named, "--seed", str(report.seed)]),
        essay=_essay(problem, content, terminal) if theory and report.graded == "submission" else (),
    )


def _essay(problem: Any, content: bytes | None, terminal: Terminal) -> tuple[str, ...]:
    """Return the points to tick where the sheet has an essay."""
    try:
        essay = tomllib.loads((content or b"").decode("utf-8-sig")).get("essay")
    except (ValueError, RecursionError):
        return ()
    if not isinstance(essay, str) or not essay.strip():
        return ()
    from judge.theory import review

    return tuple(point["point"] for point in review(problem, terminal.language)["rubric"])
