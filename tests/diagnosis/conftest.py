"""One sandbox and both problems for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from diagnosing import NAMES, ROOT, SECONDS, Explain, Open

from judge.diagnosis import diagnose
from judge.diagnosis.bench import Fresh
from judge.diagnosis.outcome import judge_calls
from judge.domain.problem import CodingProblem
from judge.domain.report import Explained
from judge.packages.library import Library
from judge.sandbox import Child, Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as started:
        yield started


@pytest.fixture(scope="session")
def problems() -> dict[str, CodingProblem]:
    library = Library(ROOT)
    found = {name: library.load(name) for name in NAMES}
    return {name: problem for name, problem in found.items() if isinstance(problem, CodingProblem)}


@pytest.fixture(scope="session")
def opener(sandbox: Sandbox) -> Open:
    def of(problem: CodingProblem, source: str) -> Fresh:
        def fresh(cpu_seconds: float, wall_seconds: float) -> Child | None:
            child = sandbox.open(problem.limits.memory_bytes, problem.limits.output_bytes)
            loaded = child.load(source, problem.entry_point, cpu_seconds=cpu_seconds, wall_seconds=wall_seconds)
            assert loaded.stopped is None
            assert loaded.raised is None
            return child

        return fresh

    return of


@pytest.fixture(scope="session")
def explain(opener: Open) -> Explain:
    """Return what is said of a source: diagnosed on the first test of seed 3 that fails, ``None`` where none does."""

    def of(problem: CodingProblem, source: str) -> Explained | None:
        fresh = opener(problem, source)
        child = fresh(SECONDS, SECONDS)
        assert child is not None
        with child:
            for group in problem.groups:
                if group.name in ("large", "trained"):
                    continue
                for case in problem.suite.cases(group.name, 3):
                    child.send(case.calls, cpu_seconds=SECONDS, wall_seconds=SECONDS)
                    run = child.collect()
                    if not judge_calls(problem, case.calls, run.answers, case.facts).right:
                        return diagnose(problem, case, run.answers, fresh, seconds=SECONDS)
        return None

    return of
