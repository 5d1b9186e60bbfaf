"""Run the tests of a suite, one after another, in confined children.

One child takes all tests in a row; after one that died or was stopped, a fresh child goes on with the next test. While
a child computes a test the judge draws the next one, and checks the one before: the two processes overlap.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from judge.domain.problem import CodingProblem
from judge.errors import SandboxError
from judge.grading.drawn import Drawn
from judge.sandbox import Child, Loaded, Received, Run, Sandbox, Stopped

TOTAL_SECONDS = 25.0  # wall clock for all tests; the contract promises an end within 30
WALL_FACTOR = 2.0  # a test's wall clock in units of its CPU limit, and a second besides: catches sleepers
AHEAD = 8  # tests that the child may have before it is through with one
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
        """Yield every test with its run, in order.

        The child has the next tests before it is through with one, so that neither waits for the other.
        """
        source = iter(tests)
        coming: deque[Drawn] = deque()
        test = next(source, None)
        if test is not None:
            self._send(test, coming)
        while test is not None:
            while len(coming) < AHEAD and (drawn := next(source, None)) is not None:
                coming.append(drawn)
                self._send_ahead(coming)
            child, received = self._receive(test, coming)
            following = coming.popleft() if coming else None
            if following is not None:
                self._send(following, coming)
            if received is None or child is None:
                yield Executed(test, None)
            elif test.known is not None and test.known.equals(received):
                run = Run((), None, received.cpu_seconds, received.output)
                yield Executed(test, run, received, known=True)
            else:
                run = child.read(received)
                if run.stopped is not None and child is self._child:  # it sent something that is no reply
                    self._drop()
                    if following is not None:
                        self._send(following, coming)
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

    def _send(self, test: Drawn, coming: Sequence[Drawn]) -> None:
        if self._time_left() <= 0 or (self._child is None and not self._revive()):
            return
        assert self._child is not None
        cpu = test.case.cpu_seconds or self._problem.limits.cpu_seconds
        self._child.send(test.request, cpu_seconds=cpu, wall_seconds=self._wall(cpu))
        self._send_ahead(coming)

    def _send_ahead(self, coming: Sequence[Drawn]) -> None:
        """Give the child as much of what is coming as there is room for."""
        if self._child is not None:
            there = self._child.ahead
            while there < len(coming) and self._child.send_ahead(coming[there].request):
                there += 1

    def _receive(self, test: Drawn, coming: Sequence[Drawn]) -> tuple[Child | None, Received | None]:
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
            self._send(test, coming)
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
