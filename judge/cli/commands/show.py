"""``judge show``: a problem's statement, and for theory the questions of a seed."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from judge.cli.judging import seed_of
from judge.cli.layout import wrap
from judge.cli.markdown import lines_of
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.packages.library import Library
from judge.words.render import problem_json, to_json


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("--json", action="store_true", help="json")
    parser.option("--seed", metavar="N", help="seed_questions")


def run(options: Namespace, terminal: Terminal) -> int:
    seed = seed_of(options.seed)
    shown = problem_json(Library().load(options.problem), terminal.language, seed)
    if options.json:
        terminal.print_json(to_json(shown))
        return 0
    terminal.print(*lines_of(shown["statement"], terminal))
    if shown["kind"] == "theory":
        terminal.print("", *question_lines(shown, terminal))
    terminal.print("", *_next(options.problem, shown, terminal))
    return 0


def question_lines(shown: dict[str, Any], terminal: Terminal) -> list[str]:
    """Return the questions and the essay of a theory problem (as JSON: contract, section 3) as lines."""
    lines: list[str] = []
    for number, question in enumerate(shown["questions"], 1):
        said = terminal.spoken.text
        kind = said(f"theory.kind_{question['kind']}")
        lines += [terminal.style(f"{number}. {question['id']}", "bold") + f"  ({kind})"]
        lines += wrap(question["prompt"], terminal.width, "   ")
        for option in question["options"]:
            lines += wrap(option["text"], terminal.width, f"   {option['id']}  ")
        if question["tolerance"] is not None:
            key = "theory.numeric_note_unit" if question["unit"] else "theory.numeric_note"
            note = said(key, tolerance=f"{question['tolerance']:g}", unit=question["unit"])
            lines += wrap(note, terminal.width, "   ")
        lines.append("")
    lines.append(terminal.style(terminal.text("essay"), "bold"))
    lines += wrap(shown["essay"]["prompt"], terminal.width, "   ")
    for point in shown["essay"]["rubric"]:
        lines += wrap(point, terminal.width, "   [ ] ")
    return lines


def _next(named: str, shown: dict[str, Any], terminal: Terminal) -> list[str]:
    seed = f" --seed {shown['seed']}" if shown["kind"] == "theory" else ""
    return wrap(terminal.text("after_show", problem=named, seed=seed), terminal.width)
