"""The embedded store: one SQLite file, durable (WAL with synchronous=FULL), on a local disk.

Owners are named ``boot/worker``: a boot is one start of the server. One connection writes and one reads, each behind a
lock; other processes are held off by SQLite itself (BEGIN IMMEDIATE with a busy timeout).
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from judge.domain.submission import Graded, Submission
from judge.store.base import Claim, Row, Status

BUSY_SECONDS = 10.0

# Each entry brings the schema from the version before it to the next; entries are never changed, only added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE submissions (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            problem TEXT NOT NULL,
            content BLOB NOT NULL,
            seed INTEGER,
            graded TEXT NOT NULL,
            status TEXT NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 0,
            owner TEXT NOT NULL DEFAULT '',
            lease REAL NOT NULL DEFAULT 0,
            created REAL NOT NULL,
            finished REAL
        )""",
        "CREATE INDEX submissions_open ON submissions (attempt, number) WHERE status <> 'done'",
        """CREATE TABLE results (
            submission TEXT NOT NULL REFERENCES submissions (id),
            number INTEGER NOT NULL,
            created REAL NOT NULL,
            report TEXT NOT NULL,
            PRIMARY KEY (submission, number)
        )""",
        """CREATE TABLE events (
            submission TEXT NOT NULL REFERENCES submissions (id),
            number INTEGER NOT NULL,
            test TEXT NOT NULL,
            PRIMARY KEY (submission, number)
        )""",
    ),
    (
        """CREATE TABLE reviews (
            submission TEXT PRIMARY KEY REFERENCES submissions (id),
            review TEXT NOT NULL
        )""",
    ),
    ("ALTER TABLE submissions ADD COLUMN fence INTEGER NOT NULL DEFAULT 0",),
)


