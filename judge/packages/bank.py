"""The question bank of a theory problem, as data: what ``checks.toml`` and ``essay.toml`` say.

Texts stand in every language side by side and may name drawn values in braces (``{rows}``). Nothing here is
drawn yet: ``judge.theory.draw`` makes the questions of one seed from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from random import Random
from typing import Any

from msgspec import Struct, field

from judge.domain.problem import Text

Draw = Callable[[Random], Mapping[str, Any]]
"""A function of a package's ``generator.py``.

It returns ``{"values": {...}, "answer": number, "slips": {name: number}}``: values for the braces of the texts;
for a numeric check the right number and what each known slip would give. It must take all chance from its argument.
"""


class QuestionKind(StrEnum):
    """The kinds of the contract, section 3."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    ORDERING = "ordering"
    NUMERIC = "numeric"

    @property
    def one_option(self) -> bool:
        """Whether the answer is the id of one option."""
        return self in (QuestionKind.SINGLE, QuestionKind.TRUE_FALSE)


class Option(Struct, frozen=True):
    """One option. ``name`` is its own name in the package and is never served before grading.

    ``feedback`` says what is wrong with the idea (a wrong option), why it belongs (a right one of a multiple
    choice), or what must come before it (an item of an ordering, whose right order is the order in the file).
    """

    name: str
    text: Text
    right: bool
    feedback: Text
    value: bool | None = None  # true_false: the value whose reason this is


class Slip(Struct, frozen=True):
    """A known way to a wrong number; ``generator.py`` computes which number it gives."""

    name: str
    feedback: Text


class ConceptCheck(Struct, frozen=True):
    """One question with all that its grading needs."""

    id: str
    kind: QuestionKind
    weight: float
    prompt: Text
    explain: Text  # the worked answer: shown when the answer was right, and in the worked sheet
    options: tuple[Option, ...] = ()
    shown: int = 0  # how many of the options are drawn
    slips: tuple[Slip, ...] = ()
    otherwise: Text = field(default_factory=dict)  # numeric: what to say to any other wrong number
    unit: Text | None = None
    tolerance: float | None = None  # numeric: absolute, in the unit of the answer
    sources: tuple[str, ...] = ()
    contested: bool = False  # the literature disagrees; the prompt asks for the evidence, not for a creed
    draw: Draw | None = None


class RubricPoint(Struct, frozen=True):
    """One point of the rubric: what it asks for, and what a good, a partial and a missing answer look like."""

    point: Text
    good: Text
    partial: Text
    missing: Text


class ModelAnswer(Struct, frozen=True):
    """An answer of a certain level, with what each rubric point gets: "good", "partial" or "missing"."""

    level: Text
    text: Text
    ticks: tuple[str, ...]


class FollowUp(Struct, frozen=True):
    """A question an interviewer would ask next."""

    question: Text
    answer: Text


class Essay(Struct, frozen=True):
    """The free-text question; never scored."""

    prompt: Text
    rubric: tuple[RubricPoint, ...]
    model_answers: tuple[ModelAnswer, ...]
    follow_ups: tuple[FollowUp, ...]


class Source(Struct, frozen=True):
    """Where a claim stands: a citation and, where there is one, its address."""

    citation: str
    url: str = ""


class Bank(Struct, frozen=True):
    """All questions of a problem.

    ``reference`` is the reference answer sheet: per check the *name* of an option, the names (multiple: all right
    ones; ordering: in order), or for a number an arithmetic expression over the drawn values. It says the right
    answers a second time, independently of ``checks.toml`` and ``generator.py``.
    """

    checks: tuple[ConceptCheck, ...]
    essay: Essay
    sources: Mapping[str, Source]
    reference: Mapping[str, Any] = field(default_factory=dict)
    reference_essay: str = ""

    def check(self, check_id: str) -> ConceptCheck:
        """Return the check of this id. Raises ``KeyError``."""
        for check in self.checks:
            if check.id == check_id:
                return check
        raise KeyError(check_id)
