"""What a package's author is told: every finding at once, and what each group of tests is good for.

texts.py        every text that stands in both languages, with its place
twins.py        whether two such texts agree, and the record of those that were read side by side
package.py      what every package has: its texts, its hints, its reference
answer.py       the form of the reference answer (answer_form.toml)
rules.py        rules stated and not tested, tested and not stated
theory.py       a theory package's questions: every route, the reference sheet, strategies that know nothing
submissions.py  every shipped submission gets what it must
matrix.py       wrong submissions against groups: rank, sole killers

``python -m judge.verify NAME ...`` takes the texts of packages as read side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from judge.domain.problem import CodingProblem, TheoryProblem
from judge.errors import BrokenPackage
from judge.message import Message
from judge.service import Service

__all__ = ["DEFAULT_SEEDS", "Verification", "verify_problem"]

DEFAULT_SEEDS = (1,)


class Verification(Struct):
    """``findings`` are what must be mended; ``lines`` tell what was measured."""

    findings: list[Message] = field(default_factory=list)
    lines: list[Message] = field(default_factory=list)


def verify_problem(
    name: str,
    service: Service,
    *,
    seeds: Sequence[int] = DEFAULT_SEEDS,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Verification:
    """Check the package ``name`` as its author would want it.

    ``on_progress`` is told how many of how many judgings are done. Raises :class:`judge.errors.UnknownProblem`; a
    broken package is no error here but a list of findings.
    """
    result = Verification()
    try:
        problem = service.library.load(name)
    except BrokenPackage as broken:
        result.findings += broken.findings
        return result
    from judge.verify import package, twins

    result.findings += package.findings(problem)
    if twins.read_record(problem.folder) is None:
        result.lines.append(Message("verify.twins_unrecorded", {"file": twins.FILE, "problem": problem.name}))
    if isinstance(problem, TheoryProblem):
        from judge.verify import theory

        result.findings += theory.findings(problem)
    elif isinstance(problem, CodingProblem):
        from judge.diagnosis import mistakes
        from judge.verify import matrix, submissions

        runs, found = submissions.judge_all(problem, service, seeds, on_progress)
        result.findings += found
        outdated = mistakes.stale(problem)
        if outdated:
            result.findings.append(Message("diagnosis.stale", {"problem": problem.name, "files": outdated}))
        lines, found = matrix.study(problem, runs)
        result.lines += lines
        result.findings += found
    return result
