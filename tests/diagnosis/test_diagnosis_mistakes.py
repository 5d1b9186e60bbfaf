"""Slips are named when they are known ones in another style, and never otherwise."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from diagnosing import NAMES, ROOT, SECONDS, WRITTEN, Open

from judge.bootstrap import make_service
from judge.diagnosis import mistakes
from judge.diagnosis.bench import Bench
from judge.diagnosis.ladder import load
from judge.diagnosis.outcome import RIGHT, Target
from judge.diagnosis.search import climb
from judge.domain.problem import LANGUAGES, CodingProblem
from judge.domain.submission import Submission
from judge.service import Service

ALL = bool(os.environ.get("JUDGE_ALL"))
FILES = sorted(path for kind in ("rewrites", "decoys", "right") for path in WRITTEN.glob(f"*/{kind}/*.py"))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with make_service(ROOT) as opened:
        yield opened


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


INDEPENDENT = sorted(WRITTEN.glob("*/independent/*.py"))
NAMED_OTHERWISE = tomllib.loads((Path(__file__).parent / "independent.toml").read_text("utf-8"))


@pytest.mark.parametrize("path", INDEPENDENT if ALL else INDEPENDENT[::13], ids=lambda path: path.stem)
def test_what_others_wrote_from_the_words_of_a_slip(
    problems: dict[str, CodingProblem], opener: Open, path: Path
) -> None:
    problem = problems[path.parents[1].name]
    ladder = load(problem)
    assert ladder is not None
    climbed = climb(problem, ladder, Bench(opener(problem, path.read_text("utf-8")), SECONDS), Target())
    named = mistakes.recognise(problem, ladder, climbed.marks)
    expected = NAMED_OTHERWISE[problem.name].get(path.stem, path.stem.partition("--")[0])
    assert (named.id if named is not None else "") == expected


@pytest.mark.parametrize("name", NAMES)
def test_most_of_what_others_wrote_is_named(name: str) -> None:
    files = {path.stem for path in INDEPENDENT if path.parents[1].name == name}
    unnamed = {stem for stem, named in NAMED_OTHERWISE[name].items() if not named}
    assert NAMED_OTHERWISE[name].keys() <= files
    assert len(unnamed) <= 0.2 * len(files)


SOLUTIONS = sorted((ROOT / "tests" / "grading" / "written").glob("*/wrong/*.py"))
NAMED = tomllib.loads((Path(__file__).parent / "written.toml").read_text("utf-8"))
FACTS = {"different_answers", "depends_on_earlier_calls"}  # what is said besides a slip's name


@pytest.mark.parametrize("path", SOLUTIONS if ALL else SOLUTIONS[::14], ids=lambda path: path.stem)
def test_solutions_written_from_the_statement(service: Service, path: Path) -> None:
    name = path.parents[1].name
    report = service.grade(Submission(name, path.read_bytes(), 3))
    named = [one.id for one in report.diagnosis if one.id not in FACTS]
    assert named == ([NAMED[name][path.stem]] if path.stem in NAMED[name] else [])


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_the_shipped_files(problems: dict[str, CodingProblem], name: str) -> None:
    """When this fails: python -m judge.diagnosis weight_pruning structured_pruning."""
    assert mistakes.stale(problems[name]) == []
