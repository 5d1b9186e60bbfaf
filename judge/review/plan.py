"""What of a problem's tests a review runs again."""

from __future__ import annotations

from msgspec import Struct

from judge.checkers.exchange import prunable
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.nn import Sequential


class Plan(Struct, frozen=True):
    """The calls to measure, and the trained networks to draw curves of.

    ``large`` is the first call of the largest test, ``small`` the one on the largest network of the others; each is
    ``None`` where there is no such test. ``networks`` are names that :func:`judge.generators.trained.load` knows.
    """

    large: Call | None
    small: Call | None
    networks: tuple[str, ...]


def plan(problem: CodingProblem, seed: int) -> Plan:
    """Return what to run of the tests of ``seed``."""
    large: Call | None = None
    small: Call | None = None
    networks: list[str] = []
    for group in problem.groups:
        for case in problem.suite.cases(group.name, seed):
            call = case.calls[0]
            if call.raises is not None:
                continue
            if case.cpu_seconds == problem.limits.cpu_seconds_large:
                large = large or call
            elif small is None or weights_of(call.model) > weights_of(small.model):
                small = call
            if "digits" in case.facts:
                networks.append(case.facts["digits"])
    return Plan(large, small, tuple(dict.fromkeys(networks)))


def weights_of(model: Sequential) -> int:
    """Return the number of prunable weights."""
    return sum(layer.weight.size for _, layer in prunable(model))


def weight_bytes_of(model: Sequential) -> int:
    """Return the bytes that the prunable weights take up."""
    return sum(layer.weight.nbytes for _, layer in prunable(model))
