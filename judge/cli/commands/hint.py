"""``judge hint``: help in steps, one at a time."""

from __future__ import annotations

from argparse import Namespace

from judge.cli.markdown import lines_of
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.errors import UsageError
from judge.packages.library import Library


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("step", metavar="N", nargs="?", default="1", help="step")


def run(options: Namespace, terminal: Terminal) -> int:
    problem = Library().load(options.problem)
    hints = problem.hints[terminal.language]
    if not hints:
        raise UsageError("errors.no_hints", name=problem.name)
    step = int(options.step) if options.step.isascii() and options.step.isdigit() and len(options.step) < 9 else 0
    if not 1 <= step <= len(hints):
        raise UsageError("errors.no_step", step=options.step[:40], steps=len(hints))
    hint = hints[step - 1]
    terminal.print(terminal.style(f"{step}/{len(hints)}  {hint.title}", "bold"), "")
    terminal.print(*lines_of(hint.body, terminal), "")
    key = "next_hint" if step < len(hints) else "last_hint"
    terminal.print(terminal.style(terminal.text(key, problem=options.problem, step=step + 1), "dim"))
    return 0
