"""The store in one SQLite file, by the standard library.

Write-ahead log, so that readers never wait. ``synchronous=FULL`` for everything that was acknowledged: it survives a
power cut. Finished tests alone are written with ``NORMAL`` (no wait for the disk; a killed process loses nothing by
that): after a power cut the submission is judged anew anyway. Every write begins with ``BEGIN IMMEDIATE``, since a
transaction that reads first and writes later may be refused in the middle.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from judge.domain.plain import report_from_plain, report_to_plain, test_from_plain, test_to_plain
from judge.domain.report import Report, TestResult
from judge.store.base import (
    Claim,
    NewSubmission,
    Progress,
    QueueFull,
    Status,
    Stored,
    StoreUnavailable,
    Summary,
)
from judge.store.schema import migrate

_BUSY_SECONDS = 10.0
_ID_BYTES = 16  # 128 bits: an id is all that is needed to read a submission
_FREE_BYTES = 8 << 20  # with less on the disk it is called full before SQLite has to say so
_CLAIM_IS_GOOD = "id = ? AND attempt = ? AND owner = ? AND status = 'running'"


class SqliteStore:
    """See :class:`judge.store.base.Store`. ``path`` is made, readable by its owner alone, where it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        # Writers of this process queue here; SQLite's own waiting sleeps in growing steps.
        self._writing = threading.Lock()
        self._closed = False
        with _unavailable():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # its companions inherit the mode
            with self._connection() as database:
                migrate(database)

    def add(self, new: NewSubmission, *, limit: int) -> str:
        identifier = secrets.token_urlsafe(_ID_BYTES)
        with self._write() as database:
            (waiting,) = database.execute("SELECT count(*) FROM submissions WHERE status = 'queued'").fetchone()
            if waiting >= limit:
                raise QueueFull("store.queue_full", queued=waiting)
            database.execute(
                "INSERT INTO submissions (id, problem, content, seed, visitor, created, status, attempt, losses, ticks)"
                " VALUES (?, ?, ?, ?, ?, ?, 'queued', 0, 0, '[]')",
                (identifier, new.problem, new.content, new.seed, new.visitor, time.time()),
            )
        return identifier

    def get(self, identifier: str) -> Stored | None:
        with self._connection() as database:
            row = database.execute(
                "SELECT problem, content, seed, status, created, ticks, report FROM submissions"
                " LEFT JOIN results ON submission = id WHERE id = ?",
                (identifier,),
            ).fetchone()
        if row is None:
            return None
        problem, content, seed, status, created, ticks, report = row
        return Stored(
            identifier, problem, content, seed, Status(status), created, tuple(json.loads(ticks)), _report(report)
        )

    def progress(self, identifier: str, after: int = 0) -> Progress | None:
        with self._connection() as database:
            row = database.execute(
                "SELECT problem, status, submissions.attempt, results.number, report FROM submissions"
                " LEFT JOIN results ON submission = id WHERE id = ?",
                (identifier,),
            ).fetchone()
            if row is None:
                return None
            problem, status, attempt, last, stored = row
            found: list[tuple[int, str]] = []
            if stored is None:
                found = database.execute(
                    "SELECT number, test FROM events WHERE submission = ? AND attempt = ? AND number > ?"
                    " ORDER BY number",
                    (identifier, attempt, after),
                ).fetchall()
        report = _report(stored)
        if report is not None:
            tests = tuple(entry for entry in enumerate(report.tests, 1) if entry[0] > after)
        else:
            tests = tuple((number, test_from_plain(json.loads(test))) for number, test in found)
        return Progress(problem, Status(status), tests, report, last or 0)

    def claim(self, owner: str, *, lease: float) -> Claim | None:
        now = time.time()
        with self._write() as database:
            database.execute(
                "UPDATE submissions SET status = 'queued', losses = losses + 1, owner = NULL, lease_until = NULL"
                " WHERE status = 'running' AND lease_until < ?",
                (now,),
            )
            row = database.execute(
                # Those that took a worker down wait behind those that have not.
                "SELECT id, problem, content, seed, attempt, losses FROM submissions"
                " WHERE status = 'queued' ORDER BY losses, number LIMIT 1"
            ).fetchone()
            if row is None:
                return None
            identifier, problem, content, seed, attempt, losses = row
            database.execute(
                "UPDATE submissions SET status = 'running', attempt = ?, owner = ?, lease_until = ? WHERE id = ?",
                (attempt + 1, owner, now + lease, identifier),
            )
        return Claim(identifier, problem, content, seed, attempt + 1, owner, losses)

    def record(self, claim: Claim, number: int, test: TestResult, *, lease: float) -> bool:
        with self._write(synchronous="NORMAL") as database:
            good = database.execute(
                f"UPDATE submissions SET lease_until = ? WHERE {_CLAIM_IS_GOOD}", (time.time() + lease, *_token(claim))
            ).rowcount
            if not good:
                return False
            database.execute("DELETE FROM events WHERE submission = ? AND number = ?", (claim.id, number))
            database.execute(
                "INSERT INTO events (submission, number, attempt, test) VALUES (?, ?, ?, ?)",
                (claim.id, number, claim.attempt, _json(test_to_plain(test))),
            )
        return True

    def finish(self, claim: Claim, report: Report) -> bool:
        stored = _json(report_to_plain(report))
        with self._write() as database:
            if not self._leave(database, claim, Status.DONE):
                return False
            (highest,) = database.execute("SELECT max(number) FROM events WHERE submission = ?", (claim.id,)).fetchone()
            database.execute("DELETE FROM events WHERE submission = ?", (claim.id,))  # the report has them
            database.execute(
                "INSERT INTO results (submission, attempt, number, finished, verdict, score, judge_version,"
                " problem_version, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    claim.id,
                    claim.attempt,
                    max(len(report.tests), highest or 0) + 1,
                    time.time(),
                    str(report.verdict),
                    report.score,
                    str(report.versions.get("judge", "")),
                    str(report.versions.get("problem", "")),
                    stored,
                ),
            )
        return True

    def release(self, claim: Claim) -> bool:
        with self._write() as database:
            return self._leave(database, claim, Status.QUEUED)

    def owners(self) -> set[str]:
        with self._connection() as database:
            rows = database.execute("SELECT DISTINCT owner FROM submissions WHERE status = 'running'").fetchall()
        return {owner for (owner,) in rows}

    def reclaim(self, owners: Collection[str]) -> int:
        with self._write() as database:
            return sum(
                database.execute(
                    "UPDATE submissions SET status = 'queued', losses = losses + 1, owner = NULL, lease_until = NULL"
                    " WHERE status = 'running' AND owner = ?",
                    (owner,),
                ).rowcount
                for owner in owners
            )

    def waiting(self) -> int:
        with self._connection() as database:
            (waiting,) = database.execute("SELECT count(*) FROM submissions WHERE status = 'queued'").fetchone()
        return int(waiting)

    def history(self, visitor: str, problem: str | None = None, *, limit: int = 50) -> Sequence[Summary]:
        with self._connection() as database:
            rows = database.execute(
                "SELECT id, problem, created, status, verdict, score FROM submissions"
                " LEFT JOIN results ON submission = id WHERE visitor = ? AND problem = coalesce(?, problem)"
                " ORDER BY submissions.number DESC LIMIT ?",
                (visitor, problem, limit),
            ).fetchall()
        return [
            Summary(identifier, name, created, Status(status), verdict or "", score or 0.0)
            for identifier, name, created, status, verdict, score in rows
        ]

    def tick(self, identifier: str, ticks: Sequence[int]) -> bool:
        with self._write() as database:
            changed = database.execute(
                "UPDATE submissions SET ticks = ? WHERE id = ?", (json.dumps(sorted(set(ticks))), identifier)
            ).rowcount
        return changed == 1

    def check(self) -> None:
        with self._write(), _unavailable():
            space = os.statvfs(self._path.parent) if hasattr(os, "statvfs") else None
        if space is not None and space.f_bavail * space.f_frsize < _FREE_BYTES:
            raise StoreUnavailable("store.disk_full")

    def close(self) -> None:
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _leave(self, database: sqlite3.Connection, claim: Claim, status: Status) -> bool:
        return bool(
            database.execute(
                f"UPDATE submissions SET status = ?, owner = NULL, lease_until = NULL WHERE {_CLAIM_IS_GOOD}",
                (str(status), *_token(claim)),
            ).rowcount
        )

    @contextlib.contextmanager
    def _write(self, synchronous: str = "FULL") -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, undone on an exception."""
        with self._writing, self._connection() as database:
            database.execute(f"PRAGMA synchronous = {synchronous}")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            except BaseException:
                if database.in_transaction:  # of some errors SQLite itself has undone it
                    database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection that nobody else uses meanwhile; one that failed is not used again."""
        with _unavailable():
            if self._closed:
                raise sqlite3.ProgrammingError("the store is closed")
            try:
                database = self._idle.get_nowait()
            except queue.Empty:
                database = self._connect()
            try:
                yield database
            except sqlite3.Error:
                database.close()
                raise
            except BaseException:
                self._put_back(database)
                raise
            self._put_back(database)

    def _put_back(self, database: sqlite3.Connection) -> None:
        if self._closed:
            database.close()
        else:
            self._idle.put(database)

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA foreign_keys = ON")
        return database


@contextlib.contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable("store.unusable", reason=str(error)) from error


def _token(claim: Claim) -> tuple[str, int, str]:
    return claim.id, claim.attempt, claim.owner


def _json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, allow_nan=False, separators=(",", ":"))  # ASCII: whatever a text holds, it can be kept


def _report(stored: str | None) -> Report | None:
    return None if stored is None else report_from_plain(json.loads(stored))
