"""``judge start``: write the starter where ``judge check`` looks for a solution."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path
from typing import cast

from judge.cli import solution
from judge.cli.judging import seed_of
from judge.cli.layout import wrap
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.domain.problem import CodingProblem, TheoryProblem
from judge.domain.submission import fresh_seed
from judge.errors import UsageError
from judge.packages.library import Library


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("--force", action="store_true", help="force")
    parser.option("--seed", metavar="N", help="seed_questions")


def run(options: Namespace, terminal: Terminal) -> int:
    seed = seed_of(options.seed)
    problem = Library().load(options.problem)
    in_package, here = solution.places(problem.folder, problem.kind)
    path = in_package if os.path.lexists(in_package) else here  # what is in the package is what `check` takes first
    if isinstance(problem, TheoryProblem):
        from judge.theory import starter

        seed = fresh_seed() if seed is None else seed
        text = starter(problem, seed, terminal.language, terminal.spoken.text("theory.starter"))
    else:
        text = cast(CodingProblem, problem).starter
    write(path, text, options.force)
    terminal.print(*wrap(terminal.text("started", file=path, problem=options.problem), terminal.width))
    return 0


def write(path: Path, text: str, force: bool) -> None:
    """Write a new file; one that is there is replaced only where ``force`` says so, and only if it is a file."""
    try:
        if force and path.exists() and not path.is_file():
            raise UsageError("errors.not_regular", path=str(path))
        with open(path, "w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError("errors.exists", path=str(path)) from None
    except OSError as error:
        raise UsageError("errors.unwritable", path=str(path), reason=error.strerror or str(error)) from None
