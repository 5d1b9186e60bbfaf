"""Every command, its exit status, and what it says about bad input; in this process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from judge.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "reference_solutions" / "weight_pruning.py").read_text("utf-8")
WRONG = REFERENCE.replace("np.abs(", "(")
LANGUAGES = ("en", "zh")
SEED = ("--seed", "7", "--test", "samples")


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")


def broken_package(folder: Path) -> None:
    package = folder / "problems" / "mine"
    package.mkdir(parents=True)
    (package / "problem.toml").write_text('kind = "coding"\n[name]\nen = "Mine"\nzh = "我的"\n', "utf-8")


def make(name: str, content: bytes) -> None:
    Path(name).write_bytes(content)


# arguments, exit status, what standard error must say
WRONGLY_ASKED = [
    ([], "usage"),
    (["frobnicate"], "no command frobnicate"),
    (["chek", "weight_pruning"], "Did you mean check?"),
    (["check"], "missing: PROBLEM"),
    (["check", "weight_prunning"], "Did you mean weight_pruning"),
    (["check", "no/such/place"], "no problem no/such/place"),
    (["check", "\0"], "no problem"),
    (["check", "weight_pruning", "nowhere.py"], "no file nowhere.py"),
    (["check", "weight_pruning", "a\0b"], "cannot be read"),
    (["check", "weight_pruning", "."], "is a folder"),
    (["check", "weight_pruning", os.devnull], "no ordinary file"),
    (["check", "weight_pruning", "pipe"], "no ordinary file"),
    (["check", "weight_pruning", "dangling.py"], "no file dangling.py"),
    (["check", "weight_pruning", "--seed", "x"], "x is no seed"),
    (["check", "weight_pruning", "--seed", "-1"], "-1 is no seed"),
    (["check", "weight_pruning", "--seed", "1.5"], "1.5 is no seed"),
    (["check", "weight_pruning", "--seed", "9007199254740992"], "is no seed"),
    (["check", "weight_pruning", "--seed", "٣"], "is no seed"),
    (["check", "weight_pruning", "--seed"], "--seed needs a value"),
    (["check", "weight_pruning", "--test", "nothing-1"], "The groups are samples"),
    (["check", "what_is_pruning", "--test", "samples"], "a theory problem has none"),
    (["check", "weight_pruning", "--watch", "--json"], "do not go together"),
    (["check", "weight_pruning", "--lang", "fr"], "--lang"),
    (["check", "weight_pruning", "--se", "7"], "unknown: --se"),
    (["check", "what_is_pruning", "sheet.toml", "--seed", "6"], "is not the sheet's"),
    (["show", "weight_prunning"], "Did you mean weight_pruning"),
    (["hint", "weight_pruning", "99"], "no hint 99"),
    (["hint", "weight_pruning", "0"], "no hint 0"),
    (["hint", "weight_pruning", "two"], "no hint two"),
    (["start", "weight_pruning"], "already"),
    (["start", "weight_pruning", "--seed", "x"], "no seed"),
    (["answer", "nothing_there"], "no problem"),
    (["verify", "nothing_there"], "no problem"),
    (["serve", "--port", "http"], "--port http"),
    (["serve", "--workers", "0"], "--workers 0"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONGLY_ASKED, ids=lambda value: " ".join(value)[:60] or "nothing")
def test_asked_wrongly(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    make("weight_pruning.py", b"")
    make("sheet.toml", b"seed = 5\n")
    os.mkfifo("pipe")
    os.symlink("nowhere.py", "dangling.py")
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert main([*arguments, "--lang", "zh"]) == 2
    assert capsys.readouterr().out == ""


# file, its content, exit status, verdict, part of the first failing detail
HANDED_IN = [
    (REFERENCE.encode(), 0, "accepted", ""),
    (b"\xef\xbb\xbf" + REFERENCE.replace("\n", "\r\n").encode(), 0, "accepted", ""),
    (WRONG.encode(), 1, "wrong_answer", "is pruned"),
    (b"\xff\xfe", 1, "invalid_submission", "not UTF-8"),
    (b"#" * 65_537, 1, "invalid_submission", "65536"),
    (b"def prune_weights(:\n", 1, "invalid_submission", "does not compile"),
    (b"x = 1\n", 1, "invalid_submission", "no function named prune_weights"),
    (b"prune_weights = 3\n", 1, "invalid_submission", "no function"),
    (b"def prune_weights(model):\n    return model\n", 1, "runtime_error", "positional argument"),
    (b"def prune_weights(model, sparsity, scope='layer'):\n    pass\n", 1, "wrong_answer", "return statement"),
    (b"import sys\nsys.exit(0)\n", 1, "runtime_error", "SystemExit"),
    (b"import os\nos._exit(0)\n", 1, "runtime_error", "os._exit"),
    ((ROOT / "problems/weight_pruning/starter.py").read_bytes(), 1, "not_attempted", "starter"),
    (
        b"import numpy as np\ndef prune_weights(model, sparsity, scope='layer'):\n"
        b"    return model, {'0.weight': np.broadcast_to(np.float32(1), (10**9, 10))}\n",
        1,
        "wrong_answer",
        "masks",
    ),
]


@pytest.mark.parametrize(("content", "status", "verdict", "said"), HANDED_IN, ids=lambda value: str(value)[:40])
def test_handed_in(content: bytes, status: int, verdict: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    make("weight_pruning.py", content)
    assert main(["check", "weight_pruning", "--json", *SEED]) == status
    shown = capsys.readouterr()
    report = json.loads(shown.out)
    assert (report["verdict"], report["graded"], report["seed"]) == (verdict, "submission", 7)
    details = [check["detail"] for test in report["tests"] for check in test["checks"] if not check["passed"]]
    assert said in (details[0] if details else "")
    assert shown.err == ""


@pytest.mark.parametrize("json_too", [True, False])
def test_a_broken_package_is_the_judges_fault(
    json_too: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken_package(tmp_path)
    assert main(["check", "mine", *(["--json"] if json_too else [])]) == 3
    shown = capsys.readouterr()
    assert "starter.py" in shown.out
    if json_too:
        assert json.loads(shown.out)["verdict"] == "judge_error"
    assert "Traceback" not in shown.out + shown.err
    assert main(["show", "mine"]) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_a_solution_is_looked_for(language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    package = tmp_path / "problems" / "weight_pruning"
    package.mkdir(parents=True)
    for name in ("problem.toml", "cases.toml", "generator.py", "checker.py", "starter.py"):
        (package / name).write_bytes((ROOT / "problems" / "weight_pruning" / name).read_bytes())
    (tmp_path / "reference_solutions").mkdir()
    (tmp_path / "reference_solutions" / "weight_pruning.py").write_text(REFERENCE, "utf-8")

    def graded() -> tuple[str, str]:
        main(["check", "weight_pruning", "--json", "--lang", language, *SEED])
        shown = capsys.readouterr()
        report = json.loads(shown.out)
        assert ("judge start" in shown.err) is (report["graded"] == "reference")
        return report["graded"], report["verdict"]

    assert graded() == ("reference", "accepted")
    make("weight_pruning.py", WRONG.encode())
    assert graded() == ("submission", "wrong_answer")
    (package / "solution.py").write_text(REFERENCE, "utf-8")
    assert graded() == ("submission", "accepted")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_for_people(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    make("weight_pruning.py", WRONG.encode())
    assert main(["check", "weight_pruning", "--lang", language, *SEED]) == 1
    out = capsys.readouterr().out
    assert "judge check weight_pruning --seed 7 --test samples-1" in out
    assert {"en": "wrong answer", "zh": "答案错误"}[language] in out
    assert "\x1b" not in out


def test_start_writes_where_check_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "weight_pruning"]) == 0
    assert "judge check weight_pruning" in capsys.readouterr().out
    assert main(["check", "weight_pruning", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "not_attempted"
    make("weight_pruning.py", b"mine")
    assert main(["start", "weight_pruning"]) == 2
    assert Path("weight_pruning.py").read_bytes() == b"mine"
    assert main(["start", "weight_pruning", "--force"]) == 0
    assert b"NotImplementedError" in Path("weight_pruning.py").read_bytes()


def test_a_theory_sheet_from_start_to_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["start", "what_is_pruning", "--seed", "41"]) == 0
    capsys.readouterr()
    assert main(["check", "what_is_pruning", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["seed"]) == ("not_attempted", 41)
    make("what_is_pruning.toml", b"essay = 3\n[answers]\nnothing = 1\n")
    assert main(["check", "what_is_pruning", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "invalid_submission"
    assert len(report["tests"][0]["checks"]) == 3
    Path("what_is_pruning.toml").unlink()
    assert main(["check", "what_is_pruning", "--seed", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", ["weight_pruning", "what_is_pruning"])
@pytest.mark.parametrize("command", ["show", "hint", "answer"])
def test_reading(command: str, problem: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [command, problem, "--lang", language, *(["--seed", "3"] if command != "hint" else [])]
    status = main(arguments)
    shown = capsys.readouterr()
    assert status == 0, shown.err
    assert len(shown.out) > 100
    assert any("\u4e00" <= letter <= "\u9fff" for letter in shown.out) is (language == "zh") or command == "answer"


def test_the_questions_of_a_seed_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    seen = []
    for seed in ("3", "3", "4"):
        main(["show", "what_is_pruning", "--json", "--seed", seed])
        seen.append(json.loads(capsys.readouterr().out))
    assert seen[0] == seen[1] != seen[2]


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--json"])
    rows = json.loads(capsys.readouterr().out)
    main(["list"])
    text = capsys.readouterr().out
    assert {"weight_pruning", "structured_pruning"} <= {row["name"] for row in rows}
    assert all(row.keys() == {"name", "kind", "title"} and row["name"] in text for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_every_command_and_each_has_help(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help", "--lang", language]) == 0
    text = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n  {command} " in text
        assert main([command, "--help", "--lang", language]) == 0
        own = capsys.readouterr().out
        assert f"judge {command}" in own
        assert "cli." not in own  # a key without words would be shown as it stands


@pytest.mark.parametrize(
    ("locale", "chinese"),
    [({"LC_ALL": "zh_CN.UTF-8"}, True), ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, True), ({"LANG": "C"}, False)],
)
def test_the_locale_chooses_the_language(
    locale: dict[str, str], chinese: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    main(["--help"])
    assert ("命令" in capsys.readouterr().out) is chinese
