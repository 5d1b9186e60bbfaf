"""Recognise a slip: a submission that answers every telling call as a shipped wrong submission does.

``mistakes.json`` in the package holds, for each shipped wrong submission, a mark for every rung of the ladder
(:func:`judge.diagnosis.outcome.mark`). Only telling rungs are compared, those on which rounding leaves no choice.
Precision before recall: one rung that differs, and nothing is named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge.diagnosis.bench import Bench
from judge.diagnosis.ladder import Ladder, load
from judge.diagnosis.outcome import RIGHT, Target
from judge.diagnosis.search import climb
from judge.domain.problem import CodingProblem, Expectation
from judge.domain.report import Diagnosis
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.packages import load_expectations
from judge.sandbox import Child

FILE = "mistakes.json"
UNSTEADY = "*"  # the mark of a rung on which the shipped submission does not always answer the same
_NAMED = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)


@dataclass(frozen=True)
class Signature:
    """``marks`` by rung: only those that are not right; ``source`` is a hash of the file."""

    file: str
    source: str
    marks: Mapping[int, str]


def recognise(problem: CodingProblem, ladder: Ladder, marks: Sequence[str]) -> Diagnosis | None:
    """Return the mistake whose marks are ``marks``; of twins that have the same, the first by name."""
    wrong = {n: one for n, one in enumerate(marks) if one != RIGHT and _tells(ladder, n)}
    if not wrong:
        return None
    for signature in read(problem, ladder):
        if _same(wrong, {n: one for n, one in signature.marks.items() if _tells(ladder, n)}):
            return _named(problem, signature)
    return None


def _same(wrong: Mapping[int, str], known: Mapping[int, str]) -> bool:
    unsteady = {n for n, one in known.items() if one == UNSTEADY}
    steady = {n: one for n, one in known.items() if n not in unsteady}
    return bool(known) and {n: one for n, one in wrong.items() if n not in unsteady} == steady


def _tells(ladder: Ladder, position: int) -> bool:
    return ladder.kind.telling(ladder.rungs[position])


def _named(problem: CodingProblem, signature: Signature) -> Diagnosis | None:
    for expectation in load_expectations(problem.folder):
        if name_of(expectation) == signature.file and expectation.mistake is not None:
            if source_hash(expectation.path) != signature.source:
                return None
            return Diagnosis(expectation.path.stem, Message("diagnosis.mistake", dict(expectation.mistake)))
    return None


def name_of(expectation: Expectation) -> str:
    """Return ``wrong_answer/signed_values.py``."""
    return f"{expectation.path.parent.name}/{expectation.path.name}"


def source_hash(path: Path) -> str:
    """Return a short hash of a shipped submission."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def read(problem: CodingProblem, ladder: Ladder) -> list[Signature]:
    """Return the stored signatures; none where they were made with another ladder."""
    path = problem.folder / FILE
    if not path.is_file():
        return []
    table: Any = json.loads(path.read_text("utf-8"))
    if table.get("ladder") != ladder.digest:
        return []
    return [
        Signature(file, row["source"], {int(n): one for n, one in row["marks"].items()})
        for file, row in table["files"].items()
    ]


def stale(problem: CodingProblem) -> list[str]:
    """Return what ``mistakes.json`` lacks, for authors: files without a true signature, or ``ladder.py`` itself."""
    ladder = load(problem)
    if ladder is None:
        return []
    known = {signature.file: signature.source for signature in read(problem, ladder)}
    if not known:
        return ["ladder.py"]
    wanted = {name_of(e): source_hash(e.path) for e in _to_name(problem)}
    return sorted({name for name in wanted if known.get(name) != wanted[name]} | (known.keys() - wanted.keys()))


def _to_name(problem: CodingProblem) -> list[Expectation]:
    return [e for e in load_expectations(problem.folder) if e.verdict in _NAMED and e.mistake is not None]


def build(problem: CodingProblem, open_child: Callable[[str], Child | None], seconds: float = 20.0) -> dict[str, Any]:
    """Return the contents of ``mistakes.json``: every shipped wrong submission with a message, climbed twice.

    ``open_child`` gives a child with the source loaded. Raises ``ValueError`` where the package has no ladder.
    """
    ladder = load(problem)
    if ladder is None:
        raise ValueError(problem.name)
    files: dict[str, Any] = {}
    for expectation in _to_name(problem):
        source = expectation.path.read_text("utf-8-sig")
        runs = [
            climb(problem, ladder, Bench(lambda source=source: open_child(source), seconds), Target()).marks  # type: ignore[misc]
            for _ in range(2)
        ]
        marks = {
            str(n): first if first == second else UNSTEADY
            for n, (first, second) in enumerate(zip(*runs, strict=True))
            if (first, second) != (RIGHT, RIGHT)
        }
        if marks:
            files[name_of(expectation)] = {"source": source_hash(expectation.path), "marks": marks}
    return {"ladder": ladder.digest, "files": files}
