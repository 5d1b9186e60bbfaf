"""Where problem packages are, and which one is meant by a name or a path."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from judge.domain.problem import Problem
from judge.errors import UnknownProblem
from judge.packages.load import load_problem

PACKAGE_FILE = "problem.toml"


def bundled_root() -> Path:
    """Return the folder of the packages that came with the judge: the checkout's first, else the wheel's."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent / "problems"
    if checkout.is_dir() and (package.parent / "pyproject.toml").is_file():
        return checkout
    return package / "_bundled" / "problems"


class Summary(Struct, frozen=True):
    """A line of ``judge list``: enough to choose by, without loading the package."""

    name: str
    kind: str
    title: Mapping[str, str]


class Library:
    """Finds and loads packages: in ``folder``/problems first, then among those that came with the judge.

    A loaded problem is kept; :meth:`forget` drops it (after an edit, with ``--watch``).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._roots = [(folder or Path.cwd()) / "problems", bundled_root()]
        self._loaded: dict[Path, Problem] = {}

    def names(self) -> list[str]:
        """Return the names of all packages, in order, each once."""
        return sorted({path.parent.name for root in self._roots for path in root.glob(f"*/{PACKAGE_FILE}")})

    def find(self, name: str) -> Path:
        """Return the folder of a package given by path or name; or raise :class:`UnknownProblem`."""
        as_path = Path(name)
        try:
            if (as_path / PACKAGE_FILE).is_file():
                return as_path.resolve()
            for root in self._roots:
                if as_path.name and (root / as_path.name / PACKAGE_FILE).is_file():
                    return (root / as_path.name).resolve()
        except (OSError, ValueError):  # a name that no file can have
            pass
        names = self.names()
        nearest = difflib.get_close_matches(as_path.name.lower(), names, n=3, cutoff=0.5)
        raise UnknownProblem("errors.unknown_problem", name=name[:200], nearest=nearest or names)

    def load(self, name: str) -> Problem:
        """Return the problem; raise :class:`UnknownProblem` or :class:`judge.errors.BrokenPackage`."""
        folder = self.find(name)
        if folder not in self._loaded:
            self._loaded[folder] = load_problem(folder)
        return self._loaded[folder]

    def by_name(self, name: str) -> Problem:
        """As :meth:`load`, but for a bare name only: what comes over a network must not be a path."""
        if name not in self.names():
            nearest = difflib.get_close_matches(name.lower(), self.names(), n=3, cutoff=0.5)
            raise UnknownProblem("errors.unknown_problem", name=name[:200], nearest=nearest or self.names())
        return self.load(name)

    def forget(self) -> None:
        """Load every package anew when it is next asked for."""
        self._loaded.clear()

    def summaries(self) -> list[Summary]:
        """Return a line for each package; a broken one stands with its folder's name as its title."""
        return [self._summary(name) for name in self.names()]

    def _summary(self, name: str) -> Summary:
        try:
            table = tomllib.loads((self.find(name) / PACKAGE_FILE).read_text("utf-8"))
            return Summary(name, str(table["kind"]), {language: str(text) for language, text in table["name"].items()})
        except (OSError, ValueError, KeyError, AttributeError):
            return Summary(name, "broken", {"en": name, "zh": name})
