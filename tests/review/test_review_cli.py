"""``judge review`` on a terminal: goldens that a person has read, and the command from start to answer sheet."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from review_samples import GOLDEN, LANGUAGES, SAMPLES, WIDTHS, page, shown

from judge.cli.layout import width
from judge.cli.main import main
from judge.packages import Library

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", WIDTHS)
def test_golden(language: str, columns: int) -> None:
    assert page(language, columns) == (GOLDEN / f"{language}-{columns}.txt").read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [*WIDTHS, 57, 32])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_line_is_wider_than_the_terminal(name: str, language: str, columns: int) -> None:
    for line in shown(name, language, columns):
        assert width(line) <= columns, line
        assert line.isprintable()


def test_every_comment_stands_in_a_golden() -> None:
    told = {comment.id for review in SAMPLES.values() for comment in review.comments}
    assert told == {"loop", "sort", "float64", "copies", "time", "memory", "economical", "fast", "small"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["review", *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def place(name: str, file: str) -> None:
    Path("mine.py").write_text((Library().find(name) / "submissions" / file).read_text("utf-8"), "utf-8")


def test_from_the_review_to_an_answered_sheet(run: Run) -> None:
    place("structured_pruning", "accepted/numpy_take.py")
    status, out, _ = run("structured_pruning", "mine.py", "--seed", "5", "--json")
    assert status == 0
    shown = json.loads(out)
    assert shown.keys() == {"problem", "seed", "isolation", "versions", "comments", "measured", "curves", "questions"}
    assert (shown["problem"], shown["seed"]) == ("structured_pruning", 5)
    assert [curve["network"] for curve in shown["curves"]] == ["mlp", "cnn", "overfitted"]

    status, out, _ = run("structured_pruning", "mine.py", "--seed", "5", "--sheet", "answers.toml")
    assert status == 0
    sheet = Path("answers.toml").read_text("utf-8")
    assert "judge review structured_pruning mine.py --answers answers.toml" in sheet
    assert run("structured_pruning", "mine.py", "--sheet", "answers.toml")[0] == 2  # it is there, and left alone
    assert Path("answers.toml").read_text("utf-8") == sheet

    assert run("structured_pruning", "mine.py", "--answers", "answers.toml")[0] == 1
    answered = {question["id"] for question in shown["questions"]["questions"]}
    Path("answers.toml").write_text("seed = 5\n[answers]\nlost_images = -1\n", "utf-8")
    status, out, _ = run("structured_pruning", "mine.py", "--answers", "answers.toml", "--json")
    assert status == 1
    assert {test["name"] for test in json.loads(out)["tests"]} == answered


def test_a_malformed_sheet_is_explained(run: Run) -> None:
    place("weight_pruning", "accepted/argpartition_on_a_copy.py")
    Path("answers.toml").write_text("seed = 5\n[answers]\nlost = 1\n", "utf-8")
    status, out, _ = run("weight_pruning", "mine.py", "--answers", "answers.toml", "--json")
    assert (status, json.loads(out)["verdict"]) == (1, "invalid_submission")


def test_a_solution_that_is_not_accepted_is_no_wrong_usage(run: Run) -> None:
    place("weight_pruning", "wrong_answer/signed_values.py")
    status, out, err = run("weight_pruning", "mine.py")
    assert (status, out) == (1, "")
    assert "wrong answer" in err


@pytest.mark.parametrize(
    "words",
    [
        ("what_is_pruning",),
        ("nothing_of_the_kind",),
        ("weight_pruning", "missing.py"),
        ("weight_pruning", "--seed", "-1"),
        ("weight_pruning", "--answers", "missing.toml"),
        ("weight_pruning", "--sheet", "a.toml", "--answers", "b.toml"),
    ],
)
def test_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("judge")


def test_the_report_of_an_accepted_solution_names_the_command(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    place("weight_pruning", "accepted/argpartition_on_a_copy.py")
    assert main(["check", "weight_pruning", "mine.py", "--seed", "5"]) == 0
    assert capsys.readouterr().out.rstrip().endswith("judge review weight_pruning mine.py --seed 5")
