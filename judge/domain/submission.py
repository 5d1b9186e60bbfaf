"""What somebody handed in."""

from __future__ import annotations

import os
from enum import StrEnum

from msgspec import Struct

SEED_LIMIT = 1 << 53


def fresh_seed() -> int:
    """Return a seed that nobody could have known: an integer in [0, 2^53)."""
    return int.from_bytes(os.urandom(7), "little") % SEED_LIMIT


class Graded(StrEnum):
    """Whose work a report is about."""

    SUBMISSION = "submission"
    REFERENCE = "reference"


class Submission(Struct, frozen=True):
    """One judging to be done: the bytes of a source file or of an answer sheet, and the seed of its hidden tests.

    ``seed`` is ``None`` where a fresh one is to be drawn (coding), or the sheet's is to be used (theory).
    """

    problem: str
    content: bytes
    seed: int | None = None
    graded: Graded = Graded.SUBMISSION
