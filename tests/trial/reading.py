"""What the tests of this folder share."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from judge.diagnosis.ladder import Kind, load
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.packages.library import Library
from judge.trial.program import read

FOLDER = Path(__file__).parent
NAMES = ("weight_pruning", "structured_pruning")
NETWORK = "Sequential([Linear([[1, -2], [0, 3]])])"


@cache
def problem(name: str) -> CodingProblem:
    found = Library(FOLDER.parents[1]).load(name)
    assert isinstance(found, CodingProblem)
    return found


@cache
def kind(name: str) -> Kind:
    ladder = load(problem(name))
    assert ladder is not None
    return ladder.kind


def calls_of(name: str, text: str) -> tuple[Call, ...]:
    return read(text, problem(name).entry_point, kind(name))


def spelled(text: str) -> str:
    """Return a row's text with its abbreviations written out."""
    text = text.replace("GOOGOL", "9" * 400)
    text = re.sub(r"\bN\b", NETWORK, text)
    return re.sub(r"^W\((.*)\)$", r"prune_weights(Sequential([Linear(\1)]), 0.5)", text, flags=re.MULTILINE)
