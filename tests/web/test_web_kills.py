"""Server, fork server and children killed at any moment: no acknowledged submission is lost, none has two results.

A short run by default; ``JUDGE_ALL=1`` hands in 300 submissions with a kill every second.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from test_web_server import QUICK, SECONDS, Server, result_of

ALL = bool(os.environ.get("JUDGE_ALL"))
SUBMISSIONS = 300 if ALL else 8
EVERY_SECONDS = 1.0 if ALL else 0.02
TARGETS = ("server", "fork server", "child")


def children(pid: int) -> list[int]:
    """Return the processes that ``pid`` started and that live."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found.update(map(int, task.read_text().split()))
    return sorted(found)


def fork_server(pid: int) -> list[int]:
    """Return the fork server among the children of ``pid``, in a list that may be empty."""
    found = []
    for child in children(pid):
        with suppress(OSError):
            if b"judge.sandbox.server" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


def targets(server: Server, kind: str) -> list[int]:
    """Return processes of this kind, all of them started by ``server`` and so by this test."""
    if kind == "server":
        return [server.process.pid]
    forking = fork_server(server.process.pid)
    return forking if kind == "fork server" else [pid for one in forking for pid in children(one)]


class Posting(threading.Thread):
    """Hands in ``count`` submissions; keeps the paths of those that were acknowledged."""

    def __init__(self, count: int) -> None:
        super().__init__(daemon=True)
        self.url = ""
        self.up = threading.Event()
        self.kept: list[str] = []
        self._count = count

    def run(self) -> None:
        while len(self.kept) < self._count:
            self.up.wait()
            body = {"problem": "weight_pruning", "source": QUICK, "seed": len(self.kept)}
            try:
                answer = httpx.post(f"{self.url}/api/submissions", json=body, timeout=SECONDS)
            except httpx.HTTPError:  # killed before it answered: perhaps kept, never promised
                continue
            if answer.status_code == 202:
                self.kept.append(answer.headers["location"])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds its victims in /proc")
def test_nothing_acknowledged_is_lost_and_nothing_has_two_results(tmp_path: Path) -> None:
    data, rng, pause = tmp_path / "data", random.Random(7), threading.Event()
    posting = Posting(SUBMISSIONS)
    posting.start()
    server, kills, turn = Server(data), dict.fromkeys(TARGETS, 0), 0
    try:
        posting.url = server.url
        posting.up.set()
        while (ALL and posting.is_alive()) or min(kills.values()) == 0:
            pause.wait(EVERY_SECONDS)
            kind = TARGETS[turn % len(TARGETS)]
            victims = targets(server, kind)
            if not victims:  # a child lives for a moment only
                continue
            turn += 1
            with suppress(ProcessLookupError):
                os.kill(rng.choice(victims), signal.SIGKILL)
                kills[kind] += 1
            if kind == "server":
                posting.up.clear()
                server.end(signal.SIGKILL)
                server = Server(data)
                posting.url = server.url
                posting.up.set()
        posting.join(SECONDS)
        results = [result_of(server.url + path) for path in posting.kept]
        assert server.end() == 0
    finally:
        server.end(signal.SIGKILL)
    assert [result["seed"] for result in results] == list(range(SUBMISSIONS))
    assert {result["verdict"] for result in results} == {"wrong_answer"}
    with sqlite3.connect(data / "judge.sqlite3") as connection:
        counts = dict(connection.execute("SELECT submission, COUNT(*) FROM results GROUP BY submission"))
    assert set(counts.values()) == {1}
    assert counts.keys() >= {path.rpartition("/")[2] for path in posting.kept}
