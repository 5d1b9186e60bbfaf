"""The Python parts of a coding package: a generator and a checker, bound to the table of its groups."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from judge.domain.answer import Answer
from judge.domain.case import Case
from judge.domain.problem import LANGUAGES, CodingProblem, Group, Limits
from judge.domain.report import Check
from judge.errors import BrokenPackage
from judge.message import Message
from judge.packages import found

_MIB = 1 << 20


class PackageSuite:
    """A :class:`judge.domain.problem.Suite` made of a package's ``generator.py`` and ``checker.py``."""

    def __init__(
        self, generator: ModuleType, checker: ModuleType, limits: Limits, tests_found: Sequence[found.Calls]
    ) -> None:
        self._generator, self._checker, self._limits, self._found = generator, checker, limits, tests_found

    def cases(self, group: str, seed: int) -> Iterator[Case]:
        """Each group has a stream of its own, so that one can be drawn without the others."""
        if group == found.GROUP and self._found:
            for number, calls in enumerate(self._found, 1):
                yield Case(f"{group}-{number}", group, calls, {}, self._limits.cpu_seconds)
            return
        rng = np.random.default_rng([seed, zlib.crc32(group.encode())])
        for number, draft in enumerate(getattr(self._generator, group)(rng), 1):
            cpu = self._limits.cpu_seconds_large if draft.large else self._limits.cpu_seconds
            yield Case(f"{group}-{number}", group, draft.calls, draft.facts, cpu)

    def check(self, case: Case, answers: Sequence[Answer]) -> Iterable[Check]:
        result: Iterable[Check] = self._checker.check(case, answers)
        return result

    def notes(self, case: Case, answers: Sequence[Answer]) -> Iterable[Message]:
        if not hasattr(self._checker, "notes"):
            return ()
        result: Iterable[Message] = self._checker.notes(case, answers)
        return result


def load_coding(folder: Path, table: Mapping[str, Any], common: Mapping[str, Any]) -> CodingProblem:
    """Return the coding problem in ``folder``. Raises :class:`BrokenPackage` with all findings."""
    findings: list[Message] = []

    def find(key: str, **values: Any) -> None:
        findings.append(Message(f"package.{key}", values))

    entry_point = table.get("entry_point")
    if not isinstance(entry_point, str) or not entry_point.isidentifier():
        find("entry_point", got=str(entry_point))
    limits = _limits(table.get("limits", {}), findings)
    starter = folder / "starter.py"
    if not starter.is_file():
        find("missing", file="starter.py")
    modules = [_module(folder, name, findings) for name in ("generator", "checker")]
    rules = table.get("rules", {})
    tests_found = _found(folder, findings)
    groups = _groups(folder, modules[0], rules, findings, {found.GROUP} if tests_found else set())
    if modules[1] is not None and not callable(getattr(modules[1], "check", None)):
        find("no_function", file="checker.py", function="check")
    if findings:
        raise BrokenPackage(folder.name, findings)
    generator, checker = modules
    assert generator is not None and checker is not None and isinstance(entry_point, str) and limits is not None
    return CodingProblem(
        **common,
        entry_point=entry_point,
        starter=starter.read_text("utf-8"),
        limits=limits,
        groups=groups,
        suite=PackageSuite(generator, checker, limits, tests_found),
        rules=rules,
        tolerances=table.get("tolerances", {}),
        words=_words(folder),
    )


def _limits(table: Mapping[str, Any], findings: list[Message]) -> Limits | None:
    names = ("cpu_seconds", "cpu_seconds_large", "memory_mib", "output_mib", "source_kib")
    bad = [n for n in names if not isinstance(table.get(n), (int, float)) or not table[n] > 0]
    if bad:
        findings.append(Message("package.limits", {"names": bad}))
        return None
    return Limits(
        float(table["cpu_seconds"]),
        float(table["cpu_seconds_large"]),
        int(table["memory_mib"] * _MIB),
        int(table["output_mib"] * _MIB),
        int(table["source_kib"] * 1024),
    )


def _module(folder: Path, name: str, findings: list[Message]) -> ModuleType | None:
    path = folder / f"{name}.py"
    if not path.is_file():
        findings.append(Message("package.missing", {"file": path.name}))
        return None
    # The folder's path is part of the name: two packages, or two copies of one, never share a module.
    full = f"_package_{zlib.crc32(str(folder).encode()):08x}_{name}"
    spec = importlib.util.spec_from_file_location(full, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever a package raises is a finding about the package
        del sys.modules[full]
        findings.append(Message("package.import", {"file": path.name, "error": f"{type(error).__name__}: {error}"}))
        return None
    return module


def _found(folder: Path, findings: list[Message]) -> list[found.Calls]:
    try:
        return found.read(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        reason = f"{type(error).__name__}: {error}"
        findings.append(Message("package.unreadable", {"file": found.FILE, "error": reason}))
        return []


def _groups(
    folder: Path,
    generator: ModuleType | None,
    rules: Mapping[str, Any],
    findings: list[Message],
    as_data: Collection[str],
) -> tuple[Group, ...]:
    path = folder / "cases.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        findings.append(Message("package.unreadable", {"file": path.name, "error": str(error)}))
        return ()
    groups = []
    for name, row in table.items():
        problems = []
        if not isinstance(row, Mapping):
            problems.append("table")
            row = {}
        kind = row.get("kind", "secret")
        catches = row.get("catches", {})
        weight = row.get("weight", 1)
        if kind not in ("sample", "secret"):
            problems.append("kind")
        if not isinstance(catches, Mapping) or any(not catches.get(language) for language in LANGUAGES):
            problems.append("catches")
        if not isinstance(weight, (int, float)) or not weight > 0:
            problems.append("weight")
        if generator is not None and name not in as_data and not callable(getattr(generator, name, None)):
            problems.append(f"generator.py: {name}")
        problems += [f"rules: {rule}" for rule in row.get("rules", ()) if rule not in rules]
        if problems:
            findings.append(Message("package.group", {"group": name, "problems": problems}))
        else:
            groups.append(
                Group(name, kind, float(weight), dict(catches), tuple(row.get("rules", ())), str(row.get("stays", "")))
            )
    if not table:
        findings.append(Message("package.no_groups", {}))
    return tuple(groups)


def _words(folder: Path) -> dict[str, dict[str, str]]:
    path = folder / "words.toml"
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text("utf-8"))
    return {language: {f"package.{k}": str(v) for k, v in table.get(language, {}).items()} for language in LANGUAGES}
