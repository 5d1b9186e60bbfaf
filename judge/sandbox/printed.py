"""What a child prints, and the marks that its harness puts between: where a test ends, when to look for replies.

A child may be at the next test before the judge has taken note of the end of one. The mark tells how much of what was
printed belongs to which, and what CPU time the child had used by then. A submission can find out what a mark looks like
and write its own. That only moves what it printed, and the CPU time that it used, from one of its tests to another
(clock.py).
"""

from __future__ import annotations

import os

from judge.sandbox.output import KEPT_BYTES, decode
from judge.sandbox.wire import END, MARK, TOKEN_BYTES


class Printed:
    """Fed with what comes out of the pipe. ``count`` bytes were printed in this test, by all that is known so far."""

    __slots__ = ("_after", "_kept", "_serial", "_tail", "count", "ended", "marks", "token")

    def __init__(self) -> None:
        self.token = os.urandom(TOKEN_BYTES)
        self.count = 0
        self.marks = 0
        self.ended: float | None = None  # CPU seconds of the child at the mark that ends this test, once it came
        self._serial = 0
        self._kept = bytearray()
        self._tail = b""  # the beginning of a mark, maybe
        self._after = b""  # what came behind the end

    def begin(self, serial: int) -> None:
        """Go on with the next test."""
        self._serial = serial
        self._kept.clear()
        self.count = self.marks = 0
        self.ended = None
        after, self._after = self._after, b""
        if after:
            self.feed(after)

    def feed(self, chunk: bytes) -> None:
        """Take what was read. Nothing should be read any more when the test has ``ended``."""
        if self.ended is not None:
            self._after += chunk
            return
        data = self._tail + chunk
        self._tail = b""
        while data:
            at = data.find(self.token)
            if at < 0:
                at = len(data) - _overlap(data, self.token)
            self._add(data[:at])
            if len(data) - at < MARK.size:
                self._tail = data[at:]
                return
            _, kind, serial, nanoseconds = MARK.unpack_from(data, at)
            data = data[at + MARK.size :]
            self.marks += 1
            if kind == END and serial == self._serial:
                self.ended = nanoseconds / 1e9
                self._after = data
                return

    def take(self) -> str:
        """Return the first of what this test printed, made fit to be shown."""
        if self._tail:
            self._add(self._tail)
            self._tail = b""
        return decode(bytes(self._kept)) if self._kept else ""

    def _add(self, text: bytes) -> None:
        self.count += len(text)
        if len(self._kept) <= KEPT_BYTES:
            self._kept += text[: KEPT_BYTES + 1]


def _overlap(data: bytes, token: bytes) -> int:
    """Return how many bytes at the end of ``data`` may be the beginning of ``token``."""
    for length in range(min(len(data), len(token) - 1), 0, -1):
        if data.endswith(token[:length]):
            return length
    return 0
