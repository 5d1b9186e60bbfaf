"""The package in problems/README.md is complete: built from the page, it is verified and judged."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from judge.domain.submission import Submission
from judge.packages import Library
from judge.sandbox import Sandbox
from judge.service import Service
from judge.verify import verify_problem
from judge.words import words

PAGE = Path(__file__).parents[2] / "problems" / "README.md"
FILE = re.compile(
    r"^`((?:problems|reference_solutions)/\S+)`[^\n]*\n(?:(?!```)[^\n]+\n)*\n```\w+\n(.*?)^```",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILE.findall(PAGE.read_text("utf-8")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_it_has_no_finding(folder: Path) -> None:
    with Service(Library(folder), Sandbox.start) as service:
        found = verify_problem("count_zeros", service)
        assert [words("en").text(message) for message in found.findings] == []
        assert found.lines


def test_a_copy_under_another_name_works_at_once(folder: Path) -> None:
    shutil.copytree(folder / "problems" / "count_zeros", folder / "problems" / "zeros_again")
    for path in list((folder / "reference_solutions").iterdir()):
        shutil.copy(path, path.with_name(path.name.replace("count_zeros", "zeros_again")))
    with Service(Library(folder), Sandbox.start) as service:
        problem = service.library.load("zeros_again")
        assert service.grade(service.reference(problem, 3)).verdict == "accepted"
        wrong = Submission("zeros_again", b"def count_zeros(model):\n    return 1\n", 3)
        assert service.grade(wrong).verdict == "wrong_answer"
