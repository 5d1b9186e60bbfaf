"""Measure and print the table."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
from msgspec.structs import replace

from judge.bootstrap import make_service
from judge.domain.case import Call
from judge.domain.problem import CodingProblem, Problem
from judge.domain.submission import Submission
from judge.nn import Linear, Sequential
from judge.packages import Library
from judge.sandbox import Sandbox
from judge.service import Service
from tests.benchmarks.clock import Interleaved, quantile
from tests.benchmarks.growth import grow
from tests.benchmarks.web import visit

CODING = ("weight_pruning", "structured_pruning")
MEMORY, OUTPUT = 512 << 20, 1 << 20
ROOT = Path(__file__).parents[2]
SOURCE = "def prune_weights(model, sparsity):\n    return model, {}\n"
CALL = Call(Sequential([Linear(np.ones((2, 3), np.float32))]), (0.5,))
SUBMODULES = ("numpy.random", "numpy.ma", "numpy.fft", "numpy.linalg", "numpy.polynomial")
# The child's own clock, in which the time is read that the first use of a submodule takes.
FIRST_USE = """\
import time
def prune_weights(model, sparsity):
    t = time.perf_counter()
    import {0}
    {1}
    return time.perf_counter() - t
"""
USES = {
    "numpy.random": "numpy.random.default_rng(1).random(3)",
    "numpy.ma": "numpy.ma.array([1, 2], mask=[0, 1]).sum()",
    "numpy.fft": "numpy.fft.fft([1.0, 2.0])",
    "numpy.linalg": "numpy.linalg.norm([1.0, 2.0])",
    "numpy.polynomial": "numpy.polynomial.Polynomial([1, 2])(3)",
}


def one_call(sandbox: Sandbox, source: str = SOURCE) -> float:
    """Return the seconds from opening a child to its answer."""
    began = time.perf_counter()
    with sandbox.open(MEMORY, OUTPUT) as child:
        loaded = child.load(source, "prune_weights", cpu_seconds=5, wall_seconds=10)
        assert not loaded.problem, loaded
        child.send([CALL], cpu_seconds=5, wall_seconds=10)
        run = child.collect()
        seconds = time.perf_counter() - began
        assert run.stopped is None, run
    return seconds


def own_memory(sandbox: Sandbox) -> float:
    """Return the MB that a child which has answered a call holds beyond what it shares with the fork server."""
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(SOURCE, "prune_weights", cpu_seconds=5, wall_seconds=10)
        child.send([CALL], cpu_seconds=5, wall_seconds=10)
        child.collect()
        rollup = Path(f"/proc/{child.pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1000


def first_use(sandbox: Sandbox, module: str) -> float:
    """Return the seconds that the first use of a NumPy submodule takes in a child."""
    with sandbox.open(MEMORY, OUTPUT) as child:
        child.load(FIRST_USE.format(module, USES[module]), "prune_weights", cpu_seconds=5, wall_seconds=10)
        child.send([CALL], cpu_seconds=5, wall_seconds=10)
        return float(child.collect().answers[0].value)


def verdict(service: Service, problem: CodingProblem, seed: int | None = None) -> float:
    """Return the seconds of one judging of the reference; without ``seed`` on tests that may have been drawn ahead."""
    assert problem.reference is not None
    submission = Submission(problem.name, problem.reference.read_bytes(), seed)
    began = time.perf_counter()
    report = service.grade(submission, problem=problem)
    seconds = time.perf_counter() - began
    assert report.verdict == "accepted", report
    return seconds


class Smaller(Library):
    """The coding problems without the group of the largest test."""

    def names(self) -> list[str]:
        return list(CODING)

    def load(self, name: str) -> Problem:
        path = self.find(name)
        if path not in self._loaded:
            problem = super().load(name)
            assert isinstance(problem, CodingProblem)
            groups = tuple(group for group in problem.groups if group.name != "large")
            self._loaded[path] = replace(problem, groups=groups)
        return self._loaded[path]


def cold(problem: str) -> float:
    """Return the seconds of a whole ``judge check`` process."""
    reference = ROOT / "reference_solutions" / f"{problem}.py"
    began = time.perf_counter()
    command = [sys.executable, "-m", "judge", "check", problem, str(reference), "--json", "--seed", "1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - began


Row = Callable[[str, list[float], str, float | None], None]


def rested(service: Service, problem: CodingProblem) -> float:
    """Return the seconds of one judging after a pause, as between two submissions: all is made ahead that can be."""
    assert service.rested(60)
    time.sleep(0.02)
    return verdict(service, problem)


def both(service: Service, problem: CodingProblem, pool: ThreadPoolExecutor) -> float:
    """Return the seconds of two judgings at once, after a pause."""
    assert service.rested(60)
    time.sleep(0.02)
    began = time.perf_counter()
    list(pool.map(partial(verdict, service), (problem, problem)))
    return time.perf_counter() - began


def judge_warm(
    library: Library, what: str, clock: Interleaved, rounds: int, row: Row, rows: list[tuple[str, str, str]]
) -> None:
    """Measure whole verdicts in a service that has judged before: one after another, rested, two at once."""
    target = ".5" if isinstance(library, Smaller) else ""
    with Service(library, Sandbox.start) as service, ThreadPoolExecutor(2) as pool:
        problems = [cast("CodingProblem", service.library.load(name)) for name in CODING]
        for problem in problems:
            verdict(service, problem, 0)
            busy = clock.measure(partial(verdict, service, problem), rounds)
            row(f"verdict, {problem.name}, {what}, its tests drawn meanwhile", busy, "", None)
        service.draw_ahead(2)
        for problem in problems:
            alone = clock.measure(partial(rested, service, problem), rounds, 2)
            row(f"warm verdict, {problem.name}, {what}", alone, target, None)
            together = clock.measure(partial(both, service, problem, pool), rounds)
            gain = 2 * statistics.median(alone) / statistics.median(together)
            rows.append((f"two at once, {problem.name}, {what}: throughput", f"{gain:.2f} x one", ">= 1.8 x"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--growth", action="store_true", help="time against tests and weights, too")
    parser.add_argument("--web", action="store_true", help="a server under many visitors, alone")
    options = parser.parse_args()
    # A checkout is compiled when it is first imported, an installed wheel before: what is measured is never compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    quick, growth = options.quick, options.growth
    clock = Interleaved()
    rounds = 8 if quick else 25
    rows: list[tuple[str, str, str]] = []

    def row(what: str, values: list[float], target: str, worst: float | None = 0.99) -> None:
        figure = f"{statistics.median(values):.3f}"
        if worst is not None:
            figure += f" / {quantile(values, worst):.3f}"
        rows.append((what, figure, target))

    if options.web:
        with make_service() as service:
            show(visit(service, clock, rounds), clock)
        return

    with Sandbox.start(waiting=False) as sandbox:
        sandbox.isolation  # noqa: B018  # waits for the server to be ready
        row(
            "one call in a fresh confined child, p50 / p99",
            clock.measure(lambda: one_call(sandbox), rounds, 40),
            ".04 / .06",
        )
        for module in SUBMODULES:
            row(
                f"first use of {module} in a child",
                clock.measure(partial(first_use, sandbox, module), 3, 5),
                ".005",
                None,
            )
    with Sandbox.start() as sandbox:
        sandbox.isolation  # noqa: B018

        def rested() -> float:
            time.sleep(0.02)  # the next child is made while nobody waits, as between two submissions
            return one_call(sandbox)

        row("the same in a child that was waiting, p50 / p99", clock.measure(rested, rounds, 40), ".02")
        rows.append(("a child's own memory above the fork server's", f"{own_memory(sandbox):.1f} MB", "20 MB"))
    judge_warm(Smaller(), "without the large test", clock, rounds, row, rows)
    judge_warm(Library(), "all tests", clock, rounds, row, rows)
    if growth:
        with make_service() as service:
            problem = service.library.load("weight_pruning")
            assert isinstance(problem, CodingProblem)
            rows += grow(service, problem, clock, rounds)
    for name in CODING:
        cold(name)
        row(
            f"cold `judge check {name}`, all tests", clock.measure(partial(cold, name), 5 if quick else 12), "2.5", None
        )
    show(rows, clock)


def show(rows: list[tuple[str, str, str]], clock: Interleaved) -> None:
    """Print the table."""
    width = max(len(what) for what, _, _ in rows)
    unit = statistics.median(clock.units) * 1e3
    print(f"unit: python -c 'import numpy' = {unit:.0f} ms (spread {clock.noise:.0%}), uid {os.getuid()}")
    for what, figure, target in rows:
        print(f"{what:<{width}}  {figure:>14}  {target}")
    if clock.busy():
        print("The machine was busy: these figures are no verdict.")


if __name__ == "__main__":
    main()
