"""The rows of rulings.toml and the table made from them.

``python tests/theory/theory_rulings.py`` writes RULINGS.md.
"""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

from judge.packages.bank import ConceptCheck, Option, QuestionKind, Slip
from judge.theory.draw import Question

FOLDER = Path(__file__).parent
TABLE = FOLDER / "RULINGS.md"


def _text(words: str) -> dict[str, str]:
    return {"en": words, "zh": words}


def _check(check_id: str, kind: QuestionKind, **more: Any) -> ConceptCheck:
    return ConceptCheck(check_id, kind, 1, _text("?"), _text("right"), **more)


def _options(names: str, right: str) -> tuple[Option, ...]:
    return tuple(Option(name, _text(name), name in right, _text(f"option {name}")) for name in names)


def _numeric(check_id: str, answer: str, tolerance: float, slips: dict[str, str]) -> Question:
    check = _check(
        check_id,
        QuestionKind.NUMERIC,
        tolerance=tolerance,
        slips=tuple(Slip(name, _text(name)) for name in slips),
        otherwise=_text("otherwise"),
    )
    return Question(check, answer=Fraction(answer), slips={name: Fraction(number) for name, number in slips.items()})


def _choice(check_id: str, kind: QuestionKind, names: str, right: str) -> Question:
    """Options shown in the order of ``names``; of an ordering ``right`` is the right order."""
    options = _options(right if kind is QuestionKind.ORDERING else names, right)
    shown = tuple(sorted(options, key=lambda option: names.index(option.name)))
    return Question(_check(check_id, kind, options=options, shown=len(options)), shown)


QUESTIONS = {
    "numeric": _numeric("numeric", "56.25", 0.05, {"complement": "43.75", "forgot_mask": "50"}),
    "exact": _numeric("exact", "11", 0, {"rounded_down": "10"}),
    "single": _choice("single", QuestionKind.SINGLE, "abcd", "b"),
    "multiple": _choice("multiple", QuestionKind.MULTIPLE, "abcd", "ad"),
    "ordering": _choice("ordering", QuestionKind.ORDERING, "abc", "cab"),
}


def rows() -> list[dict[str, str]]:
    """Return the rows as they stand in the file."""
    return list(tomllib.loads((FOLDER / "rulings.toml").read_text("utf-8"))["row"])


def table() -> str:
    """Return the rows as a Markdown table."""
    lines = [
        "# What the answer rules rule",
        "",
        "Generated from `rulings.toml` by `python tests/theory/theory_rulings.py`; every row is a test.",
        "",
        "- numeric: right 56.25, tolerance 0.05; known slips complement 43.75 and forgot_mask 50",
        "- exact: right 11, tolerance 0; known slip rounded_down 10",
        "- single: options a b c d, right b. multiple: options a b c d, right a and d. ordering: right order c a b",
        "",
        "| question | answer in the sheet | ruling | why |",
        "|---|---|---|---|",
    ]
    lines += [f"| {row['question']} | `{row['answer']}` | {row['ruling']} | {row['why']} |" for row in rows()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
