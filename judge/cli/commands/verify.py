"""``judge verify``: everything that an author should know about a problem package."""

from __future__ import annotations

from argparse import Namespace

from judge.bootstrap import make_service
from judge.cli.layout import wrap
from judge.cli.parser import Parser
from judge.cli.progress import Progress
from judge.cli.terminal import Terminal
from judge.verify import verify_problem
from judge.words.render import sentence


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", nargs="?", help="problem_or_all")


def run(options: Namespace, terminal: Terminal) -> int:
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
