"""How often somebody may hand something in: a bucket of tokens each, filled again over time."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_KEPT = 10_000  # buckets; full ones are forgotten then


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` at once, ``per_second`` for ever."""

    burst: int
    per_second: float


class Rates:
    """Buckets of one :class:`Rate`, by name."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # name -> tokens, and when that was true
        self._lock = threading.Lock()

    def take(self, name: str) -> int:
        """Take a token. Returns 0, or after how many seconds there will be one."""
        with self._lock:
            now = self._clock()
            tokens = self._tokens(name, now)
            if tokens < 1:
                return math.ceil((1 - tokens) / self.rate.per_second)
            if len(self._buckets) >= _KEPT:
                self._buckets = {
                    kept: bucket for kept, bucket in self._buckets.items() if self._tokens(kept, now) < self.rate.burst
                }
            self._buckets[name] = (tokens - 1, now)
            return 0

    def _tokens(self, name: str, now: float) -> float:
        tokens, when = self._buckets.get(name, (float(self.rate.burst), now))
        return min(float(self.rate.burst), tokens + (now - when) * self.rate.per_second)
