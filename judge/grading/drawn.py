"""A test on its way to the child: drawn, encoded, and maybe with replies that are known to be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from judge.domain.case import Case
from judge.domain.problem import CodingProblem
from judge.domain.report import Check
from judge.message import Message
from judge.sandbox import Received, Request

_KNOWN_BYTES = 1 << 20


class Known(Struct, frozen=True):
    """Replies that the checker found right, byte by byte, and what it said of them.

    Whoever sends the same bytes gives the same answers, of which there is nothing left to find out.
    """

    replies: tuple[tuple[bytes, bytes], ...]
    checks: tuple[Check, ...]
    notes: tuple[Message, ...]

    @classmethod
    def of(cls, received: Received, checks: Sequence[Check], notes: Sequence[Message]) -> Known | None:
        """Return the accepted replies in ``received``; ``None`` where they are too large to be kept."""
        if sum(len(header) + len(body) for header, body in received.frames) > _KNOWN_BYTES:
            return None
        start = len(_number(received))
        replies = tuple((header[start:], bytes(body)) for header, body in received.frames)
        return cls(replies, tuple(checks), tuple(notes))

    def equals(self, received: Received) -> bool:
        """Return whether the replies in ``received`` are these."""
        if received.stopped is not None or len(received.frames) != len(self.replies):
            return False
        number = _number(received)
        return all(
            sent == body and told.startswith(number) and told[len(number) :] == header
            for (told, sent), (header, body) in zip(received.frames, self.replies, strict=True)
        )


class Drawn(Struct, frozen=True):
    """A test and its calls as they go to the child; ``known`` are replies that are right, if somebody has found out."""

    case: Case
    request: Request
    known: Known | None = None

    @classmethod
    def of(cls, case: Case) -> Drawn:
        return cls(case, Request(case.calls))


def draw(
    problem: CodingProblem, seed: int, only: str | None = None, ahead: Mapping[str, Sequence[Drawn]] | None = None
) -> Iterator[Drawn]:
    """Return the tests of ``seed`` one by one, in order.

    ``only`` names a group or a test. ``ahead`` has groups, by name, that were drawn before.
    """
    for group in problem.groups:
        if ahead and group.name in ahead:
            yield from ahead[group.name]
        elif only is None or only == group.name or only.startswith(f"{group.name}-"):
            for case in problem.suite.cases(group.name, seed):
                if only in (None, group.name, case.name):
                    yield Drawn.of(case)


def _number(received: Received) -> bytes:
    """Return the beginning of each reply: the number of its request, which another run need not share."""
    return b"[%d," % received.serial
