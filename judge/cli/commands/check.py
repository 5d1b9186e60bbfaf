"""``judge check``: judge a solution and report."""

from __future__ import annotations

from argparse import Namespace

from judge.cli.judging import Job, Judging, seed_of
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.errors import UsageError


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("solution", metavar="SOLUTION", nargs="?", help="solution")
    parser.option("--json", action="store_true", help="json")
    parser.option("--seed", metavar="N", help="seed")
    parser.option("--test", metavar="NAME", help="test")
    parser.option("--watch", action="store_true", help="watch")


def run(options: Namespace, terminal: Terminal) -> int:
    job = Job(options.problem, options.solution, seed_of(options.seed), options.test, options.json)
    if options.watch:
        if options.json:
            raise UsageError("errors.watch_json")
        from judge.cli.watch import watch

        return watch(job, terminal)
    with Judging(terminal) as judging:
        return judging.check(job, last=True)
