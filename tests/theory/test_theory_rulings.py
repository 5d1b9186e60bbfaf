"""The answer rules, row by row, and the table that is generated from the rows."""

from __future__ import annotations

import tomllib

import pytest
from theory_rulings import QUESTIONS, TABLE, rows, table

from judge.domain.verdict import Verdict
from judge.theory.grade import assess
from judge.theory.sheet import read_answer


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['question']} {row['answer']}")
def test_ruling(row: dict[str, str]) -> None:
    question = QUESTIONS[row["question"]]
    value = tomllib.loads(f"answer = {row['answer']}")["answer"]
    given, findings = read_answer(question, value)
    if findings:
        assert row["ruling"] == f"invalid: {findings[0].key.removeprefix('theory.sheet.')}"
        assert given is None
        return
    assert given is not None
    result = assess(question, given)
    said = ", ".join(check.detail.values["why"].values["en"] for check in result.checks)
    assert said == row["ruling"]
    assert (result.verdict is Verdict.ACCEPTED) == (row["ruling"] == "right")


def test_the_table_is_up_to_date() -> None:
    assert TABLE.read_text("utf-8") == table(), "run: python tests/theory/theory_rulings.py"
