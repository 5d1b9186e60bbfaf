"""The time that a child may take for a request, and what it has taken, by two clocks.

CPU time, by the kernel's clock of the process, is what counts. The wall clock is for one that does not compute.
"""

from __future__ import annotations

import time

from judge.sandbox.outcome import Stopped

#: How long a child may still take to hand its replies over when the judge comes after its time is up.
_GRACE_SECONDS = 1.0
#: The share of a core from which on a child is at work.
_AT_WORK = 0.1
#: From how many times as long as it computes a child that waits for a core has no fair share of the machine.
_STARVED = 2.0
#: By what the clock of another process may be late.
_TICK = 0.01


class Clock:
    """The clock of the process ``pid``. ``total`` is what it used in all, once the kernel has told at its end."""

    __slots__ = ("_all_end", "_before", "_began", "_born", "_end", "_id", "_limit", "_pid", "total", "wall_end")

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._born = time.monotonic()
        self._id = (~pid << 3) | 2  # CLOCK_PROCESS_CPUTIME of another process; see clock_getcpuclockid(3)
        self.total: float | None = None
        self._before = 0.0
        self._before = self._end = self._now()
        self._limit = self._began = self.wall_end = self._all_end = 0.0

    def begin(self, cpu_seconds: float, wall_seconds: float, all_seconds: float | None) -> None:
        """Begin with a request: where the last one ended."""
        self._before = self._end
        self._limit = cpu_seconds
        self._began = time.monotonic()
        self.wall_end = self._began + wall_seconds
        self._all_end = self._began + (wall_seconds if all_seconds is None else max(wall_seconds, all_seconds))

    def attend(self) -> None:
        """The judge begins to listen. If it comes late, the child may have been waiting for it."""
        now = time.monotonic()
        if now > self.wall_end:
            self.wall_end = now + _GRACE_SECONDS

    def left(self) -> float:
        """Return how long the child can at least go on: it has one thread, so CPU time does not outrun the wall."""
        return min(self.wall_end - time.monotonic(), self._limit - (self._now() - self._before))

    def up(self) -> Stopped | None:
        """Return why it has to stop now that nothing is left; ``None`` where it may go on.

        That is where it is at work, and the machine too busy to give it what it may use.
        """
        used, now = self._now() - self._before, time.monotonic()
        if used >= self._limit:
            return Stopped.CPU
        if now >= self._all_end or used < _AT_WORK * (now - self._began):
            return Stopped.WALL
        self.wall_end = min(now + _GRACE_SECONDS, self._all_end)
        return None

    def starved(self) -> bool:
        """Tell whether the process, while it lives, has spent its life waiting for a core that others had."""
        try:
            with open(f"/proc/{self._pid}/schedstat", "rb") as file:
                computed, waited, _ = map(int, file.read().split())
        except (OSError, ValueError):  # it is gone, or this kernel does not count
            return False
        lived = (time.monotonic() - self._born) * 1e9
        return waited > _STARVED * computed and waited > lived / 2

    def end(self, told: float | None, ahead: float = 0.0) -> None:
        """The request is done; ``told`` is the CPU time of its end as the child told it, which may be at work again.

        It may tell what it likes. No second is lost by that: what the requests that it was sent ahead cannot have used,
        by their ``ahead`` seconds, was used by this one, and the last one has the rest.
        """
        self._end = self._now()
        if told is not None:
            self._end = max(self._before, min(told, self._end + _TICK), self._end - ahead)

    @property
    def used(self) -> float:
        """CPU seconds of the request that has ended."""
        return self._end - self._before

    @property
    def exceeded(self) -> bool:
        """True where the request that has ended used more than it may."""
        return self.used > self._limit

    def _now(self) -> float:
        """Return the CPU seconds that the process has used."""
        if self.total is not None:
            return self.total
        try:
            return time.clock_gettime(self._id)
        except (OSError, OverflowError):
            return self._before
