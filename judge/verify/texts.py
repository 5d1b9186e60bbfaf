"""Every text of a package that stands in both languages, with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from judge.domain.problem import LANGUAGES, CodingProblem, Problem, Text, TheoryProblem
from judge.errors import BrokenPackage
from judge.packages import load_expectations
from judge.packages.bank import Bank


class Twin(Struct, frozen=True):
    """A text in every language. ``where`` names it for an author; ``markdown`` is compared block by block."""

    where: str
    text: Text
    markdown: bool = False

    @property
    def missing(self) -> list[str]:
        """Return the languages in which there is nothing."""
        return [language for language in LANGUAGES if not self.text.get(language, "").strip()]


def texts(problem: Problem) -> Iterator[Twin]:
    """Yield every text of ``problem``, also those that stand in one language alone."""
    yield Twin("name", problem.title)
    yield Twin("statement", problem.statement, markdown=True)
    hints = [problem.hints[language] for language in LANGUAGES]
    for number, steps in enumerate(zip(*hints, strict=False), start=1):
        yield Twin(f"hint {number} title", {lang: step.title for lang, step in zip(LANGUAGES, steps, strict=True)})
        yield Twin(f"hint {number}", {lang: step.body for lang, step in zip(LANGUAGES, steps, strict=True)}, True)
    yield Twin("explanation", problem.explanation, markdown=True)
    if isinstance(problem, TheoryProblem):
        yield from bank_texts(problem.bank)
    elif isinstance(problem, CodingProblem):
        yield from _coding_texts(problem)


def _coding_texts(problem: CodingProblem) -> Iterator[Twin]:
    for rule, text in problem.rules.items():
        yield Twin(f"rule {rule}", text)
    for group in problem.groups:
        yield Twin(f"group {group.name}", group.catches)
    for key in problem.words.get(LANGUAGES[0], {}):
        yield Twin(f"words.toml {key}", {lang: problem.words.get(lang, {}).get(key, "") for lang in LANGUAGES})
    try:
        expectations = load_expectations(problem.folder)
    except BrokenPackage:  # reported where the submissions are judged
        return
    for expectation in expectations:
        if expectation.mistake is not None:
            yield Twin(f"{expectation.path.name} mistake", expectation.mistake)


def bank_texts(bank: Bank) -> Iterator[Twin]:
    """Yield every text of a theory package's bank; what a kind of question does not have is left out."""
    for check in bank.checks:
        for name in ("prompt", "explain", "otherwise"):
            yield from _where_said(f"{check.id} {name}", getattr(check, name))
        if check.unit and len(set(check.unit.values())) > 1:  # a symbol is the same in every language
            yield Twin(f"{check.id} unit", check.unit)
        for option in check.options:
            yield Twin(f"{check.id} {option.name}", option.text)
            yield from _where_said(f"{check.id} {option.name} feedback", option.feedback)
        for slip in check.slips:
            yield Twin(f"{check.id} {slip.name} feedback", slip.feedback)
    essay = bank.essay
    yield Twin("essay prompt", essay.prompt)
    for number, point in enumerate(essay.rubric, start=1):
        for name in ("point", "good", "partial", "missing"):
            yield Twin(f"rubric {number} {name}", getattr(point, name))
    for number, answer in enumerate(essay.model_answers, start=1):
        yield Twin(f"model answer {number} level", answer.level)
        yield Twin(f"model answer {number}", answer.text)
    for number, follow_up in enumerate(essay.follow_ups, start=1):
        yield Twin(f"follow-up {number} question", follow_up.question)
        yield Twin(f"follow-up {number} answer", follow_up.answer)


def _where_said(where: str, text: Text | None) -> Iterator[Twin]:
    if text:
        yield Twin(where, text)
