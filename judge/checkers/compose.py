"""Run a list of rules over the calls of a test case: one :class:`judge.domain.report.Check` a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from judge.checkers import arguments
from judge.checkers.exchange import Exchange
from judge.domain.report import Check
from judge.message import Message


class Rule(Protocol):
    """What a rule's module offers."""

    NAME: str
    NEEDS: tuple[str, ...]

    def check(self, exchange: Exchange, /) -> Message | None:
        """Return what is wrong, or ``None``."""


def run(rules: Sequence[Rule], exchanges: Iterable[Exchange]) -> list[Check]:
    """Return one check per rule that could be applied, in the order of ``rules``.

    A rule fails with the first call that breaks it. It is left out where, in every call, a rule that it needs
    had failed before. Calls with wrong arguments are judged by :mod:`~judge.checkers.arguments` alone, and by purity.
    """
    failures: dict[str, Message] = {}
    margins: dict[str, tuple[float, float]] = {}
    applied: set[str] = set()
    number = 0
    for number, exchange in enumerate(exchanges, 1):
        broken: set[str] = set()
        if exchange.call.raises is not None:
            todo: Sequence[Rule] = [arguments, *(rule for rule in rules if rule.NAME == "purity")]
        else:
            todo = rules
        for rule in todo:
            name = rule.NAME
            if broken and not broken.isdisjoint(rule.NEEDS):
                broken.add(name)
                continue
            applied.add(name)
            message = rule.check(exchange)
            if message is not None:
                broken.add(name)
                failures.setdefault(name, Message("checks.in_call", {"number": number, "problem": message}))
        for name, margin in exchange.margins.items():
            if name not in margins or margin[0] * margins[name][1] > margins[name][0] * margin[1]:
                margins[name] = margin
    checks: list[Check] = []
    everything: list[Rule] = [arguments, *rules]
    for rule in everything:
        name = rule.NAME
        if name not in applied:
            continue
        if name in failures:
            message = failures[name] if number > 1 else failures[name].values["problem"]
            checks.append(Check(name, False, message))
        elif name in margins:
            error, limit = margins[name]
            checks.append(Check(name, True, Message("checks.margin", {"error": error, "limit": limit})))
        else:
            # A package's own rule names its own sentence in OK.
            key = getattr(rule, "OK", f"checks.{name}.ok")
            checks.append(Check(name, True, Message(key, {"calls": number})))
    return checks
