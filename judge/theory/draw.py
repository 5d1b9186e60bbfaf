"""From the bank and a seed to the questions of that seed: which options, in which order, with which numbers.

Every check has a stream of chance of its own, so that a check added to a package changes no other one's questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from msgspec import Struct, field

from judge.domain.problem import LANGUAGES, Text, TheoryProblem
from judge.packages.bank import ConceptCheck, Option, QuestionKind

LETTERS = "abcdefghijklmnopqrstuvwxyz"
REDRAWS = 200
_BRACES = re.compile(r"\{(\w+)\}")


class Question(Struct, frozen=True):
    """A concept check as one seed shows it.

    ``shown`` are the options in the order shown (their ids are "a", "b", ...). ``answer`` is the right number of a
    numeric question and ``slips`` what each known slip gives; a slip too near to the answer to tell is absent.
    """

    check: ConceptCheck
    shown: tuple[Option, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    answer: Fraction | None = None
    slips: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def options(self) -> dict[str, Option]:
        """Return the shown options by id."""
        return dict(zip(LETTERS, self.shown, strict=False))

    @property
    def right_ids(self) -> list[str]:
        """Return the ids of the right options; of an ordering all ids in the right order."""
        by_name = {option.name: letter for letter, option in self.options.items()}
        return [by_name[option.name] for option in self.check.options if option.right and option.name in by_name]

    def fill(self, text: Text, language: str) -> str:
        """Return ``text`` in ``language`` with the drawn values in its braces."""
        return _BRACES.sub(lambda match: self._value(match, language), text.get(language, ""))

    def filled(self, text: Text) -> dict[str, str]:
        """Return ``text`` in all languages with the drawn values in its braces."""
        return {language: self.fill(text, language) for language in LANGUAGES}

    def _value(self, match: re.Match[str], language: str) -> str:
        if match[1] not in self.values:
            return match[0]
        value = self.values[match[1]]
        return str(value[language]) if isinstance(value, Mapping) else plain_number(value)


def plain_number(value: Any) -> str:
    """Return a number as both languages print it: no grouping, no trailing zeros, at most ten digits."""
    if isinstance(value, Fraction):
        value = value.numerator if value.denominator == 1 else float(value)
    if isinstance(value, float):
        text = f"{value:.10g}"
        return text if "e" not in text else f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value)


def exact(value: int | float | Fraction) -> Fraction:
    """Return the number that ``value`` is meant to be: a float by its first twelve digits."""
    return Fraction(f"{value:.12g}") if isinstance(value, float) else Fraction(value)


def questions(problem: TheoryProblem, seed: int) -> tuple[Question, ...]:
    """Return the questions of ``seed``, in the order of the package."""
    return tuple(draw(check, seed) for check in problem.bank.checks)


def draw(check: ConceptCheck, seed: int) -> Question:
    """Return ``check`` as ``seed`` shows it.

    Parameters are drawn anew while two options read the same, or a slip cannot be told from the answer or from another
    slip; if they never come apart the slip is left out, and ``judge verify`` names it.
    """
    question = _attempt(check, seed, 0)
    for attempt in range(1, REDRAWS):
        if _distinct(question):
            break
        question = _attempt(check, seed, attempt)
    if question.answer is None:
        return question
    return Question(check, (), question.values, question.answer, _separate(question))


def _attempt(check: ConceptCheck, seed: int, attempt: int) -> Question:
    chance = Random(f"{check.id}:{seed}:{attempt}")
    drawn = check.draw(chance) if check.draw else {}
    values = drawn.get("values", {})
    if check.kind is QuestionKind.NUMERIC:
        slips = {slip.name: exact(drawn["slips"][slip.name]) for slip in check.slips}
        return Question(check, (), values, exact(drawn["answer"]), slips)
    chosen = _choose(check, chance)
    chance.shuffle(chosen)
    return Question(check, tuple(chosen), values)


def _choose(check: ConceptCheck, chance: Random) -> list[Option]:
    """Choose the options shown: one right one (single), at least one of each (multiple), any items (ordering)."""
    if check.kind is QuestionKind.ORDERING:
        return chance.sample(check.options, check.shown)
    right = [option for option in check.options if option.right]
    wrong = [option for option in check.options if not option.right]
    if check.kind is QuestionKind.MULTIPLE:
        fewest = max(1, check.shown - len(wrong))
        most = max(fewest, min(len(right), check.shown - bool(wrong)))
        count = chance.randint(fewest, most)
        return chance.sample(right, count) + chance.sample(wrong, check.shown - count)
    chosen = [chance.choice(right)]
    if check.kind is QuestionKind.TRUE_FALSE:  # both values are always on offer
        other = [option for option in wrong if option.value is not chosen[0].value]
        chosen += [chance.choice(other)] if other else []
    rest = [option for option in wrong if option not in chosen]
    return chosen + chance.sample(rest, check.shown - len(chosen))


def _distinct(question: Question) -> bool:
    if question.answer is not None:
        return len(_separate(question)) == len(question.slips)
    texts = [question.fill(option.text, language) for language in LANGUAGES for option in question.shown]
    return len(set(texts)) == len(texts)


def _separate(question: Question) -> dict[str, Fraction]:
    """Return the slips that lie apart from the answer and from each other by more than two tolerances."""
    assert question.answer is not None
    apart = 2 * exact(question.check.tolerance or 0)
    kept: dict[str, Fraction] = {}
    for name, number in question.slips.items():
        if all(abs(number - other) > apart for other in (question.answer, *kept.values())):
            kept[name] = number
    return kept
