"""Review one accepted solution."""

from __future__ import annotations

from judge import __version__
from judge.domain.problem import CodingProblem, Problem
from judge.domain.report import Report
from judge.domain.submission import Submission
from judge.domain.verdict import Verdict
from judge.errors import UsageError
from judge.grading.intake import source_of
from judge.message import Message
from judge.review.bench import measure
from judge.review.comments import comments_on
from judge.review.curves import curves
from judge.review.plan import plan
from judge.review.result import Measured, Review
from judge.sandbox import Sandbox


def review(problem: Problem, submission: Submission, report: Report, sandbox: Sandbox) -> Review:
    """Run ``submission`` again, confined, and return what is worth telling about it; takes some seconds.

    Raises :class:`UsageError` where there is nothing to review (see :func:`check_reviewable`), and
    :class:`judge.errors.SandboxError` where no child can be made.
    """
    coding = check_reviewable(problem, report)
    source = source_of(submission.content, coding.limits.source_bytes)
    assert isinstance(source, str)  # or it had not been accepted
    chosen = plan(coding, report.seed)
    reference = None if coding.reference is None else coding.reference.read_text("utf-8")
    figures = None
    if reference is not None and chosen.large is not None:
        figures = measure(coding, source, reference, sandbox, chosen.large, chosen.small or chosen.large)
    return Review(
        problem=coding.name,
        seed=report.seed,
        isolation=str(sandbox.isolation),
        versions=versions_of(coding),
        comments=() if figures is None else comments_on(figures, source),
        measured=None if figures is None else Measured.of(figures),
        curves=() if reference is None else curves(coding, source, reference, sandbox, chosen.networks),
    )


def versions_of(problem: Problem) -> dict[str, str]:
    """Return what a review of ``problem`` hangs on: one that was kept under other versions is of no use."""
    return {"judge": __version__, "problem": problem.version}


def check_reviewable(problem: Problem, report: Report) -> CodingProblem:
    """Return ``problem``, or raise :class:`UsageError` unless ``report`` is on an accepted coding solution."""
    if not isinstance(problem, CodingProblem):
        raise UsageError("review.theory", name=problem.name)
    if report.verdict != Verdict.ACCEPTED:
        raise UsageError(
            "review.not_accepted", name=problem.name, verdict=Message(f"report.verdict.{report.verdict}", {})
        )
    return problem
