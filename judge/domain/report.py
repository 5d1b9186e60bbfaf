"""The result of one judging, as data. ``judge.words`` renders it as the contract's JSON in a language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.message import Message


class Isolation(StrEnum):
    """How far a submission was confined (contract, section 4)."""

    FULL = "full"
    REDUCED = "reduced"
    NONE = "none"


class Check(Struct, frozen=True):
    """What one rule found in one test. ``detail`` is worth reading when it passed, too: it gives the margin."""

    name: str
    passed: bool
    detail: Message


class TestResult(Struct, frozen=True):
    """One test: ``seconds`` is the submission's CPU time, ``output`` what it printed (escaped, capped)."""

    __test__ = False  # pytest must not take it for a test class

    name: str
    group: str
    verdict: Verdict
    seconds: float
    output: str
    checks: tuple[Check, ...]


class Diagnosis(Struct, frozen=True):
    """A slip that was recognised; ``id`` is the mistake's name."""

    id: str
    message: Message


class Counterexample(Struct, frozen=True):
    """A small input on which the submission is wrong (contract, section 4).

    Tables (``network``, and those in ``got`` and ``expected``) are lines of plain characters in columns.
    """

    call: str
    numbers: int
    got: Message
    expected: Message
    snippet: str
    network: str = ""  # the arrays of the input, a table
    check: str = ""  # the rule that is broken; "run" where an exception was raised
    detail: Message | None = None  # what that rule found here
    earlier: tuple[str, ...] = ()  # calls made before, where it takes several in a row
    right_answers: int = 0  # how many answers are right
    passing_twin: Message | None = None  # the nearest input on which the submission is right
    flaky: bool = False  # the same call is answered differently from time to time


class Explained(Struct, frozen=True):
    """What was found out about a failure; empty where there is nothing to show."""

    counterexample: Counterexample | None = None
    diagnosis: tuple[Diagnosis, ...] = ()


class Report(Struct, frozen=True):
    """Everything that one judging found out."""

    problem: str
    verdict: Verdict
    score: float
    seed: int
    graded: Graded
    seconds: float
    isolation: Isolation
    tests: tuple[TestResult, ...]
    diagnosis: tuple[Diagnosis, ...] = ()
    counterexample: Counterexample | None = None
    notes: tuple[
        Message, ...
    ] = ()  # after acceptance: accuracy before and after, margins; on judge_error: the id in the log
    versions: Mapping[str, Any] = field(default_factory=dict)  # "judge", "problem" (hash of the package's files)
