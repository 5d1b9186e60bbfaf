"""The shipped theory packages, loaded for the tests."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from judge.domain.problem import LANGUAGES, Hint, Kind, Problem, TheoryProblem
from judge.packages.theory import load_theory

ROOT = Path(__file__).parents[2]


def _is_theory(folder: Path) -> bool:
    manifest = folder / "problem.toml"
    return manifest.is_file() and tomllib.loads(manifest.read_text("utf-8")).get("kind") == "theory"


NAMES = sorted(folder.name for folder in (ROOT / "problems").iterdir() if _is_theory(folder))


@cache
def load(name: str) -> TheoryProblem:
    """Return the theory problem of this name."""
    return load_folder(ROOT / "problems" / name, ROOT / "reference_solutions" / name)


def load_folder(folder: Path, reference: Path) -> TheoryProblem:
    """Return the theory problem in ``folder``; ``reference`` is the path of its reference without an ending."""
    manifest = tomllib.loads((folder / "problem.toml").read_text("utf-8"))
    base = Problem(
        name=folder.name,
        kind=Kind.THEORY,
        title=manifest["name"],
        folder=folder,
        version="test",
        statement={one: (folder / "statement" / f"problem.{one}.md").read_text("utf-8") for one in LANGUAGES},
        hints={one: _hints((folder / "hints" / f"hints.{one}.md").read_text("utf-8")) for one in LANGUAGES},
        reference=reference.with_suffix(".toml"),
        explanation={one: reference.with_name(f"{reference.name}.{one}.md").read_text("utf-8") for one in LANGUAGES},
    )
    return load_theory(base, manifest)


def _hints(text: str) -> tuple[Hint, ...]:
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return tuple(Hint(title, body.strip()) for title, _, body in (part.partition("\n") for part in parts))
