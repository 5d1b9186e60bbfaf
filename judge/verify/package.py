"""The texts of a package: both languages whole and alike, hints, reference, rules that no group tests."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from judge.domain.problem import LANGUAGES, CodingProblem, Kind, Problem
from judge.message import Message

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\d)")


def findings(problem: Problem) -> Iterator[Message]:
    """Yield everything that is missing or differs between the languages."""
    texts: dict[str, Mapping[str, str]] = {"statement": problem.statement, "explanation": problem.explanation}
    for name, text in texts.items():
        missing = [language for language in LANGUAGES if not text[language].strip()]
        if missing:
            yield Message("verify.text_missing", {"text": name, "languages": missing})
        else:
            yield from _twins(name, text)
    steps = {language: problem.hints[language] for language in LANGUAGES}
    if not all(steps.values()):
        yield Message("verify.no_hints", {"languages": [language for language in LANGUAGES if not steps[language]]})
    elif len({len(hints) for hints in steps.values()}) > 1:
        yield Message("verify.hints_differ", {language: len(hints) for language, hints in steps.items()})
    for language, hints in steps.items():
        for hint in hints:
            if not hint.body:
                yield Message("verify.empty_hint", {"language": language, "title": hint.title})
    if problem.reference is None:
        yield Message("verify.no_reference", {"kind": problem.kind})
    if isinstance(problem, CodingProblem) and problem.kind == Kind.CODING:
        tested = {rule for group in problem.groups for rule in group.rules}
        for rule in problem.rules:
            if rule not in tested:
                yield Message("verify.rule_untested", {"rule": rule})
        for name, (limit, measured) in problem.tolerances.items():
            if limit < 10 * measured:
                yield Message("verify.tight_tolerance", {"name": name, "limit": limit, "measured": measured})


def _twins(name: str, text: Mapping[str, str]) -> Iterator[Message]:
    """Headings, code and numbers must agree; comments in code may be in either language."""
    first, second = (text[language] for language in LANGUAGES)
    headings = [len(_HEADING.findall(_FENCE.sub("", side))) for side in (first, second)]
    if headings[0] != headings[1]:
        yield Message("verify.headings_differ", {"text": name, "en": headings[0], "zh": headings[1]})
    blocks = [[_code(block) for block in _FENCE.findall(side)] for side in (first, second)]
    if blocks[0] != blocks[1]:
        yield Message("verify.code_differs", {"text": name})
    numbers = [set(_NUMBER.findall(_FENCE.sub("", side))) for side in (first, second)]
    if name == "statement" and numbers[0] ^ numbers[1]:
        yield Message("verify.numbers_differ", {"text": name, "numbers": sorted(numbers[0] ^ numbers[1])})


def _code(block: str) -> Counter[str]:
    """Return a block's lines of code without comments, docstrings and strings in quotes of a sentence."""
    lines = (re.sub(r"#.*", "", line).strip() for line in block.splitlines())
    return Counter(line for line in lines if line and not line.startswith(('"""', "'''")))
