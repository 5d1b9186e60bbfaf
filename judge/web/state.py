"""What the parts of the web application share."""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from msgspec.structs import replace

from judge.domain.problem import TheoryProblem
from judge.domain.submission import Submission
from judge.service import Service
from judge.store.base import Status, Store
from judge.web.hub import Hub
from judge.web.problems_details import Refused
from judge.web.view import Summary
from judge.worker import Workers


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server takes. ``burst`` submissions at once from one address, then ``per_second``: generous, since a
    whole class may sit behind one address. A visitor who has handed in something before is counted apart
    (``visitor_burst``, ``visitor_per_second``), so that one who hands in all the time does not lock out the class.
    ``runs`` are those of code that is not handed in, waiting ones included.
    """

    queue: int = 1_000
    streams: int = 1_000
    runs: int = 200
    burst: int = 600
    per_second: float = 5.0
    visitor_burst: int = 60
    visitor_per_second: float = 1.0


class Whose(NamedTuple):
    """Whose requests are counted together: one visitor's, or those of everybody else behind an address."""

    key: str
    known: bool


class Quota:
    """A bucket of tokens for each key; the least recently seen keys are forgotten."""

    KEYS = 10_000

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst, self._rate = burst, per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Take a token and return 0, or return the seconds until there is one."""
        now = time.monotonic()
        tokens, seen = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - seen) * self._rate)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate
        self._buckets[key] = (tokens - 1 if tokens >= 1 else tokens, now)
        while len(self._buckets) > self.KEYS:
            self._buckets.popitem(last=False)
        return wait


Result = TypeVar("Result")
Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Remembers the ``most`` values that were asked for last. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)


@dataclass
class State:
    """One server's parts. ``secret`` signs cookies."""

    service: Service
    store: Store
    limits: Limits = field(default_factory=Limits)
    workers_wanted: int | None = None
    hub: Hub = field(default_factory=Hub)
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    streams: int = 0
    runs: int = 0
    summaries: Recent[Summary] = field(default_factory=lambda: Recent(20_000))

    def __post_init__(self) -> None:
        self.addresses = Quota(self.limits.burst, self.limits.per_second)
        self.visitors = Quota(self.limits.visitor_burst, self.limits.visitor_per_second)
        count = self.workers_wanted or os.cpu_count() or 1
        self.workers = Workers(self.store, self.service, count, changed=self.hub.changed)

    async def submit(self, submission: Submission, whose: Whose) -> str:
        """Keep ``submission`` and return its id. Raises :class:`Refused` (429, 503)."""
        self.admit(whose)
        waiting = await asyncio.to_thread(self.store.waiting)
        if waiting >= self.limits.queue:
            raise Refused(503, "web.error.queue_full", retry_after=max(5, waiting // 10))
        if submission.seed is None:  # drawn now, so that judging anew after a loss gives the same tests
            submission = replace(submission, seed=self.service.fresh_seed(submission.problem))
        identifier = secrets.token_urlsafe(16)
        await asyncio.to_thread(self.store.add, identifier, submission)
        if isinstance(self.service.library.by_name(submission.problem), TheoryProblem):
            # An answer sheet takes a few milliseconds: it does not wait behind code that takes seconds.
            await asyncio.to_thread(self.workers.judge_now, identifier)
        else:
            self.workers.wake()
        return identifier

    async def run(self, work: Callable[[], Result], whose: Whose) -> Result:
        """Return what ``work`` returns: code run without being handed in, as much at a time as is judged, nothing kept.

        Raises :class:`Refused` (429, 503), and what ``work`` raises.
        """
        self.admit(whose)
        if self.runs >= self.limits.runs:
            raise Refused(503, "web.error.queue_full", retry_after=5)
        self.runs += 1
        try:
            return await asyncio.wrap_future(self.workers.run(work))
        finally:
            self.runs -= 1

    def admit(self, whose: Whose) -> None:
        """Count a request that makes work. Raises :class:`Refused` (429, 503)."""
        if self.hub.stopping:
            raise Refused(503, "web.error.stopping", retry_after=5)
        wait = (self.visitors if whose.known else self.addresses).wait(whose.key)
        if wait:
            raise Refused(429, "web.error.too_many", retry_after=wait)

    async def until_done(self, identifier: str, seconds: float) -> bool:
        """Wait for a submission's verdict, ``seconds`` at most; return whether it is there."""
        listener = self.hub.listen(identifier)
        deadline = time.monotonic() + seconds
        try:
            while not self.hub.stopping:
                if await asyncio.to_thread(self.store.status, identifier) is Status.DONE:
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                with suppress(TimeoutError):
                    await asyncio.wait_for(listener.done.wait(), left)
        finally:
            self.hub.leave(identifier, listener)
        return False
