"""``judge try``: a solution on a call of one's own."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from judge.bootstrap import make_service
from judge.cli import ahead, faults, solution
from judge.cli.layout import wrap
from judge.cli.parser import Parser
from judge.cli.report import check_name, finding, labelled, mark, printed
from judge.cli.terminal import Terminal
from judge.domain.problem import CodingProblem, Problem
from judge.domain.verdict import Verdict
from judge.errors import UsageError
from judge.sandbox.output import printable
from judge.trial import CHARACTERS, Trial, answer_text, trial_json, try_call
from judge.words.render import catalogue, sentence, to_json

_STATUS = {Verdict.ACCEPTED: 0, Verdict.JUDGE_ERROR: 3}  # any other: 1


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("solution", metavar="SOLUTION", nargs="?", help="solution")
    parser.option("--call", metavar="TEXT", required=True, help="call")
    parser.option("--json", action="store_true", help="json")


def run(options: Namespace, terminal: Terminal) -> int:
    faults.quiet_log()
    with make_service(sandbox=ahead.take) as service:
        folder = service.library.find(options.problem)
        problem = service.library.load(str(folder))
        if not isinstance(problem, CodingProblem):
            raise UsageError("trial.not_code", name=problem.name)
        path = Path(options.solution) if options.solution is not None else solution.find(folder, problem.kind)
        content = None if path is None else solution.read(path, problem.limits.source_bytes)
        trial = try_call(service, problem, content, _text(options.call))
    if path is None:
        in_package, here = solution.places(folder, problem.kind)
        files = f"{Path(options.problem) / in_package.name} · {here}"
        terminal.warn(terminal.text("reference_graded", files=files))
    if trial.isolation == "none":
        terminal.warn(terminal.text("not_isolated"))
    if options.json:
        terminal.print_json(to_json(trial_json(trial, terminal.language, problem)))
    else:
        terminal.print(*lines_of(trial, problem, "" if path is None else str(path), terminal))
    return _STATUS.get(trial.result.verdict, 1)


def _text(given: str) -> str:
    """Return the text of the call: what was given, or standard input for ``-``."""
    if given != "-":
        return given
    content = sys.stdin.buffer.read(4 * CHARACTERS + 1)  # of which at least one character too many is left
    return content.decode("utf-8-sig", "surrogateescape")


def lines_of(trial: Trial, problem: Problem, file: str, terminal: Terminal) -> list[str]:
    """Return ``trial`` as lines for ``terminal``; ``file`` is the solution as it was named."""
    spoken = catalogue(terminal.language, problem)
    said = terminal.spoken.text
    whose = f"{said(f'report.graded.{trial.graded}')} {printable(file)}".rstrip()
    head = wrap(f"{whose} · {said(f'report.isolation.{trial.isolation}')}", terminal.width)
    lines = [terminal.style(line, "bold") for line in wrap(problem.title[terminal.language], terminal.width)]
    lines += [*(terminal.style(line, "dim") for line in head), "", *wrap(printable(trial.call), terminal.width)]
    if trial.earlier:
        calls = ", ".join(printable(call) for call in trial.earlier)
        lines += wrap(said("trial.show.earlier", calls=calls), terminal.width, "  ")
    lines += labelled(terminal.text("network"), printable(trial.network), terminal)
    if trial.got is not None:
        lines += labelled(terminal.text("got"), answer_text(spoken, trial.got), terminal)
    if trial.reference is not None:
        lines += labelled(said("trial.show.reference"), answer_text(spoken, trial.reference), terminal)
    lines += ["", *wrap(sentence(spoken, trial.expected), terminal.width)]
    return lines + _findings(trial, problem, terminal)


def _findings(trial: Trial, problem: Problem, terminal: Terminal) -> list[str]:
    result = trial.result
    spoken = catalogue(terminal.language, problem)
    lines: list[str] = []
    kept = [check_name(check.name, terminal) for check in result.checks if check.passed]
    if kept:
        lines += wrap(terminal.spoken.text("trial.show.kept", rules=kept), terminal.width)
    for check in result.checks:
        if not check.passed:
            lines += ["", *finding(check, spoken, terminal)]
    good = result.verdict == Verdict.ACCEPTED
    key = "trial.show.legitimate" if good else f"report.verdict.{result.verdict}"
    verdict = terminal.style(terminal.spoken.text(key), "bold", "green" if good else "red")
    return [*lines, *printed(result.output, terminal), "", f"{mark(terminal, good)} {verdict}"]
