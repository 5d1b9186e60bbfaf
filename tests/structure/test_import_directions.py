"""A floor imports only from floors below it, nothing runs in circles, and nothing below the faces speaks."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JUDGE = ROOT / "judge"

FLOORS: list[set[str]] = [
    {"judge.log", "judge.message", "judge.nn"},
    {"judge.errors"},
    {"judge.domain"},
    {"judge.generators", "judge.sandbox", "judge.packages"},
    {"judge.checkers"},
    {"judge.diagnosis", "judge.theory", "judge.store"},
    {"judge.grading"},
    {"judge.service"},
    {"judge.bootstrap", "judge.verify", "judge.worker"},
    {"judge.words"},
    {"judge.review", "judge.trial"},  # they run and show: between the words and the faces
    {"judge.web"},
    {"judge.cli"},  # its command `serve` starts the other face
]
ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}


def room_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


def imports(path: Path) -> set[str]:
    """Return the judge's modules that a file imports, those for type checking alone left out."""
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for inner in ast.walk(node):
                inner.lineno = -1  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if getattr(node, "lineno", 0) == -1:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module if node.module != "judge" else f"judge.{node.names[0].name}")
    return {name for name in found if name.startswith("judge.") and name != "judge.__version__"}


FILES = sorted(path for path in JUDGE.rglob("*.py") if "_bundled" not in path.parts and path.parent != JUDGE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_import_runs_up_a_floor(path: Path) -> None:
    room = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name in imports(path):
        other = room_of(name)
        if other != room:
            assert ROOMS[other] < ROOMS[room], f"{room} (floor {ROOMS[room]}) imports {other} (floor {ROOMS[other]})"


def test_every_room_has_a_floor() -> None:
    rooms = {f"judge.{path.name}" for path in JUDGE.iterdir() if (path / "__init__.py").is_file()}
    assert rooms - {"judge._bundled"} == {room for room in ROOMS if (JUDGE / room.split(".")[1]).is_dir()}


@pytest.mark.parametrize(
    ("folder", "allowed"),
    [
        ("judge/nn", {"judge.nn"}),
        ("judge/domain", {"judge.domain", "judge.message", "judge.nn"}),
        ("judge/store", {"judge.store", "judge.domain", "judge.message", "judge.errors"}),
        ("judge/sandbox", {"judge.sandbox", "judge.domain", "judge.message", "judge.errors", "judge.nn"}),
    ],
)
def test_a_room_knows_no_more_than_it_must(folder: str, allowed: set[str]) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert {room_of(name) for name in imports(path)} <= allowed, path


@pytest.mark.parametrize("path", sorted((ROOT / "problems").glob("*/*.py")), ids=lambda path: "/".join(path.parts[-2:]))
def test_packages_import_building_blocks_alone(path: Path) -> None:
    allowed = {"judge.nn", "judge.domain", "judge.generators", "judge.checkers", "judge.message", "judge.diagnosis"}
    assert {room_of(name) for name in imports(path)} <= allowed


def test_the_diagnosis_is_given_a_predicate() -> None:
    for path in (JUDGE / "diagnosis").rglob("*.py"):
        if path.name != "__main__.py":
            assert "judge.grading" not in {room_of(name) for name in imports(path)}, path


def test_no_file_unpickles() -> None:
    for path in [*JUDGE.rglob("*.py"), *(ROOT / "problems").glob("*/*.py")]:
        tree = ast.parse(path.read_text("utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not names & {"pickle", "marshal", "shelve", "cPickle", "dill"}, path


def test_the_top_level_is_as_the_user_fixed_it() -> None:
    fixed = {"pyproject.toml", "README.md", "judge", "problems", "reference_solutions", "tests"}
    passing = {"dist", "build", "__pycache__"}
    found = {
        path.name for path in ROOT.iterdir() if not path.name.startswith(".") and not path.name.endswith(".egg-info")
    }
    assert found - passing == fixed
