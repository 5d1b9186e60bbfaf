"""What somebody handed in."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TypeGuard

from msgspec import Struct

SEED_LIMIT = 1 << 53


def fresh_seed() -> int:
    """Return a seed that nobody could have known: an integer in [0, 2^53)."""
    return int.from_bytes(os.urandom(7), "little") % SEED_LIMIT


def is_seed(value: object) -> TypeGuard[int]:
    """Return whether ``value`` is an integer in [0, 2^53), which every JSON reader keeps as it is."""
    return type(value) is int and 0 <= value < SEED_LIMIT


def seed_from(text: str) -> int | None:
    """Return the seed that somebody wrote, ``None`` where it is none."""
    seed = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None
    return seed if is_seed(seed) else None


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
