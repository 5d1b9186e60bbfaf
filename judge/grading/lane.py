"""One child after another, given tests in a row: the submission in one process, as long as that lives."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from judge.domain.problem import CodingProblem
from judge.errors import SandboxError
from judge.grading.drawn import Drawn
from judge.sandbox import Child, Loaded, Received, Run, Sandbox, Stopped

WALL_FACTOR = 2.0  # a test's wall clock in units of its CPU limit, and a second besides: for those that do not compute
AHEAD = 8  # tests that the child may have before it is through with one
ATTEMPTS = 3  # a child that was killed from outside is judged anew, so often


class Executed(Struct, frozen=True):
    """One test and its run; ``run`` is ``None`` where no time was left for it.

    ``known``: the replies are those of ``test.known``, and were not read. ``loaded``: there was no run because the
    submission, which had been imported before in another process, could not be in a fresh one. ``over``: it was stopped
    because the time for all tests was.
    """

    test: Drawn
    run: Run | None
    received: Received | None = None
    known: bool = False
    loaded: Loaded | None = None
    over: bool = False

    @property
    def out_of_time(self) -> bool:
        """True where the clock ended it, or no time was left for it: not where it had computed as long as it may."""
        return self.loaded is None and (self.run is None or self.run.stopped == Stopped.WALL)


class Lane:
    """Runs tests of ``problem`` until ``deadline`` (of ``time.monotonic``).

    The child has the next tests before it is through with one, so that neither waits for the other. After one that
    died or was stopped, a fresh child goes on with the next test.
    """

    def __init__(self, sandbox: Sandbox, problem: CodingProblem, source: str, deadline: float) -> None:
        self._sandbox, self._problem, self._source, self._deadline = sandbox, problem, source, deadline
        self._child: Child | None = None
        self._loaded = False
        self.starved = False  # when time was up, the machine had been too busy to let the submission compute
        self._sent = False  # the test whose turn it is
        self._failed: Loaded | None = None  # why it was not
        self._tests: Iterator[Drawn] = iter(())
        self._test: Drawn | None = None
        self._coming: deque[Drawn] = deque()

    def open(self) -> None:
        """Hand the submission to a fresh child, to be imported."""
        self.close()
        limits = self._problem.limits
        cpu = limits.cpu_seconds
        self._child = self._sandbox.open(limits.memory_bytes, limits.output_bytes)
        self._child.hand_over(
            self._source,
            self._problem.entry_point,
            cpu_seconds=cpu,
            wall_seconds=self._wall(cpu),
            all_seconds=self._at_most(),
        )

    def load(self) -> Loaded:
        """Wait until the submission is imported. Raises :class:`SandboxError` where it is killed again and again."""
        for _ in range(ATTEMPTS):
            if self._child is None:
                self.open()
            assert self._child is not None
            loaded = self._child.loaded()
            if loaded.sound:
                self._loaded = True
                return loaded
            self.close()
            if loaded.stopped != Stopped.KILLED:
                return loaded
        raise SandboxError("errors.killed", attempts=ATTEMPTS)

    def begin(self, tests: Iterator[Drawn]) -> None:
        """Have the child, which is loaded or opened, begin with ``tests``; :meth:`next` tells what became of each."""
        self._tests = tests
        self._test = next(tests, None)
        self._send()
        self._draw()

    def next(self) -> Executed | None:
        """Wait for the next test to be over; ``None`` after the last."""
        test = self._test
        if test is None:
            return None
        self._draw()
        child, received = self._receive()
        failed, self._failed = self._failed, None
        over = received is not None and received.stopped == Stopped.WALL and self._time_left() <= 0
        self._test = self._coming.popleft() if self._coming else None
        self._send()
        if received is None or child is None:
            return Executed(test, None, loaded=failed)
        if test.known is not None and test.known.equals(received):
            return Executed(test, Run((), None, received.cpu_seconds, received.output), received, known=True)
        run = child.read(received)
        if run.stopped is not None and child is self._child:  # it sent something that is no reply
            self.close()
            self._send()
        return Executed(test, run, received, over=over)

    def close(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            self._child.close()
            self._child = None
            self._loaded = False

    def _draw(self) -> None:
        while len(self._coming) < AHEAD and (drawn := next(self._tests, None)) is not None:
            self._coming.append(drawn)
            self._send_ahead()

    def _send(self) -> None:
        """Have the child begin with the test whose turn it is, if there is time."""
        self._sent = False
        if self._test is None:
            return
        if self._time_left() <= 0:
            self._note_starved()
            return
        if not self._loaded:
            loaded = self.load()
            self._failed = None if loaded.sound else loaded
        if self._child is None:  # it does not load any more
            return
        cpu = self._cpu(self._test)
        self._child.send(self._test.request, cpu_seconds=cpu, wall_seconds=self._wall(cpu), all_seconds=self._at_most())
        self._sent = True
        self._send_ahead()

    def _send_ahead(self) -> None:
        """Give the child as much of what is coming as there is room for."""
        if self._child is not None:
            there = self._child.ahead
            while there < len(self._coming):
                test = self._coming[there]
                if not self._child.send_ahead(test.request, self._cpu(test)):
                    return
                there += 1

    def _receive(self) -> tuple[Child | None, Received | None]:
        """Return the child that was asked and what it sent in answer; ``None`` where no time is left."""
        for _ in range(ATTEMPTS):
            child = self._child
            if child is None or not self._sent:
                return None, None
            received = child.receive()
            if received.stopped is not None:
                self._note_starved()
                self.close()
            if received.stopped != Stopped.KILLED:
                return child, received
            self._send()
        raise SandboxError("errors.killed", attempts=ATTEMPTS)

    def _note_starved(self) -> None:
        if self._child is not None and self._time_left() <= 0:
            self.starved = self.starved or self._child.starved

    def _cpu(self, test: Drawn) -> float:
        return test.case.cpu_seconds or self._problem.limits.cpu_seconds

    def _wall(self, cpu_seconds: float) -> float:
        return min(WALL_FACTOR * cpu_seconds + 1.0, self._at_most())

    def _at_most(self) -> float:
        return max(0.05, self._time_left())

    def _time_left(self) -> float:
        return self._deadline - time.monotonic()
