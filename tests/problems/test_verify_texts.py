"""What an author is told about the texts: a damaged copy of a package has exactly the finding that belongs to it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from judge.domain.problem import Problem
from judge.packages import Library, load_problem
from judge.verify import package, twins
from judge.verify.__main__ import main
from judge.verify.texts import Twin, texts
from judge.verify.twins import differences

ROOT = Path(__file__).parents[2]
NAME = "structured_pruning"
STATEMENT, ANSWER = f"problems/{NAME}/statement/problem.en.md", f"reference_solutions/{NAME}.en.md"

# file, what stands there (a regular expression), what is put in its place, the finding
DAMAGES = [
    (STATEMENT, "0.07 × 100 is 7", "0.07 × 100 is 9", "verify.numbers_differ"),
    (STATEMENT, "`eps`", "eps", "verify.names_differ"),
    (STATEMENT, "## Masks", "Masks", "verify.headings_differ"),
    (STATEMENT, "- Surviving channels.*\n", "", "verify.blocks_differ"),
    (STATEMENT, r"norm=1\):", "norm=2):", "verify.code_differs"),
    (STATEMENT, " <!-- rule: ties -->", "", "verify.sentence_without_rule"),
    (STATEMENT, "rule: ties -->", "rule: norms -->", "verify.rules_unstated"),
    (STATEMENT, "rule: ties -->", "rule: ties, tie -->", "verify.rules_unknown"),
    (f"problems/{NAME}/cases.toml", r'rules = \["speed"\]', "rules = []", "verify.rule_untested"),
    (f"problems/{NAME}/hints/hints.en.md", "## Counting", "Counting", "verify.hints_differ"),
    (
        f"problems/{NAME}/hints/hints.en.md",
        r"(?s)## Counting\n.*?(?=## Walking)",
        "## Counting\n\n",
        "verify.text_missing",
    ),
    (f"problems/{NAME}/problem.toml", 'zh = "每层至少保留一个通道"', 'zh = "one stays"', "verify.wrong_language"),
    (ANSWER, "## Complexity", "## Costs", "verify.answer_sections"),
    (ANSWER, "## Complexity", "## Costs", "verify.answer_unknown"),
    (ANSWER, r"(?s)(## Alternatives.*?)(## What the libraries.*?)(?=## When)", r"\2\1", "verify.answer_order"),
    (ANSWER, r"O\(", "o(", "verify.answer_no_order"),
    (ANSWER, r"\[NNI\]\(\S+\)", "NNI", "verify.answer_no_address"),
    (ANSWER, r"(- \*Global instead of per layer\?\*).*", r"\1", "verify.answer_no_reply"),
]


def _damaged(folder: Path, file: str, old: str, new: str) -> Problem:
    shutil.copytree(ROOT / "problems" / NAME, folder / "problems" / NAME, ignore=shutil.ignore_patterns(twins.FILE))
    (folder / "reference_solutions").mkdir()
    for path in (ROOT / "reference_solutions").glob(f"{NAME}.*"):
        shutil.copy(path, folder / "reference_solutions")
    path = folder / file
    text, count = re.subn(old, new, path.read_text("utf-8"))
    assert count
    path.write_text(text, "utf-8")
    return load_problem(folder / "problems" / NAME)


@pytest.mark.parametrize(("file", "old", "new", "key"), DAMAGES, ids=[f"{row[3]} {row[1][:20]}" for row in DAMAGES])
def test_a_damage_is_named(tmp_path: Path, file: str, old: str, new: str, key: str) -> None:
    found = {finding.key for finding in package.findings(_damaged(tmp_path, file, old, new))}
    assert key in found


@pytest.mark.parametrize("name", Library().names())
def test_no_shipped_package_has_a_finding_about_its_texts(name: str) -> None:
    problem = Library().load(name)
    assert [(finding.key, dict(finding.values)) for finding in package.findings(problem)] == []
    assert twins.read_record(problem.folder), "python -m judge.verify writes it"


def test_nobody_is_shown_the_marks_of_rules() -> None:
    problem = Library().load(NAME)
    assert "<!-- rule:" in (problem.folder / "statement" / "problem.en.md").read_text("utf-8")
    for language in ("en", "zh"):
        assert "<!--" not in problem.statement[language]
        assert not re.search(r"[ \t]\n", problem.statement[language])


@pytest.mark.parametrize(
    ("english", "chinese", "keys"),
    [
        ("Two of 8 go.", "8 个剪两个。", []),
        ("2 of 8 go.", "八个剪两个。", []),
        ("At one half both agree.", "取 0.5 时相同。", []),
        ("2 of 8 go.", "8 个剪 3 个。", ["numbers_differ"]),
        ("{n} weights", "{m} 个权重", ["numbers_differ"]),
        ("Take `k`.", "取 k。", ["names_differ"]),
        ('The key is `"<layer>.weight"`.', '键为 `"<层号>.weight"`。', []),
        ("w = {w}, h = {h}", "w = {w}，h = {h}", []),
        ("权重", "权重", ["wrong_language"]),
        ("See https://arxiv.org/abs/1506.02626", "见论文", []),
    ],
)
def test_two_short_texts(english: str, chinese: str, keys: list[str]) -> None:
    found = [finding.key for finding in differences(Twin("here", {"en": english, "zh": chinese}))]
    assert found == [f"verify.{key}" for key in keys]


# The record

READ = {"en": "# A\n\nFirst.\n\n- one\n- two\n", "zh": "# 甲\n\n第一。\n\n- 一\n- 二\n"}


def _read(text: dict[str, str]) -> list[Twin]:
    return [Twin("statement", text, markdown=True)]


@pytest.mark.parametrize(
    ("english", "chinese", "found"),
    [
        (READ["en"], READ["zh"], []),
        ("# A\n\nFirst.\n\n- two\n- one\n", "# 甲\n\n第一。\n\n- 二\n- 一\n", []),  # moved
        ("# A\n\nFirst,\nwrapped.\n\n- one\n- two\n", READ["zh"], [("twin_behind", ["zh"])]),
        (READ["en"], READ["zh"].replace("二", "三"), [("twin_behind", ["en"])]),
        (READ["en"], READ["zh"].replace("- 一\n- 二", "- 二\n- 一"), [("twin_behind", ["en", "zh"])] * 2),  # swapped
        (READ["en"].replace("two", "three"), READ["zh"].replace("二", "三"), [("twins_new", 1)]),
        (READ["en"] + "- more\n", READ["zh"], [("twins_new", 1)]),
        (READ["en"].replace("First.", "First. "), READ["zh"], []),  # blanks say nothing
    ],
)
def test_a_text_whose_twin_was_changed_alone_is_found(
    tmp_path: Path, english: str, chinese: str, found: list[tuple[str, object]]
) -> None:
    assert twins.write_record(tmp_path, _read(READ)) == 4
    record = twins.read_record(tmp_path)
    assert record is not None
    messages = list(twins.outdated(_read({"en": english, "zh": chinese}), record))
    told = [(m.key.removeprefix("verify."), m.values.get("languages", m.values.get("count"))) for m in messages]
    assert told == found


def test_the_command_prints_what_it_takes_as_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = _damaged(tmp_path, STATEMENT, "Surviving channels", "The surviving channels")
    shutil.copy(ROOT / "problems" / NAME / twins.FILE, problem.folder)
    assert [finding.key for finding in package.findings(problem)] == ["verify.twin_behind"]
    monkeypatch.chdir(tmp_path)
    assert main([NAME]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [f"""{NAME} twin_behind statement, "What the smaller network is" ['zh']""", f"{NAME} 1 new"]
    assert list(package.findings(problem)) == []


def test_a_package_without_a_record_is_told_how_to_begin(tmp_path: Path) -> None:
    assert twins.read_record(tmp_path) is None
    problem = Library().load(NAME)
    twins.write_record(tmp_path, texts(problem))
    assert twins.read_record(tmp_path) == {pair for _, pair in twins.pairs(texts(problem))}
