"""The one door to judging, used by the command line, the web and whatever else asks."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from judge import __version__, log
from judge.domain.problem import CodingProblem, Problem, TheoryProblem
from judge.domain.report import Check, Explained, Isolation, Report, TestResult
from judge.domain.submission import Graded, Submission, fresh_seed, is_seed
from judge.domain.verdict import Verdict
from judge.errors import BadSeed, BrokenPackage, InvalidSubmission, JudgeError, UsageError
from judge.message import Message
from judge.packages.library import Library

if TYPE_CHECKING:
    from judge.grading.ahead import Ahead
    from judge.sandbox import Sandbox


class Service:
    """Holds the library and, from the first coding submission on, a fork server. Safe to use from several threads."""

    def __init__(self, library: Library, start_sandbox: Callable[[], Sandbox]) -> None:
        self.library = library
        self._start_sandbox = start_sandbox
        self._sandbox: Sandbox | None = None
        self._lock = threading.Lock()
        self._ahead: Ahead | None = None

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def leave(self) -> None:
        """Judge no more code: :meth:`close` will wait the less."""
        if self._ahead is not None:
            self._ahead.close()
        with self._lock:
            if self._sandbox is not None:
                self._sandbox.leave()

    def close(self) -> None:
        """End the fork server, if there is one."""
        if self._ahead is not None:
            self._ahead.close()
        with self._lock:
            if self._sandbox is not None:
                self._sandbox.close()
                self._sandbox = None

    def draw_ahead(self, depth: int = 1) -> None:
        """From now on draw tests while nobody waits for a verdict, ``depth`` seeds of each coding problem.

        For a process that stays; without it every verdict draws its own.
        """
        from judge.grading.ahead import Ahead

        with self._lock:
            if self._ahead is None:
                self._ahead = Ahead(self._coding_problems, lambda: self.sandbox, depth)

    def rested(self, seconds: float) -> bool:
        """Wait until all that can be drawn ahead is there; return whether it is."""
        return self._ahead is not None and self._ahead.wait(seconds)

    def fresh_seed(self, name: str) -> int:
        """Return a seed that nobody has had: one for which the tests of this problem are drawn, if there is any."""
        seed = self._ahead.seed(name) if self._ahead is not None else None
        return fresh_seed() if seed is None else seed

    def _coding_problems(self) -> Iterator[CodingProblem]:
        for name in self.library.names():
            try:
                problem = self.library.load(name)
            except JudgeError:  # whoever asks for it is told
                continue
            if isinstance(problem, CodingProblem):
                yield problem

    @property
    def sandbox(self) -> Sandbox:
        """The fork server's owner; started when first asked for."""
        with self._lock:
            if self._sandbox is None:
                self._sandbox = self._start_sandbox()
            return self._sandbox

    @property
    def isolation(self) -> Isolation:
        """How far submissions are confined on this host."""
        return self.sandbox.isolation

    def grade(
        self,
        submission: Submission,
        *,
        problem: Problem | None = None,
        on_test: Callable[[TestResult], None] = lambda result: None,
        only: str | None = None,
    ) -> Report:
        """Judge ``submission`` and return its report; ``problem`` saves looking it up by name.

        Raises :class:`judge.errors.UsageError` (unknown problem, bad seed) and, for an answer sheet that cannot be
        graded, :class:`judge.errors.InvalidSubmission`. A fault of ours becomes a report with ``judge_error``, whose
        note holds the id under which the log tells more.
        """
        check_seed(submission.seed)
        try:
            if problem is None:
                problem = self.library.load(submission.problem)
            if isinstance(problem, CodingProblem):
                from judge.grading import judge_coding

                with self._ahead.at_work() if self._ahead is not None else nullcontext():
                    seed = self.fresh_seed(problem.name) if submission.seed is None else submission.seed
                    suite = self._ahead.take(problem, seed) if self._ahead is not None and only is None else None
                    return judge_coding(
                        problem,
                        submission,
                        seed,
                        self.sandbox,
                        on_test=on_test,
                        only=only,
                        explain=_diagnose,
                        ahead=None if suite is None else suite.groups,
                    )
            assert isinstance(problem, TheoryProblem)
            from judge.theory import grade

            report = grade(problem, submission.content, submission.seed, submission.graded)
        except (UsageError, InvalidSubmission):
            raise
        except Exception as error:  # whatever else goes wrong is our fault, and must not look like the candidate's
            return self._judge_error(submission, error)
        for result in report.tests:
            on_test(result)
        return report

    def reference(self, problem: Problem, seed: int | None = None) -> Submission:
        """Return the reference solution as a submission. Raises :class:`UsageError` where the package has none."""
        if problem.reference is None:
            raise UsageError("errors.no_reference", name=problem.name)
        if isinstance(problem, TheoryProblem):
            from judge.theory import reference_sheet

            seed = fresh_seed() if seed is None else seed
            return Submission(problem.name, reference_sheet(problem, seed).encode(), seed, Graded.REFERENCE)
        return Submission(problem.name, problem.reference.read_bytes(), seed, Graded.REFERENCE)

    def _judge_error(self, submission: Submission, error: Exception) -> Report:
        identifier = secrets.token_hex(6)
        log.error("judge error %s on %s: %s", identifier, submission.problem, error, cause=error)
        messages = [Message("errors.judge_error", {"id": identifier})]
        if isinstance(error, BrokenPackage):
            messages += error.findings
        elif isinstance(error, JudgeError):
            messages.append(error.message)
        checks = tuple(Check("judge", False, message) for message in messages)
        return Report(
            problem=Path(submission.problem).name,
            verdict=Verdict.JUDGE_ERROR,
            score=0.0,
            seed=submission.seed or 0,
            graded=submission.graded,
            seconds=0.0,
            isolation=self._sandbox.isolation if self._sandbox is not None else Isolation.NONE,
            tests=(TestResult("judge", "judge", Verdict.JUDGE_ERROR, 0.0, "", checks),),
            notes=tuple(messages),
            versions={"judge": __version__},
        )


def _diagnose(*what: Any) -> Explained:
    from judge.diagnosis import diagnose  # loaded only where a submission failed

    return diagnose(*what)


def check_seed(seed: int | None) -> None:
    """Raise :class:`BadSeed` unless ``seed`` is ``None`` or an integer in [0, 2^53)."""
    if seed is not None and not is_seed(seed):
        raise BadSeed("errors.bad_seed", seed=str(seed)[:40])
