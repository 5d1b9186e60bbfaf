"""``judge review``: what is worth knowing about an accepted solution, and questions about its run."""

from __future__ import annotations

import shlex
from argparse import Namespace
from pathlib import Path

from msgspec import Struct

from judge.bootstrap import make_service
from judge.cli import ahead, faults, solution
from judge.cli.commands.start import write
from judge.cli.judging import seed_of
from judge.cli.layout import wrap
from judge.cli.parser import Parser
from judge.cli.progress import Progress
from judge.cli.report import View, lines_of
from judge.cli.review import View as ReviewView
from judge.cli.review import lines_of as review_lines
from judge.cli.terminal import Terminal
from judge.domain.problem import CodingProblem
from judge.domain.report import Report
from judge.domain.submission import Submission
from judge.domain.verdict import Verdict
from judge.errors import InvalidSubmission, UsageError
from judge.review import check_reviewable, grade_answers, review, review_json, sheet_of
from judge.service import Service
from judge.theory import MAX_BYTES
from judge.words.render import catalogue, report_json, sentence, to_json


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("solution", metavar="SOLUTION", nargs="?", help="accepted")
    parser.option("--json", action="store_true", help="json")
    parser.option("--seed", metavar="N", help="seed")
    parser.option("--sheet", metavar="FILE", help="sheet")
    parser.option("--force", action="store_true", help="force")
    parser.option("--answers", metavar="FILE", help="answers")


def run(options: Namespace, terminal: Terminal) -> int:
    faults.quiet_log()
    if options.sheet is not None and options.answers is not None:
        raise UsageError("review.sheet_and_answers")
    answers = None if options.answers is None else solution.read(Path(options.answers), MAX_BYTES)
    with make_service(sandbox=ahead.take) as service:
        _ = service.sandbox  # it gets ready while packages are loaded
        judged = _judge(service, options, faults.seed_in(answers) if answers is not None else None, terminal)
        if judged.report.verdict == Verdict.JUDGE_ERROR:
            spoken = catalogue(terminal.language, judged.problem)
            terminal.warn(*(sentence(spoken, note) for note in judged.report.notes), terminal.text("debug"))
            return 3
        try:
            check_reviewable(judged.problem, judged.report)
        except UsageError as refused:  # a verdict is no wrong usage
            terminal.warn(terminal.text("error", message=sentence(terminal.spoken, refused.message)))
            return 1
        if answers is not None:
            return _grade(judged, answers, options, terminal)
        if options.sheet is not None:
            return _write_sheet(judged, options, terminal)
        if terminal.interactive:
            terminal.warn(terminal.text("review_measuring"))
        found = review(judged.problem, judged.submission, judged.report, service.sandbox)
    shown = review_json(found, judged.problem, judged.report, terminal.language)
    if options.json:
        terminal.print_json(to_json(shown))
    else:
        sheet = _command(judged, options, "--seed", str(judged.report.seed), "--sheet", "answers.toml")
        title, graded = judged.problem.title[terminal.language], judged.submission.graded
        terminal.print(*review_lines(shown, ReviewView(title, graded, judged.file, sheet), terminal))
    return 0


class _Judged(Struct, frozen=True):
    """The solution, judged once more: its questions are about this run. ``file`` is "" for the reference."""

    problem: CodingProblem
    submission: Submission
    report: Report
    file: str


def _judge(service: Service, options: Namespace, sheet_seed: int | None, terminal: Terminal) -> _Judged:
    """Judge on ``--seed``, else on ``sheet_seed``, else on a fresh one."""
    folder = service.library.find(options.problem)
    problem = service.library.load(str(folder))
    if not isinstance(problem, CodingProblem):
        raise UsageError("review.theory", name=problem.name)
    path = Path(options.solution) if options.solution is not None else solution.find(folder, problem.kind)
    seed = seed_of(options.seed) if options.seed is not None else sheet_seed
    if path is None:
        submission = service.reference(problem, seed)
        in_package, here = solution.places(folder, problem.kind)
        files = f"{Path(options.problem) / in_package.name} · {here}"
        terminal.warn(terminal.text("reference_graded", files=files))
    else:
        submission = Submission(str(folder), solution.read(path, problem.limits.source_bytes), seed)
    with Progress(terminal) as progress:
        report = service.grade(submission, problem=problem, on_test=progress.on_test)
    if report.isolation == "none":
        terminal.warn(terminal.text("not_isolated"))
    return _Judged(problem, submission, report, "" if path is None else str(path))


def _grade(judged: _Judged, answers: bytes, options: Namespace, terminal: Terminal) -> int:
    try:
        graded = grade_answers(judged.problem, judged.report, answers)
    except InvalidSubmission as invalid:
        sheet = Submission(judged.problem.name, answers, judged.report.seed)
        graded = faults.invalid_sheet(sheet, judged.problem.name, invalid.findings)
    if options.json:
        terminal.print_json(to_json(report_json(graded, terminal.language)))
    else:
        view = View(
            title=f"{judged.problem.title[terminal.language]} · {terminal.text('review_questions')}",
            spoken=terminal.spoken,
            theory=True,
            file=options.answers,
        )
        terminal.print(*lines_of(graded, view, terminal))
    return 0 if graded.verdict == Verdict.ACCEPTED else 1


def _write_sheet(judged: _Judged, options: Namespace, terminal: Terminal) -> int:
    head = terminal.text("review_sheet", command=_command(judged, options, "--answers", options.sheet))
    write(Path(options.sheet), sheet_of(judged.problem, judged.report, terminal.language, head), options.force)
    terminal.print(*wrap(terminal.text("review_started", file=options.sheet), terminal.width))
    return 0


def _command(judged: _Judged, options: Namespace, *more: str) -> str:
    return shlex.join(["judge", "review", options.problem, *([judged.file] if judged.file else []), *more])
