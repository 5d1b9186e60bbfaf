"""Threads that take submissions from the store and judge them.

How it works: a thread claims a row, judges, keeps every finished test, keeps the result, and claims the next.
Judging is work of other processes for the most part, so threads do. What this server's death leaves behind is queued
again by the next server on the folder (or by another one that lives): see :mod:`judge.store`. A submission whose
attempts ended so :data:`MAX_LOSSES` times is not tried again but told as a fault of ours.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from judge import __version__
from judge.domain.report import Check, Isolation, Report, TestResult
from judge.domain.submission import Graded, Submission
from judge.domain.verdict import Verdict
from judge.errors import InvalidSubmission, JudgeError
from judge.message import Message
from judge.service import Service
from judge.store import Claim, NewSubmission, Presence, Store, StoreUnavailable

LEASE_SECONDS = 120.0  # far more than a judging may take; kept for longer with every test
QUEUE = 1000  # submissions that may wait
MAX_LOSSES = 10  # a server is also killed for reasons of its own: generous
_POLL_SECONDS = 0.5  # for what another server on this folder has added or left behind
_RECLAIM_SECONDS = 1.0
_RETRY_SECONDS = 1.0  # after the store could not be written
_HEALTH_SECONDS = 2.0  # how long a finding about health is good
_PROBE = "def probe():\n    return None\n"

log = logging.getLogger("judge")


class _Abandoned(BaseException):
    """The judging at hand is of no use any more. No ``Exception``, so that nothing takes it for a fault."""


class Workers:
    """``threads`` workers (default: one a core) on ``store``, at most ``queue`` submissions waiting for them.

    A context manager: entering starts, leaving stops them.
    """

    def __init__(
        self, service: Service, store: Store, presence: Presence, threads: int | None = None, *, queue: int = QUEUE
    ) -> None:
        self._service, self._store, self._presence = service, store, presence
        self._count = threads or os.cpu_count() or 1
        self._queue = queue
        self._threads: list[threading.Thread] = []
        self._wakening = threading.Condition()
        self._news = 0
        self._stopping = False
        self._listeners: list[Callable[[str], None]] = []
        self._reclaimed = 0.0
        self._reclaiming = threading.Lock()
        self._seconds = 1.0  # that a judging takes, on average
        self._health: tuple[float, tuple[Message, ...]] = (0.0, ())
        self._probing = threading.Lock()

    def __enter__(self) -> Workers:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Queue again what dead servers left, and begin."""
        self._reclaim()
        for number in range(self._count):
            thread = threading.Thread(target=self._work, name=f"judge-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """Give back what is being judged and end: the fork server is closed for that, so the service with it.

        A thread that has not ended after ``seconds`` is left alone: it can write nothing any more, as its claim is lost
        when this server's presence ends.
        """
        with self._wakening:
            self._stopping = True
            self._wakening.notify_all()
        self._service.close()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def listen(self, listener: Callable[[str], None]) -> None:
        """Have ``listener`` called with the id of a submission whenever something happened to it, from any thread."""
        self._listeners.append(listener)

    def submit(self, new: NewSubmission) -> str:
        """Keep ``new``, have it judged, and return its id. Raises :class:`judge.store.QueueFull`."""
        identifier = self._store.add(new, limit=self._queue)
        with self._wakening:
            self._news += 1
            self._wakening.notify()
        return identifier

    @property
    def isolation(self) -> Isolation:
        """How far submissions are confined here."""
        return self._service.isolation

    def patience(self) -> int:
        """Return after how many seconds a place in a full queue may be free."""
        return min(60, max(1, round(4 * self._seconds / self._count)))

    def health(self) -> tuple[Message, ...]:
        """Return why nothing can be judged now, empty where it can: a child is opened and made to load a module."""
        with self._probing:
            when, found = self._health
            if not when or time.monotonic() - when > _HEALTH_SECONDS:
                found = tuple(self._examine())
                self._health = (time.monotonic(), found)
            return found

    def _examine(self) -> Sequence[Message]:
        if self._stopping or not self._threads or not all(thread.is_alive() for thread in self._threads):
            return [Message("store.no_workers", {})]
        try:
            self._store.check()
            with self._service.sandbox.open(1 << 28, 1 << 16) as child:
                loaded = child.load(_PROBE, "probe", cpu_seconds=5.0, wall_seconds=10.0)
        except StoreUnavailable:
            return [Message("store.no_store", {})]
        except (JudgeError, OSError):
            return [Message("store.no_sandbox", {})]
        bad = loaded.stopped is not None or loaded.raised is not None or loaded.problem
        return [Message("store.no_sandbox", {})] if bad else []

    # A worker ---------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._stopping:
            try:
                self._reclaim()
                claim = self._next()
                if claim is not None:
                    self._judge(claim)
            except StoreUnavailable as error:
                log.error("the store cannot be used: %s", error.message.values.get("reason", error.message.key))
                self._rest(_RETRY_SECONDS)
            except Exception:
                log.exception("a worker failed")
                self._rest(_RETRY_SECONDS)

    def _next(self) -> Claim | None:
        """Return the next claim; ``None`` after waiting for a while in vain."""
        with self._wakening:
            news = self._news
        claim = self._store.claim(self._presence.owner, lease=LEASE_SECONDS)
        if claim is None:
            with self._wakening:
                self._wakening.wait_for(lambda: self._stopping or self._news != news, _POLL_SECONDS)
        return claim

    def _judge(self, claim: Claim) -> None:
        self._tell(claim.id)
        began = time.monotonic()
        try:
            report = self._report(claim)
        except _Abandoned:
            with suppress(StoreUnavailable):
                self._store.release(claim)
            return
        if self._stopping and report.verdict == Verdict.JUDGE_ERROR:  # the fork server was taken from under it
            self._store.release(claim)
            return
        self._seconds += 0.1 * (time.monotonic() - began - self._seconds)
        self._finish(claim, report)
        self._tell(claim.id)

    def _report(self, claim: Claim) -> Report:
        if claim.losses >= MAX_LOSSES:
            log.error("submission %s ended %d servers and is not tried again", claim.id, claim.losses)
            return _own_report(claim, Verdict.JUDGE_ERROR, [Message("store.lost", {"losses": claim.losses})])
        number = 0

        def on_test(test: TestResult) -> None:
            nonlocal number
            number += 1
            try:
                good = self._store.record(claim, number, test, lease=LEASE_SECONDS)
            except StoreUnavailable:
                good = True  # those who watch miss a test; the result has it all the same
            if self._stopping or not good:
                raise _Abandoned
            self._tell(claim.id)

        try:
            problem = self._service.library.by_name(claim.problem)
            submission = Submission(claim.problem, claim.content, claim.seed)
            return self._service.grade(submission, problem=problem, on_test=on_test)
        except InvalidSubmission as error:  # it was valid when it came: the package has changed
            return _own_report(claim, Verdict.INVALID_SUBMISSION, error.findings)
        except JudgeError as error:  # the package has gone, or broke
            log.error("submission %s cannot be judged: %s", claim.id, error)
            return _own_report(claim, Verdict.JUDGE_ERROR, [error.message, *getattr(error, "findings", ())])

    def _finish(self, claim: Claim, report: Report) -> None:
        """Write the result, however long that takes: only the end of this server makes it give up."""
        while True:
            try:
                if not self._store.finish(claim, report):
                    log.warning("submission %s: attempt %d came too late", claim.id, claim.attempt)
                return
            except StoreUnavailable as error:
                log.error("a result cannot be kept yet: %s", error.message.values.get("reason", error.message.key))
                if self._stopping:
                    return
                self._rest(_RETRY_SECONDS)

    def _reclaim(self) -> None:
        with self._reclaiming:
            if time.monotonic() - self._reclaimed < _RECLAIM_SECONDS and self._reclaimed:
                return
            self._reclaimed = time.monotonic()
            dead = [owner for owner in self._store.owners() if not self._presence.alive(owner)]
            if dead:
                log.warning("%d submissions of a server that has died are queued again", self._store.reclaim(dead))
            self._presence.sweep()

    def _rest(self, seconds: float) -> None:
        with self._wakening:
            self._wakening.wait_for(lambda: self._stopping, seconds)

    def _tell(self, identifier: str) -> None:
        for listener in self._listeners:
            listener(identifier)


def _own_report(claim: Claim, verdict: Verdict, findings: Sequence[Message]) -> Report:
    checks = tuple(Check("judge", False, finding) for finding in findings)
    return Report(
        problem=claim.problem,
        verdict=verdict,
        score=0.0,
        seed=claim.seed or 0,
        graded=Graded.SUBMISSION,
        seconds=0.0,
        isolation=Isolation.FULL,  # nothing was run
        tests=(TestResult("judge", "judge", verdict, 0.0, "", checks),),
        notes=tuple(findings),
        versions={"judge": __version__},
    )
