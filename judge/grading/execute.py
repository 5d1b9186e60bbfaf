"""Run the tests of a suite in confined children, two at a time, and tell what became of them in order.

The tests take turns: the first, the third, the fifth run one after another in one process, the others in another. It
is always so, whatever the number of cores: which calls a process has answered before must not hang on the machine.
While the children compute, the judge draws what comes next, and checks what came before.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator

from judge.domain.problem import TOTAL_SECONDS, CodingProblem
from judge.grading.drawn import Drawn
from judge.grading.lane import Executed, Lane
from judge.sandbox import Child, Loaded, Sandbox

__all__ = ["Executed", "Execution"]

LANES = 2


class Execution:
    """One submission on its way through the tests. A context manager: leaving it ends the children."""

    def __init__(self, sandbox: Sandbox, problem: CodingProblem, source: str, lanes: int = LANES) -> None:
        """``lanes``: how many processes take turns."""
        self._sandbox, self._problem, self._source = sandbox, problem, source
        self._deadline = time.monotonic() + TOTAL_SECONDS
        self._lanes = [Lane(sandbox, problem, source, self._deadline) for _ in range(lanes)]

    def __enter__(self) -> Execution:
        return self

    def __exit__(self, *exception: object) -> None:
        for lane in self._lanes:
            lane.close()

    def load(self) -> Loaded:
        """Import the submission in fresh children, and tell what came of it in the first.

        Raises :class:`SandboxError` where that is killed again and again.
        """
        for lane in self._lanes:
            lane.open()
        return self._lanes[0].load()

    def run(self, tests: Iterable[Drawn]) -> Iterator[Executed]:
        """Yield every test with its run, in order. The submission was loaded before."""
        dealt = _deal(tests, len(self._lanes))
        for lane, its_tests in zip(self._lanes, dealt, strict=True):
            lane.begin(its_tests)
        while True:
            for lane in self._lanes:
                executed = lane.next()
                if executed is None:
                    return
                yield executed

    @property
    def starved(self) -> bool:
        """True where time was up because the machine was too busy to let the submission compute."""
        return any(lane.starved for lane in self._lanes)

    def another(self, cpu_seconds: float, wall_seconds: float) -> Child | None:
        """Return one more child with the submission loaded, the caller's to close.

        ``None`` where it does not load within so many seconds, and those that are left for the submission.
        """
        limits = self._problem.limits
        child = self._sandbox.open(limits.memory_bytes, limits.output_bytes)
        loaded = child.load(
            self._source,
            self._problem.entry_point,
            cpu_seconds=min(limits.cpu_seconds, cpu_seconds),
            wall_seconds=min(wall_seconds, max(0.05, self._deadline - time.monotonic())),
        )
        if loaded.sound:
            return child
        child.close()
        return None


def _deal(tests: Iterable[Drawn], hands: int) -> list[Iterator[Drawn]]:
    """Return iterators over every ``hands``-th of ``tests``, which are drawn when one of them asks."""
    source = iter(tests)
    held: list[deque[Drawn]] = [deque() for _ in range(hands)]
    turn = 0

    def hand(number: int) -> Iterator[Drawn]:
        nonlocal turn
        while True:
            while not held[number]:
                test = next(source, None)
                if test is None:
                    return
                held[turn].append(test)
                turn = (turn + 1) % hands
            yield held[number].popleft()

    return [hand(number) for number in range(hands)]
