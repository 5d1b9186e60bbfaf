"""Recognise a slip: a submission that answers every telling call as a shipped wrong submission does.

``mistakes.json`` in the package holds, for each shipped wrong submission, a hash of its marks
(:func:`judge.diagnosis.outcome.mark`) on the telling rungs of the ladder, those on which rounding leaves no choice.
Precision before recall: one rung that differs, and nothing is named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from judge.diagnosis.bench import Bench
from judge.diagnosis.ladder import Ladder, load
from judge.diagnosis.outcome import RIGHT, Target, judge_calls
from judge.diagnosis.search import Climb, climb, find
from judge.domain.problem import CodingProblem, Expectation
from judge.domain.report import Diagnosis
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.packages import load_expectations
from judge.sandbox import Child

FILE = "mistakes.json"
_ENOUGH = 3  # firm rungs on which a shipped submission must be wrong to be recognised by them alone
_NAMED = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)


class Signature(Struct, frozen=True):
    """``source`` is a hash of the file, ``marks`` one of its marks on the telling rungs but for ``unsteady`` ones.

    ``firm`` is the same for the rungs on which a slip has no choice of rounding either; "" where they show too little.
    ``remembers``: it goes wrong by what earlier calls left behind.
    """

    file: str
    source: str
    marks: str
    firm: str
    unsteady: tuple[int, ...] = ()
    remembers: bool = False


def recognise(
    problem: CodingProblem, ladder: Ladder, marks: Sequence[str], remembers: bool | None = None
) -> Diagnosis | None:
    """Return the mistake whose marks are ``marks``; none where two have the same that are not declared twins.

    ``remembers`` tells whether the submission goes wrong only behind other calls, where that is known.
    """
    known = [one for one in read(problem, ladder) if remembers is None or one.remembers == remembers]
    telling, firm = _telling(ladder, 1), _telling(ladder, 2)
    if all(marks[n] == RIGHT for n in telling):
        return None
    same = [s for s in known if s.marks == _hash(marks, telling, s.unsteady)]
    same = same or [s for s in known if s.firm == _hash(marks, firm, s.unsteady)]
    if not same:
        return None
    shipped = {name_of(expectation): expectation for expectation in load_expectations(problem.folder)}
    if any(s.file not in shipped or s.source != source_hash(shipped[s.file].path) for s in same):
        return None
    names = {ladder.twins.get(like, like) for like in (shipped[s.file].like or s.file for s in same)}
    if len(names) != 1:
        return None
    expectation = shipped[names.pop()]
    assert expectation.mistake is not None  # or it would not be in the table
    return Diagnosis(expectation.path.stem, Message("diagnosis.mistake", dict(expectation.mistake)))


def _telling(ladder: Ladder, level: int) -> list[int]:
    return [n for n, call in enumerate(ladder.rungs) if ladder.kind.telling(call) >= level]


def _hash(marks: Sequence[str], telling: Sequence[int], unsteady: Sequence[int]) -> str:
    skip = set(unsteady)
    text = ",".join(marks[n] for n in telling if n not in skip)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
        Signature(file, row["source"], row["marks"], row["firm"], tuple(row.get("unsteady", ())), "remembers" in row)
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
    telling, firm = _telling(ladder, 1), _telling(ladder, 2)
    for expectation in _to_name(problem):
        source = expectation.path.read_text("utf-8-sig")
        bench = Bench(lambda cpu, wall, source=source: open_child(source), seconds)  # type: ignore[misc]
        first = climb(problem, ladder, bench, Target())
        target = _target(problem, ladder, bench, first)
        bench = Bench(lambda cpu, wall, source=source: open_child(source), seconds)  # type: ignore[misc]
        second = climb(problem, ladder, bench, target)
        runs = [first.marks, second.marks]
        unsteady = [n for n in telling if runs[0][n] != runs[1][n]]
        row: dict[str, Any] = {"source": source_hash(expectation.path), "marks": "", "firm": ""}
        wrong = [n for n in telling if runs[0][n] != RIGHT and n not in unsteady]
        if wrong:  # with no marks it is never recognised
            row["marks"] = _hash(runs[0], telling, unsteady)
        if len(set(wrong) & set(firm)) >= _ENOUGH:
            row["firm"] = _hash(runs[0], firm, unsteady)
        if unsteady:
            row["unsteady"] = unsteady
        shown = find(problem, ladder, bench, second, target, ())
        if shown is not None and len(shown.calls) > 1:
            row["remembers"] = True
        files[name_of(expectation)] = row
    return {"ladder": ladder.digest, "files": files}


def _target(problem: CodingProblem, ladder: Ladder, bench: Bench, climbed: Climb) -> Target:
    """Return what goes wrong on the first rung on which anything does."""
    if climbed.first_wrong is None:
        return Target()
    calls = ladder.rungs[: climbed.first_wrong + 1]
    answers = bench.alone(calls)
    outcome = judge_calls(problem, calls[-1:], answers[len(calls) - 1 :])
    return Target(raised=outcome.raised.name) if outcome.raised else Target(check=outcome.failed[0].name)
