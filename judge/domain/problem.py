"""A problem as the judge knows it, loaded from its package by ``judge.packages``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field

from judge.domain.answer import Answer
from judge.domain.case import Case
from judge.domain.report import Check
from judge.message import Message

LANGUAGES = ("en", "zh")
Text = Mapping[str, str]  # language -> words
#: Wall clock for all tests of a submission; the contract promises an end within 30.
TOTAL_SECONDS = 25.0


class Kind(StrEnum):
    CODING = "coding"
    THEORY = "theory"


class Hint(Struct, frozen=True):
    """One step of help: a heading and a Markdown body."""

    title: str
    body: str


class Limits(Struct, frozen=True):
    """What a submission may use. Seconds are CPU seconds of the submission; sizes are bytes."""

    cpu_seconds: float  # an ordinary test
    cpu_seconds_large: float  # the largest test
    memory_bytes: int  # beyond the interpreter with NumPy loaded
    output_bytes: int  # printed per test
    source_bytes: int


class Group(Struct, frozen=True):
    """A group of tests: passed when all its tests are. ``catches`` says in one line what it is there for."""

    name: str
    kind: str  # "sample" (fixed, shown) or "secret" (drawn from the seed)
    weight: float
    catches: Text
    rules: tuple[str, ...] = ()  # the rules of the statement that it tests
    stays: str = ""  # for authors: why it is kept although no shipped wrong submission is caught by it alone


class Expectation(Struct, frozen=True):
    """A shipped submission and what it must get (``submissions/submissions.toml``)."""

    path: Path
    verdict: str
    groups: tuple[str, ...] = ()  # it must fail in each of these
    mistake: Text | None = None  # the slip it makes, when it is one with a name
    like: str = ""  # "wrong_answer/x.py": the submission with the same slip, done in another way, whose name it has
    source: str = ""  # where the slip was published


class Suite(Protocol):
    """The Python parts of a coding package, bound to its table of groups."""

    def cases(self, group: str, seed: int) -> Iterable[Case]:
        """Draw the tests of ``group`` for ``seed`` one by one: the same for the same seed and version."""

    def check(self, case: Case, answers: Sequence[Answer]) -> Iterable[Check]:
        """Judge the answers to ``case.calls`` (one each): one :class:`Check` per rule."""

    def notes(self, case: Case, answers: Sequence[Answer]) -> Iterable[Message]:
        """What is worth telling about a test that passed (accuracy before and after)."""


class Problem(Struct, frozen=True):
    """What coding and theory problems have in common."""

    name: str
    kind: Kind
    title: Text
    folder: Path
    version: str  # a hash of the package's files: pins what a report was made with
    statement: Text
    hints: Mapping[str, tuple[Hint, ...]]
    reference: Path | None
    explanation: Text


class CodingProblem(Problem, frozen=True):
    entry_point: str
    starter: str
    limits: Limits
    groups: tuple[Group, ...]
    suite: Suite
    rules: Mapping[str, Text] = field(default_factory=dict)  # id -> what the statement says
    tolerances: Mapping[str, Any] = field(default_factory=dict)  # name -> [limit, largest error measured]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # language -> key -> sentence, of the package


class TheoryProblem(Problem, frozen=True):
    """``bank`` is the loaded question bank of ``judge.theory``."""

    pass_mark: float
    bank: Any
