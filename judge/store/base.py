"""What a store promises, whatever it is made of. It knows ``judge.domain`` and nothing of judging or of the web."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from judge.domain.report import Report, TestResult
from judge.errors import InternalError, UsageError


class QueueFull(UsageError):
    """No more can be queued; ``values['queued']`` are. Nothing was kept."""


class StoreUnavailable(InternalError):
    """The store cannot be read or written now: a full disk, a folder without permission, a file of a newer version."""


class Status(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """Something handed in. ``seed`` is drawn before it is stored, so that every attempt has the same tests.

    ``visitor`` is an opaque name of who handed it in, empty where nobody asked to be remembered.
    """

    problem: str
    content: bytes
    seed: int | None
    visitor: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """A submission as it stands. ``report`` is there exactly when it is done; ``ticks`` are the person's own."""

    id: str
    problem: str
    content: bytes
    seed: int | None
    status: Status
    created: float  # seconds since the epoch
    ticks: tuple[int, ...]
    report: Report | None


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to judge a submission, until somebody else gets it: (id, attempt, owner) is the fencing token.

    ``losses`` counts the earlier attempts that ended with their owner's death.
    """

    id: str
    problem: str
    content: bytes
    seed: int | None
    attempt: int
    owner: str
    losses: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What has happened to a submission behind event ``after``.

    Finished tests are events numbered by their place, from 1, in every attempt alike, so that somebody who saw seven
    tests of an attempt that died goes on with the eighth of the next. ``last`` is the number of the result: higher
    than that of any test that was ever told.
    """

    problem: str
    status: Status
    tests: tuple[tuple[int, TestResult], ...]
    report: Report | None
    last: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A line of a visitor's history."""

    id: str
    problem: str
    created: float
    status: Status
    verdict: str
    score: float


class Store(Protocol):
    """May be used by several threads and several processes at once.

    Every method may raise :class:`StoreUnavailable`.
    """

    def add(self, new: NewSubmission, *, limit: int) -> str:
        """Keep ``new`` and return its id once it is on disk. Raises :class:`QueueFull` where ``limit`` are waiting."""

    def get(self, identifier: str) -> Stored | None:
        """Return a submission, or ``None`` where there is none of that id."""

    def progress(self, identifier: str, after: int = 0) -> Progress | None:
        """Return what happened behind event ``after``, or ``None`` where there is no such submission."""

    def claim(self, owner: str, *, lease: float) -> Claim | None:
        """Give the next waiting submission to ``owner`` for ``lease`` seconds, or ``None`` where nothing waits."""

    def record(self, claim: Claim, number: int, test: TestResult, *, lease: float) -> bool:
        """Keep a finished test, and the claim for ``lease`` seconds more; False where the claim is no longer good."""

    def finish(self, claim: Claim, report: Report) -> bool:
        """Keep the result; False where the claim is no longer good, and nothing was written."""

    def release(self, claim: Claim) -> bool:
        """Give a claim back unjudged: it waits again, and no loss is counted."""

    def owners(self) -> set[str]:
        """Return who has claims now."""

    def reclaim(self, owners: Collection[str]) -> int:
        """Queue again what these owners, who have died, had claimed. Returns how many."""

    def waiting(self) -> int:
        """Return how many submissions are queued."""

    def history(self, visitor: str, problem: str | None = None, *, limit: int = 50) -> Sequence[Summary]:
        """Return a visitor's submissions, the latest first."""

    def tick(self, identifier: str, ticks: Sequence[int]) -> bool:
        """Keep which points of the rubric a person ticked; False where there is no such submission."""

    def check(self) -> None:
        """Return when it could be written to now; else raise."""

    def close(self) -> None:
        """Let go of files."""
