"""What grading is told about a child: how it ended, what it loaded, what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from judge.domain.answer import Answer, Raised

if TYPE_CHECKING:
    from judge.sandbox.inbox import Frame
    from judge.sandbox.request import Asked


class Stopped(StrEnum):
    """Why a child answers no more."""

    CPU = "cpu"  # used up its CPU seconds
    WALL = "wall"  # slept through its wall clock
    MEMORY = "memory"  # died for lack of memory
    OUTPUT = "output"  # printed too much
    EXIT = "exit"  # left by os._exit or the like
    SIGNAL = "signal"  # crashed
    KILLED = "killed"  # was killed from outside, by nothing that a submission can do: judge anew
    PROTOCOL = "protocol"  # sent something that is no reply


class Received(Struct, frozen=True):
    """What a child sent in answer to one :meth:`Child.send`, not looked into yet: see :meth:`Child.read`."""

    frames: list[Frame]
    asked: Sequence[Asked]
    serial: int
    stopped: Stopped | None
    cpu_seconds: float
    output: str


class Run(Struct, frozen=True):
    """What became of one :meth:`Child.send`.

    ``answers`` are those to its first calls, to all of them where ``stopped`` is ``None``. ``cpu_seconds`` is the
    child's, ``output`` the first 4 KiB printed, escaped.
    """

    answers: tuple[Answer, ...]
    stopped: Stopped | None
    cpu_seconds: float
    output: str


class Loaded(Struct, frozen=True):
    """What became of :meth:`Child.load`. ``problem`` is "" (or ``raised`` or ``stopped`` says more), "syntax"
    (``raised`` has message and line), "missing" or "not_callable" (the entry point)."""

    raised: Raised | None
    problem: str
    stopped: Stopped | None
    cpu_seconds: float
    output: str

    @property
    def sound(self) -> bool:
        """True where the submission may be called."""
        return self.stopped is None and self.raised is None and not self.problem
