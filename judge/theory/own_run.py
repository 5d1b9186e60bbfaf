"""Questions about one's own run: a small bank made from the numbers that an accepted report recorded.

    questions = run_problem(problem, report)      None where the report has nothing to ask about
    present(questions, report.seed, language)     as for any theory problem; so are starter, grade, worked and review

The same report gives the same questions, so nothing but the report has to be kept.
"""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from judge.domain.problem import Kind, Problem, TheoryProblem
from judge.domain.report import Report
from judge.domain.verdict import Verdict
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages.bank import Bank
from judge.packages.theory import PASS_MARK, read_bank

FOLDER = Path(__file__).with_name("run")
NOTES = ("notes.accuracy", "notes.test_accuracy")
_AMOUNT = re.compile(r"\(model, (\d*\.?\d+(?:e-?\d+)?)")


class Record(Struct, frozen=True):
    """What a report notes about one network; accuracies lie in [0, 1]. ``call`` is written with the function's name.

    On training images they are noted for the overfitted network alone.
    """

    network: str
    call: str
    test_before: float
    test_after: float
    train_before: float | None = None
    train_after: float | None = None

    @property
    def amount(self) -> float:
        """The sparsity or ratio of the call; 0 where none is written."""
        found = _AMOUNT.search(self.call)
        return float(found[1]) if found else 0.0

    @property
    def structured(self) -> bool:
        return self.call.startswith("prune_structured")

    @property
    def scope(self) -> str:
        return "global" if "global" in self.call else "layer"


def records(problem: Problem, report: Report) -> tuple[Record, ...]:
    """Return what an accepted report noted about networks (the messages in ``NOTES``), in its order."""
    if report.verdict is not Verdict.ACCEPTED:
        return ()
    entry_point = getattr(problem, "entry_point", "")
    found = []
    for note in report.notes:
        if note.key in NOTES:
            values = dict(note.values)
            call = f"{entry_point}(model, {values.pop('call')})"
            known = {field: values[field] for field in Record.__struct_fields__ if field in values}
            found.append(Record(call=call, **known))
    return tuple(found)


def run_problem(problem: Problem, report: Report) -> TheoryProblem | None:
    """Return the questions about this run of ``problem`` as a theory problem of the same name, or ``None``."""
    recorded = records(problem, report)
    if not recorded:
        return None
    bank = _bank()
    checks = []
    for check in bank.checks:
        numbers: Any = check.draw
        drawn = partial(numbers, records=recorded)
        if drawn(Random(0)) is not None:
            checks.append(replace(check, draw=drawn))
    if not checks:
        return None
    return TheoryProblem(
        name=problem.name,
        kind=Kind.THEORY,
        title=problem.title,
        folder=FOLDER,
        version=problem.version,
        statement={"en": "", "zh": ""},
        hints={"en": (), "zh": ()},
        reference=None,
        explanation={"en": "", "zh": ""},
        pass_mark=PASS_MARK,
        bank=replace(bank, checks=tuple(checks)),
    )


@cache
def _bank() -> Bank:
    findings: list[Message] = []
    bank = read_bank(FOLDER, None, findings)
    if findings:
        raise BrokenPackage("theory/run", findings)
    return bank
