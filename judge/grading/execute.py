"""Run the tests of a suite, one after another, in confined children.

One child takes all tests in a row; after one that died or was stopped, a fresh child goes on with the next test. While
a child computes a test the judge draws the next one, and checks the one before: the two processes overlap.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from msgspec import Struct

from judge.domain.problem import CodingProblem
from judge.errors import SandboxError
from judge.grading.drawn import Drawn
from judge.sandbox import Child, Loaded, Received, Run, Sandbox, Stopped

TOTAL_SECONDS = 25.0  # wall clock for all tests; the contract promises an end within 30
WALL_FACTOR = 2.0  # a test's wall clock in units of its CPU limit, and a second besides: catches sleepers
ATTEMPTS = 3  # a child that was killed from outside is judged anew, so often


class Executed(Struct, frozen=True):
    """One test and its run; ``run`` is ``None`` where no time was left for it.

    ``known``: the replies are those of ``test.known``, and were not read.
    """

    test: Drawn
    run: Run | None
    received: Received | None = None
    known: bool = False


class Execution:
    """One submission on its way through the tests. A context manager: leaving it ends the child."""

    def __init__(self, sandbox: Sandbox, problem: CodingProblem, source: str) -> None:
        self._sandbox, self._problem, self._source = sandbox, problem, source
        self._child: Child | None = None
        self._deadline = time.monotonic() + TOTAL_SECONDS

    def __enter__(self) -> Execution:
        return self

    def __exit__(self, *exception: object) -> None:
        self._drop()

    def load(self) -> Loaded:
        """Import the submission in a fresh child. Raises :class:`SandboxError` where it is killed again and again."""
        limits = self._problem.limits
        for _ in range(ATTEMPTS):
            self._drop()
            self._child = self._sandbox.open(limits.memory_bytes, limits.output_bytes)
            loaded = self._child.load(
                self._source,
                self._problem.entry_point,
                cpu_seconds=limits.cpu_seconds,
                wall_seconds=self._wall(limits.cpu_seconds),
            )
            if loaded.stopped != Stopped.KILLED:
                return loaded
        raise SandboxError("errors.killed", attempts=ATTEMPTS)

    def run(self, tests: Iterable[Drawn]) -> Iterator[Executed]:
        """Yield every test with its run, in order; the child is at work on the next while the answers to one are
        read and looked at."""
        source = iter(tests)
        test = next(source, None)
        if test is not None:
            self._send(test)
        while test is not None:
            following = next(source, None)
            child, received = self._receive(test)
            if following is not None and self._time_left() > 0:
                self._send(following)
            if received is None or child is None:
                yield Executed(test, None)
            elif test.known is not None and test.known.equals(received):
                run = Run((), None, received.cpu_seconds, received.output)
                yield Executed(test, run, received, known=True)
            else:
                run = child.read(received)
                if run.stopped is not None and child is self._child:  # it sent something that is no reply
                    self._drop()
                    if following is not None and self._time_left() > 0:
                        self._send(following)
                yield Executed(test, run, received)
            test = following

    def another(self) -> Child | None:
        """Return one more child with the submission loaded, the caller's to close; ``None`` where it does not load."""
        limits = self._problem.limits
        child = self._sandbox.open(limits.memory_bytes, limits.output_bytes)
        seconds = min(limits.cpu_seconds, max(0.05, self._time_left()))
        loaded = child.load(self._source, self._problem.entry_point, cpu_seconds=seconds, wall_seconds=seconds)
        if loaded.stopped is None and loaded.raised is None and not loaded.problem:
            return child
        child.close()
        return None

    def _send(self, test: Drawn) -> None:
        if self._child is None and not self._revive():
            return
        assert self._child is not None
        cpu = test.case.cpu_seconds or self._problem.limits.cpu_seconds
        self._child.send(test.request, cpu_seconds=cpu, wall_seconds=self._wall(cpu))

    def _receive(self, test: Drawn) -> tuple[Child | None, Received | None]:
        """Return the child that was asked and what it sent in answer; ``None`` where no time is left."""
        for _ in range(ATTEMPTS):
            child = self._child
            if child is None:
                return None, None
            received = child.receive()
            if received.stopped is not None:
                self._drop()
            if received.stopped != Stopped.KILLED:
                return child, received
            if self._time_left() > 0:
                self._send(test)
        raise SandboxError("errors.killed", attempts=ATTEMPTS)

    def _revive(self) -> bool:
        """Load the submission again after its child died; False where there is no time or it no longer loads."""
        if self._time_left() <= 0:
            return False
        loaded = self.load()
        if loaded.stopped is not None or loaded.raised is not None or loaded.problem:
            self._drop()
            return False
        return True

    def _wall(self, cpu_seconds: float) -> float:
        return max(0.05, min(WALL_FACTOR * cpu_seconds + 1.0, self._time_left()))

    def _time_left(self) -> float:
        return self._deadline - time.monotonic()

    def _drop(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None
