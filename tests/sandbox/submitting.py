"""One submission, one child, one outcome: what most tests of this folder do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from judge.domain.answer import Answer
from judge.domain.case import Call
from judge.nn import Linear, Sequential
from judge.sandbox import Loaded, Run, Sandbox, Stopped

MEMORY = 256 << 20
OUTPUT = 1 << 20


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: ``run`` is ``None`` when it was not called."""

    loaded: Loaded
    run: Run | None

    @property
    def stopped(self) -> Stopped | None:
        return self.loaded.stopped or (self.run.stopped if self.run else None)

    @property
    def answers(self) -> tuple[Answer, ...]:
        return self.run.answers if self.run else ()

    @property
    def value(self) -> Any:
        """The value of the first call; fails when there is none."""
        assert self.run is not None, self.loaded
        assert self.run.stopped is None, self.run
        assert self.answers[0].raised is None, self.answers[0].raised
        return self.answers[0].value

    @property
    def raised(self) -> str:
        """The name of what was raised, "" for nothing."""
        raised = self.loaded.raised or (self.answers[0].raised if self.answers else None)
        return raised.name if raised else ""

    @property
    def output(self) -> str:
        return self.run.output if self.run else self.loaded.output


def tiny() -> Sequential:
    return Sequential([Linear(np.ones((3, 2), np.float32), np.zeros(3, np.float32))])


def judge(
    sandbox: Sandbox,
    source: str,
    calls: Sequence[Call] | None = None,
    *,
    memory: int = MEMORY,
    output: int = OUTPUT,
    cpu: float = 10.0,
    wall: float = 30.0,
) -> Outcome:
    """Run the function ``f`` of ``source`` in a child of its own."""
    with sandbox.open(memory, output) as child:
        loaded = child.load(source, "f", cpu_seconds=cpu, wall_seconds=wall)
        if not loaded.sound:
            return Outcome(loaded, None)
        child.send(calls or [Call(tiny(), (0.5,))], cpu_seconds=cpu, wall_seconds=wall)
        return Outcome(loaded, child.collect())
