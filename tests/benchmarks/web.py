"""A server of its own under many visitors: pages, streams, submissions, and the first visit in a slowed browser."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from judge.service import Service
from tests.benchmarks.clock import Interleaved, quantile

ROOT = Path(__file__).parents[2]
PAGE = "/problems/weight_pruning"
VISITORS, PAGES, THINKING = 50, 8, 1.0  # each asks for so many pages, and reads so many seconds between two
STREAMS = 200
SUBMITTING = 200
BROWSER = "/usr/bin/chromium"
Row = tuple[str, str, str]


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """Run ``judge serve`` on a free port with its data in a folder of its own; yield process id and port."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "judge", "serve", "--port", "0", "--data", data]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            ready, _, _ = select.select([process.stdout], [], [], 30)
            found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline() if ready else "")
            assert found is not None, "the server did not start"
            yield process.pid, int(found[1])
        finally:
            process.terminate()
            process.wait(30)


async def request(port: int, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes, bytes]:
    """Return status, headers and body of an answer over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        answer = await reader.read()
    finally:
        writer.close()
    start, _, content = answer.partition(b"\r\n\r\n")
    return int(start.split(b" ", 2)[1]), start, content


async def submit(port: int, source: str) -> str:
    """Hand in a solution of ``weight_pruning``; return its address."""
    body = json.dumps({"problem": "weight_pruning", "source": source}).encode()
    status, start, _ = await request(port, "POST", "/api/submissions", body)
    assert status == 202, start
    location = re.search(rb"(?i)\r\nlocation: (\S+)", start)
    assert location is not None
    return location[1].decode()


async def verdict(port: int, source: str) -> Any:
    """Hand in a solution and follow its stream to the result."""
    address = await submit(port, source)
    _, _, stream = await request(port, "GET", f"{address}/events")
    _, _, content = await request(port, "GET", address)
    assert b"event: result" in stream
    return json.loads(content)["result"]


async def reading(port: int) -> list[float]:
    """Return the seconds of every page that ``VISITORS`` ask for, each thinking between two."""

    async def visit(number: int) -> list[float]:
        await asyncio.sleep(THINKING * number / VISITORS)
        taken = []
        for _ in range(PAGES):
            began = time.perf_counter()
            status, _, _ = await request(port, "GET", PAGE)
            taken.append(time.perf_counter() - began)
            assert status == 200
            await asyncio.sleep(THINKING)
        return taken

    return [second for visitor in await asyncio.gather(*map(visit, range(VISITORS))) for second in visitor]


async def streaming(port: int, pid: int, source: str) -> tuple[float, float]:
    """Return the MB that the server holds before and while ``STREAMS`` streams of a running submission are open."""
    before = resident(pid)
    address = await submit(port, source)
    opened = []
    for _ in range(STREAMS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {address}/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        opened.append((reader, writer))
    for reader, _ in opened:
        await reader.readuntil(b"retry: 1000\n\n")
    during = resident(pid)
    for _, writer in opened:
        writer.close()
    return before, during


async def crowd(port: int, source: str) -> tuple[list[float], float]:
    """Let ``SUBMITTING`` visitors hand in at once; return when each had its verdict, and the share spent judging."""
    began = time.perf_counter()

    async def one() -> tuple[float, float]:
        result = await verdict(port, source)
        assert result["verdict"] == "accepted", result["verdict"]
        return time.perf_counter() - began, result["seconds"]

    done = await asyncio.gather(*(one() for _ in range(SUBMITTING)))
    return [when for when, _ in done], sum(seconds for _, seconds in done) / max(when for when, _ in done)


def resident(pid: int) -> float:
    """Return the MB of memory that are a process's own."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1000


_WATCH = """
const seen = {};
new MutationObserver(() => {
  if (!seen.form && document.querySelector(".scripted:not([hidden])")) seen.form = performance.now();
  if (!seen.editor && document.querySelector(".cm-content")) seen.editor = performance.now();
}).observe(document, { childList: true, subtree: true, attributes: true });
window.seen = seen;
"""


def first_visit(port: int) -> tuple[float, float, float] | None:
    """Open a problem page in a browser whose CPU is slowed four times, with an empty cache.

    Returns the KB of all files over the wire, the seconds until the form's buttons work, and until the code editor has
    taken the place of the plain field; ``None`` where there is no browser.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if not Path(BROWSER).exists():
        return None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        found = []
        for _ in range(5):
            context = browser.new_context()
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            sizes: list[float] = []
            session.on("Network.loadingFinished", lambda event, sizes=sizes: sizes.append(event["encodedDataLength"]))
            page.add_init_script(_WATCH)
            page.goto(f"http://127.0.0.1:{port}{PAGE}")
            page.wait_for_selector(".cm-content")
            page.wait_for_load_state("networkidle")
            seen = page.evaluate("window.seen")
            found.append((sum(sizes) / 1000, seen["form"] / 1000, seen["editor"] / 1000))
            context.close()
        browser.close()
    sizes_, forms, editors = zip(*found, strict=True)
    return max(sizes_), statistics.median(forms), statistics.median(editors)


def visit(service: Service, clock: Interleaved, rounds: int) -> list[Row]:
    """Measure it all and return rows of the table."""
    problem = service.library.load("weight_pruning")
    source = service.reference(problem).content.decode()
    rows: list[Row] = []
    with serving() as (pid, port):
        asyncio.run(verdict(port, source))
        inside = clock.measure(lambda: service.grade(service.reference(problem), problem=problem) and None, rounds)
        outside = clock.measure(lambda: asyncio.run(verdict(port, source)) and None, rounds)
        ratio = statistics.median(outside) / statistics.median(inside)
        rows.append(("POST to verdict, in units of the in-process verdict", f"{ratio:.2f}", "1.5"))
        taken = asyncio.run(reading(port))
        rows.append(
            (
                f"a problem page, {VISITORS} visitors, p50 / p95",
                f"{_ms(taken, 0.5)} / {_ms(taken, 0.95)} ms",
                "p95 20 ms",
            )
        )
        slow = f"import time\nend = time.process_time() + 2\nwhile time.process_time() < end: pass\n{source}"
        before, during = asyncio.run(streaming(port, pid, slow))
        rows.append(
            (
                f"{STREAMS} event streams: the server's memory, before / with",
                f"{before:.0f} / {during:.0f} MB",
                "100 MB",
            )
        )
        _, _, plain = asyncio.run(request(port, "GET", PAGE))
        rows.append(("a problem page alone, compressed", f"{len(gzip.compress(plain)) / 1000:.0f} KB", ""))
        visited = first_visit(port)
        if visited is not None:
            rows.append(("first visit, all files, over the wire", f"{visited[0]:.0f} KB", "250 KB"))
            rows.append(("until the page can be used, CPU slowed 4 x", f"{visited[1]:.2f} s", "1 s"))
            rows.append(("until the code editor is there as well, so slowed", f"{visited[2]:.2f} s", ""))
        when, share = asyncio.run(crowd(port, source))
        rows.append(
            (
                f"{SUBMITTING} visitors handing in at once: none lost, verdict p50 / p95",
                f"{quantile(when, 0.5):.1f} / {quantile(when, 0.95):.1f} s",
                "",
            )
        )
        rows.append(
            ("verdicts a second, and the judging that runs at a time", f"{len(when) / max(when):.1f}, {share:.2f}", "")
        )
    return rows


def _ms(seconds: list[float], share: float) -> str:
    return f"{1000 * quantile(seconds, share):.1f}"
