"""What every package has: texts in both languages that agree, hints, a reference and its explanation."""

from __future__ import annotations

from collections.abc import Iterator

from judge.domain.problem import LANGUAGES, CodingProblem, Problem
from judge.message import Message
from judge.verify import answer, rules, twins
from judge.verify.texts import texts


def findings(problem: Problem) -> Iterator[Message]:
    """Yield everything that is missing or differs between the languages."""
    whole = []
    for twin in texts(problem):
        if twin.missing:
            yield Message("verify.text_missing", {"where": twin.where, "languages": twin.missing})
        else:
            whole.append(twin)
            yield from twins.differences(twin)
    record = twins.read_record(problem.folder)
    if record is not None:
        yield from twins.outdated(whole, record)
    yield from _hints(problem)
    yield from answer.findings(problem)
    if problem.reference is None:
        yield Message("verify.no_reference", {"kind": problem.kind})
    if isinstance(problem, CodingProblem):
        yield from rules.findings(problem)
        for name, (limit, measured) in problem.tolerances.items():
            if limit < 10 * measured:
                yield Message("verify.tight_tolerance", {"name": name, "limit": limit, "measured": measured})


def _hints(problem: Problem) -> Iterator[Message]:
    steps = {language: problem.hints[language] for language in LANGUAGES}
    if not all(steps.values()):
        yield Message("verify.no_hints", {"languages": [language for language in LANGUAGES if not steps[language]]})
    elif len({len(hints) for hints in steps.values()}) > 1:
        yield Message("verify.hints_differ", {language: len(hints) for language, hints in steps.items()})
