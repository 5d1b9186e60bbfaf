"""Whether an answer of ``prune_structured`` is legitimate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from judge.checkers import Exchange, masks, purity, result, run, structure
from judge.checkers.accuracy import before_and_after
from judge.checkers.channels import count, fidelity, ranking, slices
from judge.checkers.exchange import prunable
from judge.domain.answer import Answer
from judge.domain.case import Case
from judge.domain.report import Check
from judge.message import Message

RULES = (result, structure, masks, count, ranking, slices, fidelity, purity)


def check(case: Case, answers: Sequence[Answer]) -> Iterable[Check]:
    return run(RULES, exchanges(case, answers))


def exchanges(case: Case, answers: Sequence[Answer]) -> Iterable[Exchange]:
    inputs = case.facts.get("inputs", ())
    for number, (call, answer) in enumerate(zip(case.calls, answers, strict=False)):
        shapes = {name: (len(layer.weight),) for name, layer in prunable(call.model)}
        yield Exchange(call, answer, shapes, same_shapes=False, inputs=inputs[number] if inputs else None)


def notes(case: Case, answers: Sequence[Answer]) -> Iterable[Message]:
    return before_and_after(case, answers)
