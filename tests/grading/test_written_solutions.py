"""Solutions that others wrote, from the statements alone or to find gaps: see written/README.md, searched/README.md.

Here a fixed part of them, on one seed. All, on five seeds:

    JUDGE_ALL=1 JUDGE_SEEDS=5 python -m pytest -n auto tests/grading/test_written_solutions.py
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

from judge.domain.submission import Submission
from judge.service import Service

FOLDERS = [Path(__file__).with_name(name) for name in ("written", "searched")]
SHARES = {"right": 1, "wrong": 1} if os.environ.get("JUDGE_ALL") else {"right": 4, "wrong": 12}
SEEDS = range(1, 1 + int(os.environ.get("JUDGE_SEEDS", "1")))
WRITTEN = sorted(path for folder in FOLDERS for path in folder.glob("*/*/*.py"))
CHOSEN = [path for path in WRITTEN if zlib.crc32(path.name.encode()) % SHARES[path.parent.name] == 0]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_corpus_is_there(folder: Path) -> None:
    for problem in ("weight_pruning", "structured_pruning"):
        assert len(list((folder / problem / "right").glob("*.py"))) >= 30
        assert len(list((folder / problem / "wrong").glob("*.py"))) >= 60


@pytest.mark.usefixtures("unexplained")
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: "/".join(path.with_suffix("").parts[-4:]))
def test_it_is_judged_rightly(service: Service, path: Path, seed: int) -> None:
    report = service.grade(Submission(path.parent.parent.name, path.read_bytes(), seed))
    failing = [(test.name, test.verdict) for test in report.tests if test.verdict != "accepted"][:3]
    assert report.verdict != "judge_error", report.notes
    assert (report.verdict == "accepted") == (path.parent.name == "right"), failing
