"""What an author is told: a damaged copy of a package has exactly the finding that belongs to the damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from theory_loading import ROOT

from judge.domain.problem import TheoryProblem
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages import load_problem
from judge.verify import package, theory

NAME = "what_is_pruning"

# file, what stands there, what is put in its place, the finding's key (behind "theory.")
BROKEN = [
    ("checks.toml", 'kind = "ordering"', 'kind = "sorting"', "package.kind"),
    ("checks.toml", 'id = "pipeline"', 'id = "Pipeline!"', "package.id"),
    ("checks.toml", 'id = "pipeline"', 'id = "ratio"', "package.double"),
    ("checks.toml", 'draw = "ratio"', 'draw = "rati"', "package.draw"),
    ("checks.toml", 'draw = "ratio"\n', "", "package.missing"),
    ("checks.toml", "shown = 5", "shown = 50", "package.shown"),
    ("checks.toml", 'name = "retrain"', 'name = "mask"', "package.double"),
    ("checks.toml", '"renda2020"]', '"renda2021"]', "package.source"),
    ("checks.toml", 'explain.en = "It looks', 'explain.fr = "It looks', "package.unknown"),
    ("checks.toml", 'explain.zh = "只看', 'explains.zh = "只看', "package.language"),
    ("checks.toml", 'name = "absolute"\nright = true', 'name = "absolute"\nright = 1', "package.type"),
    ("checks.toml", "[[check]]", "[[check]", "package.toml"),
    ("generator.py", "from typing import Any", "from typing import Nothing", "package.generator"),
    ("essay.toml", 'ticks = ["good", "good", "good", "good", "good"]', 'ticks = ["good"]', "package.ticks"),
    ("problem.toml", "pass_mark = 0.8", "pass_mark = 8", "package.pass_mark"),
]
FOUND = [
    ("checks.toml", "takes {p} % of what is left", "takes 20 % of what is left", "verify.numbers_differ"),
    (
        "checks.toml",
        "That is quantisation. The",
        "That is quantisation. " + "word " * 170 + "The",
        "theory.lint.long_feedback",
    ),
    ("checks.toml", 'zh = "把评分最不重要', 'zh = "drop the least important one" #', "verify.wrong_language"),
    ("checks.toml", 'sources = ["han2015", "zhu2017"]\n', "", "theory.lint.no_sources"),
    ("checks.toml", "{factor}", "{facto}", "theory.lint.braces"),
    ("checks.toml", 'name = "dropout"\n', 'name = "dropout"\nright = true\n', "theory.lint.reference_names"),
    ("generator.py", '"half_known": factor / 2', '"half_known": factor', "theory.lint.route_unreached"),
    ("generator.py", '"answer": factor,', '"answer": factor + 1,', "theory.lint.reference_wrong"),
    ("hints/hints.zh.md", "## 数字", "数字", "verify.hints_differ"),
    ("statement/problem.zh.md", "\n\n原文说", "\n原文说", "verify.blocks_differ"),
]


def _damaged(folder: Path, file: str, old: str, new: str) -> Path:
    for part in ("problems", "reference_solutions"):
        (folder / part).mkdir()
    shutil.copytree(ROOT / "problems" / NAME, folder / "problems" / NAME)
    for path in (ROOT / "reference_solutions").glob(f"{NAME}.*"):
        shutil.copy(path, folder / "reference_solutions")
    path = folder / "problems" / NAME / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return folder / "problems" / NAME


def _loaded(folder: Path) -> TheoryProblem:
    problem = load_problem(folder)
    assert isinstance(problem, TheoryProblem)
    return problem


@pytest.mark.parametrize(("file", "old", "new", "key"), BROKEN, ids=[f"{row[3]} {row[1][:20]}" for row in BROKEN])
def test_what_cannot_be_loaded_is_named(tmp_path: Path, file: str, old: str, new: str, key: str) -> None:
    with pytest.raises(BrokenPackage) as raised:
        load_problem(_damaged(tmp_path, file, old, new))
    assert f"theory.{key}" in {finding.key for finding in raised.value.findings}


@pytest.mark.parametrize(("file", "old", "new", "key"), FOUND, ids=[f"{row[3]} {row[1][:20]}" for row in FOUND])
def test_what_loads_and_is_wrong_is_named(tmp_path: Path, file: str, old: str, new: str, key: str) -> None:
    problem = _loaded(_damaged(tmp_path, file, old, new))
    findings = [*package.findings(problem), *theory.findings(problem, seeds=6)]
    assert key in {finding.key for finding in findings}


def _always_longest(text: str) -> str:
    """Make every right option of ``checks.toml`` by far the longest."""
    blocks = text.split("[[check.option]]")
    return "[[check.option]]".join(
        block.replace('\nen = "', '\nen = "' + "really " * 30, 1) if "\nright = true" in block else block
        for block in blocks
    )


@pytest.mark.parametrize("change", [_always_longest])
def test_options_that_look_right_are_found(tmp_path: Path, change: Callable[[str], str]) -> None:
    folder = _damaged(tmp_path, "checks.toml", "[[check]]", "[[check]]")
    path = folder / "checks.toml"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    findings = [finding for finding in theory.findings(_loaded(folder), seeds=20) if finding.key == "theory.lint.blind"]
    assert [finding.values["where"] for finding in findings if isinstance(finding, Message)].count("longest") == 1
