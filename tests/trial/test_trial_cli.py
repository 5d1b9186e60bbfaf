"""``judge try``: exit statuses, streams, languages, widths."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from reading import FOLDER, NETWORK, problem

from judge.cli.layout import width
from judge.cli.main import main

LANGUAGES = ("en", "zh")
CALL = f"prune_weights({NETWORK}, 0.5)"
SUBMISSIONS = problem("weight_pruning").folder / "submissions"
SIGNED = str(SUBMISSIONS / "wrong_answer/signed_values.py")
RIGHT = str(SUBMISSIONS / "accepted/stable_argsort.py")
GOLDEN = FOLDER / "golden"


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")


# arguments behind "try", what standard error must say
WRONGLY_ASKED = [
    ([], "missing: PROBLEM, --call"),
    (["weight_pruning"], "missing: --call"),
    (["weight_pruning", "--call"], "--call needs a value"),
    (["weight_prunning", "--call", CALL], "Did you mean weight_pruning"),
    (["weight_pruning", "nowhere.py", "--call", CALL], "no file nowhere.py"),
    (["what_is_pruning", "--call", CALL], "what_is_pruning is a theory problem"),
    (["weight_pruning", RIGHT, "--call", "prune_weights(model, 0.5)"], "Line 1, column 15: model stands for nothing"),
    (["weight_pruning", RIGHT, "--call", ""], "nothing to try"),
    (["weight_pruning", RIGHT, "--call", CALL, "--seed", "7"], "unknown: --seed"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONGLY_ASKED, ids=lambda value: " ".join(value)[-40:] or "nothing")
def test_asked_wrongly(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert main(["try", *arguments, "--json", "--lang", "zh"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(("solution", "status"), [(RIGHT, 0), (SIGNED, 1)])
def test_json_is_alone_on_standard_output(solution: str, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "weight_pruning", solution, "--call", CALL, "--json"]) == status
    shown = capsys.readouterr()
    assert shown.err == ""
    trial = json.loads(shown.out)
    assert trial["verdict"] == ("accepted" if status == 0 else "wrong_answer")
    fields = "problem graded isolation verdict seconds call earlier network numbers checks output got reference"
    assert list(trial) == [*fields.split(), "right_answers", "expected"]


def test_the_solution_is_looked_for_where_check_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try", "weight_pruning", "--call", CALL]) == 0
    shown = capsys.readouterr()
    assert "No solution yet" in shown.err
    assert shown.out.startswith("Weight pruning\nthe reference solution")
    Path("weight_pruning.py").write_bytes(Path(SIGNED).read_bytes())
    assert main(["try", "weight_pruning", "--call", CALL]) == 1
    assert "weight_pruning.py" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "status"),
    [(CALL.encode(), 0), (b"\xef\xbb\xbfm = " + NETWORK.encode() + b"\r\nprune_weights(m, 1)\r\n", 0), (b"\xff", 2)],
)
def test_a_long_call_comes_from_standard_input(
    content: bytes, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["try", "weight_pruning", RIGHT, "--call", "-"]) == status
    assert (capsys.readouterr().out == "") is (status == 2)


def test_a_fault_of_ours_has_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("judge.grading.execute.Execution.load", lambda self: 1 / 0)
    assert main(["try", "weight_pruning", RIGHT, "--call", CALL]) == 3
    assert "The judge itself failed" in capsys.readouterr().out


SHOWN = {
    "wrong": (SIGNED, CALL),
    "right": (RIGHT, "prune_weights(Sequential([Linear([[1, 1, -1]]), ReLU(), Linear([[0.25]], [3])]), 0.5)"),
    "crash": (str(SUBMISSIONS / "run_time_error/index_at_one.py"), f"prune_weights({NETWORK}, 1.0)"),
    "wrong arguments": (str(SUBMISSIONS / "wrong_answer/above_one_accepted.py"), f"prune_weights({NETWORK}, 1.5)"),
    "in a row": (
        str(SUBMISSIONS / "wrong_answer/mutable_default_masks.py"),
        "prune_weights(Sequential([Linear([[1]]), Linear([[2]])]), 1)\nprune_weights(Sequential([Linear([[3]])]), 0)",
    ),
    "not run": (str(SUBMISSIONS / "invalid_submission/does_not_compile.py"), CALL),
}


def page(language: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what is shown of each, without the head, which tells how far this host can confine."""
    parts = []
    for name, (solution, call) in SHOWN.items():
        Path("solution.py").write_bytes(Path(solution).read_bytes())
        main(["try", "weight_pruning", "solution.py", "--call", call, "--lang", language])
        head, _, body = capsys.readouterr().out.partition("\n\n")
        assert "solution.py" in head
        parts.append(f"===== {name}\n{body}")
    return "\n".join(parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [80, 40])
def test_golden(
    language: str, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = page(language, capsys)
    assert shown == (GOLDEN / f"{language}-{columns}.txt").read_text("utf-8")
    assert max(width(line) for line in shown.split("\n")) <= columns