class SqliteStore:
    """See :class:`judge.store.base.Store`. ``path`` is made, readable by its owner alone, where it is missing.

    ``clock`` gives the seconds since the epoch. Raises ``RuntimeError`` on a file of a later version of the judge.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        self._path, self._clock = path, clock
        self._write_lock, self._read_lock = threading.Lock(), threading.Lock()
        self._writer, self._reader = self._connect(), self._connect()
        self._migrate()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _migrate(self) -> None:
        with self._writing() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise RuntimeError(f"the store is of version {version}; this program knows {len(MIGRATIONS)}")
            for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in statements:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")

    @contextmanager
    def _writing(self, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction. Not ``durable``: a loss of power may undo it, though never in part."""
        with self._write_lock:
            self._writer.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def _read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._read_lock:
            return self._reader.execute(sql, values).fetchall()

    def add(self, identifier: str, submission: Submission) -> None:
        values = (identifier, submission.problem, submission.content, submission.seed, str(submission.graded))
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO submissions (id, problem, content, seed, graded, status, created)"
                " VALUES (?, ?, ?, ?, ?, 'queued', ?)",
                (*values, self._clock()),
            )

    def get(self, identifier: str) -> Row | None:
        rows = self._read(
            "SELECT problem, content, seed, graded, status, created, finished,"
            " (SELECT report FROM results WHERE submission = id ORDER BY results.number DESC LIMIT 1)"
            " FROM submissions WHERE id = ?",
            (_text(identifier),),
        )
        if not rows:
            return None
        problem, content, seed, graded, status, created, finished, report = rows[0]
        return Row(
            identifier,
            Submission(problem, content, seed, Graded(graded)),
            Status(status),
            created,
            finished,
            None if report is None else json.loads(report),
        )

    def status(self, identifier: str) -> Status | None:
        rows = self._read("SELECT status FROM submissions WHERE id = ?", (_text(identifier),))
        return Status(rows[0][0]) if rows else None

    def waiting(self) -> int:
        count: int = self._read("SELECT COUNT(*) FROM submissions WHERE status = 'queued'")[0][0]
        return count

    def claim(self, owner: str, seconds: float, identifier: str | None = None) -> Claim | None:
        now = self._clock()
        with self._writing() as connection:
            # What was begun before comes behind what was not: poison must not keep others waiting.
            rows = connection.execute(
                "UPDATE submissions SET status = 'running', attempt = attempt + 1, fence = fence + 1,"
                " owner = ?, lease = ?"
                " WHERE number = (SELECT number FROM submissions"
                " WHERE status <> 'done' AND (status = 'queued' OR lease < ?) AND id = COALESCE(?, id)"
                " ORDER BY attempt, number LIMIT 1)"
                " RETURNING id, attempt, fence, problem, content, seed, graded",
                (owner, now + seconds, now, identifier),
            ).fetchall()
            if not rows:
                return None
            found, attempt, fence, problem, content, seed, graded = rows[0]
            connection.execute("DELETE FROM events WHERE submission = ?", (found,))
        return Claim(found, attempt, fence, owner, Submission(problem, content, seed, Graded(graded)))

    def record(self, claim: Claim, number: int, test: dict[str, Any]) -> bool:
        # Not flushed by itself: what a loss of power takes is judged again anyway.
        with self._writing(durable=False) as connection:
            written = connection.execute(
                "INSERT INTO events (submission, number, test) SELECT id, ?, ? FROM submissions"
                " WHERE id = ? AND fence = ? AND owner = ? AND status = 'running'",
                (number, _json(test), claim.id, claim.fence, claim.owner),
            )
            return written.rowcount > 0

    def finish(self, claim: Claim, report: dict[str, Any]) -> bool:
        now, text = self._clock(), _json(report)
        with self._writing() as connection:
            written = connection.execute(
                "UPDATE submissions SET status = 'done', owner = '', lease = 0, finished = ?"
                " WHERE id = ? AND fence = ? AND owner = ? AND status = 'running'",
                (now, claim.id, claim.fence, claim.owner),
            )
            if not written.rowcount:
                return False
            connection.execute(
                "INSERT INTO results (submission, number, created, report)"
                " SELECT ?, 1 + COALESCE(MAX(number), 0), ?, ? FROM results WHERE submission = ?",
                (claim.id, now, text, claim.id),
            )
            connection.execute("DELETE FROM events WHERE submission = ?", (claim.id,))  # the report has them all
            return True

    def release(self, boot: str) -> int:
        with self._writing() as connection:
            return connection.execute(
                "UPDATE submissions SET status = 'queued', attempt = attempt - 1, owner = '', lease = 0"
                " WHERE status = 'running' AND substr(owner, 1, ?) = ?",
                (len(boot) + 1, f"{boot}/"),
            ).rowcount

    def reclaim(self, boot: str) -> int:
        with self._writing() as connection:
            return connection.execute(
                "UPDATE submissions SET status = 'queued', owner = '', lease = 0"
                " WHERE status = 'running' AND substr(owner, 1, ?) <> ?",
                (len(boot) + 1, f"{boot}/"),
            ).rowcount

    def tests(self, identifier: str, after: int) -> list[tuple[int, dict[str, Any]]]:
        rows = self._read(
            "SELECT number, test FROM events WHERE submission = ? AND number > ? ORDER BY number", (identifier, after)
        )
        if rows:
            return [(number, json.loads(test)) for number, test in rows]
        row = self.get(identifier)
        if row is None or row.report is None:
            return []
        return list(enumerate(row.report["tests"], start=1))[max(after, 0) :]

    def keep_review(self, identifier: str, review: dict[str, Any]) -> None:
        # Not flushed by itself: what a loss of power takes can be worked out again.
        with self._writing(durable=False) as connection:
            connection.execute("INSERT OR REPLACE INTO reviews VALUES (?, ?)", (identifier, _json(review)))

    def review(self, identifier: str) -> dict[str, Any] | None:
        rows = self._read("SELECT review FROM reviews WHERE submission = ?", (_text(identifier),))
        return json.loads(rows[0][0]) if rows else None

    def close(self) -> None:
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()


def _text(identifier: str) -> str:
    """Return what can be compared with an id: SQLite takes no lone surrogate."""
    return identifier.encode("utf-8", "replace").decode("utf-8")


def _json(plain: dict[str, Any]) -> str:
    # ASCII escapes, so that a lone surrogate from a submission's own error message cannot fail the write.
    return json.dumps(plain, ensure_ascii=True, separators=(",", ":"))
