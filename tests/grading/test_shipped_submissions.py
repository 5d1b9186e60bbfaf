"""Every shipped submission gets what it must.

Here all that must be accepted and a fixed fifth of the others, on one seed. The whole of it, on twenty seeds:

    JUDGE_ALL=1 JUDGE_SEEDS=20 python -m pytest -n auto tests/grading/test_shipped_submissions.py
"""

from __future__ import annotations

import os
import zlib

import pytest

from judge.domain.problem import Expectation
from judge.domain.submission import Submission
from judge.packages import Library, load_expectations
from judge.service import Service

PROBLEMS = ("weight_pruning", "structured_pruning")
SHARE = 1 if os.environ.get("JUDGE_ALL") else 5
SEEDS = range(1, 1 + int(os.environ.get("JUDGE_SEEDS", "1")))
LIBRARY = Library()


def chosen() -> list[tuple[str, Expectation]]:
    return [
        (name, expectation)
        for name in PROBLEMS
        for expectation in load_expectations(LIBRARY.find(name))
        if zlib.crc32(expectation.path.name.encode()) % SHARE == 0 or expectation.verdict == "accepted"
    ]


@pytest.mark.usefixtures("unexplained")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("name", "expectation"), chosen(), ids=lambda value: value.path.stem if isinstance(value, Expectation) else value
)
def test_it_gets_what_it_must(service: Service, name: str, expectation: Expectation, seed: int) -> None:
    report = service.grade(Submission(name, expectation.path.read_bytes(), seed))
    failing = [(test.name, test.verdict) for test in report.tests if test.verdict != "accepted"][:3]
    assert report.verdict == expectation.verdict, failing
    assert (report.score == 1) == (report.verdict == "accepted")
    failed = {test.group for test in report.tests if test.verdict not in ("accepted", "skipped")}
    assert set(expectation.groups) <= failed
