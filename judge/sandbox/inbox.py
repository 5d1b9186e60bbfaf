"""What a child has sent, cut into frames (:mod:`judge.sandbox.wire`) and not looked into yet.

Every byte may have been chosen by somebody who wants to harm the judge: sizes are checked before anything is kept.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from judge.sandbox.request import Asked
from judge.sandbox.wire import PREFIX, READY, Malformed

_CHUNK = 1 << 18

Frame = tuple[bytes, bytearray]


class Inbox:
    """Collects as many frames as were asked for, each within its caps."""

    __slots__ = ("_asked", "_buffer", "_frame", "frames", "ready")

    def __init__(self) -> None:
        self.frames: list[Frame] = []  # header and body of each reply that is whole
        self.ready = False  # the child has said that it is confined
        self._asked: Sequence[Asked] = ()
        self._buffer = bytearray()
        self._frame: tuple[bytes, bytearray, int] | None = None  # header, body, bytes of the body that are there

    def expect(self, asked: Sequence[Asked]) -> None:
        """Begin anew: one frame for each of ``asked``. Some of it may have been read already: :meth:`cut`."""
        self._asked = asked
        self.frames = []

    @property
    def complete(self) -> bool:
        """True when every frame is there."""
        return len(self.frames) >= len(self._asked)

    @property
    def amid(self) -> bool:
        """True in the middle of a frame: the rest of it is on its way."""
        return self._frame is not None or bool(self._buffer)

    def read(self, descriptor: int) -> int:
        """Read once and return the number of bytes, 0 at the end of the stream.

        Raises :class:`Malformed`, and what reading raises (``BlockingIOError`` where nothing has come).
        """
        if self._frame is not None:
            header, body, got = self._frame
            more = os.readv(descriptor, [memoryview(body)[got:]])
            self._frame = (header, body, got + more)
        else:
            chunk = os.read(descriptor, _CHUNK)
            more = len(chunk)
            self._buffer += chunk
        self.cut()
        return more

    def cut(self) -> None:
        """Take whole frames out of what has been read. Raises :class:`Malformed`."""
        while not self.complete:
            if self._frame is None:
                if len(self._buffer) < PREFIX.size:
                    return
                if not self.ready:
                    if not self._buffer.startswith(READY):
                        raise Malformed
                    self.ready = True
                    del self._buffer[: len(READY)]
                    continue
                header_bytes, body_bytes = PREFIX.unpack_from(self._buffer)
                caps = self._asked[len(self.frames)].caps
                if header_bytes > caps.header or body_bytes > caps.body:
                    raise Malformed
                start = PREFIX.size + header_bytes
                if len(self._buffer) < start:
                    return
                header = bytes(self._buffer[PREFIX.size : start])
                body = bytearray(body_bytes)
                part = self._buffer[start : start + body_bytes]
                body[: len(part)] = part
                del self._buffer[: start + len(part)]
                self._frame = (header, body, len(part))
            header, body, got = self._frame
            if got < len(body):
                return
            self._frame = None
            self.frames.append((header, body))
