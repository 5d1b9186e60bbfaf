"""Mutants of right solutions against the hidden tests."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import domain, judging
from tests.mutation.operators import Mutant, mutants, pairs

ROOT = Path(__file__).resolve().parents[2]
SEEDS = (1, 2, 3, 4, 5)
PAIRS = 60  # for each solution

# Solutions of different style; all are deterministic.
CHOSEN = {
    "weight_pruning": (
        "reference_solutions/weight_pruning.py",
        "stable_argsort", "plain_python_sorted", "partition_threshold_trimmed_ties", "recursion_over_residual",
        "rebuild_from_scratch", "fraction_ceiling",
    ),
    "structured_pruning": (
        "reference_solutions/structured_pruning.py",
        "backward_walk", "plain_loops_fsum", "index_arithmetic", "rebuild_from_constructors", "labels_through_flatten",
        "partition_threshold",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fate:
    """What became of a mutant. ``killed`` has for each seed the group that refused it; empty where all accept it."""

    problem: str
    solution: str
    mutant: Mutant
    killed: dict[int, str]
    difference: str | None = None  # a call that it answers wrongly, where some seed accepts it

    @property
    def state(self) -> str:
        """ "killed" on every seed, "equivalent", or "survived"."""
        if len(self.killed) == len(SEEDS):
            return "killed"
        return "survived" if self.difference or self.killed else "equivalent"


def sources(problem: str) -> Iterator[tuple[str, str]]:
    """Yield name and source of each chosen solution."""
    for name in CHOSEN[problem]:
        path = ROOT / name if "/" in name else ROOT / "problems" / problem / "submissions" / "accepted" / f"{name}.py"
        yield path.stem if "/" not in name else "reference", path.read_text("utf-8-sig")


def everything() -> Iterator[tuple[str, str, Mutant]]:
    """Yield every mutant, pairs included."""
    for problem in CHOSEN:
        for name, source in sources(problem):
            singles = mutants(source)
            for mutant in (*singles, *pairs(singles, PAIRS, seed=7)):
                yield problem, name, mutant


_fates = itertools.count()


def still_sound(problem: str, source: str, seed: int) -> None:
    """Now and then judge the solution itself: a mutant must not have spoilt this process for those after it."""
    if next(_fates) % 30 == 0:
        function = judging.load(compile(source, "solution.py", "exec"), judging.problem(problem).entry_point)
        assert function is not None
        assert judging.failing_group(problem, function, judging.cases(problem, seed)) is None, "no longer sound"


def fate(job: tuple[str, str, Mutant], seeds: Sequence[int] = SEEDS) -> Fate | None:
    """Judge one mutant on each seed; look for a difference where a seed accepts it. ``None`` where nothing changed."""
    problem, solution, mutant = job
    entry = judging.problem(problem).entry_point
    still_sound(problem, mutant.source, seeds[0])
    tree = mutant.tree()
    if tree is None:
        return None
    try:
        code = compile(tree, "solution.py", "exec")
    except (SyntaxError, ValueError, TypeError):
        return Fate(problem, solution, mutant, dict.fromkeys(SEEDS, "import"))
    killed: dict[int, str] = {}
    found = None
    for number, seed in enumerate(seeds):
        function = judging.load(code, entry)  # anew: a judging shares nothing with the one before
        if function is None:
            return Fate(problem, solution, mutant, dict.fromkeys(SEEDS, "import"))
        group = judging.failing_group(problem, function, judging.cases(problem, seed))
        if group == "samples":
            return Fate(problem, solution, mutant, dict.fromkeys(SEEDS, group))  # the same on every seed
        if group is not None:
            killed[seed] = group
        elif number == 0:
            found = domain.difference(problem, function)
            if found is None:  # equivalent; it may still be too slow
                group = judging.failing_group(problem, function, judging.cases(problem, seed, True), seconds=15.0)
                return Fate(problem, solution, mutant, dict.fromkeys(SEEDS, group) if group else {})
    if len(killed) == len(seeds):
        return Fate(problem, solution, mutant, dict.fromkeys(SEEDS, "") | killed)
    if found is None:
        found = domain.difference(problem, judging.load(code, entry) or print)
    return Fate(problem, solution, mutant, killed, None if found is None else domain.told(found))


def run(jobs: Iterable[tuple[str, str, Mutant]], workers: int = 2) -> Iterator[Fate]:
    """Yield the fate of each job, in order, from processes of their own."""
    with ProcessPoolExecutor(min(workers, os.cpu_count() or 1), initializer=judging.guard) as pool:
        yield from (found for found in pool.map(fate, jobs, chunksize=8) if found is not None)
