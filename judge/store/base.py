"""What a store of submissions must do.

The submission's row is the truth: it is on disk before anybody is told that it was taken, and it is its own place in
the queue. A worker *claims* a row for some time (a lease). Everything that it writes afterwards carries the claim
(id, fence, owner) as a fencing token, so that a worker which was thought dead and comes back changes nothing.
Reports and tests are kept as plain data without words (``judge.domain.plain``).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Protocol

from msgspec import Struct

from judge.domain.submission import Submission

ATTEMPTS = 12
"""How often a submission is begun before it is taken for what brings the judge down (poison).

Only the death of the whole server counts, which no confined submission should bring about. It is not fewer, since a
server that is killed for other reasons, several times in a row, takes innocent submissions along.
"""


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


class Row(Struct, frozen=True):
    """A submission as it stands. ``report`` is plain data, ``None`` until the status is ``done``.

    ``created`` and ``finished`` are seconds since the epoch.
    """

    id: str
    submission: Submission
    status: Status
    created: float
    finished: float | None
    report: dict[str, Any] | None


class Claim(Struct, frozen=True):
    """The right to judge a submission, and the fencing token of all that is written about it."""

    id: str
    attempt: int  # counted from 1; above ATTEMPTS it is not to be judged any more
    fence: int  # grows with every claim, whatever becomes of it
    owner: str
    submission: Submission


class Store(Protocol):
    """Safe to use from several threads."""

    def add(self, identifier: str, submission: Submission) -> None:
        """Keep ``submission``; when this returns it is on disk."""

    def get(self, identifier: str) -> Row | None:
        """Return the submission as it stands, or ``None`` where there is none of this id."""

    def status(self, identifier: str) -> Status | None:
        """Return its status alone, which is cheap."""

    def waiting(self) -> int:
        """Return how many submissions are queued."""

    def claim(self, owner: str, seconds: float, identifier: str | None = None) -> Claim | None:
        """Take the next submission for ``seconds``: one that is queued, or whose lease has run out. ``None``: none.

        ``identifier`` asks for that one alone.
        """

    def record(self, claim: Claim, number: int, test: dict[str, Any]) -> bool:
        """Keep the finished test ``number`` (from 1); False where the claim does not hold any more."""

    def finish(self, claim: Claim, report: dict[str, Any]) -> bool:
        """Keep the report and end the submission; False, with nothing written, where the claim does not hold."""

    def release(self, boot: str) -> int:
        """Give back what workers of this ``boot`` hold, as if they had never claimed it. Return how much it was."""

    def reclaim(self, boot: str) -> int:
        """Put back into the queue what workers of other boots held when they died. Return how much it was."""

    def tests(self, identifier: str, after: int) -> Sequence[tuple[int, dict[str, Any]]]:
        """Return the finished tests with a number above ``after``, in order, with their numbers."""

    def keep_review(self, identifier: str, review: dict[str, Any]) -> None:
        """Keep what was worked out about a finished submission, in place of what was kept before."""

    def review(self, identifier: str) -> dict[str, Any] | None:
        """Return what :meth:`keep_review` kept, or ``None``."""

    def close(self) -> None:
        """End all connections."""
