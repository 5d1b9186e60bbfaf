"""Mutants of the checkers against their tables.

The rows' answers are decoded once. For each mutant the modules of ``judge.checkers`` are made anew, one of them from
the changed program, and the rows are gone through until one of them comes out otherwise than its table says.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from tests.checkers.rows import TABLES, Row, Suite, outcome, rows
from tests.mutation import judging
from tests.mutation.operators import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "judge" / "checkers"
PACKAGE = "judge.checkers"
LEFT_OUT = ("accuracy",)  # tells a candidate about accuracy after acceptance; decides nothing
PROBLEMS = ("weight_pruning", "structured_pruning")


@dataclass(frozen=True)
class Fate:
    """``killed`` tells the row that came out otherwise, empty where none did."""

    module: str
    mutant: Mutant
    killed: str


@cache
def sources() -> dict[str, tuple[Path, str]]:
    """Return path and source of every module of the package, by its full name."""
    found = {}
    for path in sorted(FOLDER.rglob("*.py")):
        parts = path.relative_to(FOLDER).with_suffix("").parts
        name = ".".join((PACKAGE, *(part for part in parts if part != "__init__")))
        found[name] = (path, path.read_text("utf-8"))
    return found


@cache
def codes() -> dict[str, CodeType]:
    """Return all modules compiled."""
    return {name: compile(source, str(path), "exec") for name, (path, source) in sources().items()}


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the package from compiled programs, one of them exchanged."""

    def __init__(self, changed: dict[str, CodeType]) -> None:
        self._codes = codes() | changed

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self._codes:
            return None
        package = sources()[name][0].name == "__init__.py"
        return importlib.util.spec_from_loader(name, self, is_package=package)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._codes[module.__name__], module.__dict__)


def suites(changed: dict[str, CodeType]) -> dict[str, Suite]:
    """Return each problem's ``check`` on a package of checkers of its own."""
    kept = {name: module for name, module in sys.modules.items() if name == PACKAGE or name.startswith(PACKAGE + ".")}
    finder = Finder(changed)
    for name in kept:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        made = {}
        for problem in PROBLEMS:
            module = ModuleType(f"checker_of_{problem}")
            exec(_checker(problem), module.__dict__)
            made[problem] = module.check
        return made
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(PACKAGE + ".")]:
            del sys.modules[name]
        sys.modules.update(kept)


@cache
def _checker(problem: str) -> CodeType:
    path = ROOT / "problems" / problem / "checker.py"
    return compile(path.read_text("utf-8"), str(path), "exec")


@cache
def all_rows() -> tuple[Row, ...]:
    """Return the rows of all tables."""
    return tuple(row for path in TABLES for row in rows(path))


def failing_row(made: dict[str, Suite], ordered: Iterable[Row]) -> str:
    """Return the first row that comes out otherwise than its table says, or nothing."""
    for row in ordered:
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                found = outcome(row, made[row.problem])
        except Exception as error:
            return f"{row.table}: {row.slip} raises {type(error).__name__}"
        if found != row.finding:
            return f"{row.table}: {row.slip}"
    return ""


def everything() -> Iterator[tuple[str, Mutant]]:
    """Yield every mutant."""
    for name, (path, source) in sources().items():
        if path.stem not in LEFT_OUT:
            for mutant in mutants(source):
                yield name, mutant


def fate(job: tuple[str, Mutant]) -> Fate | None:
    """Judge one mutant, the rows of its own rule first. ``None`` where nothing changed."""
    name, mutant = job
    tree = mutant.tree()
    if tree is None:
        return None
    try:
        code = compile(tree, name, "exec")
        with judging.limited(judging.SECONDS):
            made = suites({name: code})
    except (Exception, judging.TooSlow) as error:
        return Fate(name, mutant, f"import: {type(error).__name__}")
    ordered = sorted(all_rows(), key=lambda row: not row.table.startswith(name.rpartition(".")[2]))
    return Fate(name, mutant, apart(lambda: failing_row(made, ordered)))


def apart(judge: Callable[[], str]) -> str:
    """Return what ``judge`` returns in a process of its own: a mutant may change the rows under our hands."""
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        try:
            with judging.limited(30.0):
                told = judge()
        except BaseException as error:
            told = f"broken: {type(error).__name__}"
        os.write(writable, told.encode()[:4000])
        os._exit(0)
    os.close(writable)
    with os.fdopen(readable, "rb") as pipe:
        told = pipe.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    return told


def run(jobs: Sequence[tuple[str, Mutant]], workers: int = 2) -> Iterator[Fate]:
    """Yield the fate of each job, in order, from processes of their own."""
    with ProcessPoolExecutor(min(workers, os.cpu_count() or 1), initializer=judging.guard) as pool:
        yield from (found for found in pool.map(fate, jobs, chunksize=16) if found is not None)
