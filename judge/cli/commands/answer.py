"""``judge answer``: the reference solution with its explanation, or the worked answers of a theory problem."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from judge.cli.judging import seed_of
from judge.cli.layout import wrap
from judge.cli.markdown import lines_of
from judge.cli.parser import Parser
from judge.cli.terminal import Terminal
from judge.domain.problem import Problem, TheoryProblem
from judge.domain.submission import fresh_seed
from judge.errors import UsageError
from judge.packages.library import Library


def arguments(parser: Parser) -> None:
    parser.option("problem", metavar="PROBLEM", help="problem")
    parser.option("--seed", metavar="N", help="seed_questions")


def run(options: Namespace, terminal: Terminal) -> int:
    seed = seed_of(options.seed)
    problem = Library().load(options.problem)
    if problem.reference is None:
        raise UsageError("errors.no_reference", name=problem.name)
    if isinstance(problem, TheoryProblem):
        seed = fresh_seed() if seed is None else seed
        terminal.print(*_worked(problem, seed, terminal))
    else:
        terminal.print(*problem.reference.read_text("utf-8").rstrip("\n").split("\n"))
    terminal.print(*_explanation(problem, terminal))
    return 0


def _explanation(problem: Problem, terminal: Terminal) -> list[str]:
    text = problem.explanation[terminal.language]
    return ["", *lines_of(text, terminal)] if text else []


def _worked(problem: TheoryProblem, seed: int, terminal: Terminal) -> list[str]:
    from judge.theory import present, review, worked

    said = terminal.spoken.text
    language = terminal.language
    lines = [terminal.text("answers_of", seed=seed), ""]
    questions = present(problem, seed, language)["questions"]
    for number, (question, row) in enumerate(zip(questions, worked(problem, seed, language), strict=True), 1):
        answer = row["answer"]
        written = str(answer) if question["kind"] == "numeric" else json.dumps(answer, ensure_ascii=False)
        lines.append(terminal.style(f"{number}. {row['id']} = {written}", "bold"))
        lines += wrap(question["prompt"], terminal.width, "   ")
        for option in question["options"]:
            lines += wrap(option["text"], terminal.width, f"   {option['id']}  ")
        lines += ["", *wrap(row["explain"], terminal.width, "   ")]
        if row["contested"]:
            lines += wrap(said("theory.contested"), terminal.width, "   ")
        for source in row["sources"]:
            lines += wrap(" ".join(filter(None, source.values())), terminal.width, "   - ")
        lines.append("")
    return lines + _review(review(problem, language), terminal)


def _review(shown: dict[str, Any], terminal: Terminal) -> list[str]:
    lines = [terminal.style(terminal.text("essay"), "bold"), *wrap(shown["prompt"], terminal.width, "   "), ""]
    for point in shown["rubric"]:
        lines += wrap(point["point"], terminal.width, "   [ ] ")
    for answer in shown["model_answers"]:
        lines += ["", terminal.style(answer["level"], "bold"), *wrap(answer["text"], terminal.width, "   ")]
    for one in shown["follow_ups"]:
        lines += ["", *wrap(one["question"], terminal.width, "? "), *wrap(one["answer"], terminal.width, "  ")]
    return lines
