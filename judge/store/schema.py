"""The tables, and the way from any older version of them. Plain SQL: only types and clauses that PostgreSQL has too."""

from __future__ import annotations

import sqlite3

from judge.store.base import StoreUnavailable

# One entry a version: what leads there from the one before. Entries are never changed, only added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE submissions (
            number INTEGER PRIMARY KEY,         -- order of arrival
            id TEXT NOT NULL UNIQUE,
            problem TEXT NOT NULL,
            content BLOB NOT NULL,
            seed BIGINT,
            visitor TEXT NOT NULL,
            created DOUBLE PRECISION NOT NULL,  -- seconds since the epoch
            status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done')),
            attempt INTEGER NOT NULL,           -- claims so far: with the owner, the fencing token
            losses INTEGER NOT NULL,            -- claims that ended with their owner's death
            owner TEXT,
            lease_until DOUBLE PRECISION,
            ticks TEXT NOT NULL                 -- JSON
        )
        """,
        "CREATE INDEX submissions_queue ON submissions (status, losses, number)",
        "CREATE INDEX submissions_visitor ON submissions (visitor, number)",
        """
        CREATE TABLE events (                   -- finished tests of what is being judged
            submission TEXT NOT NULL REFERENCES submissions (id),
            number INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            test TEXT NOT NULL,                 -- JSON
            PRIMARY KEY (submission, number)
        )
        """,
        """
        CREATE TABLE results (
            submission TEXT PRIMARY KEY REFERENCES submissions (id),
            attempt INTEGER NOT NULL,
            number INTEGER NOT NULL,            -- of the event that tells it
            finished DOUBLE PRECISION NOT NULL,
            verdict TEXT NOT NULL,
            score DOUBLE PRECISION NOT NULL,
            judge_version TEXT NOT NULL,
            problem_version TEXT NOT NULL,
            report TEXT NOT NULL                -- JSON: keys and values, no words
        )
        """,
    ),
)
VERSION = len(MIGRATIONS)


def migrate(database: sqlite3.Connection, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
    """Bring the file up to date, all of it or nothing. Raises :class:`StoreUnavailable` where it is newer than we are.

    ``database`` commits by itself (``isolation_level`` is ``None``).
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise StoreUnavailable("store.newer", version=version, known=len(migrations))
        for statements in migrations[version:]:
            for statement in statements:
                database.execute(statement)
        database.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
