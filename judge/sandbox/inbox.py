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
        buffer, asked, frames = self._buffer, self._asked, self.frames
        there, start = len(buffer), 0  # the beginning goes once, at the end: what is behind it would move each time
        if not self.ready:
            if there < PREFIX.size:
                return
            if not buffer.startswith(READY):
                raise Malformed
            self.ready = True
            start = len(READY)
        while len(frames) < len(asked):
            if self._frame is None:
                begin = start + PREFIX.size
                if there < begin:
                    break
                header_bytes, body_bytes = PREFIX.unpack_from(buffer, start)
                caps = asked[len(frames)].caps
                if header_bytes > caps.header or body_bytes > caps.body:
                    raise Malformed
                middle = begin + header_bytes
                if there < middle:
                    break
                header = bytes(buffer[begin:middle])
                start = middle + body_bytes
                if start > there:
                    body = bytearray(body_bytes)
                    body[: there - middle] = buffer[middle:]
                    self._frame = (header, body, there - middle)
                    start = there
                    break
                frames.append((header, buffer[middle:start]))
            else:
                header, body, got = self._frame
                if got < len(body):
                    break
                self._frame = None
                frames.append((header, body))
        del buffer[:start]
