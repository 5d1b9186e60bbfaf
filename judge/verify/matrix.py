"""Wrong submissions against groups: what each group catches, and what it alone catches.

After TC-Bench (arXiv:2510.08720): a group that is nobody's only killer is a candidate for removal, and the rank of the
matrix tells how many kinds of wrong submissions the groups tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from judge.domain.problem import CodingProblem
from judge.domain.verdict import Verdict
from judge.message import Message
from judge.verify.submissions import Judged


def study(problem: CodingProblem, runs: Sequence[Judged]) -> tuple[list[Message], list[Message]]:
    """Return lines on every group, and as findings those that catch nothing at all or nothing alone."""
    wrong: dict[str, list[frozenset[str]]] = {}
    for run in runs:
        if run.expectation.verdict != Verdict.ACCEPTED:
            wrong.setdefault(run.name, []).append(run.failed_groups)
    if not wrong:
        return [], []
    # Over several seeds a group catches a submission only when it does so on each.
    always = {name: frozenset.intersection(*sets) for name, sets in wrong.items()}
    ever = {name: frozenset.union(*sets) for name, sets in wrong.items()}
    groups = [group.name for group in problem.groups]
    table = np.array([[group in always[name] for group in groups] for name in always], dtype=np.float64)
    lines = [
        Message(
            "verify.matrix",
            {"wrong": len(always), "groups": len(groups), "rank": int(np.linalg.matrix_rank(table))},
        )
    ]
    findings = []
    for group in problem.groups:
        caught = [name for name, failed in always.items() if group.name in failed]
        alone = [name for name, failed in ever.items() if failed == {group.name}]
        values = {"group": group.name, "caught": len(caught), "alone": len(alone), "example": alone[0] if alone else ""}
        lines.append(Message("verify.group" if alone else "verify.group_shared", values))
        if not alone and group.kind != "sample" and not group.stays:
            findings.append(Message("verify.group_catches_nothing_alone", values))
    return lines, findings
