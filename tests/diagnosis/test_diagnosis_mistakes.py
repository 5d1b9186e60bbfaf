"""Slips are named when they are known ones in another style, and never otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from diagnosing import NAMES, SECONDS, WRITTEN, Open

from judge.diagnosis import mistakes
from judge.diagnosis.bench import Bench
from judge.diagnosis.ladder import load
from judge.diagnosis.outcome import RIGHT, Target
from judge.diagnosis.search import climb
from judge.domain.problem import LANGUAGES, CodingProblem

FILES = sorted(path for kind in ("rewrites", "decoys", "right") for path in WRITTEN.glob(f"*/{kind}/*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_named_or_not_at_all(problems: dict[str, CodingProblem], opener: Open, path: Path) -> None:
    problem = problems[path.parents[1].name]
    ladder = load(problem)
    assert ladder is not None
    climbed = climb(problem, ladder, Bench(opener(problem, path.read_text("utf-8")), SECONDS), Target())
    assert climbed.complete
    named = mistakes.recognise(problem, ladder, climbed.marks)
    if path.parent.name == "right":
        assert all(mark == RIGHT for mark in climbed.marks)
    if path.parent.name == "rewrites":
        assert named is not None
        assert named.id == path.stem
        assert all(named.message.values[language] for language in LANGUAGES)
    else:
        assert named is None


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_the_shipped_files(problems: dict[str, CodingProblem], name: str) -> None:
    """When this fails: python -m judge.diagnosis weight_pruning structured_pruning."""
    assert mistakes.stale(problems[name]) == []
