"""The shipped theory packages, loaded for the tests."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from judge.domain.problem import TheoryProblem
from judge.packages import load_problem

ROOT = Path(__file__).parents[2]


def _is_theory(folder: Path) -> bool:
    manifest = folder / "problem.toml"
    return manifest.is_file() and tomllib.loads(manifest.read_text("utf-8")).get("kind") == "theory"


NAMES = sorted(folder.name for folder in (ROOT / "problems").iterdir() if _is_theory(folder))


@cache
def load(name: str) -> TheoryProblem:
    """Return the theory problem of this name."""
    problem = load_problem(ROOT / "problems" / name)
    assert isinstance(problem, TheoryProblem)
    return problem
