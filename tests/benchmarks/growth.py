"""How a verdict's time grows with the number of tests, and with the number of weights: straight lines, both."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from msgspec.structs import replace

from judge.domain.answer import Answer
from judge.domain.case import Call, Case
from judge.domain.problem import CodingProblem, Suite
from judge.domain.report import Check
from judge.message import Message
from judge.nn import Linear, Sequential
from judge.service import Service
from tests.benchmarks.clock import Interleaved

TIMES = (1, 2, 4, 8)
WEIGHTS = (1 << 14, 1 << 16, 1 << 18, 1 << 20)


@dataclass(frozen=True)
class Repeated:
    """A suite whose every group is drawn ``times`` over, from seeds of its own."""

    suite: Suite
    times: int

    def cases(self, group: str, seed: int) -> Sequence[Case]:
        return [case for number in range(self.times) for case in self.suite.cases(group, seed * self.times + number)]

    def check(self, case: Case, answers: Sequence[Answer]) -> Iterable[Check]:
        return self.suite.check(case, answers)

    def notes(self, case: Case, answers: Sequence[Answer]) -> Iterable[Message]:
        return ()


@dataclass(frozen=True)
class Wide(Repeated):
    """One test of one call, on a ``Linear`` of ``weights`` weights."""

    weights: int = 0

    def cases(self, group: str, seed: int) -> Sequence[Case]:
        weight = np.random.default_rng(seed).permutation(np.arange(1, self.weights + 1, dtype=np.float32))
        call = Call(Sequential([Linear(weight.reshape(128, -1))]), (0.5,))
        return [Case(f"{group}-1", group, (call,), cpu_seconds=10.0)]


def grow(service: Service, problem: CodingProblem, clock: Interleaved, rounds: int) -> list[tuple[str, str, str]]:
    """Return a row of the table for every size, and for both series the exponent of their growth."""
    small = tuple(group for group in problem.groups if group.name not in ("large", "trained"))
    series: dict[str, list[tuple[int, Any]]] = {
        "tests": [(n, replace(problem, groups=small, suite=Repeated(problem.suite, n))) for n in TIMES],
        "weights": [(n, replace(problem, groups=small[:1], suite=Wide(problem.suite, 1, n))) for n in WEIGHTS],
    }
    rows: list[tuple[str, str, str]] = []
    for what, problems in series.items():
        sizes, units = [], []
        for size, sized in problems:
            count = 0

            def judge(sized: CodingProblem = sized) -> None:
                nonlocal count
                report = service.grade(service.reference(sized, 1), problem=sized)
                assert report.verdict == "accepted", report
                count = len(report.tests) - 1

            units.append(statistics.median(clock.measure(judge, rounds)))
            sizes.append(count if what == "tests" else size)
            rows.append((f"verdict on {sizes[-1]:,} {what}", f"{units[-1]:.3f}", ""))
        slope = float(np.polyfit(np.log(sizes), np.log(units), 1)[0])
        rows.append((f"growth with the number of {what}: exponent", f"{slope:.2f}", "<= 1"))
    return rows
