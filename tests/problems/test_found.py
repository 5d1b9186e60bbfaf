"""Inputs that somebody found: kept as data, added by one command."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from judge.cli.main import main
from judge.domain.case import Call
from judge.domain.problem import CodingProblem
from judge.errors import BrokenPackage, UsageError
from judge.nn import BatchNorm1d, Conv2d, Flatten, Linear, MaxPool2d, Residual, Sequential
from judge.nn.spec import pack
from judge.packages import Library, found

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "problems" / "weight_pruning"
TEXT = "prune_weights(Sequential([Linear([[1, -2], [0, 3]])]), 0.5)"
BLOCK = Residual(Sequential([Conv2d(np.ones((2, 1, 1, 2)), None, 2, (0, 1))]))
CALLS = (
    Call(Sequential([Linear(np.array([[1, -0.0]], np.float16)), BatchNorm1d(*np.ones((4, 1), np.float16))]), (0.1,)),
    Call(Sequential([Linear(np.asfortranarray([[0.1, 2.0], [1e-300, 4.0]]))]), (1,), {"scope": "global"}),
    Call(Sequential([Linear(np.ones((2, 6), np.float32)[:, ::2], np.zeros(2, np.float32))]), (2.0,), {}, "ValueError"),
    Call(Sequential([BLOCK, MaxPool2d(2), Flatten()]), (0,)),
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of a shipped package, with two of its submissions."""
    folder = tmp_path / "problems" / "weight_pruning"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("submissions"))
    for name in ("accepted/argpartition_on_a_copy.py", "wrong_answer/signed_values.py"):
        (folder / "submissions" / name).parent.mkdir(parents=True)
        shutil.copy(SHIPPED / "submissions" / name, folder / "submissions" / name)
    return folder


def test_what_was_added_is_read_again(package: Path) -> None:
    assert found.read(package) == []
    assert found.add(package, CALLS) == "found-1"
    with pytest.raises(UsageError):
        found.add(package, CALLS)
    assert found.add(package, CALLS[1:2]) == "found-2"
    first, second = found.read(package)
    assert len(second) == 1
    for before, after in zip(CALLS, first, strict=True):
        assert (before.args, dict(before.kwargs), before.raises) == (after.args, dict(after.kwargs), after.raises)
        (header, arrays), (other_header, others) = pack(before.model), pack(after.model)
        assert header == other_header
        for array, other in zip(arrays, others, strict=True):
            assert (array.dtype, array.shape, array.tobytes()) == (other.dtype, other.shape, other.tobytes())
            assert array.flags.c_contiguous == other.flags.c_contiguous
            assert array.flags.f_contiguous == other.flags.f_contiguous
    problem = Library(package.parents[1]).load(str(package))
    assert isinstance(problem, CodingProblem)
    assert [case.name for case in problem.suite.cases("found", 5)] == ["found-1", "found-2"]


def test_one_command_adds_and_shows(
    package: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(package.parents[1])
    assert main(["verify", "weight_pruning", "--add", TEXT]) == 0
    said = capsys.readouterr().out
    assert "found-1" in said
    assert "wrong_answer/signed_values.py" in said
    assert "1 of 1 right submission pass" in said
    assert "1 of 1 wrong one is caught" in said
    assert main(["verify", "weight_pruning", "--add", TEXT]) == 2
    assert main(["verify", "--add", TEXT]) == 2
    assert main(["verify", "weight_pruning", "--add", "prune_weights(open('x'), 0.5)"]) == 2


@pytest.mark.parametrize("text", ["{", "[[{}]]", "[1]", '[[{"network": [{"kind": "X"}], "arrays": []}]]'])
def test_a_broken_file_is_a_finding(package: Path, text: str) -> None:
    (package / found.FILE).write_text(text)
    with pytest.raises(BrokenPackage) as broken:
        Library(package.parents[1]).load(str(package))
    assert found.FILE in [finding.values.get("file") for finding in broken.value.findings]
