"""Every way through the marking of a question: an answer, and what it must get.

As with STACK's question tests, each route is walked on many seeds: by the tests, and by ``judge verify``, which names a
route that no seed reaches. Expectations are made from the bank alone, not by the code that grades.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from msgspec import Struct

from judge.packages.bank import ConceptCheck, Option, QuestionKind
from judge.theory.draw import Question, exact

RIGHT = "right"


class Route(Struct, frozen=True):
    """``answer`` as it would stand in a sheet. ``name`` is "right", an option, a slip, "otherwise" or "malformed".

    ``says`` holds the feedback in English that must be among the details; a malformed answer has the finding's key.
    """

    name: str
    answer: Any
    right: bool
    says: tuple[str, ...]


def all_names(check: ConceptCheck) -> set[str]:
    """Return the names of the routes that some seed must reach."""
    names = {RIGHT, *(slip.name for slip in check.slips)}
    match check.kind:
        case QuestionKind.NUMERIC:
            names.add("otherwise")
        case QuestionKind.ORDERING:
            names |= {option.name for option in check.options[1:]}
        case QuestionKind.MULTIPLE:
            names |= {option.name for option in check.options}
        case _:
            names |= {option.name for option in check.options if not option.right}
    return names


def routes(question: Question) -> Iterator[Route]:
    """Yield the routes of ``question``, valid and malformed ones."""
    match question.check.kind:
        case QuestionKind.NUMERIC:
            yield from _numeric(question)
        case QuestionKind.ORDERING:
            yield from _ordering(question)
        case QuestionKind.MULTIPLE:
            yield from _multiple(question)
        case _:
            yield from _single(question)


def _english(question: Question, *options: Option) -> tuple[str, ...]:
    return tuple(question.fill(option.feedback, "en") for option in options)


def _explain(question: Question) -> tuple[str, ...]:
    return (question.fill(question.check.explain, "en"),)


def _malformed(answer: Any, key: str) -> Route:
    return Route("malformed", answer, False, (f"theory.sheet.{key}",))


def _single(question: Question) -> Iterator[Route]:
    for letter, option in question.options.items():
        if option.right:
            yield Route(RIGHT, letter, True, _explain(question))
        else:
            yield Route(option.name, letter, False, _english(question, option))
    yield _malformed("z", "unknown_option")
    yield _malformed("", "unknown_option")
    yield _malformed(1, "want_id")
    yield _malformed(True, "want_id")
    yield _malformed(["a", "b"], "too_many")


def _multiple(question: Question) -> Iterator[Route]:
    options = question.options
    right = [letter for letter, option in options.items() if option.right]
    yield Route(RIGHT, right, True, _explain(question))
    yield Route(RIGHT, right[::-1], True, _explain(question))
    for letter, option in options.items():  # one option judged wrongly, all others rightly
        given = [other for other in options if (other in right) != (other == letter)]
        yield Route(option.name, given, False, _english(question, option))
    opposite = [letter for letter in options if letter not in right]
    yield Route("all judged wrongly", opposite, False, _english(question, *question.shown))
    yield Route("none", [], False, _english(question, *(option for option in question.shown if option.right)))
    yield _malformed("a", "want_ids")
    yield _malformed(["a", 1], "want_ids")
    yield _malformed(["a", "z"], "unknown_options")
    yield _malformed(["a", "a"], "twice")


def _ordering(question: Question) -> Iterator[Route]:
    right = question.right_ids
    yield Route(RIGHT, right, True, _explain(question))
    for place in range(len(right)):
        for later in range(place + 1, len(right)):  # what stands at `later` is moved up to `place`
            given = [*right[:place], right[later], *right[place:later], *right[later + 1 :]]
            option = question.options[right[later]]
            yield Route(option.name, given, False, _english(question, option))
    yield _malformed(right[:-1], "incomplete")
    yield _malformed([*right, right[0]], "twice")
    yield _malformed([*right[:-1], "z"], "unknown_options")
    yield _malformed("".join(right), "want_ids")
    yield _malformed([], "incomplete")


def _numeric(question: Question) -> Iterator[Route]:
    assert question.answer is not None
    tolerance = exact(question.check.tolerance or 0)
    for given in (question.answer, question.answer + tolerance * 9 / 10, question.answer - tolerance * 9 / 10):
        yield Route(RIGHT, as_sheet(given), True, _explain(question))
    for slip in question.check.slips:
        if slip.name in question.slips:
            says = (question.fill(slip.feedback, "en"),)
            yield Route(slip.name, as_sheet(question.slips[slip.name]), False, says)
    step = max(3 * tolerance, Fraction(1, 1000))
    other = question.answer + step
    while any(abs(other - slip) <= tolerance for slip in question.slips.values()):
        other += step
    yield Route("otherwise", as_sheet(other), False, (question.fill(question.check.otherwise, "en"),))
    number = str(as_sheet(question.answer))
    yield _malformed(f"{number}%", "percent")
    yield _malformed("1,234.5", "comma")
    yield _malformed("56,25", "comma")
    yield _malformed(f"{number} KB", "unit")
    yield _malformed(number if "e" not in number else "1.5", "quoted")
    yield _malformed("1/2", "expression")
    yield _malformed("", "empty")
    yield _malformed("many", "want_number")
    yield _malformed([1], "want_number")
    yield _malformed(True, "want_number")
    yield _malformed(float("nan"), "not_finite")
    yield _malformed(float("-inf"), "not_finite")


def as_sheet(number: Fraction) -> int | float:
    """Return ``number`` as a person would write it."""
    return int(number) if number.denominator == 1 else float(number)
