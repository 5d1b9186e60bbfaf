"""A line on standard error that tells how far the judging is. Only on a terminal, and gone afterwards."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from judge.cli.layout import cut
from judge.cli.terminal import Terminal
from judge.domain.report import TestResult
from judge.domain.verdict import Verdict

_TICK = 0.25  # seconds: often enough to show that something is going on
_CLEAR = "\r\x1b[K"


class Progress:
    """Use as a context manager and hand :meth:`on_test` to whoever judges."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._began = time.monotonic()
        self._done = self._failed = 0
        self._last = ""
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if self._terminal.interactive:
            self._thread = threading.Thread(target=self._tick, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._end.set()
            self._thread.join()
            self._write(_CLEAR)

    def on_test(self, result: TestResult) -> None:
        """Count a finished test."""
        with self._lock:
            self._done += 1
            self._failed += result.verdict not in (Verdict.ACCEPTED, Verdict.SKIPPED)
            self._last = result.name

    def on_count(self, done: int, total: int) -> None:
        """Tell how many of how many judgings are done."""
        with self._lock:
            self._done, self._last = done, f"/ {total}"

    def _tick(self) -> None:
        while not self._end.wait(_TICK):
            with self._lock:
                values = {"done": self._done, "failed": self._failed, "last": self._last}
            seconds = time.monotonic() - self._began
            line = self._terminal.text("progress", seconds=f"{seconds:.1f}", **values)
            self._write(_CLEAR + cut(line, self._terminal.width - 1))

    def _write(self, text: str) -> None:
        self._terminal.write(self._terminal.err, text, now=True)
