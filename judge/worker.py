"""Threads that claim submissions from a store and judge them, a bounded number at a time.

What runs code without being handed in takes its turn on the same threads, so that the bound holds for both together.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from judge import __version__
from judge.domain.plain import report_to_plain, test_to_plain
from judge.domain.report import Check, Isolation, Report, TestResult
from judge.domain.verdict import Verdict
from judge.errors import InvalidSubmission, JudgeError
from judge.message import Message
from judge.store.base import ATTEMPTS, Claim, Store

if TYPE_CHECKING:
    from judge.service import Service

LEASE_SECONDS = 180.0  # a judging ends within 30; the rest is for a host that is asleep or overloaded
IDLE_SECONDS = 2.0  # how often a lease that ran out is looked for
log = logging.getLogger("judge")
Result = TypeVar("Result")


class Workers:
    """``count`` threads that judge for ``service``. ``changed`` is called, in their threads, with a submission's id
    whenever a test of it is finished (False) or its report is there (True).
    """

    def __init__(
        self,
        store: Store,
        service: Service,
        count: int,
        changed: Callable[[str, bool], None] = lambda identifier, done: None,
    ) -> None:
        self.boot = secrets.token_hex(8)
        self._store, self._service, self._changed = store, service, changed
        self._stopping = False
        self._work = threading.Condition()
        self._runs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._threads = [
            threading.Thread(target=self._run, args=(f"{self.boot}/{number}",), name=f"judge-{number}", daemon=True)
            for number in range(count)
        ]

    def start(self) -> None:
        """Take over what a former start left behind, and begin."""
        self._store.reclaim(self.boot)
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There is a new submission."""
        with self._work:
            self._work.notify()

    def judge_now(self, identifier: str) -> None:
        """Judge this submission in the calling thread, unless somebody has taken it: for what takes no time."""
        claim = self._store.claim(f"{self.boot}/now", LEASE_SECONDS, identifier)
        if claim is not None:
            self._judge(claim)

    def run(self, work: Callable[[], Result]) -> Future[Result]:
        """Have ``work`` done by one of the threads; between two of these it judges a submission, if one waits."""
        future: Future[Result] = Future()
        with self._work:
            self._runs.append((future, work))
            self._work.notify()
        return future

    @property
    def alive(self) -> bool:
        """True while every thread is there to judge."""
        return not self._stopping and all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Begin nothing more and give back what is being judged. Does not wait: a judging may take a while."""
        with self._work:
            self._stopping = True
            self._work.notify_all()
        # From here on no claim of ours holds, so that a judging which fails because we end is not written down.
        self._store.release(self.boot)

    def join(self, seconds: float) -> None:
        """Wait for the threads, ``seconds`` for each at most."""
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(seconds)

    def _run(self, owner: str) -> None:
        while not self._stopping:
            try:
                self._run_one()
                claim = self._store.claim(owner, LEASE_SECONDS)
                if self._stopping:
                    if claim is not None:  # claimed while stop() was giving back
                        self._store.release(self.boot)
                    return
                if claim is not None:
                    self._judge(claim)
                    continue
            except Exception:
                if not self._stopping:
                    log.exception("a submission could not be taken or finished")
            with self._work:
                if not self._stopping and not self._runs:
                    self._work.wait(IDLE_SECONDS)

    def _run_one(self) -> None:
        with self._work:
            if not self._runs:
                return
            future, work = self._runs.popleft()
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = work()
        except BaseException as error:  # it belongs to whoever waits for the result
            future.set_exception(error)
        else:
            future.set_result(result)

    def _judge(self, claim: Claim) -> None:
        number = 0

        def on_test(result: TestResult) -> None:
            nonlocal number
            number += 1
            try:
                told = self._store.record(claim, number, test_to_plain(result))
            except Exception:  # a full disk: the report holds the test anyway, and the judging is not to blame
                log.exception("test %d of submission %s could not be recorded", number, claim.id)
                return
            if told:
                self._changed(claim.id, False)

        if claim.attempt > ATTEMPTS:
            identifier = secrets.token_hex(6)
            log.error("judge error %s: submission %s was begun %d times", identifier, claim.id, ATTEMPTS)
            report = _failed(claim, [Message("errors.judge_error", {"id": identifier})])
        else:
            report = self._grade(claim, on_test)
        if self._store.finish(claim, report_to_plain(report)):
            self._changed(claim.id, True)

    def _grade(self, claim: Claim, on_test: Callable[[TestResult], None]) -> Report:
        """Grade; what keeps a submission that was taken from being judged now (its package is gone) is our fault."""
        try:
            problem = self._service.library.by_name(claim.submission.problem)
            return self._service.grade(claim.submission, problem=problem, on_test=on_test)
        except Exception as error:
            identifier = secrets.token_hex(6)
            log.error("judge error %s on submission %s", identifier, claim.id, exc_info=error)
            messages = [Message("errors.judge_error", {"id": identifier})]
            if isinstance(error, InvalidSubmission):
                messages += error.findings
            elif isinstance(error, JudgeError):
                messages.append(error.message)
            return _failed(claim, messages)


def _failed(claim: Claim, messages: list[Message]) -> Report:
    checks = tuple(Check("judge", False, message) for message in messages)
    return Report(
        problem=claim.submission.problem,
        verdict=Verdict.JUDGE_ERROR,
        score=0.0,
        seed=claim.submission.seed or 0,
        graded=claim.submission.graded,
        seconds=0.0,
        isolation=Isolation.FULL,  # nothing was run
        tests=(TestResult("judge", "judge", Verdict.JUDGE_ERROR, 0.0, "", checks),),
        notes=tuple(messages),
        versions={"judge": __version__},
    )
