"""How good the counterexamples are: ``python -m tests.diagnosis.measure [--seeds 20] [--every 1] [PROBLEM]``.

Every shipped wrong submission is judged on several seeds. Told are the weights of its counterexample, whether every
seed gives the same, how much time it took, and whether brute force over small networks finds one with fewer weights
that breaks the same rule.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from judge.bootstrap import make_service
from judge.diagnosis.outcome import Target, judge_calls
from judge.domain.case import Call
from judge.domain.problem import CodingProblem, Expectation
from judge.domain.report import Report
from judge.domain.submission import Submission
from judge.domain.verdict import Verdict
from judge.grading import judge as grading
from judge.nn import Linear, Sequential
from judge.packages import load_expectations
from judge.service import Service
from tests.diagnosis.diagnosing import NAMES
from tests.mutation import judging

FEWEST = {"weight_pruning": 4, "structured_pruning": 6}  # weights below which brute force looks
_VALUES = {"weight_pruning": (0.0, -0.0, 1.0, -2.0, 3.0), "structured_pruning": (0.0, 1.0, -2.0, 3.0)}
_FRACTIONS = {"weight_pruning": (0.0, 0.3, 0.5, 0.7, 1.0), "structured_pruning": (0.0, 0.3, 0.5, 0.7, 0.99)}
_MORE: dict[str, list[dict[str, Any]]] = {
    "weight_pruning": [{}, {"scope": "global"}],
    "structured_pruning": [{}, {"norm": 2}],
}


def small_calls(name: str, weights: int) -> Iterator[Call]:
    """Yield calls on networks of ``weights`` weights of few values in one or two ``Linear``, with a bias or not."""
    for shapes in _shapes(weights):
        for values in itertools.product(_VALUES[name], repeat=weights):
            for bias in (False, True):
                layers, at = [], 0
                for out, fan_in in shapes:
                    array = np.array(values[at : at + out * fan_in], np.float32).reshape(out, fan_in)
                    at += out * fan_in
                    layers.append(Linear(array, np.arange(1, out + 1, dtype=np.float32) if bias else None))
                for fraction, more in itertools.product(_FRACTIONS[name], _MORE[name]):
                    yield Call(Sequential(layers), (fraction,), more)


def _shapes(weights: int) -> Iterator[tuple[tuple[int, int], ...]]:
    for out in range(1, weights + 1):
        if weights % out == 0:
            yield ((out, weights // out),)
    for fan_in, hidden, out in itertools.product(range(1, weights), repeat=3):
        if hidden * (fan_in + out) == weights:
            yield ((hidden, fan_in), (out, hidden))


def smaller(problem: CodingProblem, path: Path, report: Report) -> int | None:
    """Return fewer weights than the counterexample has on which the same rule is broken, ``None`` for none."""
    found = report.counterexample
    assert found is not None
    target = Target(check=found.check)
    function = judging.load(compile(path.read_bytes(), "solution.py", "exec"), problem.entry_point)
    if function is None or found.check in ("run", "arguments", "purity") or found.flaky or found.earlier:
        return None
    for weights in range(1, min(found.numbers, FEWEST[problem.name])):
        for call in small_calls(problem.name, weights):
            try:
                with judging.limited(0.5):
                    answer = judging.answer(function, call, call.model.copy())
            except (judging.TooSlow, RecursionError):
                continue
            if answer.raised is None and target.met(judge_calls(problem, (call,), (answer,))):
                return weights
    return None


class Explaining:
    """Takes the time that explaining takes, of one judging after another."""

    def __init__(self) -> None:
        self.seconds = 0.0
        explain = grading._explained

        def timed(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return explain(*arguments)
            finally:
                self.seconds = time.perf_counter() - began

        grading._explained = timed


def measure(service: Service, problem: CodingProblem, seeds: int, every: int) -> None:
    """Print what is found for every so-manieth file, and the summary."""
    explaining = Explaining()
    wanted = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)
    files: list[Expectation] = [e for e in load_expectations(problem.folder) if e.verdict in wanted]
    sizes, taken, same, without, beaten = [], [], 0, [], []
    for expectation in files[::every]:
        path, reports = expectation.path, []
        for seed in range(seeds):
            reports.append(service.grade(Submission(problem.name, path.read_bytes(), seed), problem=problem))
            taken.append(explaining.seconds)
        found = [report.counterexample for report in reports]
        shown = [one for one in found if one is not None]
        if len(shown) < len(found):
            without.append(f"{path.stem} ({len(found) - len(shown)} of {len(found)} seeds)")
        if not shown:
            continue
        sizes.append(shown[0].numbers)
        same += len({one.snippet for one in shown}) == 1 and len(shown) == len(found)
        fewer = smaller(problem, path, next(report for report in reports if report.counterexample is not None))
        if fewer is not None:
            beaten.append(f"{path.stem}: {shown[0].numbers}, brute force {fewer}")
    n = len(sizes)
    ordered = sorted(taken)
    print(f"{problem.name}: {n} of {len(files[::every])} files with a counterexample, {seeds} seeds each")
    print(f"  weights: median {statistics.median(sizes)}, most {max(sizes)}")
    print(f"  the same from every seed: {same / n:.1%}")
    print(f"  brute force finds none with fewer weights: {1 - len(beaten) / n:.1%}")
    p95, most = ordered[int(0.95 * len(ordered))], ordered[-1]
    print(f"  seconds more: median {statistics.median(taken):.3f}, p95 {p95:.3f}, most {most:.3f}")
    for line in (*beaten, *without):
        print(f"  - {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*", default=list(NAMES), metavar="PROBLEM")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every N-th submission only")
    options = parser.parse_args()
    judging.guard()
    with make_service() as service:
        for name in options.problems:
            problem = service.library.load(name)
            assert isinstance(problem, CodingProblem)
            measure(service, problem, options.seeds, options.every)


if __name__ == "__main__":
    main()
