"""Every row of the tables holds, and every rule has enough of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from judge.checkers import Exchange, run
from tests.checkers.rows import TABLES, outcome, rows
from tests.mutation import judging

LEAST = 20


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_rows_hold(path: Path) -> None:
    for row in rows(path):
        found = outcome(row, judging.problem(row.problem).suite.check)
        assert found == row.finding, f"{row.slip}\nfound    {found}\nexpected {row.finding}"


def test_each_rule_has_twenty_answers_of_either_kind() -> None:
    passed: Counter[tuple[str, str]] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for path in TABLES:
        for row in rows(path):
            # Rules of one name are modules of their own where the problems differ.
            key = (row.problem if row.rule in ("count", "ranking", "fidelity") else "", row.rule)
            good = row.finding is None or (row.rule == "compose" and " - " not in row.finding)
            (passed if good else refused)[key] += 1
    assert min(refused.values()) >= LEAST, refused
    rules = {key: n for key, n in passed.items() if key[1] != "compose"}  # judged by the whole list of checks
    assert min(rules.values()) >= LEAST, rules
    assert passed.keys() == refused.keys()


def test_a_rule_of_a_package_names_its_own_sentence() -> None:
    row = next(rows(TABLES[0]))
    exchange = Exchange(row.case.calls[0], row.answers[0], {})
    for ok, key in (({}, "checks.own.ok"), ({"OK": "package.fine"}, "package.fine")):
        rule = SimpleNamespace(NAME="own", NEEDS=(), check=lambda exchange: None, **ok)
        asked = Exchange(replace(exchange.call, raises=None), exchange.answer, {})
        assert [check.detail.key for check in run([rule], [asked])] == [key]
