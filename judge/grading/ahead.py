"""Tests drawn while nobody waits for a verdict, together with what the reference answers to them.

Drawing, encoding and deciding take longer than a submission's own work. All of it can be done before there is a
submission: seeds are fresh, and each is used once. Where a submission answers as the reference did, bit for bit, its
answers have been checked already; any other answer is checked as ever.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from judge import log
from judge.domain.problem import CodingProblem
from judge.domain.submission import fresh_seed
from judge.domain.verdict import Verdict
from judge.grading import verdicts
from judge.grading.drawn import Drawn, Known
from judge.grading.execute import Execution
from judge.sandbox import Sandbox

_PROMISED = 16  # suites whose submission has not been begun
QUIET_SECONDS = 0.25  # nobody has waited for so long: somebody who sends one submission after another goes first


class Prepared(Struct, frozen=True, eq=False):
    """The tests of a seed but for the largest, whose networks take too much room, by group."""

    problem: CodingProblem
    seed: int
    groups: Mapping[str, tuple[Drawn, ...]]


class Interrupted(Exception):
    """Somebody waits for a verdict."""


def prepare(
    problem: CodingProblem, seed: int, sandbox: Sandbox, interrupt: Callable[[], bool] = lambda: False
) -> Prepared:
    """Draw the tests of ``seed`` and have the reference answer them. Raises :class:`Interrupted`."""
    groups: dict[str, tuple[Drawn, ...]] = {group.name: () for group in problem.groups}

    def tests() -> Iterator[Drawn]:
        for group in list(groups):
            for case in problem.suite.cases(group, seed):
                if interrupt():
                    raise Interrupted
                if case.cpu_seconds == problem.limits.cpu_seconds_large:
                    groups.pop(group, None)
                    break
                yield Drawn.of(case)

    def keep(test: Drawn) -> None:
        if test.case.group in groups:
            groups[test.case.group] += (test,)

    if problem.reference is None:
        for test in tests():
            keep(test)
        return Prepared(problem, seed, groups)
    with Execution(sandbox, problem, problem.reference.read_text("utf-8")) as execution:
        execution.load()
        for executed in execution.run(tests()):
            test, known = executed.test, None
            result = verdicts.of_test(problem, executed)
            if result.verdict == Verdict.ACCEPTED and executed.received is not None and executed.run is not None:
                notes = tuple(problem.suite.notes(test.case, executed.run.answers))
                known = Known.of(executed.received, result.checks, notes)
            keep(Drawn(test.case, test.request, known))
    return Prepared(problem, seed, groups)


class Ahead:
    """Keeps ``depth`` suites of each problem in store, made by a thread of its own while :meth:`at_work` is not."""

    def __init__(
        self, problems: Callable[[], Iterable[CodingProblem]], sandbox: Callable[[], Sandbox], depth: int
    ) -> None:
        self._problems, self._sandbox, self._depth = problems, sandbox, depth
        self._changed = threading.Condition()
        self._busy = 0
        self._ending = False
        self._full = False
        self._suites: dict[str, deque[Prepared]] = {}
        self._promised: deque[Prepared] = deque(maxlen=_PROMISED)
        self._used: list[Prepared] = []  # letting go of one takes milliseconds, for which nobody need wait
        self._thread = threading.Thread(target=self._run, name="ahead", daemon=True)
        self._thread.start()

    def seed(self, name: str) -> int | None:
        """Return the seed of a suite that nobody has had, to be taken by it; ``None`` where there is none.

        Another takes its place when a verdict is there.
        """
        with self._changed:
            suites = self._suites.get(name)
            if not suites:
                return None
            suite = suites.popleft()
            self._promised.append(suite)
            return suite.seed

    def take(self, problem: CodingProblem, seed: int) -> Prepared | None:
        """Return the suite of this very problem that was promised with ``seed``, once."""
        with self._changed:
            for suite in self._promised:
                if suite.seed == seed and suite.problem is problem:
                    self._promised.remove(suite)
                    self._used.append(suite)
                    return suite
        return None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Somebody waits for a verdict meanwhile."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._full = False
                self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until all has been done that can be done; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._full or self._ending, seconds) and not self._ending

    def close(self) -> None:
        """Prepare nothing more."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def _run(self) -> None:
        while self._quiet():
            self._used.clear()
            try:
                missing = self._missing()
                if missing is None:
                    self._rest()
                    continue
                suite = prepare(missing, fresh_seed(), self._sandbox(), lambda: self._busy > 0 or self._ending)
            except Interrupted:
                continue
            except Exception as error:
                if not self._ending:
                    # A verdict does not need this; what is wrong will be told to whoever hands something in.
                    log.error("no tests could be drawn ahead: %s", error, cause=error)
                    self._rest()
                continue
            with self._changed:
                self._suites.setdefault(missing.name, deque()).append(suite)

    def _quiet(self) -> bool:
        """Wait until nobody has waited for a while; return ``False`` at the end."""
        with self._changed:
            while not self._ending:
                self._changed.wait_for(lambda: self._busy == 0 or self._ending)
                if not self._changed.wait_for(lambda: self._busy > 0 or self._ending, QUIET_SECONDS):
                    return True
            return False

    def _missing(self) -> CodingProblem | None:
        """Return the problem of which there is least in store."""
        least = None
        for problem in self._problems():
            with self._changed:
                suites = self._suites.get(problem.name, deque())
                if suites and suites[0].problem is not problem:  # a former version
                    suites.clear()
                there = len(suites)
            if there < self._depth and (least is None or there < least[0]):
                least = there, problem
        return None if least is None else least[1]

    def _rest(self) -> None:
        """All has been done that can be done: wait until somebody has had a verdict."""
        with self._changed:
            self._full = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._full or self._ending)
