"""A fixed slice of what ``python tests/mutation`` does: no mutant lives without a reason."""

from __future__ import annotations

import ast

from tests.mutation import checkers, report, solutions
from tests.mutation.operators import mutants

SLICE = 300  # every 300th mutant of the solutions
CHECKERS_SLICE = 50


def test_operators_change_what_they_say() -> None:
    source = "def f(a, n=1):\n    if 0 <= a < n:\n        return np.abs(a.copy(), axis=1)\n    raise ValueError('no')\n"
    found = {ast.unparse(tree) for tree in (mutant.tree() for mutant in mutants(source)) if tree is not None}
    for changed in (
        "0 < a < n",
        "0 <= a <= n",
        "n=2",
        "np.abs(a.copy())",
        "np.abs(a, axis=1)",
        "axis=2",
        "return None",
    ):
        assert any(changed in program for program in found), changed
    assert "return a.copy()" in "".join(found)
    assert not any("'nox'" in program for program in found)


def test_hidden_tests_reject_mutants_of_right_solutions() -> None:
    jobs = list(solutions.everything())[7::SLICE]
    fates = list(solutions.run(jobs))
    survived = [
        f"{fate.problem} {fate.solution} {fate.mutant.label} {fate.difference}"
        for fate in fates
        if fate.state == "survived" and not report.reason(fate.solution, fate.mutant.label)
    ]
    assert not survived
    assert sum(fate.state == "killed" for fate in fates) > 0.8 * len(fates)


def test_tables_kill_mutants_of_the_checkers() -> None:
    assert checkers.failing_row(checkers.suites({}), checkers.all_rows()) == ""
    fates = list(checkers.run(list(checkers.everything())[5::CHECKERS_SLICE]))
    survived = [
        f"{fate.module} {fate.mutant.label}"
        for fate in fates
        if not fate.killed and not report.reason(fate.module, fate.mutant.label)
    ]
    assert not survived
