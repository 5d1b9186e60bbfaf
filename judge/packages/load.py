"""Read a package's folder."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from judge.domain.problem import LANGUAGES, Hint, Kind, Problem
from judge.errors import BrokenPackage
from judge.message import Message

# For authors: where a rule stands in the statement (``judge.verify.rules``). Nobody who reads the text is shown it.
_COMMENT = re.compile(r"[ \t]*<!--.*?-->", re.DOTALL)

# What a verdict depends on; the words around it may be mended without making old results another version's.
_VERSIONED = ("problem.toml", "cases.toml", "generator.py", "checker.py", "checks.toml", "checks.py", "essay.toml")


class LazyText(Mapping[str, str]):
    """Language -> the text of a file, read when first asked for. A missing file reads as an empty text."""

    def __init__(self, pattern: Path, fill: Callable[[str], str] = lambda text: text) -> None:
        self._pattern, self._fill = pattern, fill
        self._read: dict[str, str] = {}

    def path(self, language: str) -> Path:
        """Return the file of a language."""
        return self._pattern.with_name(self._pattern.name.replace("*", language))

    def __getitem__(self, language: str) -> str:
        if language not in LANGUAGES:
            raise KeyError(language)
        if language not in self._read:
            path = self.path(language)
            self._read[language] = self._fill(path.read_text("utf-8")) if path.is_file() else ""
        return self._read[language]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


class LazyHints(Mapping[str, tuple[Hint, ...]]):
    """Language -> the steps of its hints file, one for each ``## heading``."""

    def __init__(self, text: Mapping[str, str]) -> None:
        self._text = text

    def __getitem__(self, language: str) -> tuple[Hint, ...]:
        parts = re.split(r"^## +(.+)$", self._text[language], flags=re.MULTILINE)[1:]
        return tuple(Hint(title.strip(), body.strip()) for title, body in zip(parts[::2], parts[1::2], strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)


def load_problem(folder: Path) -> Problem:
    """Return the problem in ``folder``. Raises :class:`BrokenPackage` with everything that is wrong with it."""
    name = folder.name
    findings: list[Message] = []
    try:
        table = tomllib.loads((folder / "problem.toml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BrokenPackage(
            name, [Message("package.unreadable", {"file": "problem.toml", "error": str(error)})]
        ) from error
    if table.get("kind") not in list(Kind):
        findings.append(Message("package.kind", {"kind": str(table.get("kind"))}))
    title = table.get("name")
    if not isinstance(title, Mapping) or any(not title.get(language) for language in LANGUAGES):
        findings.append(Message("package.title", {}))
    if findings or not isinstance(title, Mapping):
        raise BrokenPackage(name, findings)
    references = folder.parent.parent / "reference_solutions"
    suffix = ".py" if table["kind"] == Kind.CODING else ".toml"
    reference = references / f"{name}{suffix}"
    common: dict[str, Any] = {
        "name": name,
        "kind": Kind(table["kind"]),
        "title": {language: str(title[language]) for language in LANGUAGES},
        "folder": folder,
        "version": _version(folder),
        "statement": LazyText(folder / "statement" / "problem.*.md", _filler(table)),
        "hints": LazyHints(LazyText(folder / "hints" / "hints.*.md", _filler(table))),
        "reference": reference if reference.is_file() else None,
        "explanation": LazyText(references / f"{name}.*.md"),
    }
    # Each kind brings its own imports (NumPy, or the question bank); only the one that is needed is paid for.
    if table["kind"] == Kind.CODING:
        from judge.packages.coding import load_coding

        return load_coding(folder, table, common)
    from judge.packages.theory import load_theory

    return load_theory(Problem(**common), table)


def _filler(table: Mapping[str, Any]) -> Callable[[str], str]:
    """Return what fills in the package's limits for ``{{cpu_seconds}}``, one source for both languages; no comments."""
    values = {**table.get("limits", {}), **{k: v for k, v in table.items() if isinstance(v, (int, float, str))}}

    def fill(text: str) -> str:
        return re.sub(r"\{\{(\w+)\}\}", lambda match: str(values.get(match[1], match[0])), _COMMENT.sub("", text))

    return fill


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in _VERSIONED:
        path = folder / name
        if path.is_file():
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
