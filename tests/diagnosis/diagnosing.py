"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from judge.diagnosis.bench import Fresh
from judge.domain.problem import CodingProblem
from judge.domain.report import Explained

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = Path(__file__).parent / "submissions"
NAMES = ("weight_pruning", "structured_pruning")
SECONDS = 20.0  # far more than the judge's own limit: a busy machine must not change what is found

Open = Callable[[CodingProblem, str], Fresh]
Explain = Callable[[CodingProblem, str], Explained | None]
