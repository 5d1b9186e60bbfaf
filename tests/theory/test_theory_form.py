"""The fields of a form become a sheet: blanks are left out, what is no number stays text."""

from __future__ import annotations

from typing import Any

import pytest
from theory_loading import load

from judge.domain.verdict import Verdict
from judge.errors import InvalidSubmission
from judge.theory import grade, sheet_from_form, worked

NAME = "what_is_pruning"


@pytest.mark.parametrize(
    ("field", "values", "answer"),
    [
        ("definition", ["b"], "b"),
        ("definition", ["a", "b"], ["a", "b"]),
        ("counts_as_pruning", ["a", "d"], ["a", "d"]),
        ("pipeline", ["c a b"], ["c", "a", "b"]),
        ("pipeline", ["c, a, b"], ["c", "a", "b"]),
        ("pipeline", ["cab"], ["c", "a", "b"]),
        ("pipeline", ["c", "a", "b"], ["c", "a", "b"]),
        ("ratio", [" 56.25 "], 56.25),
        ("ratio", ["−3"], -3.0),
        ("ratio", [".5"], 0.5),
        ("ratio", ["1e2"], 100.0),
        ("ratio", ["56,25"], "56,25"),
        ("ratio", ["56.25 %"], "56.25 %"),
        ("ratio", ["nan"], "nan"),
    ],
)
def test_a_field_becomes_an_answer(field: str, values: list[str], answer: Any) -> None:
    assert sheet_from_form(load(NAME), 3, {field: values})["answers"] == {field: answer}


def test_a_blank_form_is_not_attempted() -> None:
    fields = {check.id: [" "] for check in load(NAME).bank.checks}
    sheet = sheet_from_form(load(NAME), 3, {**fields, "essay": ["mine"], "seed": ["3"]})
    assert sheet == {"seed": 3, "answers": {}, "essay": "mine"}
    assert grade(load(NAME), sheet).verdict is Verdict.NOT_ATTEMPTED


def test_right_answers_in_a_form_are_accepted() -> None:
    fields = {}
    for row in worked(load(NAME), 3, "en"):
        fields[row["id"]] = row["answer"] if isinstance(row["answer"], list) else [row["answer"]]
    assert grade(load(NAME), sheet_from_form(load(NAME), 3, fields)).score == 1


@pytest.mark.parametrize(
    ("text", "key"), [("56,25", "comma"), ("5 %", "percent"), ("5 KB", "unit"), ("x", "want_number")]
)
def test_what_is_no_number_is_explained(text: str, key: str) -> None:
    with pytest.raises(InvalidSubmission) as raised:
        grade(load(NAME), sheet_from_form(load(NAME), 3, {"ratio": [text]}))
    assert [finding.key for finding in raised.value.findings] == [f"theory.sheet.{key}"]
