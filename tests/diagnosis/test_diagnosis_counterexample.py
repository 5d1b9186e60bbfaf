"""Shipped wrong submissions: the counterexample, its snippet beside wrong and right solutions, the slip's name."""

from __future__ import annotations

import ast
import logging
import sys
import tomllib
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from diagnosing import SECONDS, Explain, Open

from judge.diagnosis import diagnose
from judge.diagnosis.bench import Bench
from judge.domain.case import Call, Case
from judge.domain.plain import report_from_plain, report_to_plain
from judge.domain.problem import LANGUAGES, CodingProblem
from judge.domain.report import Isolation, Report
from judge.domain.submission import Graded
from judge.domain.verdict import Verdict
from judge.nn import Linear, Sequential
from judge.words.render import report_json

TABLE = tomllib.loads((Path(__file__).parent / "counterexamples.toml").read_text("utf-8"))
CASES = [(problem, stem, *expected) for problem, rows in TABLE.items() for stem, expected in rows.items()]
FLAKY = """
import itertools, os
from judge.nn import Linear

def prune_weights(model, sparsity, scope="layer"):
    pruned = model.copy()
    masks = {}
    for name, layer in pruned.named_modules():
        if isinstance(layer, Linear):
            layer.weight[...] = 0
            masks[name + ".weight"] = layer.weight != os.urandom(1)[0] % 2
    return pruned, masks
"""


def beside(monkeypatch: pytest.MonkeyPatch, snippet: str, path: Path) -> str:
    """Run ``snippet`` beside the solution in ``path``; return the name of what was raised, "" for silence."""
    solution = ModuleType("solution")
    monkeypatch.setitem(sys.modules, "solution", solution)
    exec(compile(path.read_text("utf-8-sig"), path.name, "exec"), solution.__dict__)
    with warnings.catch_warnings():
        try:
            exec(compile(snippet, "snippet", "exec"), {})
        except Exception as error:
            return type(error).__name__
    return ""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "stem", "weights", "rule", "identifier"), CASES, ids=lambda value: str(value))
def test_shown(
    problems: dict[str, CodingProblem],
    explain: Explain,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    stem: str,
    weights: int,
    rule: str,
    identifier: str,
) -> None:
    problem = problems[name]
    folder = problem.folder / "submissions"
    path = next(folder.glob(f"*/{stem}.py"))
    said = explain(problem, path.read_text("utf-8-sig"))
    assert said is not None
    found = said.counterexample
    assert found is not None
    assert (found.numbers, found.check) == (weights, rule)
    assert [one.id for one in said.diagnosis] == ([identifier] if identifier else [])
    assert found.call.startswith(f"{problem.entry_point}(model, ")
    assert isinstance(ast.parse(found.snippet).body[-1], ast.Assert)
    assert max(map(len, found.snippet.splitlines())) <= 120
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    with np.errstate(all="ignore"):
        assert beside(monkeypatch, found.snippet, path) == (
            found.detail.values["name"] if rule == "run" else "AssertionError"
        )
        for right in sorted((folder / "accepted").glob("*.py")):
            assert beside(monkeypatch, found.snippet, right) == "", right.name
    report = Report(
        name, Verdict.WRONG_ANSWER, 0.0, 1, Graded.SUBMISSION, 0.0, Isolation.NONE, (), said.diagnosis, found
    )
    assert report_to_plain(report_from_plain(report_to_plain(report))) == report_to_plain(report)
    for language in LANGUAGES:
        shown = report_json(report, language, problem)["counterexample"]
        assert "{" not in shown["got"] + shown["expected"].replace("{0", "") + (shown["passing_twin"] or "")
        assert not any(text.startswith("diagnosis.") for text in shown.values() if isinstance(text, str))


def test_different_answers_are_called_that(
    problems: dict[str, CodingProblem], explain: Explain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said = explain(problems["weight_pruning"], FLAKY)
    assert said is not None
    assert said.counterexample is not None
    assert said.counterexample.flaky
    assert [one.id for one in said.diagnosis] == ["different_answers"]
    path = tmp_path / "flaky.py"
    path.write_text(FLAKY)
    assert beside(monkeypatch, said.counterexample.snippet, path) == "AssertionError"


AFTER_OTHERS = {
    "many calls": """
_prune, _calls = prune_weights, []

def prune_weights(*args, **kwargs):
    _calls.append(1)
    return _prune(*args, **kwargs) if len(_calls) < 400 else ()
""",
    "a call of an earlier test": """
_prune, _met = prune_weights, set()

def prune_weights(model, *args, **kwargs):
    kinds = {type(layer).__name__ for layer in model}
    _met.update(kinds)
    return () if {"Conv2d", "BatchNorm1d"} <= _met and "Residual" in kinds else _prune(model, *args, **kwargs)
""",
}


@pytest.mark.parametrize("slip", AFTER_OTHERS.values(), ids=AFTER_OTHERS)
def test_a_failure_that_needs_others_before_it_is_called_that(
    problems: dict[str, CodingProblem], explain: Explain, slip: str
) -> None:
    problem = problems["weight_pruning"]
    assert problem.reference is not None
    said = explain(problem, problem.reference.read_text("utf-8") + slip)
    assert said is not None
    assert said.counterexample is None
    assert [one.id for one in said.diagnosis] == ["depends_on_earlier_calls"]


def test_a_package_without_a_ladder_shows_none(
    problems: dict[str, CodingProblem], opener: Open, tmp_path: Path
) -> None:
    from msgspec.structs import replace

    problem = replace(problems["weight_pruning"], folder=tmp_path)
    call = Call(Sequential([Linear(np.ones((1, 1), np.float32))]), (0.5,))
    said = diagnose(problem, Case("a", "a", (call,)), (), opener(problem, FLAKY))
    assert said.counterexample is None
    assert not said.diagnosis


def test_a_bench_goes_on_behind_a_call_that_ends_the_process(problems: dict[str, CodingProblem], opener: Open) -> None:
    source = "import os\ndef prune_weights(model, sparsity):\n    return os._exit(0) if sparsity == 0.5 else sparsity\n"
    model = Sequential([Linear(np.ones((1, 1), np.float32))])
    calls = [Call(model, (share,)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    bench = Bench(opener(problems["weight_pruning"], source), SECONDS)
    got = [(start + n, one.value) for start, answers in bench.many(calls) for n, one in enumerate(answers)]
    assert got == [(0, 0.0), (1, 0.25), (3, 0.75), (4, 1.0)]
