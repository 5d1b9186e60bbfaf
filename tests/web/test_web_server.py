"""A server that really runs: streams, SIGTERM, kill -9 and a new start. Kills nothing but what it started."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICK = 'def prune_weights(model, sparsity, scope="layer"):\n    return model.copy(), {}\n'
SLOW = "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\n" + QUICK
SECONDS = 40.0


class Server:
    """``judge serve`` on a port of its own choice. ``url`` is what it printed."""

    def __init__(self, data: Path, *more: str) -> None:
        command = [sys.executable, "-m", "judge", "serve", "--port", "0", "--data", str(data), *more]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], SECONDS)
        line = self.process.stdout.readline() if ready else ""
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found is None:
            self.end(signal.SIGKILL)
        assert found, line
        self.url = found[0]

    def post(self, source: str, seed: int = 7) -> str:
        body = {"problem": "weight_pruning", "source": source, "seed": seed}
        answer = httpx.post(f"{self.url}/api/submissions", json=body, timeout=SECONDS)
        assert answer.status_code == 202
        return f"{self.url}{answer.headers['location']}"

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(SECONDS)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@contextlib.contextmanager
def running(data: Path, *more: str) -> Iterator[Server]:
    server = Server(data, *more)
    try:
        yield server
    finally:
        server.end(signal.SIGKILL)


def events(address: str, last: str | None = None) -> list[tuple[str, str, Any]]:
    """Read a stream to its end."""
    headers = {} if last is None else {"Last-Event-ID": last}
    found, fields = [], {}
    with httpx.stream("GET", address + "/events", headers=headers, timeout=SECONDS) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            else:
                if "data" in fields:
                    found.append((fields["id"], fields["event"], json.loads(fields["data"])))
                fields = {}
    return found


def result_of(address: str) -> Any:
    """Wait by the stream, then read the result."""
    assert events(address)[-1][1] == "result"
    shown = httpx.get(address, timeout=SECONDS).json()
    assert shown["status"] == "done"
    return shown["result"]


def test_live_stream_then_sigterm_with_one_open(data: Path) -> None:
    with running(data, "--workers", "1") as server:
        first = server.post(QUICK)
        live = events(first)
        assert [name for _, name, _ in live] == ["test"] * (len(live) - 1) + ["result"]
        assert live[-1][2]["tests"] == [test for _, name, test in live if name == "test"]
        assert events(first, live[2][0]) == live[3:]
        slow = server.post(SLOW)
        with httpx.stream("GET", slow + "/events", timeout=SECONDS) as open_stream:
            lines = open_stream.iter_lines()
            next(lines)
            assert server.end(signal.SIGTERM) == 0
            with contextlib.suppress(httpx.HTTPError):
                assert "event: result" not in list(lines)
    with running(data) as server:  # nothing is lost, and what was finished is shown as before
        assert result_of(slow.replace(slow[: slow.index("/api")], server.url))["verdict"] == "wrong_answer"
        assert events(first.replace(first[: first.index("/api")], server.url)) == live
        assert server.end(signal.SIGINT) == 0


def test_what_was_acknowledged_survives_kill_9(data: Path) -> None:
    with running(data, "--workers", "1") as server:
        paths = [server.post(source, seed)[len(server.url) :] for seed, source in enumerate([SLOW, QUICK, QUICK])]
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
    with running(data, "--workers", "2") as server:
        results = [result_of(server.url + path) for path in paths]
        assert [result["verdict"] for result in results] == ["wrong_answer"] * 3
        assert [result["seed"] for result in results] == [0, 1, 2]
        assert server.end() == 0


def test_the_data_folder_is_its_owners_and_one_servers(data: Path) -> None:
    with running(data) as server:
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in data.iterdir())
        second = subprocess.run(
            [sys.executable, "-m", "judge", "serve", "--port", "0", "--data", str(data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert second.returncode == 2
        assert second.stdout == ""
        assert str(data) in second.stderr
        assert httpx.get(f"{server.url}/healthz", timeout=SECONDS).json() == {"status": "ok"}


def test_a_list_of_submissions_outlives_the_server(data: Path) -> None:
    form = {"source": "def (", "seed": "7"}
    with running(data) as server, httpx.Client(base_url=server.url, timeout=SECONDS) as client:
        place = client.post("/problems/weight_pruning", data=form).headers["location"]
        cookies = dict(client.cookies)
        assert server.end() == 0
    with running(data) as server:
        told = httpx.get(f"{server.url}/progress.json", cookies=cookies, timeout=SECONDS).json()
        assert [one["url"] for one in told["submissions"]] == [place]
        assert server.end() == 0


def test_a_port_that_is_taken_is_a_usage_error(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "judge", "serve", "--port", port, "--data", str(data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 2
    assert port in done.stderr
