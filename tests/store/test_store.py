"""The store: what was taken is kept, claimed once, fenced, given back, and judged only so often."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judge.bootstrap import make_service
from judge.domain.submission import Submission
from judge.store import ATTEMPTS, SqliteStore, Status
from judge.store.sqlite import MIGRATIONS
from judge.worker import Workers

TESTS = [{"name": f"t-{n}", "checks": [], "lone": "\ud800"} for n in (1, 2, 3)]
REPORT: dict[str, Any] = {"verdict": "accepted", "tests": TESTS}
SOURCE = Submission("weight_pruning", b"x = 1\n\xff", 7)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "judge.sqlite3"


@pytest.fixture
def store(path: Path, clock: Clock) -> Iterator[SqliteStore]:
    opened = SqliteStore(path, clock)
    yield opened
    opened.close()


def test_what_was_added_is_there_in_another_process_view(store: SqliteStore, path: Path) -> None:
    store.add("a", SOURCE)
    other = SqliteStore(path)
    row = other.get("a")
    other.close()
    assert row is not None
    assert (row.submission, row.status, row.report) == (SOURCE, Status.QUEUED, None)
    assert store.get("b") is None
    assert store.get("\ud800") is None
    assert store.status("a") is Status.QUEUED
    assert store.waiting() == 1


def test_durability_is_what_it_says(store: SqliteStore, path: Path) -> None:
    with store._writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_submission_is_claimed_once_in_order_of_arrival(store: SqliteStore) -> None:
    for name in "abc":
        store.add(name, SOURCE)
    claims = [store.claim("boot/0", 60) for _ in range(4)]
    assert [claim and claim.id for claim in claims] == ["a", "b", "c", None]
    assert store.waiting() == 0


def test_many_threads_claim_each_once(store: SqliteStore) -> None:
    names = {f"s{n}" for n in range(40)}
    for name in names:
        store.add(name, SOURCE)
    got: list[str] = []

    def work(owner: str) -> None:
        while claim := store.claim(owner, 60):
            got.append(claim.id)
            assert store.finish(claim, REPORT)

    threads = [threading.Thread(target=work, args=(f"boot/{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(got) == sorted(names)


def test_one_can_be_asked_for(store: SqliteStore) -> None:
    store.add("a", SOURCE)
    store.add("b", SOURCE)
    claim = store.claim("boot/now", 60, "b")
    assert claim is not None
    assert claim.id == "b"
    assert store.claim("boot/now", 60, "b") is None


def test_a_lease_that_ran_out_is_claimed_anew_and_the_old_claim_is_fenced(store: SqliteStore, clock: Clock) -> None:
    store.add("a", SOURCE)
    old = store.claim("boot/0", 60)
    assert old is not None
    assert store.record(old, 1, TESTS[0])
    clock.now += 59
    assert store.claim("boot/1", 60) is None
    clock.now += 2
    new = store.claim("boot/1", 60)
    assert new is not None
    assert (new.id, new.attempt) == ("a", 2)
    assert store.tests("a", 0) == []  # of the attempt that is lost
    assert not store.record(old, 2, TESTS[1])
    assert not store.finish(old, REPORT)
    row = store.get("a")
    assert row is not None
    assert row.report is None
    assert store.finish(new, REPORT)
    assert not store.finish(new, REPORT)
    row = store.get("a")
    assert row is not None
    assert (row.status, row.report, row.finished) == (Status.DONE, REPORT, clock.now)


def test_rows_of_another_boot_are_put_back(store: SqliteStore) -> None:
    for name in "ab":
        store.add(name, SOURCE)
    dead, own = store.claim("dead/0", 60), store.claim("own/0", 60)
    assert dead is not None
    assert own is not None
    assert store.reclaim("own") == 1
    assert store.status("a") is Status.QUEUED
    assert store.status("b") is Status.RUNNING
    assert not store.finish(dead, REPORT)
    again = store.claim("own/1", 60)
    assert again is not None
    assert (again.id, again.attempt) == ("a", 2)


def test_what_is_given_back_counts_for_nothing(store: SqliteStore) -> None:
    store.add("a", SOURCE)
    claim = store.claim("own/0", 60)
    assert claim is not None
    assert store.release("other") == 0
    assert store.release("own") == 1
    assert not store.finish(claim, REPORT)
    again = store.claim("own/0", 60)
    assert again is not None
    assert again.attempt == 1
    assert not store.record(claim, 1, TESTS[0])  # the same owner, and yet a claim of before
    assert not store.finish(claim, REPORT)
    assert store.finish(again, REPORT)


def test_what_was_begun_before_waits_behind_what_was_not(store: SqliteStore) -> None:
    store.add("poison", SOURCE)
    assert store.claim("dead/0", 60)
    store.add("innocent", SOURCE)
    store.reclaim("own")
    claim = store.claim("own/0", 60)
    assert claim is not None
    assert claim.id == "innocent"


def test_tests_are_replayed_by_number_also_from_the_report(store: SqliteStore) -> None:
    store.add("a", SOURCE)
    claim = store.claim("own/0", 60)
    assert claim is not None
    for number, test in enumerate(TESTS[:2], start=1):
        assert store.record(claim, number, test)
    assert store.tests("a", 1) == [(2, TESTS[1])]
    assert store.finish(claim, REPORT)
    assert store.tests("a", 1) == [(2, TESTS[1]), (3, TESTS[2])]
    assert store.tests("a", 3) == []
    assert store.tests("none", 0) == []


def test_migrations_bring_every_older_version_up(path: Path) -> None:
    for version in range(len(MIGRATIONS) + 1):
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path)
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
        connection.close()
        store = SqliteStore(path)
        store.add("a", SOURCE)
        assert store.get("a") is not None
        store.close()
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        connection.close()


def test_a_store_of_a_later_version_is_left_alone(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(RuntimeError):
        SqliteStore(path)


def test_poison_ends_as_judge_error_and_is_not_run(store: SqliteStore) -> None:
    store.add("a", SOURCE)
    for _ in range(ATTEMPTS):
        assert store.claim("dead/0", 60)
        store.reclaim("own")
    done = threading.Event()
    with make_service() as service:
        workers = Workers(store, service, 1, changed=lambda identifier, finished: done.set())
        workers.start()
        try:
            assert done.wait(30)
        finally:
            workers.stop()
            workers.join(10)
        assert service._sandbox is None
    row = store.get("a")
    assert row is not None
    assert row.report is not None
    assert row.report["verdict"] == "judge_error"
    assert row.report["seed"] == 7
