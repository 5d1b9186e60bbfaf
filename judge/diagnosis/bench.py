"""Run small calls in fresh confined children, within a deadline."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence

from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.sandbox import Child, Run, Stopped

Fresh = Callable[[float, float], Child | None]

BATCH = 64
_PATIENCE = 3.0  # the clock may run so many times as long, where there is time for it
_LASTING = (Stopped.CPU, Stopped.WALL, Stopped.MEMORY, Stopped.OUTPUT)  # it would happen again: no further attempt


class Bench:
    """``fresh`` opens a child with the submission loaded, ``None`` where it does not load in so much time.

    It is told the CPU seconds, and those of the clock. ``seconds`` are for all of it; however busy the machine is, it
    takes no more than ``wall_seconds`` by the clock.
    """

    def __init__(self, fresh: Fresh, seconds: float, wall_seconds: float = math.inf) -> None:
        self._fresh = fresh
        self._seconds = seconds
        self._began = time.monotonic()
        self._patience = min(_PATIENCE, wall_seconds / seconds)
        self._own = time.thread_time()
        self._theirs = 0.0  # CPU seconds of the children
        self._reserve = seconds / 3  # of the time, for what follows on the many

    @property
    def time_left(self) -> float:
        """Seconds; not below 0.

        Counted by the clock on a machine that has time for us, and by work done on a busy one, where otherwise the
        same submission would be explained at one time and not at another.
        """
        passed = time.monotonic() - self._began
        worked = max(time.thread_time() - self._own, self._theirs)
        return max(0.0, self._seconds - max(worked, passed / self._patience))

    def alone(self, calls: Sequence[Call]) -> tuple[Answer, ...]:
        """Return the answers of a fresh child to ``calls`` made in a row: fewer where it stopped or time ran out."""
        if self.time_left <= 0:
            return ()
        child = self._open()
        if child is None:
            return ()
        try:
            self._send(child, calls)
            return self._collect(child).answers
        finally:
            child.close()

    def many(self, calls: Sequence[Call]) -> Iterator[tuple[int, tuple[Answer, ...]]]:
        """Yield ``(position, answers)`` for one batch after another; the child is at the next while one is looked at.

        After a call on which the child ended a fresh one goes on behind it, twice at most.
        A third of the time is kept for what comes next.
        """
        start, lives = 0, 3
        while start < len(calls) and lives and self.time_left > self._reserve:
            lives -= 1
            child = self._open()
            if child is None:
                return
            try:
                self._send(child, calls[start : start + BATCH], self._reserve)
                while start < len(calls):
                    run = self._collect(child)
                    done, start = start, start + len(run.answers)
                    if run.stopped is None and start < len(calls) and self.time_left > self._reserve:
                        self._send(child, calls[start : start + BATCH], self._reserve)
                    yield done, run.answers
                    if run.stopped is not None:
                        if run.stopped in _LASTING:
                            return
                        start += 1
                        break
                    if self.time_left <= self._reserve:
                        return
            finally:
                child.close()

    def _open(self) -> Child | None:
        left = max(0.02, self.time_left)
        return self._fresh(left, self._patience * left)

    def _collect(self, child: Child) -> Run:
        run = child.collect()
        self._theirs += run.cpu_seconds
        return run

    def _send(self, child: Child, calls: Sequence[Call], reserve: float = 0.0) -> None:
        left = max(0.02, self.time_left - reserve)
        child.send(calls, cpu_seconds=left, wall_seconds=self._patience * left)
