"""``judge verify``: everything that an author should know about a problem package."""

from __future__ import annotations

from argparse import Namespace

from judge.bootstrap import make_service
from judge.cli.layout import cut, wrap
from judge.cli.parser import Parser
from judge.cli.progress import Progress
from judge.cli.report import mark
from judge.cli.terminal import Terminal
from judge.domain.problem import CodingProblem
from judge.domain.verdict import Verdict
from judge.errors import UsageError
from judge.verify import verify_problem
from judge.words.render import catalogue, sentence


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", nargs="?", help="problem_or_all")
    parser.option("--add", metavar="CALL", help="add")


def run(options: Namespace, terminal: Terminal) -> int:
    if options.add is not None:
        if options.problem is None:
            raise UsageError("errors.add_to_which")
        return _add(options.problem, options.add, terminal)
    count = 0
    with make_service() as service:
        names = service.library.names() if options.problem is None else [options.problem]
        for name in names:
            with Progress(terminal) as progress:
                result = verify_problem(name, service, on_progress=progress.on_count)
            count += len(result.findings)
            mark = terminal.style("✗", "red") if result.findings else terminal.style("✓", "green")
            said = terminal.text("findings", n=len(result.findings))
            terminal.print(f"{mark} {terminal.style(name, 'bold')}  {said}")
            for finding in result.findings:
                terminal.print(*wrap(sentence(terminal.spoken, finding), terminal.width, "  ✗ "))
            for line in result.lines:
                shown = wrap(sentence(terminal.spoken, line), terminal.width, "    ")
                terminal.print(*(terminal.style(part, "dim") for part in shown))
            terminal.finish()
    return 1 if count else 0


def _add(name: str, text: str, terminal: Terminal) -> int:
    """Add the calls in ``text`` to the package as a test, and show what every shipped submission gets on it."""
    from judge.packages import found
    from judge.trial import read_calls
    from judge.verify import submissions

    with make_service() as service:
        problem = service.library.load(str(service.library.find(name)))
        test = found.add(problem.folder, read_calls(problem, text))
        terminal.print(terminal.text("test_added", test=test, file=f"{problem.folder.name}/{found.FILE}"))
        service.library.forget()
        problem = service.library.load(str(problem.folder))
        assert isinstance(problem, CodingProblem)
        with Progress(terminal) as progress:
            runs, _ = submissions.judge_all(problem, service, (0,), progress.on_count, only=test)
    spoken = catalogue(terminal.language, problem)
    right = [run for run in runs if run.expectation.verdict == Verdict.ACCEPTED]
    wrong = [run for run in runs if run.expectation.verdict != Verdict.ACCEPTED]
    failed = [run for run in right if run.report.verdict != Verdict.ACCEPTED]
    caught = [run for run in wrong if run.report.verdict != Verdict.ACCEPTED]
    for run in (*failed, *caught):
        checks = [check for one in run.report.tests for check in one.checks if not check.passed]
        said = sentence(spoken, checks[0].detail).split("\n")[0] if checks else ""
        verdict = terminal.spoken.text(f"report.verdict.{run.report.verdict}")
        sign = mark(terminal, run in caught)
        terminal.print(cut(f"{sign} {run.name}  {verdict}  {said}", terminal.width))
    numbers = {"right": len(right), "passed": len(right) - len(failed), "wrong": len(wrong), "caught": len(caught)}
    terminal.print("", *wrap(terminal.text("test_gets", **numbers), terminal.width))
    return 1 if failed else 0
