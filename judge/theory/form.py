"""An answer sheet from the fields of a web form, which knows text alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from judge.domain.problem import TheoryProblem
from judge.packages.bank import QuestionKind

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def sheet_from_form(problem: TheoryProblem, seed: int, fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the sheet that ``grade`` takes; ``fields`` maps a field's name to its values (checkboxes have several).

    A blank field is left out. An order is written in one field, ids apart by blanks, commas or nothing ("cab", "c, a,
    b"), or comes as several values. A number that is none stays text, so that validation says what is wrong with it.
    """
    answers: dict[str, Any] = {}
    for check in problem.bank.checks:
        given = [value.strip() for value in fields.get(check.id, ()) if value.strip()]
        if not given:
            continue
        if check.kind is QuestionKind.NUMERIC:
            answers[check.id] = _number(given[0])
        elif check.kind.one_option:
            answers[check.id] = given[0] if len(given) == 1 else given
        elif check.kind is QuestionKind.ORDERING and len(given) == 1:
            answers[check.id] = re.findall(r"[^\s,，、>→]", given[0])
        else:
            answers[check.id] = given
    return {"seed": seed, "answers": answers, "essay": "".join(fields.get("essay", ("",))[:1])}


def _number(text: str) -> float | str:
    return float(text.replace("−", "-")) if _NUMBER.fullmatch(text.replace("−", "-")) else text
